//! What a run's numbers say: the heads of its columns, the filters of its rows, and its thresholds.

use super::numbers::{CellState, NUM_EFFORTS, Numbers};
use crate::metrics::statistics::{self, Comparison, PairedRow};
use atelier_types::experiment::{
    ExperimentSpec, FilterCounts, Passes, RowFilter, ScorerInfo, ThresholdCheck, Variant, VariantSummary,
};
use atelier_types::ids::ScorerName;
use atelier_types::score::{Direction, Unit};
use atelier_types::statistics::{Estimate, Verdict};

/// What is measured: the scorers in the experiment's order, then latency, tokens and cost.
pub(super) fn measures(scorers: &[ScorerInfo]) -> Vec<ScorerInfo> {
    let effort = |name: &str, unit| ScorerInfo {
        name: ScorerName::new(name),
        unit,
        direction: Direction::LowerIsBetter,
        is_check: false,
    };
    let efforts: [ScorerInfo; NUM_EFFORTS] =
        [effort("latency", Unit::Millis), effort("tokens", Unit::Tokens), effort("cost", Unit::Usd)];
    scorers.iter().cloned().chain(efforts).collect()
}

/// The smallest difference of a measure that matters: the experiment's for its first scorer, else the usual one.
pub(super) fn margin(spec: &ExperimentSpec, measure: usize, unit: Unit) -> f64 {
    spec.margin.filter(|_| measure == 0 && !spec.scorers.is_empty()).unwrap_or(statistics::default_margin(unit))
}

/// A run's numbers with what is needed to read them.
pub(super) struct Reading<'a> {
    pub numbers: &'a Numbers,
    pub spec: &'a ExperimentSpec,
    pub scorers: &'a [ScorerInfo],
    /// Place of the variant that the others are compared with.
    pub baseline: u32,
}

impl Reading<'_> {
    pub fn variant_summaries(&self, variants: &[Variant]) -> Vec<VariantSummary> {
        (0_u32..).zip(variants).map(|(place, variant)| self.variant_summary(place, variant)).collect()
    }

    fn variant_summary(&self, place: u32, variant: &Variant) -> VariantSummary {
        let scorers = || self.scorers.iter().enumerate();
        let (num_done, num_failed) = self.num_ended(place);
        let pass_histogram = self.pass_histogram(place);
        let verdicts = scorers().filter(|_| place != self.baseline).map(|(at, info)| self.verdict(at, info, place));
        VariantSummary {
            variant: variant.clone(),
            estimates: scorers().map(|(at, info)| self.estimate(at, info.unit, place)).collect(),
            verdicts: verdicts.collect(),
            passes: passes(&pass_histogram),
            pass_histogram,
            latency_millis_p50: median(self.all(self.scorers.len(), place)),
            cost_usd: self.all(self.scorers.len() + 2, place).into_iter().reduce(|sum, cost| sum + cost),
            num_done,
            num_failed,
        }
    }

    /// A mean with nothing behind it says so by its count of rows.
    fn estimate(&self, measure: usize, unit: Unit, variant: u32) -> Estimate {
        let num_unscored = self.numbers.num_unscored(measure, variant);
        let estimate = statistics::estimate(&self.numbers.by_row(measure, variant), num_unscored, unit);
        estimate.unwrap_or_else(|| Estimate {
            mean: 0.0,
            interval: None,
            num_rows: 0,
            num_values: 0,
            num_unscored,
            method: String::new(),
        })
    }

    fn verdict(&self, measure: usize, info: &ScorerInfo, variant: u32) -> Verdict {
        let sides = [self.baseline, variant].map(|variant| self.numbers.by_row(measure, variant));
        let rows: Vec<_> =
            sides[0].iter().zip(&sides[1]).map(|(baseline, candidate)| PairedRow { baseline, candidate }).collect();
        let margin = margin(self.spec, measure, info.unit);
        statistics::compare(&rows, Comparison { unit: info.unit, direction: info.direction, margin })
    }

    /// How many rows passed the first scorer in 0, 1, … all repeats; only rows whose repeats are all scored.
    fn pass_histogram(&self, variant: u32) -> Vec<u32> {
        if self.scorers.first().is_none_or(|first| !first.is_check) {
            return Vec::new();
        }
        let mut histogram = vec![0; self.numbers.shape.num_repeats as usize + 1];
        for row in 0..self.numbers.shape.num_rows {
            let values = self.numbers.values(0, row, variant);
            if values.iter().all(|value| !value.is_nan()) {
                histogram[values.iter().filter(|value| **value >= 1.0).count()] += 1;
            }
        }
        histogram
    }

    fn num_ended(&self, variant: u32) -> (u32, u32) {
        let mut counts = (0, 0);
        for row in 0..self.numbers.shape.num_rows {
            for state in self.numbers.states(row, variant) {
                counts.0 += u32::from(*state == CellState::Answered);
                counts.1 += u32::from(*state == CellState::Failed);
            }
        }
        counts
    }

    fn all(&self, measure: usize, variant: u32) -> Vec<f64> {
        (0..self.numbers.shape.num_rows).flat_map(|row| self.numbers.known(measure, row, variant)).collect()
    }

    pub fn filter_counts(&self) -> FilterCounts {
        let num_rows = self.numbers.shape.num_rows;
        let count = |filter| (0..num_rows).filter(|row| self.passes(filter, *row)).count() as u32;
        FilterCounts {
            all: num_rows,
            failing: count(RowFilter::Failing),
            flipped: count(RowFilter::Flipped),
            unscored: count(RowFilter::Unscored),
        }
    }

    /// Whether a row is one that the filter asks for.
    pub fn passes(&self, filter: RowFilter, row: u32) -> bool {
        let mut variants = 0..self.numbers.shape.num_variants;
        match filter {
            RowFilter::All => true,
            RowFilter::Failing => variants.any(|variant| self.is_failing(row, variant)),
            RowFilter::Flipped => variants.any(|variant| self.is_flipped(row, variant)),
            RowFilter::Unscored => variants.any(|variant| self.is_unscored(row, variant)),
        }
    }

    /// A scorer that is no check passes from its threshold on, where it has one.
    fn is_failing(&self, row: u32, variant: u32) -> bool {
        if self.numbers.states(row, variant).contains(&CellState::Failed) {
            return true;
        }
        let Some(first) = self.scorers.first() else { return false };
        let pass_mark = if first.is_check { Some(1.0) } else { self.spec.scorers.first().and_then(|one| one.min_mean) };
        pass_mark.is_some_and(|mark| self.numbers.values(0, row, variant).iter().any(|value| *value < mark))
    }

    fn is_flipped(&self, row: u32, variant: u32) -> bool {
        if self.scorers.is_empty() || variant == self.baseline {
            return false;
        }
        let [before, after] = [self.baseline, variant].map(|variant| self.numbers.mean(0, row, variant));
        before.zip(after).is_some_and(|(before, after)| before != after)
    }

    fn is_unscored(&self, row: u32, variant: u32) -> bool {
        let states = self.numbers.states(row, variant);
        let lacks = |scorer: usize| {
            let values = self.numbers.values(scorer, row, variant);
            states.iter().zip(values).any(|(state, value)| *state == CellState::Answered && value.is_nan())
        };
        (0..self.scorers.len()).any(lacks)
    }

    /// Each variant against each threshold. What is missing or failed does not pass, whatever the mean of the rest.
    pub fn thresholds(&self, variants: &[Variant]) -> Vec<ThresholdCheck> {
        let mut checks = Vec::new();
        for (place, variant) in (0_u32..).zip(variants) {
            let (num_done, _) = self.num_ended(place);
            let is_whole = num_done == self.numbers.shape.num_rows * self.numbers.shape.num_repeats;
            for (scorer, spec) in self.spec.scorers.iter().enumerate() {
                let Some(min_mean) = spec.min_mean else { continue };
                let mean = statistics::mean(&self.all(scorer, place));
                checks.push(ThresholdCheck {
                    variant: variant.id.clone(),
                    scorer: spec.result_name().clone(),
                    min_mean,
                    mean,
                    passed: is_whole && mean.is_some_and(|mean| mean >= min_mean),
                });
            }
        }
        checks
    }
}

/// From how many rows passed in 0, 1, … all of their repeats.
fn passes(histogram: &[u32]) -> Vec<Passes> {
    let num_repeats = histogram.len().saturating_sub(1) as u64;
    let over_rows = |of_row: &dyn Fn(u64) -> Option<f64>| {
        let rows = (0_u64..).zip(histogram).filter_map(|(num_passes, num_rows)| Some((of_row(num_passes)?, *num_rows)));
        let rows: Vec<Vec<f64>> =
            rows.flat_map(|(rate, num_rows)| std::iter::repeat_n(vec![rate], num_rows as usize)).collect();
        statistics::estimate(&rows, 0, Unit::Share)
    };
    let at = |num_tries: u64| {
        Some(Passes {
            num_tries: num_tries as u32,
            any: over_rows(&|num_passes| statistics::pass_at_k(num_repeats, num_passes, num_tries))?,
            all: over_rows(&|num_passes| statistics::pass_hat_k(num_repeats, num_passes, num_tries))?,
        })
    };
    (2..=num_repeats).filter_map(at).collect()
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let (lower, upper) = (values.get(values.len().saturating_sub(1) / 2)?, values.get(values.len() / 2)?);
    Some((lower + upper) / 2.0)
}
