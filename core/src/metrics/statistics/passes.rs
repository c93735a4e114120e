//! Rows that are tried several times: the chance that at least one of k tries passes, and the chance that all k pass.

/// pass@k of one row, without bias: 1 − C(n − c, k) / C(n, k) for c passes in n tries.
///
/// Source: Chen et al., "Evaluating large language models trained on code", arXiv 2107.03374 (2021), section 2.1. Computed
/// as a product, so that large n do not overflow. `None` for k = 0, k > n or c > n: fewer tries than k say nothing about k.
pub fn pass_at_k(num_tries: u64, num_passes: u64, k: u64) -> Option<f64> {
    let num_failures = num_tries.checked_sub(num_passes)?;
    Some(1.0 - all_from(num_tries, num_failures, k)?)
}

/// pass^k of one row, without bias: C(c, k) / C(n, k), the chance that k tries all pass.
///
/// Source: Yao et al., "τ-bench", arXiv 2406.12045 (2024), section 3. `None` as in [`pass_at_k`].
pub fn pass_hat_k(num_tries: u64, num_passes: u64, k: u64) -> Option<f64> {
    all_from(num_tries, num_passes, k)
}

/// C(part, k) / C(whole, k): the chance that k drawn without replacement all come from a part.
fn all_from(whole: u64, part: u64, k: u64) -> Option<f64> {
    if k == 0 || k > whole || part > whole {
        return None;
    }
    if k > part {
        return Some(0.0);
    }
    Some((0..k).map(|drawn| (part - drawn) as f64 / (whole - drawn) as f64).product())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_of_k_tries() {
        assert!((pass_at_k(10, 3, 1).unwrap() - 0.3).abs() < 1e-12);
        // 1 − C(7, 2) / C(10, 2) = 1 − 21 / 45, and C(3, 2) / C(10, 2) = 3 / 45.
        assert!((pass_at_k(10, 3, 2).unwrap() - 24.0 / 45.0).abs() < 1e-12);
        assert!((pass_hat_k(10, 3, 2).unwrap() - 3.0 / 45.0).abs() < 1e-12);
        assert_eq!(pass_at_k(10, 3, 8), Some(1.0));
        assert_eq!(pass_hat_k(10, 3, 4), Some(0.0));
    }

    #[test]
    fn fewer_tries_than_k_say_nothing() {
        assert_eq!(pass_at_k(3, 1, 4), None);
        assert_eq!(pass_at_k(3, 1, 0), None);
        assert_eq!(pass_hat_k(3, 4, 1), None);
    }
}
