//! Level of the paired tests: how often they find a difference at 5 % where there is none.

use super::{at_most, binomial, normal, share_of};
use crate::Figure;
use atelier_core::metrics::statistics::{
    Draws, mcnemar_mid_p, paired_permutation, sign_test, tost, wilcoxon_signed_rank,
};

const LEVEL: f64 = 0.05;
const NUM_DRAWN: usize = 4000;
/// Two standard errors of a drawn share of 5 %.
const SLACK: f64 = 0.007;

pub fn figures() -> Vec<Figure> {
    let mut figures = Vec::new();
    for num_flips in [10, 30, 100, 300] {
        let exact = flip_level(num_flips, sign_test);
        let mid = flip_level(num_flips, mcnemar_mid_p);
        figures.push(at_most(format!("McNemar exact, {num_flips} flips"), exact, LEVEL, "≤ 5 %"));
        figures.push(at_most(format!("McNemar mid-p, {num_flips} flips"), mid, LEVEL * 1.3, "≤ 6.5 %"));
    }
    for num_rows in [10, 30, 80] {
        let wilcoxon = drawn_level(num_rows, |rows, _| Some(wilcoxon_signed_rank(rows)?.p_value));
        let permutation = drawn_level(num_rows, |rows, seed| Some(paired_permutation(rows, 999, seed)?.p_value));
        // At the margin itself the differences are not equivalent.
        let equivalence = drawn_level(num_rows, |rows, _| {
            tost(&rows.iter().map(|difference| difference + 1.0).collect::<Vec<_>>(), 1.0)
        });
        let drawn = |what: &str, share| at_most(format!("{what}, {num_rows} rows"), share, LEVEL + SLACK, "≤ 5.7 %");
        figures.push(drawn("Wilcoxon signed-rank", wilcoxon));
        figures.push(drawn("paired permutation", permutation));
        figures.push(drawn("TOST at the margin", equivalence));
    }
    figures
}

/// Summed over every split of the flips.
fn flip_level(num_flips: usize, test: fn(u64, u64) -> Option<f64>) -> f64 {
    let chances = binomial(num_flips, 0.5).into_iter().enumerate();
    let is_found = |wins: usize| test(wins as u64, (num_flips - wins) as u64).is_some_and(|p_value| p_value <= LEVEL);
    chances.filter(|(wins, _)| is_found(*wins)).map(|(_, chance)| chance).sum()
}

fn drawn_level(num_rows: usize, test: impl Fn(&[f64], u64) -> Option<f64>) -> f64 {
    share_of(NUM_DRAWN, num_rows as u64, |draws: &mut Draws| {
        let rows: Vec<f64> = (0..num_rows).map(|_| normal(draws)).collect();
        test(&rows, draws.bits()).is_some_and(|p_value| p_value <= LEVEL)
    })
}
