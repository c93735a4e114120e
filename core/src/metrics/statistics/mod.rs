//! Numbers with their uncertainty. Pure functions; each page says its formula, its source and what it returns where
//! the formula says nothing.
//!
//! The unit of evidence is the **row**: repeats of one row are not independent, so they are averaged within the row
//! before anything is said about rows.

mod agreement;
mod bootstrap;
mod classification;
mod correlation;
mod distributions;
mod effect_size;
mod equivalence;
mod estimate;
mod intervals;
mod multiple;
mod paired;
mod passes;
mod power;
mod prediction_powered;
mod random;
mod ranking;
mod ranks;
mod regression;
mod reports;
mod search;
mod sequential;
mod signed;
mod slices;
mod words;

pub use agreement::{
    Agreement, Intraclass, IntraclassForm, IntraclassUnit, KappaWeights, Scale, cohens_kappa, fleiss_kappa, intraclass,
    krippendorff_alpha,
};
pub use bootstrap::{Bootstrap, BootstrapMethod, bootstrap, bootstrap_mean};
pub use classification::{Averages, ClassReport, Classification, classification};
pub use correlation::{Correlation, correlation_interval, kendall, pearson, spearman};
pub use effect_size::{cliffs_delta, cohens_d, cohens_h, hedges_g, matched_odds_ratio, rank_biserial};
pub use equivalence::tost;
pub use estimate::estimate;
pub use intervals::{clopper_pearson, clustered_t, paired_rates, wilson};
pub use multiple::{benjamini_hochberg, benjamini_yekutieli, holm};
pub use paired::{Comparison, PairedRow, compare};
pub use passes::{pass_at_k, pass_hat_k};
pub use power::{
    FlipRates, McNemar, Sides, checks_equivalence_power, mcnemar_detectable, mcnemar_power, rows_for, t_detectable,
    t_equivalence_power, t_power,
};
pub use prediction_powered::{
    JudgedRow, MIN_HUMAN_LABELS, PredictionPowered, PredictionPoweredFault, PredictionPoweredMethod, prediction_powered,
};
pub use random::Draws;
pub use ranking::{BradleyTerry, Contest, EloSettings, RankingFault, bradley_terry, elo};
pub use regression::{Slope, slope};
pub use reports::{RatedTwice, agreement_report, pair_report, power_report, ranking_report};
pub use sequential::{bounded_evidence, bounded_sequence, mean_sequence, watch};
pub use signed::{TestResult, mcnemar_mid_p, paired_permutation, sign_test, wilcoxon_signed_rank};
pub use slices::{
    FeatureValue, MIN_SLICE_ROWS, Slice, SliceCondition, SliceRow, SliceSearch, SliceValues, worst_slices,
};

use atelier_types::score::Unit;

/// Confidence of every interval unless a user chooses another.
pub const CONFIDENCE: f64 = 0.95;

/// Smallest difference that matters where nobody said: one point for shares and points, none for other units.
pub fn default_margin(unit: Unit) -> f64 {
    match unit {
        Unit::Share => 0.01,
        Unit::Points => 1.0,
        Unit::Millis | Unit::Usd | Unit::Tokens | Unit::Number => 0.0,
    }
}

/// Mean of a slice; `None` of an empty one.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Sample standard deviation (n − 1); `None` with fewer than two values.
fn standard_deviation(values: &[f64]) -> Option<f64> {
    let mean = mean(values).filter(|_| values.len() >= 2)?;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    Some((squares / (values.len() - 1) as f64).sqrt())
}

#[cfg(test)]
mod tests;
