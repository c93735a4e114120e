//! Equivalence: evidence that a difference is small, which a large p-value of a test for a difference is not.

use super::distributions::t_upper;
use super::{mean, standard_deviation};

/// Two one-sided t tests of paired differences against (−margin, margin): a p-value below 0.05 says that the mean
/// difference lies within the margin. Equivalent to the 90 % t interval lying within it.
///
/// p = max(P(T ≥ (m + margin) / se), P(T ≥ (margin − m) / se)) with mean m, standard error se and n − 1 degrees of freedom.
/// Source: Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15 (1987).
///
/// `None` with fewer than two rows, a margin that is not positive, or differences that are all equal: without variance t
/// would claim to be certain.
pub fn tost(differences: &[f64], margin: f64) -> Option<f64> {
    let deviation = standard_deviation(differences).filter(|deviation| *deviation > 0.0 && margin > 0.0)?;
    let standard_error = deviation / (differences.len() as f64).sqrt();
    let (centre, freedom) = (mean(differences)?, (differences.len() - 1) as f64);
    let below = t_upper((centre + margin) / standard_error, freedom)?;
    let above = t_upper((margin - centre) / standard_error, freedom)?;
    Some(below.max(above))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_differences_are_equivalent_and_large_ones_are_not() {
        let differences: Vec<f64> = (0..100).map(|row| f64::from(row % 3) - 1.0).collect();
        assert!(tost(&differences, 0.5).unwrap() < 0.001);
        assert!(tost(&differences, 0.01).unwrap() > 0.4);
    }

    #[test]
    fn undefined_cases_are_none() {
        assert_eq!(tost(&[1.0], 1.0), None);
        assert_eq!(tost(&[0.0, 0.0], 1.0), None);
        assert_eq!(tost(&[0.0, 1.0], 0.0), None);
    }
}
