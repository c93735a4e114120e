//! How far two lists of numbers go together, from −1 to 1, with intervals on Fisher's scale.

use super::distributions::normal_two_sided;
use super::mean;
use super::ranks::midranks;
use atelier_types::statistics::Interval;

/// Pearson's correlation. `None` for lists of differing lengths, fewer than two pairs, or a list without variance.
pub fn pearson(first: &[f64], second: &[f64]) -> Option<f64> {
    if first.len() != second.len() || first.len() < 2 {
        return None;
    }
    let centred = |values: &[f64]| -> Option<Vec<f64>> {
        // Equal values can differ from their mean by rounding alone.
        values.iter().any(|value| *value != values[0]).then_some(())?;
        let centre = mean(values)?;
        Some(values.iter().map(|value| value - centre).collect())
    };
    let (first, second) = (centred(first)?, centred(second)?);
    let product = |one: &[f64], other: &[f64]| one.iter().zip(other).map(|(a, b)| a * b).sum::<f64>();
    let scale = product(&first, &first).sqrt() * product(&second, &second).sqrt();
    (scale > 0.0).then(|| (product(&first, &second) / scale).clamp(-1.0, 1.0))
}

/// Spearman's rank correlation: [`pearson`] of the midranks. `None` as there.
pub fn spearman(first: &[f64], second: &[f64]) -> Option<f64> {
    pearson(&midranks(first).0, &midranks(second).0)
}

/// Kendall's τ-b, which allows for ties: (concordant − discordant) / √((pairs − ties in first)(pairs − ties in second)).
///
/// O(n log n) by counting the exchanges of a merge sort. Source: Kendall, Biometrika 33 (1945); Knight, Journal of the
/// American Statistical Association 61 (1966). `None` for lists of differing lengths, fewer than two pairs, or a list
/// without variance.
pub fn kendall(first: &[f64], second: &[f64]) -> Option<f64> {
    if first.len() != second.len() || first.len() < 2 {
        return None;
    }
    // Adding 0 makes −0 a 0, so that ordering and equality agree.
    let mut pairs: Vec<(f64, f64)> = first.iter().zip(second).map(|(one, other)| (one + 0.0, other + 0.0)).collect();
    pairs.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1)));
    let tied_first = tied_pairs(pairs.chunk_by(|one, other| one.0 == other.0).map(<[_]>::len));
    let tied_both = tied_pairs(pairs.chunk_by(|one, other| one == other).map(<[_]>::len));
    let mut seconds: Vec<f64> = pairs.into_iter().map(|(_, second)| second).collect();
    let num_discordant = sort_counting_exchanges(&mut seconds) as f64;
    let tied_second = tied_pairs(seconds.chunk_by(|one, other| one == other).map(<[_]>::len));
    let all = tied_pairs(std::iter::once(first.len()));
    let scale = (all - tied_first).sqrt() * (all - tied_second).sqrt();
    let balance = all - tied_first - tied_second + tied_both - 2.0 * num_discordant;
    (scale > 0.0).then(|| (balance / scale).clamp(-1.0, 1.0))
}

fn tied_pairs(groups: impl Iterator<Item = usize>) -> f64 {
    groups.map(|size| size as f64 * (size as f64 - 1.0) / 2.0).sum()
}

/// Sorts and answers how many pairs stood in the wrong order.
fn sort_counting_exchanges(values: &mut [f64]) -> u64 {
    let half = values.len() / 2;
    if half == 0 {
        return 0;
    }
    let mut num_exchanges = sort_counting_exchanges(&mut values[..half]) + sort_counting_exchanges(&mut values[half..]);
    let mut merged = Vec::with_capacity(values.len());
    let (mut left, mut right) = values.split_at(half);
    while let (Some(one), Some(other)) = (left.first(), right.first()) {
        if other < one {
            num_exchanges += left.len() as u64;
            merged.push(*other);
            right = &right[1..];
        } else {
            merged.push(*one);
            left = &left[1..];
        }
    }
    merged.extend_from_slice(left);
    merged.extend_from_slice(right);
    values.copy_from_slice(&merged);
    num_exchanges
}

/// Which correlation an interval is for: their variances on Fisher's scale differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Correlation {
    Pearson,
    Spearman,
    Kendall,
}

/// Interval for a correlation r of n pairs: tanh(artanh r ± z · √v), with v = 1/(n − 3) for Pearson, (1 + r²/2)/(n − 3) for
/// Spearman and 0.437/(n − 4) for Kendall.
///
/// Source: Fisher, Metron 1 (1921); Bonett and Wright, Psychometrika 65 (2000). `None` for |r| = 1, where the scale is
/// infinite, and with too few pairs for the variance.
pub fn correlation_interval(kind: Correlation, value: f64, num_pairs: usize, confidence: f64) -> Option<Interval> {
    let pairs = num_pairs as f64;
    let variance = match kind {
        Correlation::Pearson => 1.0 / (pairs - 3.0),
        Correlation::Spearman => (1.0 + value * value / 2.0) / (pairs - 3.0),
        Correlation::Kendall => 0.437 / (pairs - 4.0),
    };
    if !(variance > 0.0 && variance.is_finite() && value.abs() < 1.0) {
        return None;
    }
    let half_width = normal_two_sided(confidence)? * variance.sqrt();
    let centre = value.atanh();
    Some(Interval { low: (centre - half_width).tanh(), high: (centre + half_width).tanh(), confidence })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn correlations_by_hand() {
        let (first, second) = ([1.0, 2.0, 3.0, 4.0], [1.0, 3.0, 2.0, 4.0]);
        assert!((pearson(&first, &second).unwrap() - 0.8).abs() < 1e-12);
        assert!((spearman(&first, &second).unwrap() - 0.8).abs() < 1e-12);
        // Five concordant pairs of six, one discordant.
        assert!((kendall(&first, &second).unwrap() - 4.0 / 6.0).abs() < 1e-12);
        assert_eq!(kendall(&first, &[4.0, 3.0, 2.0, 1.0]), Some(-1.0));
    }

    #[test]
    fn undefined_cases_are_none() {
        for correlation in [pearson, spearman, kendall] {
            assert_eq!(correlation(&[1.0, 2.0], &[0.1, 0.1]), None, "no variance");
            assert_eq!(correlation(&[1.0], &[1.0]), None, "one pair");
            assert_eq!(correlation(&[1.0, 2.0], &[1.0]), None, "differing lengths");
        }
        assert_eq!(correlation_interval(Correlation::Pearson, 1.0, 10, 0.95), None);
        assert_eq!(correlation_interval(Correlation::Pearson, 0.5, 3, 0.95), None);
        assert_eq!(correlation_interval(Correlation::Kendall, 0.5, 4, 0.95), None);
    }

    #[test]
    fn intervals_hold_their_correlation() {
        for kind in [Correlation::Pearson, Correlation::Spearman, Correlation::Kendall] {
            let interval = correlation_interval(kind, 0.5, 30, 0.95).unwrap();
            assert!(interval.low < 0.5 && interval.high > 0.5 && interval.high < 1.0, "{interval:?}");
        }
    }
}
