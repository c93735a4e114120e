//! Fleiss' kappa: the same number of ratings for each item, whoever gave them.

use super::{Agreement, jackknife};

/// Kappa of a table of counts: a row an item, a column a category, each row with the same number of ratings.
///
/// κ = (P − Pₑ) / (1 − Pₑ), with P the mean share of agreeing pairs within an item and Pₑ the sum of the squared shares of
/// the categories. Source: Fleiss, Psychological Bulletin 76 (1971).
///
/// `None` without items, with one rating an item, where items have differing numbers of ratings (Krippendorff's alpha takes
/// such), and where only one category was given: chance alone would have given that too.
pub fn fleiss_kappa(items: &[Vec<u32>]) -> Option<Agreement> {
    let num_ratings = items.first()?.iter().sum::<u32>();
    let num_categories = items.iter().map(Vec::len).max()?;
    if num_ratings < 2 || items.iter().any(|counts| counts.iter().sum::<u32>() != num_ratings) {
        return None;
    }
    let ratings = f64::from(num_ratings);
    let mut totals = vec![0.0; num_categories];
    for counts in items {
        totals.iter_mut().zip(counts).for_each(|(total, count)| *total += f64::from(*count));
    }
    let agreeing = |counts: &[u32]| {
        let squares: f64 = counts.iter().map(|count| f64::from(*count).powi(2)).sum();
        (squares - ratings) / (ratings * (ratings - 1.0))
    };
    let all: f64 = items.iter().map(|counts| agreeing(counts)).sum();
    let value = kappa(all, items.len(), ratings, totals.iter().copied())?;
    let without = items.iter().map(|counts| {
        let own = counts.iter().copied().chain(std::iter::repeat(0));
        let rest = totals.iter().zip(own).map(|(total, count)| total - f64::from(count));
        (kappa(all - agreeing(counts), items.len() - 1, ratings, rest), 1)
    });
    Some(Agreement { value, standard_error: jackknife(without), num_items: items.len() })
}

fn kappa(agreeing: f64, num_items: usize, ratings: f64, totals: impl Iterator<Item = f64>) -> Option<f64> {
    let num_items = num_items as f64;
    let by_chance: f64 = totals.map(|total| (total / (num_items * ratings)).powi(2)).sum();
    (1.0 - by_chance > 1e-12).then(|| (agreeing / num_items - by_chance) / (1.0 - by_chance))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_example() {
        // Fleiss' table as it is commonly shown: 10 items, 14 raters, 5 categories.
        let table = [
            [0, 0, 0, 0, 14],
            [0, 2, 6, 4, 2],
            [0, 0, 3, 5, 6],
            [0, 3, 9, 2, 0],
            [2, 2, 8, 1, 1],
            [7, 7, 0, 0, 0],
            [3, 2, 6, 3, 0],
            [2, 5, 3, 2, 2],
            [6, 5, 2, 1, 0],
            [0, 2, 2, 3, 7],
        ];
        let items: Vec<Vec<u32>> = table.iter().map(|row| row.to_vec()).collect();
        let agreement = fleiss_kappa(&items).unwrap();
        assert!((agreement.value - 0.2099).abs() < 5e-5, "{agreement:?}");
        assert!(agreement.standard_error.is_some());
    }

    #[test]
    fn undefined_cases_are_none() {
        assert_eq!(fleiss_kappa(&[]), None);
        assert_eq!(fleiss_kappa(&[vec![1, 0], vec![0, 1]]), None, "one rating an item");
        assert_eq!(fleiss_kappa(&[vec![2, 0], vec![2, 1]]), None, "differing numbers of ratings");
        assert_eq!(fleiss_kappa(&[vec![3, 0], vec![3, 0]]), None, "one category");
        assert_eq!(fleiss_kappa(&[vec![3], vec![0, 3]]).unwrap().value, 1.0);
    }
}
