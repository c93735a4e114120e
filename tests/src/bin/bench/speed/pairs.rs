//! Seeded pairs of texts to score: a reference of 20 to 40 words on a few lines, and an output that says it with other
//! words here and there.

use atelier_core::metrics::statistics::Draws;

const NUM_WORDS: usize = 2_000;
const SYLLABLES: [&str; 24] = [
    "ba", "con", "de", "ver", "fi", "gra", "hu", "in", "ka", "lo", "men", "ni", "o", "pre", "qui", "ra", "sta", "ten",
    "u", "vol", "wa", "xe", "yo", "zan",
];
const ENDINGS: [&str; 12] = ["", "", "", "s", "ed", "ing", "ation", "ness", "ly", "er", "able", "ies"];

pub struct Pair {
    pub output: String,
    pub reference: String,
}

pub fn pairs(num_pairs: usize) -> Vec<Pair> {
    let mut draws = Draws::new(20_26);
    let words: Vec<String> = (0..NUM_WORDS).map(|_| word(&mut draws)).collect();
    (0..num_pairs).map(|_| pair(&mut draws, &words)).collect()
}

fn word(draws: &mut Draws) -> String {
    let syllables = (0..1 + draws.below(3)).map(|_| SYLLABLES[draws.below(SYLLABLES.len())]);
    let stem: String = syllables.collect();
    stem + ENDINGS[draws.below(ENDINGS.len())]
}

/// Half of the output's differences are other words, a quarter missing and a quarter added ones.
fn pair(draws: &mut Draws, words: &[String]) -> Pair {
    let reference: Vec<&str> = (0..20 + draws.below(21)).map(|_| frequent(draws, words)).collect();
    let mut output = Vec::with_capacity(reference.len());
    for word in &reference {
        match draws.below(20) {
            0..4 => output.push(frequent(draws, words)),
            4 | 5 => (),
            6 | 7 => output.extend([frequent(draws, words), *word]),
            _ => output.push(*word),
        }
    }
    Pair { output: text(draws, &output), reference: text(draws, &reference) }
}

/// Words at the beginning of the list are drawn more often, as in any language.
fn frequent<'a>(draws: &mut Draws, words: &'a [String]) -> &'a str {
    let place = (draws.unit().powi(3) * words.len() as f64) as usize;
    &words[place.min(words.len() - 1)]
}

/// Sentences of about ten words, each on its line.
fn text(draws: &mut Draws, words: &[&str]) -> String {
    let sentences = words.chunks(8 + draws.below(5)).map(|words| {
        let sentence = words.join(if draws.below(8) == 0 { ", " } else { " " });
        let (first, rest) = sentence.split_at(1.min(sentence.len()));
        format!("{}{rest}.", first.to_uppercase())
    });
    sentences.collect::<Vec<_>>().join("\n")
}
