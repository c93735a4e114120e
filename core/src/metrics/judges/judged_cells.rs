//! What one judge of a run said, and how people's ratings read on its scale.

use atelier_types::ids::{CellId, ScorerName, VariantId};
use atelier_types::judge::OrderedPair;
use std::collections::HashMap;

/// Ends of the scales that reviewers rate on.
const RATED: (f64, f64) = (1.0, 5.0);

pub struct JudgedCells {
    pub scorer: ScorerName,
    /// The least and the largest score that it can give.
    pub range: (f64, f64),
    /// Of all cells of the run. Cells without a score are left out.
    pub scores: HashMap<CellId, (VariantId, f64)>,
    /// The score of each repeat, of one model that judged more than once.
    pub repeats: HashMap<CellId, Vec<f64>>,
    /// Of a judge that is asked in both orders.
    pub pairs: Vec<OrderedPair>,
}

impl JudgedCells {
    /// A reviewer's rating on the judge's scale: the ends of both meet.
    pub fn on_scale(&self, rating: f64) -> f64 {
        let share = (rating - RATED.0) / (RATED.1 - RATED.0);
        self.range.0 + share * (self.range.1 - self.range.0)
    }

    /// The middle of the scale: from here on an output counts as good.
    pub fn threshold(&self) -> f64 {
        f64::midpoint(self.range.0, self.range.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_both_scales_meet() {
        let judge = |range| JudgedCells {
            scorer: "judge".into(),
            range,
            scores: HashMap::new(),
            repeats: HashMap::new(),
            pairs: Vec::new(),
        };
        let share = judge((0.0, 1.0));
        assert_eq!([1.0, 3.0, 5.0].map(|rating| share.on_scale(rating)), [0.0, 0.5, 1.0]);
        assert_eq!((judge((1.0, 5.0)).on_scale(4.0), share.threshold()), (4.0, 0.5));
    }
}
