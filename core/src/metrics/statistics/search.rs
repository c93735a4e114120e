//! The first number of rows, and the least size, with which something holds that goes on holding.

/// Beyond it a search gives up.
pub(super) const MAX_ROWS: usize = 2_000_000;

/// The first number of rows, from two, with which it holds, by doubling and halving. `None` beyond two million.
pub(super) fn first_count(holds: impl Fn(usize) -> bool) -> Option<usize> {
    let mut high = 2;
    while !holds(high) {
        high *= 2;
        if high > MAX_ROWS {
            return None;
        }
    }
    let mut low = high / 2;
    while low + 1 < high {
        let middle = low.midpoint(high);
        let end = if holds(middle) { &mut high } else { &mut low };
        *end = middle;
    }
    Some(high)
}

/// The least size up to `most` with which it holds, by halving, to the last digit. `None` where it does not even hold for
/// the most.
pub(super) fn least_size(most: f64, holds: impl Fn(f64) -> bool) -> Option<f64> {
    if !holds(most) {
        return None;
    }
    let (mut low, mut high) = (0.0, most);
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        let end = if holds(middle) { &mut high } else { &mut low };
        *end = middle;
    }
    Some(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_where_it_begins() {
        assert_eq!(first_count(|rows| rows >= 1234), Some(1234));
        assert_eq!(first_count(|rows| rows >= 1), Some(2));
        assert_eq!(first_count(|_| false), None);
        let root = least_size(2.0, |size| size * size >= 2.0).unwrap();
        assert!((root - 2.0_f64.sqrt()).abs() < 1e-15, "{root}");
        assert_eq!(least_size(1.0, |size| size > 1.0), None);
    }
}
