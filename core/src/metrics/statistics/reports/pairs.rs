//! Paired scores: the verdict, and every test and effect size that fits.

use super::{differences, paired_rows, unit_of};
use crate::metrics::statistics::{
    Bootstrap, BootstrapMethod, CONFIDENCE, Comparison, PairedRow, bootstrap_mean, cohens_d, compare, default_margin,
    estimate, hedges_g, matched_odds_ratio, mcnemar_mid_p, paired_permutation, rank_biserial, sign_test, tost,
    wilcoxon_signed_rank,
};
use atelier_types::statistics::{PairEffects, PairRecord, PairReport, PairSettings, PairTests};

const NUM_RESAMPLES: usize = 10_000;

/// Compares candidate `b` with baseline `a`. Records with one id are repeats of one row and averaged within it.
pub fn pair_report(records: &[PairRecord], settings: PairSettings) -> PairReport {
    let rows = paired_rows(records);
    let unit = settings.unit.unwrap_or_else(|| unit_of(&rows));
    let margin = settings.margin.unwrap_or_else(|| default_margin(unit));
    let paired: Vec<PairedRow<'_>> =
        rows.iter().map(|(baseline, candidate)| PairedRow { baseline, candidate }).collect();
    let differences = differences(&rows);
    let (baselines, candidates): (Vec<_>, Vec<_>) = rows.iter().cloned().unzip();
    let side = |values: &[Vec<f64>]| {
        let num_unscored = values.iter().filter(|values| values.is_empty()).count();
        estimate(values, num_unscored as u32, unit)
    };
    PairReport {
        unit,
        baseline: side(&baselines),
        candidate: side(&candidates),
        verdict: compare(&paired, Comparison { unit, direction: settings.direction, margin }),
        bootstrap: resampled(&differences, settings.seed),
        p_values: tests(&differences, margin, settings.seed),
        effects: effects(&differences),
    }
}

fn resampled(differences: &[f64], seed: u64) -> Option<atelier_types::statistics::Interval> {
    let rows: Vec<Vec<f64>> = differences.iter().map(|difference| vec![*difference]).collect();
    let method = BootstrapMethod::Bca;
    bootstrap_mean(&rows, Bootstrap { method, num_resamples: NUM_RESAMPLES, confidence: CONFIDENCE, seed })
}

fn num_up_and_down(differences: &[f64]) -> (u64, u64) {
    let count = |sign: f64| differences.iter().filter(|difference| **difference * sign > 0.0).count() as u64;
    (count(1.0), count(-1.0))
}

fn tests(differences: &[f64], margin: f64, seed: u64) -> PairTests {
    let (up, down) = num_up_and_down(differences);
    let is_empty = differences.is_empty();
    PairTests {
        sign: sign_test(up, down).filter(|_| !is_empty),
        sign_mid_p: mcnemar_mid_p(up, down).filter(|_| !is_empty),
        wilcoxon: wilcoxon_signed_rank(differences).map(|result| result.p_value),
        permutation: paired_permutation(differences, NUM_RESAMPLES, seed).map(|result| result.p_value),
        equivalence: tost(differences, margin),
    }
}

fn effects(differences: &[f64]) -> PairEffects {
    let (up, down) = num_up_and_down(differences);
    PairEffects {
        cohens_d: cohens_d(differences),
        hedges_g: hedges_g(differences),
        rank_biserial: rank_biserial(differences),
        matched_odds_ratio: matched_odds_ratio(up, down),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use atelier_types::score::Unit;
    use atelier_types::statistics::Judgement;

    fn records(pairs: &[(f64, f64, usize)]) -> Vec<PairRecord> {
        let rows = pairs.iter().flat_map(|(a, b, count)| vec![(*a, *b); *count]);
        let record = |(row, (a, b)): (usize, (f64, f64))| PairRecord { id: row.to_string(), a: Some(a), b: Some(b) };
        rows.enumerate().map(record).collect()
    }

    #[test]
    fn checks_get_a_verdict_and_tests() {
        let report = pair_report(&records(&[(0.0, 1.0, 20), (1.0, 0.0, 3), (1.0, 1.0, 97)]), PairSettings::default());
        assert_eq!((report.unit, report.verdict.judgement), (Unit::Share, Judgement::Better));
        assert_eq!(report.p_values.sign, report.verdict.p_value);
        assert!(report.p_values.permutation.unwrap() < 0.01 && report.bootstrap.unwrap().low > 0.0);
        assert_eq!(report.effects.matched_odds_ratio, Some(20.0 / 3.0));
    }

    #[test]
    fn lines_with_one_id_are_repeats() {
        let record = |id: &str, a: f64, b: f64| PairRecord { id: id.to_owned(), a: Some(a), b: Some(b) };
        let report = pair_report(
            &[record("x", 1.0, 5.0), record("x", 3.0, 5.0), record("y", 2.0, 4.0)],
            PairSettings::default(),
        );
        assert_eq!((report.unit, report.verdict.num_rows, report.verdict.difference), (Unit::Number, 2, Some(2.5)));
        assert_eq!(report.baseline.unwrap().num_values, 3);
    }

    #[test]
    fn nothing_to_compare_is_unscored() {
        let report = pair_report(&[], PairSettings::default());
        assert_eq!((report.verdict.judgement, report.p_values.sign), (Judgement::Unscored, None));
    }
}
