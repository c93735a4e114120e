//! Records in, one report out: what is said about ratings, contests and paired scores that come from anywhere.

mod agreement;
mod pairs;
mod ranking;

pub use agreement::{RatedTwice, agreement_report};
pub use pairs::pair_report;
pub use ranking::ranking_report;

use std::collections::HashMap;

/// Names in the order in which they came first, with their numbers.
#[derive(Default)]
struct Names<'a> {
    numbers: HashMap<&'a str, usize>,
    names: Vec<&'a str>,
}

impl<'a> Names<'a> {
    fn number(&mut self, name: &'a str) -> usize {
        *self.numbers.entry(name).or_insert_with(|| {
            self.names.push(name);
            self.names.len() - 1
        })
    }
}
