//! Krippendorff's alpha: any number of raters, and raters that skip items.

use super::{Agreement, jackknife};
use crate::metrics::statistics::ranks::midranks;
use std::collections::HashMap;

/// What a difference between two values counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// 0 for equal values, 1 for others.
    Nominal,
    /// The square of how many ratings lie between them, which is the square of the difference of their midranks.
    Ordinal,
    /// The square of their difference.
    Interval,
}

/// Alpha of items with the values that their raters gave, whoever they were. Items with fewer than two values cannot
/// disagree and are left out.
///
/// α = 1 − (n − 1) · Σᵢ Dᵢ/(mᵢ − 1) / D, with n values in all, mᵢ in an item, and D sums of the differences over ordered
/// pairs, within an item and over everything. Source: Krippendorff, *Content Analysis* (2004), chapter 11. With sums of
/// squares in place of pairs it takes O(n log n). The standard error keeps the midranks of an ordinal scale as they are.
///
/// `None` where no item has two values, and where all values are equal: then nobody could have disagreed, and whether they
/// would have is not known.
pub fn krippendorff_alpha(items: &[Vec<f64>], scale: Scale) -> Option<Agreement> {
    let items: Vec<&[f64]> = items.iter().map(Vec::as_slice).filter(|values| values.len() >= 2).collect();
    match scale {
        Scale::Nominal => nominal(&items),
        Scale::Ordinal => {
            let (ranks, _) = midranks(&items.concat());
            let mut rest = ranks.as_slice();
            let ranked = items.iter().map(|values| {
                let (own, others) = rest.split_at(values.len());
                rest = others;
                own
            });
            squared(&ranked.collect::<Vec<_>>())
        }
        Scale::Interval => squared(&items),
    }
}

/// Number, sum and sum of squares of some values.
#[derive(Clone, Copy, Default)]
struct Sums {
    count: f64,
    sum: f64,
    squares: f64,
}

impl Sums {
    fn of(values: &[f64], centre: f64) -> Self {
        values.iter().fold(Self::default(), |sums, value| {
            let value = value - centre;
            Self { count: sums.count + 1.0, sum: sums.sum + value, squares: sums.squares + value * value }
        })
    }

    fn without(self, other: Self) -> Self {
        Self { count: self.count - other.count, sum: self.sum - other.sum, squares: self.squares - other.squares }
    }

    /// Σ(a − b)² over ordered pairs.
    fn differences(self) -> f64 {
        2.0 * (self.count * self.squares - self.sum * self.sum).max(0.0)
    }

    fn within(self) -> f64 {
        self.differences() / (self.count - 1.0)
    }
}

fn squared(items: &[&[f64]]) -> Option<Agreement> {
    let values = items.iter().flat_map(|values| values.iter());
    let num_values = items.iter().map(|values| values.len()).sum::<usize>();
    // Around their mean the squares lose no digits.
    let centre = values.clone().sum::<f64>() / num_values as f64;
    let first = *values.clone().next()?;
    if values.clone().all(|value| *value == first) {
        return None;
    }
    let parts: Vec<Sums> = items.iter().map(|values| Sums::of(values, centre)).collect();
    let all = parts.iter().fold(Sums::default(), |all, part| Sums {
        count: all.count + part.count,
        sum: all.sum + part.sum,
        squares: all.squares + part.squares,
    });
    let within: f64 = parts.iter().map(|part| part.within()).sum();
    let without = parts.iter().map(|part| {
        let rest = all.without(*part);
        (alpha(rest.count, within - part.within(), rest.differences()), 1)
    });
    let value = alpha(all.count, within, all.differences())?;
    Some(Agreement { value, standard_error: jackknife(without), num_items: items.len() })
}

fn nominal(items: &[&[f64]]) -> Option<Agreement> {
    let mut totals: HashMap<u64, f64> = HashMap::new();
    let counted: Vec<Vec<(u64, f64)>> = items.iter().map(|values| counts(values)).collect();
    for (value, count) in counted.iter().flatten() {
        *totals.entry(*value).or_default() += count;
    }
    let num_values: f64 = totals.values().sum();
    let pairs: f64 = totals.values().map(|count| count * count).sum();
    let within_of = |counts: &[(u64, f64)]| {
        let size: f64 = counts.iter().map(|(_, count)| count).sum();
        let equal: f64 = counts.iter().map(|(_, count)| count * count).sum();
        (size, (size * size - equal) / (size - 1.0))
    };
    let within: f64 = counted.iter().map(|counts| within_of(counts).1).sum();
    let value = alpha(num_values, within, num_values * num_values - pairs)?;
    let without = counted.iter().map(|counts| {
        let (size, own) = within_of(counts);
        let total = |value: &u64| totals.get(value).copied().unwrap_or(0.0);
        let change: f64 = counts.iter().map(|(value, count)| count * (2.0 * total(value) - count)).sum();
        let rest = num_values - size;
        (alpha(rest, within - own, rest * rest - (pairs - change)), 1)
    });
    Some(Agreement { value, standard_error: jackknife(without), num_items: items.len() })
}

/// How often each value stands in an item. Values are compared by their bits, with one zero.
fn counts(values: &[f64]) -> Vec<(u64, f64)> {
    let mut keys: Vec<u64> = values.iter().map(|value| (value + 0.0).to_bits()).collect();
    keys.sort_unstable();
    keys.chunk_by(|one, other| one == other).map(|group| (group[0], group.len() as f64)).collect()
}

fn alpha(num_values: f64, within: f64, all: f64) -> Option<f64> {
    (all > 1e-9).then(|| 1.0 - (num_values - 1.0) * within.max(0.0) / all)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Krippendorff, "Computing Krippendorff's alpha-reliability" (2011), example C: four observers, twelve units.
    fn example() -> Vec<Vec<f64>> {
        let table = [
            "1.  2.  3.  3.  2.  1.  4.  1.  2.  *   *   *",
            "1.  2.  3.  3.  2.  2.  4.  1.  2.  5.  *   3.",
            "*   3.  3.  3.  2.  3.  4.  2.  2.  5.  1.  *",
            "1.  2.  3.  3.  2.  4.  4.  1.  2.  5.  1.  *",
        ];
        let rows: Vec<Vec<&str>> = table.iter().map(|row| row.split_whitespace().collect()).collect();
        (0..12).map(|unit| rows.iter().filter_map(|row| row[unit].parse().ok()).collect()).collect()
    }

    #[test]
    fn published_example() {
        for (scale, expected) in [(Scale::Nominal, 0.743), (Scale::Ordinal, 0.815), (Scale::Interval, 0.849)] {
            let agreement = krippendorff_alpha(&example(), scale).unwrap();
            assert!((agreement.value - expected).abs() < 6e-4, "{scale:?} {agreement:?}");
            let interval = agreement.interval(0.95).unwrap();
            assert!(interval.low < agreement.value && interval.high <= 1.0, "{interval:?}");
        }
    }

    #[test]
    fn standard_error_is_that_of_leaving_items_out() {
        let items: Vec<Vec<f64>> = example().into_iter().filter(|item| item.len() >= 2).collect();
        for scale in [Scale::Nominal, Scale::Interval] {
            let without = (0..items.len()).map(|left_out| {
                let rest: Vec<Vec<f64>> = [&items[..left_out], &items[left_out + 1..]].concat();
                (krippendorff_alpha(&rest, scale).map(|agreement| agreement.value), 1)
            });
            let expected = jackknife(without).unwrap();
            let found = krippendorff_alpha(&items, scale).unwrap().standard_error.unwrap();
            assert!((found - expected).abs() < 1e-9, "{scale:?}: {found} {expected}");
        }
    }

    #[test]
    fn undefined_cases_are_none() {
        for scale in [Scale::Nominal, Scale::Ordinal, Scale::Interval] {
            assert_eq!(krippendorff_alpha(&[], scale), None);
            assert_eq!(krippendorff_alpha(&[vec![1.0], vec![2.0]], scale), None, "one rater");
            assert_eq!(krippendorff_alpha(&[vec![0.1; 3], vec![0.1; 2]], scale), None, "no variance");
            let perfect = krippendorff_alpha(&[vec![1.0; 2], vec![2.0; 2]], scale).unwrap();
            assert_eq!((perfect.value, perfect.interval(0.95)), (1.0, None));
        }
    }
}
