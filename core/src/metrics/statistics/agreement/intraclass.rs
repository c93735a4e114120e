//! Intraclass correlation: how far ratings on a scale agree when every rater rated every item.

use super::{Agreement, jackknife};

/// Which correlation, after McGraw and Wong; the reliability of **one** rater's ratings, not of their mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntraclassForm {
    /// ICC(1): each item has raters of its own.
    OneWay,
    /// ICC(A,1), Shrout and Fleiss' ICC(2,1): the same raters for all items; one who is always kinder disagrees.
    Agreement,
    /// ICC(C,1), Shrout and Fleiss' ICC(3,1): the same raters for all items; one who is always kinder still agrees.
    Consistency,
}

/// Intraclass correlation of a table: a row an item, a column a rater. From −1 to 1.
///
/// From the mean squares of items R, raters C, residual E, and W within items, with n items and k raters: ICC(1) =
/// (R − W) / (R + (k − 1)W), ICC(A,1) = (R − E) / (R + (k − 1)E + k(C − E)/n), ICC(C,1) = (R − E) / (R + (k − 1)E). Source:
/// Shrout and Fleiss, Psychological Bulletin 86 (1979); McGraw and Wong, Psychological Methods 1 (1996).
///
/// `None` with fewer than two items or raters, with a rating missing (Krippendorff's alpha takes such), where ratings do not
/// vary, and where the estimate's denominator is 0: there is nothing to tell items apart by.
pub fn intraclass(items: &[Vec<f64>], form: IntraclassForm) -> Option<Agreement> {
    let num_raters = items.first()?.len();
    if num_raters < 2 || items.iter().any(|ratings| ratings.len() != num_raters) {
        return None;
    }
    // Around the mean, so that sums of squares keep their digits.
    let centre = items.iter().flatten().sum::<f64>() / (items.len() * num_raters) as f64;
    let items: Vec<Vec<f64>> = items.iter().map(|row| row.iter().map(|rating| rating - centre).collect()).collect();
    let mut sums = Sums { num_items: 0.0, raters: vec![0.0; num_raters], items: 0.0, squares: 0.0 };
    items.iter().for_each(|ratings| sums.add(ratings, 1.0));
    let value = sums.correlation(form)?;
    let without = items.iter().map(|ratings| {
        sums.add(ratings, -1.0);
        let rest = sums.correlation(form);
        sums.add(ratings, 1.0);
        (rest, 1)
    });
    Some(Agreement { value, standard_error: jackknife(without), num_items: items.len() })
}

struct Sums {
    num_items: f64,
    /// Sum of each rater's ratings.
    raters: Vec<f64>,
    /// Squared sums of items.
    items: f64,
    /// Squared ratings.
    squares: f64,
}

impl Sums {
    fn add(&mut self, ratings: &[f64], sign: f64) {
        self.num_items += sign;
        self.items += sign * ratings.iter().sum::<f64>().powi(2);
        self.squares += sign * ratings.iter().map(|rating| rating * rating).sum::<f64>();
        self.raters.iter_mut().zip(ratings).for_each(|(sum, rating)| *sum += sign * rating);
    }

    fn correlation(&self, form: IntraclassForm) -> Option<f64> {
        let (n, k) = (self.num_items, self.raters.len() as f64);
        let whole = self.raters.iter().sum::<f64>().powi(2) / (n * k);
        let of_items = self.items / k - whole;
        let of_raters = self.raters.iter().map(|sum| sum * sum).sum::<f64>() / n - whole;
        let all = self.squares - whole;
        let r = of_items / (n - 1.0);
        let c = of_raters / (k - 1.0);
        let e = (all - of_items - of_raters) / ((n - 1.0) * (k - 1.0));
        let w = (all - of_items) / (n * (k - 1.0));
        let (above, below) = match form {
            IntraclassForm::OneWay => (r - w, r + (k - 1.0) * w),
            IntraclassForm::Agreement => (r - e, r + (k - 1.0) * e + k * (c - e) / n),
            IntraclassForm::Consistency => (r - e, r + (k - 1.0) * e),
        };
        (n >= 2.0 && all > 0.0 && below > 1e-12 * all).then(|| above / below)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_example() {
        // Shrout and Fleiss, table 2: six targets, four judges; their results .17, .29, .71.
        let table = [
            [9.0, 2.0, 5.0, 8.0],
            [6.0, 1.0, 3.0, 2.0],
            [8.0, 4.0, 6.0, 8.0],
            [7.0, 1.0, 2.0, 6.0],
            [10.0, 5.0, 6.0, 9.0],
            [6.0, 2.0, 4.0, 7.0],
        ];
        let items = table.map(|row| row.to_vec());
        let value = |form| intraclass(&items, form).unwrap().value;
        let found = [IntraclassForm::OneWay, IntraclassForm::Agreement, IntraclassForm::Consistency].map(value);
        for (found, published) in found.into_iter().zip([0.17, 0.29, 0.71]) {
            assert!((found - published).abs() < 0.005, "{found} {published}");
        }
        assert!(intraclass(&items, IntraclassForm::Agreement).unwrap().standard_error.is_some());
    }

    #[test]
    fn a_kinder_rater_is_consistent_but_does_not_agree() {
        let items: Vec<Vec<f64>> = (0..9).map(|item| vec![f64::from(item), f64::from(item) + 2.0]).collect();
        assert!((intraclass(&items, IntraclassForm::Consistency).unwrap().value - 1.0).abs() < 1e-12);
        assert!(intraclass(&items, IntraclassForm::Agreement).unwrap().value < 0.8);
    }

    #[test]
    fn undefined_cases_are_none() {
        let form = IntraclassForm::Agreement;
        assert_eq!(intraclass(&[], form), None);
        assert_eq!(intraclass(&[vec![1.0, 2.0]], form), None, "one item");
        assert_eq!(intraclass(&[vec![1.0], vec![2.0]], form), None, "one rater");
        assert_eq!(intraclass(&[vec![1.0, 2.0], vec![2.0]], form), None, "a rating missing");
        assert_eq!(intraclass(&[vec![3.0, 3.0], vec![3.0, 3.0]], form), None, "no variance");
    }
}
