//! What a comparison shows, computed from what the studio told. Pure.

use crate::views::measures;
use crate::widgets::Mark;
use crate::widgets::interval_plot::Axis;
use atelier_types::experiment::Comparison;
use atelier_types::output::Receipt;
use atelier_types::statistics::{ComparedRow, Measure, RowChange, Verdict};
use std::fmt::Write as _;

/// Which rows are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    #[default]
    Flipped,
    Regressed,
    Improved,
    Unchanged,
    Missing,
}

impl Filter {
    pub const ALL: [Self; 5] = [Self::Flipped, Self::Regressed, Self::Improved, Self::Unchanged, Self::Missing];

    pub fn words(self) -> &'static str {
        match self {
            Self::Flipped => "Flipped",
            Self::Regressed => "Regressed",
            Self::Improved => "Improved",
            Self::Unchanged => "Unchanged",
            Self::Missing => "Missing",
        }
    }

    pub fn mark(self) -> Mark {
        match self {
            Self::Flipped => Mark::None,
            Self::Regressed => Mark::Worse,
            Self::Improved => Mark::Better,
            Self::Unchanged => Mark::Tie,
            Self::Missing => Mark::Unscored,
        }
    }

    pub fn holds(self, change: RowChange) -> bool {
        match self {
            Self::Flipped => matches!(change, RowChange::Regressed | RowChange::Improved),
            Self::Regressed => change == RowChange::Regressed,
            Self::Improved => change == RowChange::Improved,
            Self::Unchanged => change == RowChange::Unchanged,
            Self::Missing => change == RowChange::Missing,
        }
    }

    pub fn count(self, rows: &[ComparedRow]) -> u32 {
        rows.iter().filter(|row| self.holds(row.change)).count() as u32
    }
}

/// The axis that holds every interval of the comparison.
pub fn axis(comparison: &Comparison) -> Axis {
    let values = comparison.measures.iter().flat_map(|measure| {
        let Verdict { difference, interval, margin, .. } = &measure.verdict;
        let ends = interval.map(|interval| [interval.low, interval.high]).into_iter().flatten();
        ends.chain(*difference).chain([*margin, -margin]).filter_map(|value| measures::on_axis(measure, value))
    });
    Axis::around(values.collect::<Vec<_>>())
}

/// Ends and mean of a measure's difference, on the axis.
pub fn interval_on_axis(measure: &Measure) -> Option<(f64, f64, f64)> {
    let interval = measure.verdict.interval?;
    Some((
        measures::on_axis(measure, interval.low)?,
        measures::on_axis(measure, measure.verdict.difference?)?,
        measures::on_axis(measure, interval.high)?,
    ))
}

/// `3 → 0 of 3`
pub fn row_words(row: &ComparedRow) -> String {
    let number = |value: Option<f64>| match value {
        None => "none".to_owned(),
        Some(value) if value.fract().abs() < 1e-9 => format!("{value:.0}"),
        Some(value) => format!("{value:.2}"),
    };
    format!("{} → {} of {}", number(row.baseline), number(row.candidate), row.num_repeats)
}

/// What the link behind the sentence says; empty where no row moved.
pub fn flipped_words(verdict: &Verdict) -> &'static str {
    if verdict.num_improved + verdict.num_regressed == 0 { "" } else { "Show flipped rows" }
}

/// All messages of a call as one text, each under its role.
pub fn messages_text(receipt: &Receipt) -> String {
    let mut text = String::new();
    for message in &receipt.messages {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{}:\n{}\n", message.role.word(), message.content);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(change: RowChange, baseline: Option<f64>) -> ComparedRow {
        ComparedRow { row: "T-1".into(), title: String::new(), change, baseline, candidate: Some(0.0), num_repeats: 3 }
    }

    #[test]
    fn rows_that_moved_either_way_have_flipped() {
        let rows = [
            row(RowChange::Improved, None),
            row(RowChange::Regressed, None),
            row(RowChange::Unchanged, None),
            row(RowChange::Missing, None),
        ];
        let counts = Filter::ALL.map(|filter| filter.count(&rows));
        assert_eq!(counts, [2, 1, 1, 1, 1]);
    }

    #[test]
    fn what_is_missing_is_said_in_words() {
        assert_eq!(row_words(&row(RowChange::Regressed, Some(3.0))), "3 → 0 of 3");
        assert_eq!(row_words(&row(RowChange::Missing, None)), "none → 0 of 3");
        assert_eq!(row_words(&row(RowChange::Improved, Some(0.5))), "0.50 → 0 of 3");
    }
}
