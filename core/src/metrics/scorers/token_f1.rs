//! `token_f1`: how many words the output shares with a short answer that was expected.
//!
//! - Definition: both texts are put in lower case, ASCII punctuation is deleted, the articles *a*, *an* and *the* are
//!   left out, and white space parts the rest into words. With c words in common (each as often as both have it),
//!   precision is c / words of the output, recall c / words of the reference, and the score their harmonic mean.
//! - Range: 0 to 1; higher is better.
//! - Reads: the row's expected column. Of several references, the one with the highest score counts.
//! - Settings: none.
//! - Without a word left in one of the texts precision or recall is undefined: the score is then 1 if neither has one
//!   and else 0, as SQuAD 2.0 does for questions without an answer (SQuAD 1.1 gives 0 for both).
//! - Source: the evaluation of SQuAD (Rajpurkar and others 2016, 2018).

use super::references::{AgainstTexts, best};
use super::unicode::{is_word, words};
use std::collections::HashMap;

pub(super) struct TokenF1;

impl AgainstTexts for TokenF1 {
    fn compare(&self, output: &str, references: &[&str]) -> f64 {
        let output = normalised(output);
        best(references, |reference| f1(&output, &normalised(reference)))
    }
}

fn f1(output: &str, reference: &str) -> f64 {
    let (mut num_reference, mut num_output, mut num_common) = (0_usize, 0_usize, 0_usize);
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in words(reference) {
        num_reference += 1;
        *counts.entry(word).or_default() += 1;
    }
    for word in words(output) {
        num_output += 1;
        if let Some(count) = counts.get_mut(word).filter(|count| **count > 0) {
            *count -= 1;
            num_common += 1;
        }
    }
    match (num_output, num_reference) {
        (0, 0) => 1.0,
        (0, _) | (_, 0) => 0.0,
        _ => 2.0 * num_common as f64 / (num_output + num_reference) as f64,
    }
}

fn normalised(text: &str) -> String {
    let mut text = text.to_lowercase();
    text.retain(|letter| !letter.is_ascii_punctuation());
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let end = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        kept.push_str(if matches!(word, "a" | "an" | "the") { " " } else { word });
        let between = after.find(is_word).unwrap_or(after.len());
        kept.push_str(&after[..between]);
        rest = &after[between..];
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_case_and_punctuation_do_not_count() {
        assert_eq!(TokenF1.compare("The Eiffel Tower!", &["eiffel tower"]), 1.0);
        assert_eq!(TokenF1.compare("in Paris, France", &["Paris"]), 0.5);
        assert_eq!(TokenF1.compare("the a an", &["..."]), 1.0);
        assert_eq!(TokenF1.compare("", &["Paris"]), 0.0);
    }
}
