//! `meteor`: words in common, by form or by stem, with a penalty for broken order.
//!
//! - Definition: words are what white space parts, in lower case. From the last word of the output backwards, each is
//!   matched with the last free equal word of the reference; what is left is matched by Porter stem in the same way.
//!   With m matches, P = m / words of the output and R = m / words of the reference, F = P·R / (α·P + (1 − α)·R), and
//!   with k chunks of matches that are neighbours in both texts, the score is F · (1 − γ · (k / m)^β).
//! - Range: 0 to 1; higher is better. A perfect match of n words scores 1 − γ / n^β, not 1.
//! - Reads: the row's expected column. Of several references, the one with the highest score counts.
//! - Settings: `alpha` (0 to 1, default 0.9), `beta` (from 0 on, default 3), `gamma` (0 to 1, default 0.5).
//! - Without a match, and so without a word, the fraction is undefined; nltk gives 0 and so do we.
//! - Source: Lavie and Agarwal 2007; values of nltk 3.10's `meteor_score` on texts split at white space, without its
//!   third stage: synonyms need WordNet, which is not part of this program. A published METEOR with synonyms is
//!   therefore higher.

use super::options::Options;
use super::porter::stem;
use super::references::{AgainstTexts, best};
use super::unicode::words;
use std::borrow::Cow;
use std::collections::HashMap;

pub(super) struct Meteor {
    alpha: f64,
    beta: f64,
    gamma: f64,
}

/// A word and where it stands.
type Placed<'a> = (usize, Cow<'a, str>);

impl Meteor {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        Ok(Self {
            alpha: options.number("alpha", 0.9, 0.0..=1.0)?,
            beta: options.number("beta", 3.0, 0.0..=f64::MAX)?,
            gamma: options.number("gamma", 0.5, 0.0..=1.0)?,
        })
    }

    fn score(&self, output: &str, reference: &str) -> f64 {
        let (mut output, mut reference) = (placed(output), placed(reference));
        let (num_output, num_reference) = (output.len() as f64, reference.len() as f64);
        let mut matches = take_matches(&mut output, &mut reference);
        for (_, word) in output.iter_mut().chain(&mut reference) {
            *word = Cow::Owned(stem(word).into_owned());
        }
        matches.extend(take_matches(&mut output, &mut reference));
        if matches.is_empty() {
            return 0.0;
        }
        matches.sort_unstable();
        let num_matches = matches.len() as f64;
        let (precision, recall) = (num_matches / num_output, num_matches / num_reference);
        let mean = precision * recall / (self.alpha * precision + (1.0 - self.alpha) * recall);
        let is_break = |pair: &&[(usize, usize)]| pair[1] != (pair[0].0 + 1, pair[0].1 + 1);
        let num_chunks = 1 + matches.windows(2).filter(is_break).count();
        (1.0 - self.gamma * (num_chunks as f64 / num_matches).powf(self.beta)) * mean
    }
}

impl AgainstTexts for Meteor {
    fn compare(&self, output: &str, references: &[&str]) -> f64 {
        let output = output.to_lowercase();
        best(references, |reference| self.score(&output, &reference.to_lowercase()))
    }
}

fn placed(text: &str) -> Vec<Placed<'_>> {
    words(text).map(Cow::Borrowed).enumerate().collect()
}

/// Takes equal words out of both, the last first, and answers where they stood.
fn take_matches(output: &mut Vec<Placed<'_>>, reference: &mut Vec<Placed<'_>>) -> Vec<(usize, usize)> {
    let mut matches = Vec::new();
    {
        let mut free: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, word) in reference.iter() {
            free.entry(word).or_default().push(*at);
        }
        for (at, word) in output.iter().rev() {
            if let Some(other) = free.get_mut(word.as_ref()).and_then(Vec::pop) {
                matches.push((*at, other));
            }
        }
    }
    let is_taken = |taken: &[usize], at: usize| taken.binary_search(&at).is_ok();
    let mut of_output: Vec<usize> = matches.iter().map(|(at, _)| *at).collect();
    let mut of_reference: Vec<usize> = matches.iter().map(|(_, at)| *at).collect();
    of_output.sort_unstable();
    of_reference.sort_unstable();
    output.retain(|(at, _)| !is_taken(&of_output, *at));
    reference.retain(|(at, _)| !is_taken(&of_reference, *at));
    matches
}
