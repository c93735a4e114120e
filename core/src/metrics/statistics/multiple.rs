//! Many tests at once: p-values adjusted so that each can be held against the level of the whole.

/// Holm's step-down procedure: keeps the chance of any false finding at the level, whatever the tests' dependence.
///
/// The k-th smallest of m p-values is multiplied by m − k + 1, kept monotone and cut at 1. Source: Holm, Scandinavian
/// Journal of Statistics 6 (1979). Answers in the order of the arguments.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let num_tests = p_values.len();
    let mut adjusted = vec![0.0; num_tests];
    let mut largest = 0.0_f64;
    for (place, test) in ascending(p_values).into_iter().enumerate() {
        largest = largest.max(p_values[test] * (num_tests - place) as f64).min(1.0);
        adjusted[test] = largest;
    }
    adjusted
}

/// Benjamini and Hochberg's step-up procedure: keeps the expected share of false findings among all findings at the level
/// when the tests are independent or positively dependent.
///
/// The k-th smallest of m p-values is multiplied by m / k, kept monotone and cut at 1. Source: Benjamini and Hochberg,
/// Journal of the Royal Statistical Society B 57 (1995). Answers in the order of the arguments.
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let num_tests = p_values.len();
    let mut adjusted = vec![0.0; num_tests];
    let mut smallest = 1.0_f64;
    for (place, test) in ascending(p_values).into_iter().enumerate().rev() {
        smallest = smallest.min(p_values[test] * num_tests as f64 / (place + 1) as f64);
        adjusted[test] = smallest;
    }
    adjusted
}

/// Benjamini and Yekutieli's procedure: [`benjamini_hochberg`] whatever the tests' dependence, at the price of a factor
/// 1 + 1/2 + … + 1/m. Source: Annals of Statistics 29 (2001). Answers in the order of the arguments.
pub fn benjamini_yekutieli(p_values: &[f64]) -> Vec<f64> {
    let price: f64 = (1..=p_values.len()).map(|place| 1.0 / place as f64).sum();
    benjamini_hochberg(p_values).into_iter().map(|adjusted| (adjusted * price).min(1.0)).collect()
}

fn ascending(p_values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|one, other| p_values[*one].total_cmp(&p_values[*other]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjusted_values_keep_their_order_and_stay_in_range() {
        assert_eq!(holm(&[0.01, 0.04, 0.03]), [0.03, 0.06, 0.06]);
        assert_eq!(benjamini_hochberg(&[0.01, 0.04, 0.03]), [0.03, 0.04, 0.04]);
        assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
        assert!(holm(&[]).is_empty() && benjamini_hochberg(&[]).is_empty());
    }
}
