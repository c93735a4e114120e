//! `rouge1`, `rouge2`, `rougeL`, `rougeLsum`: how much of a reference summary the output has.
//!
//! - Definition: words are runs of the letters a to z and digits after lower-casing; everything else parts words. For
//!   `rouge1` and `rouge2`, c is the number of words or pairs of neighbouring words in common, each as often as both
//!   have it. For `rougeL`, c is the length of the longest common subsequence. For `rougeLsum`, texts are lines; for
//!   each line of the reference the union of its longest common subsequences with all lines of the output is taken,
//!   and a word counts at most as often as each text has it. Precision is c / (words or pairs of the output), recall
//!   c / (those of the reference), the score their harmonic mean.
//! - Range: 0 to 1; higher is better.
//! - Reads: the row's expected column. Of several references, the one with the highest F counts.
//! - Settings: `use_stemmer` (default false) compares Porter stems of words of more than three letters (see
//!   `porter.rs`); `measure`: `f` (default), `precision` or `recall`.
//! - Without a word in one of the texts, or with one word only for `rouge2`, precision or recall is undefined; the
//!   reference gives 0 and so do we. Texts in other scripts than Latin have no words here: their score is 0.
//! - Source: Lin 2004; values of rouge-score 0.1.2 without `split_summaries` (lines are not cut into sentences, since
//!   that needs a trained model).

mod units;

use super::ngrams::num_common;
use super::numbering::Numbering;
use super::options::Options;
use super::references::AgainstTexts;
use super::sequences::{Places, lcs_length, lcs_positions};
use units::{Lines, prepared};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Variant {
    N(usize),
    L,
    LSum,
}

#[derive(Clone, Copy)]
enum Measure {
    F,
    Precision,
    Recall,
}

pub(super) struct Rouge {
    variant: Variant,
    uses_stemmer: bool,
    measure: Measure,
}

/// What is in common, and how much there is on each side.
#[derive(Clone, Copy, Default)]
struct Overlap {
    num_common: usize,
    num_output: usize,
    num_reference: usize,
}

impl Rouge {
    pub(super) fn new(options: &mut Options<'_>, variant: Variant) -> Result<Self, String> {
        let measure = match options.choice("measure", &["f", "precision", "recall"])? {
            "precision" => Measure::Precision,
            "recall" => Measure::Recall,
            _ => Measure::F,
        };
        Ok(Self { variant, uses_stemmer: options.flag("use_stemmer", false)?, measure })
    }

    fn overlap(&self, output: &Lines, reference: &Lines, num_words: usize) -> Overlap {
        match self.variant {
            Variant::N(order) => of_ngrams(&output.words, &reference.words, num_words, order),
            Variant::L => of_subsequence(&output.words, &reference.words),
            Variant::LSum => of_lines(output, reference, num_words),
        }
    }
}

impl AgainstTexts for Rouge {
    fn compare(&self, output: &str, references: &[&str]) -> f64 {
        let has_lines = self.variant == Variant::LSum;
        let mut numbering = Numbering::of_either_case();
        let mut of_reference = |text| {
            let text = prepared(text, self.uses_stemmer);
            Lines::of(&text, has_lines, |line, place| numbering.number_at(line, place))
        };
        let references: Vec<Lines> = references.iter().map(|text| of_reference(text)).collect();
        let output = prepared(output, self.uses_stemmer);
        let output = Lines::of(&output, has_lines, |line, place| numbering.known_at(line, place));
        let mut best = Overlap::default();
        for reference in &references {
            // One more stands for all words that no reference has.
            let overlap = self.overlap(&output, reference, numbering.bound() as usize + 1);
            if overlap.f() > best.f() {
                best = overlap;
            }
        }
        match self.measure {
            Measure::F => best.f(),
            Measure::Precision => best.precision(),
            Measure::Recall => best.recall(),
        }
    }
}

impl Overlap {
    fn precision(self) -> f64 {
        self.num_common as f64 / self.num_output.max(1) as f64
    }

    fn recall(self) -> f64 {
        self.num_common as f64 / self.num_reference.max(1) as f64
    }

    fn f(self) -> f64 {
        let (precision, recall) = (self.precision(), self.recall());
        if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 }
    }
}

fn of_ngrams(output: &[u32], reference: &[u32], num_words: usize, order: usize) -> Overlap {
    let num = |words: &[u32]| (words.len() + 1).saturating_sub(order);
    let num_common = match order {
        1 => num_common::<1>(output, reference, num_words)[0],
        _ => num_common::<2>(output, reference, num_words)[1],
    } as usize;
    Overlap { num_common, num_output: num(output), num_reference: num(reference) }
}

fn of_subsequence(output: &[u32], reference: &[u32]) -> Overlap {
    Overlap { num_common: lcs_length(reference, output), num_output: output.len(), num_reference: reference.len() }
}

fn of_lines(output: &Lines, reference: &Lines, num_words: usize) -> Overlap {
    let counts = |lines: &Lines| {
        let mut counts = vec![0_usize; num_words];
        lines.words.iter().for_each(|word| counts[*word as usize] += 1);
        counts
    };
    let (mut left_of_output, mut left_of_reference) = (counts(output), counts(reference));
    let mut is_in_union = vec![false; reference.words.len()];
    for line in output.places() {
        let places = Places::of(&output.words[line.clone()]);
        for other in reference.places() {
            let start = other.start;
            let positions = lcs_positions(&reference.words[other], &output.words[line.clone()], &places);
            positions.into_iter().for_each(|at| is_in_union[start + at] = true);
        }
    }
    let mut num_common = 0;
    for (word, _) in reference.words.iter().zip(is_in_union).filter(|(_, is_in)| *is_in) {
        let word = *word as usize;
        if left_of_output[word] > 0 && left_of_reference[word] > 0 {
            num_common += 1;
            left_of_output[word] -= 1;
            left_of_reference[word] -= 1;
        }
    }
    Overlap { num_common, num_output: output.words.len(), num_reference: reference.words.len() }
}
