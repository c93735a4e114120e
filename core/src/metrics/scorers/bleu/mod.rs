//! `bleu`: n-gram precision against reference translations.
//!
//! - Definition: for n = 1 to 4, p_n is the share of the output's n-grams that a reference has too, each at most as
//!   often as the reference that has it most often. The score is 100 · BP · exp(mean of ln p_n), with the brevity
//!   penalty BP = exp(1 − r / c) for an output of c words that is shorter than the nearest reference length r (the
//!   shorter of two that are as near), else 1.
//! - Range: 0 to 100; higher is better.
//! - Reads: the row's expected column: a reference, or a list of references that count together.
//! - Settings: `tokenize`: `13a` (default), `intl`, `char`, `zh` or `none`; `smooth_method`: `exp` (default), `floor`,
//!   `add-k` or `none`; `smooth_value` (default 0.1 for `floor`, 1 for `add-k`); `effective_order` (default true, as
//!   sacreBLEU's `sentence_bleu` has it) leaves out orders for which the output is too short; `lowercase` (default
//!   false).
//! - Without a common word every precision is undefined or 0: the score is 0, also for two empty texts, as in
//!   sacreBLEU.
//! - Corpus: [`Statistics`] of sentences are added up before the score is taken from them.
//! - Source: Papineni and others 2002, Chen and Cherry 2014 (smoothing); values of sacreBLEU 2.6. The signature is
//!   sacreBLEU's and names its version, since it states whose numbers these are.

mod tokenizers;

pub(super) use tokenizers::{Ends, Marks, each_word, separate_ascii};

use super::Corpus;
use super::ngrams::{Ngrams, Packed, capacity, num_common};
use super::numbering::Numbering;
use super::options::Options;
use super::references::{Additive, AgainstTexts, Sum};
use super::text_case::Casing;
use super::unicode::without_end_space;
use smallvec::SmallVec;
use std::ops::Range;
use tokenizers::Tokenizer;

const MAX_ORDER: usize = 4;
/// What sacreBLEU writes into its signatures.
pub(super) const SACREBLEU_VERSION: &str = "2.6.0";
/// sacreBLEU's logarithm of 0.
const LOG_OF_ZERO: f64 = -9_999_999_999.0;

pub(super) struct Bleu {
    tokenizer: Tokenizer,
    casing: Casing,
    smoothing: Smoothing,
    has_effective_order: bool,
}

#[derive(Clone, Copy)]
enum Smoothing {
    None,
    Exp,
    Floor(f64),
    AddK(f64),
}

/// What BLEU is computed from. Statistics of sentences add up to those of the corpus.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Statistics {
    num_output: u64,
    num_reference: u64,
    correct: [u64; MAX_ORDER],
    total: [u64; MAX_ORDER],
}

impl Bleu {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        let names = tokenizers::NAMES.map(|(name, _)| name);
        let chosen = options.choice("tokenize", &names)?;
        let tokenizer = tokenizers::NAMES.iter().find(|(name, _)| *name == chosen).map(|(_, tokenizer)| *tokenizer);
        let smoothing = match options.choice("smooth_method", &["exp", "floor", "add-k", "none"])? {
            "floor" => Smoothing::Floor(options.number("smooth_value", 0.1, 0.0..=f64::MAX)?),
            "add-k" => Smoothing::AddK(options.number("smooth_value", 1.0, 0.0..=f64::MAX)?),
            "none" => Smoothing::None,
            _ => Smoothing::Exp,
        };
        Ok(Self {
            tokenizer: tokenizer.unwrap_or(Tokenizer::V13a),
            casing: Casing::named(options, "lowercase")?,
            smoothing,
            has_effective_order: options.flag("effective_order", true)?,
        })
    }

    fn number_words(&self, text: &str, numbers: &mut Vec<u32>, mut number: impl FnMut(&[u8], Range<usize>) -> u32) {
        let text = self.tokenizer.prepared(self.casing.of(without_end_space(text)));
        self.tokenizer.each_word(&text, |place| numbers.push(number(text.as_bytes(), place)));
    }
}

impl Additive for Bleu {
    type Statistics = Statistics;

    /// One sentence against its references.
    fn statistics(&self, output: &str, references: &[&str]) -> Statistics {
        let mut numbering = Numbering::default();
        // One list for all, since lists take about as long to make as what is in them.
        let mut words = Vec::with_capacity(128);
        let mut ends = SmallVec::<[usize; 4]>::new();
        for reference in references {
            self.number_words(reference, &mut words, |text, place| numbering.number_at(text, place));
            ends.push(words.len());
        }
        self.number_words(output, &mut words, |text, place| numbering.known_at(text, place));
        let mut start = 0;
        let references: SmallVec<[&[u32]; 4]> =
            ends.into_iter().map(|end| &words[std::mem::replace(&mut start, end)..end]).collect();
        let output = &words[start..];
        let nearest =
            references.iter().map(|one| one.len()).min_by_key(|length| (length.abs_diff(output.len()), *length));
        Statistics {
            num_output: output.len() as u64,
            num_reference: nearest.unwrap_or_default() as u64,
            // One more stands for all words that no reference has.
            correct: num_correct(output, &references, numbering.bound() as usize + 1),
            total: std::array::from_fn(|at| output.len().saturating_sub(at) as u64),
        }
    }

    /// 0 to 100.
    fn score_of(&self, statistics: &Statistics) -> f64 {
        let Statistics { num_output, num_reference, correct, total } = *statistics;
        if correct == [0; MAX_ORDER] {
            return 0.0;
        }
        let mut sum_of_logs = 0.0;
        let mut num_orders = 0;
        let mut halving = 1.0;
        for (at, (correct, total)) in correct.into_iter().zip(total).enumerate() {
            let added = match self.smoothing {
                Smoothing::AddK(k) if at > 0 => k,
                _ => 0.0,
            };
            let (correct, total) = (correct as f64 + added, total as f64 + added);
            if total == 0.0 {
                break;
            }
            num_orders = at + 1;
            let precision = match self.smoothing {
                _ if correct > 0.0 => correct / total,
                Smoothing::Exp => {
                    halving *= 2.0;
                    1.0 / (halving * total)
                }
                Smoothing::Floor(value) => value / total,
                Smoothing::None | Smoothing::AddK(_) => 0.0,
            };
            sum_of_logs += if precision > 0.0 { (100.0 * precision).ln() } else { LOG_OF_ZERO };
        }
        if !self.has_effective_order {
            sum_of_logs += LOG_OF_ZERO * (MAX_ORDER - num_orders) as f64;
            num_orders = MAX_ORDER;
        }
        let is_short = num_output < num_reference;
        let penalty = if is_short { (1.0 - num_reference as f64 / num_output as f64).exp() } else { 1.0 };
        penalty * (sum_of_logs / num_orders as f64).exp()
    }
}

impl AgainstTexts for Bleu {
    fn compare(&self, output: &str, references: &[&str]) -> f64 {
        self.score_of(&self.statistics(output, references))
    }

    fn signature(&self, num_references: Option<usize>) -> Option<String> {
        let smoothing = match self.smoothing {
            Smoothing::None => "none".to_owned(),
            Smoothing::Exp => "exp".to_owned(),
            Smoothing::Floor(value) => format!("floor[{value:.2}]"),
            Smoothing::AddK(value) => format!("add-k[{value:.2}]"),
        };
        Some(format!(
            "nrefs:{}|case:{}|eff:{}|tok:{}|smooth:{smoothing}|version:{SACREBLEU_VERSION}",
            number_of_references(num_references),
            if self.casing == Casing::Lower { "lc" } else { "mixed" },
            yes_or_no(self.has_effective_order),
            self.tokenizer.name(),
        ))
    }

    fn corpus(&self) -> Option<Box<dyn Corpus + '_>> {
        Some(Box::new(Sum::new(self)))
    }
}

pub(super) fn number_of_references(num: Option<usize>) -> String {
    num.map_or_else(|| "var".to_owned(), |num| num.to_string())
}

pub(super) fn yes_or_no(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}

impl std::ops::AddAssign for Statistics {
    fn add_assign(&mut self, other: Self) {
        self.num_output += other.num_output;
        self.num_reference += other.num_reference;
        for order in 0..MAX_ORDER {
            self.correct[order] += other.correct[order];
            self.total[order] += other.total[order];
        }
    }
}

/// The output's n-grams that a reference has too, for n from 1 on.
fn num_correct(output: &[u32], references: &[&[u32]], num_words: usize) -> [u64; MAX_ORDER] {
    match references {
        [reference] => num_common(output, reference, num_words),
        _ if num_words as u64 <= capacity::<u64>(MAX_ORDER) => num_of_any::<u64>(output, references),
        _ => num_of_any::<u128>(output, references),
    }
}

fn num_of_any<P: Packed>(output: &[u32], references: &[&[u32]]) -> [u64; MAX_ORDER] {
    let output = Ngrams::<P>::new(output, MAX_ORDER);
    let references: Vec<Ngrams<P>> = references.iter().map(|one| Ngrams::new(one, MAX_ORDER)).collect();
    std::array::from_fn(|at| output.num_common(&references, at + 1))
}
