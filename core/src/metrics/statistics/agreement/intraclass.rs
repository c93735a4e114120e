//! Intraclass correlation: how far ratings on a scale agree when every rater rated every item.

use super::super::distributions::f_quantile;
use atelier_types::statistics::Interval;

/// Where raters come from, and whether a rater who is always kinder disagrees. After McGraw and Wong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntraclassForm {
    /// ICC(1): each item has raters of its own.
    OneWay,
    /// ICC(A), Shrout and Fleiss' ICC(2): the same raters for all items; one who is always kinder disagrees.
    Agreement,
    /// ICC(C), Shrout and Fleiss' ICC(3): the same raters for all items; one who is always kinder still agrees.
    Consistency,
}

/// Whether it is about the ratings of one rater or about the mean of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntraclassUnit {
    One,
    MeanOfAll,
}

/// An intraclass correlation and its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Intraclass {
    /// At most 1.
    pub value: f64,
    /// `None` where raters agree perfectly: then the F distributions claim to be certain. For the mean of all also where
    /// one rater's interval reaches too far below 0 to be converted.
    pub interval: Option<Interval>,
}

/// Intraclass correlation of a table, a row an item and a column a rater, with its interval from F distributions.
///
/// From the mean squares of items R, raters C, residual E, and W within items, with n items and k raters, for one rater:
/// ICC(1) = (R − W) / (R + (k − 1)W), ICC(A) = (R − E) / (R + (k − 1)E + k(C − E)/n), ICC(C) = (R − E) / (R + (k − 1)E); for
/// the mean of all, k ICC / (1 + (k − 1) ICC) of each. Intervals of ICC(1) and ICC(C) are exact for normal ratings; that of
/// ICC(A) takes Satterthwaite's degrees of freedom. Source: Shrout and Fleiss, Psychological Bulletin 86 (1979); McGraw and
/// Wong, Psychological Methods 1 (1996); the numbers are those of `pingouin.intraclass_corr`.
///
/// `None` with fewer than two items or raters, with a rating missing (Krippendorff's alpha takes such), where ratings do not
/// vary, and where the denominator is not positive: there is nothing to tell items apart by.
pub fn intraclass(
    items: &[Vec<f64>],
    form: IntraclassForm,
    unit: IntraclassUnit,
    confidence: f64,
) -> Option<Intraclass> {
    let squares = MeanSquares::of(items)?;
    let value = squares.correlation(form, unit)?;
    Some(Intraclass { value, interval: squares.interval(form, unit, confidence) })
}

struct MeanSquares {
    num_items: f64,
    num_raters: f64,
    items: f64,
    raters: f64,
    residual: f64,
    within: f64,
    /// Below it a mean square is rounding alone.
    slack: f64,
}

impl MeanSquares {
    fn of(items: &[Vec<f64>]) -> Option<Self> {
        let (n, k) = (items.len() as f64, items.first()?.len() as f64);
        if n < 2.0 || k < 2.0 || items.iter().any(|ratings| ratings.len() as f64 != k) {
            return None;
        }
        // Around the mean, so that sums of squares keep their digits.
        let centre = items.iter().flatten().sum::<f64>() / (n * k);
        let centred = |rating: &f64| rating - centre;
        let item_means: Vec<f64> = items.iter().map(|ratings| ratings.iter().map(centred).sum::<f64>() / k).collect();
        let mut rater_means = vec![0.0; items.first()?.len()];
        for ratings in items {
            rater_means.iter_mut().zip(ratings).for_each(|(mean, rating)| *mean += centred(rating) / n);
        }
        let of_items = k * item_means.iter().map(|mean| mean * mean).sum::<f64>();
        let of_raters = n * rater_means.iter().map(|mean| mean * mean).sum::<f64>();
        let mut residual = 0.0;
        for (ratings, item) in items.iter().zip(&item_means) {
            residual +=
                ratings.iter().zip(&rater_means).map(|(x, rater)| (centred(x) - item - rater).powi(2)).sum::<f64>();
        }
        let all = of_items + of_raters + residual;
        (all > 0.0 && all.is_finite()).then_some(Self {
            num_items: n,
            num_raters: k,
            items: of_items / (n - 1.0),
            raters: of_raters / (k - 1.0),
            residual: residual / ((n - 1.0) * (k - 1.0)),
            within: (of_raters + residual) / (n * (k - 1.0)),
            slack: 1e-12 * all,
        })
    }

    fn correlation(&self, form: IntraclassForm, unit: IntraclassUnit) -> Option<f64> {
        let (n, k) = (self.num_items, self.num_raters);
        let (items, raters, residual) = (self.items, self.raters, self.residual);
        let error = if form == IntraclassForm::OneWay { self.within } else { residual };
        let kindness = if form == IntraclassForm::Agreement { (raters - residual) / n } else { 0.0 };
        let below = match unit {
            IntraclassUnit::One => items + (k - 1.0) * error + k * kindness,
            IntraclassUnit::MeanOfAll => items + kindness,
        };
        (below > self.slack).then(|| (items - error) / below)
    }

    fn interval(&self, form: IntraclassForm, unit: IntraclassUnit, confidence: f64) -> Option<Interval> {
        let [low, high] = match form {
            IntraclassForm::OneWay => {
                self.one_ratio(self.within, self.num_items * (self.num_raters - 1.0), confidence)?
            }
            IntraclassForm::Agreement => self.with_raters(confidence)?,
            IntraclassForm::Consistency => self.one_ratio(self.residual, self.residual_freedom(), confidence)?,
        };
        let k = self.num_raters;
        let of_unit = |end: f64| match unit {
            IntraclassUnit::One => end,
            IntraclassUnit::MeanOfAll => k * end / (1.0 + (k - 1.0) * end),
        };
        let interval = Interval { low: of_unit(low), high: of_unit(high), confidence };
        // An end beyond the pole of the formula for the mean lies on the wrong side.
        let value = self.correlation(form, unit)?;
        (interval.low <= value && value <= interval.high).then_some(interval)
    }

    fn residual_freedom(&self) -> f64 {
        (self.num_items - 1.0) * (self.num_raters - 1.0)
    }

    /// Ends for one rater from F = items / error.
    fn one_ratio(&self, error: f64, freedom: f64, confidence: f64) -> Option<[f64; 2]> {
        let ratio = (error > self.slack).then(|| self.items / error)?;
        let level = f64::midpoint(1.0, confidence);
        let low = ratio / f_quantile(level, self.num_items - 1.0, freedom)?;
        let high = ratio * f_quantile(level, freedom, self.num_items - 1.0)?;
        Some([low, high].map(|ratio| (ratio - 1.0) / (ratio + self.num_raters - 1.0)))
    }

    /// Ends for one rater where raters' own means count as disagreement.
    fn with_raters(&self, confidence: f64) -> Option<[f64; 2]> {
        let (n, k) = (self.num_items, self.num_raters);
        let (items, raters, residual) = (self.items, self.raters, self.residual);
        let value = self.correlation(IntraclassForm::Agreement, IntraclassUnit::One)?;
        let ratio = (residual > self.slack).then(|| raters / residual)?;
        let rest = n * (1.0 + (k - 1.0) * value) - k * value;
        let above = self.residual_freedom() * (k * value * ratio + rest).powi(2);
        let freedom = above / ((n - 1.0) * (k * value * ratio).powi(2) + rest.powi(2));
        let level = f64::midpoint(1.0, confidence);
        let upper = f_quantile(level, n - 1.0, freedom)?;
        let lower = f_quantile(level, freedom, n - 1.0)?;
        let error = k * raters + (k * n - k - n) * residual;
        let low = n * (items - upper * residual) / (upper * error + n * items);
        let high = n * (lower * items - residual) / (error + n * lower * items);
        Some([low, high])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMS: [IntraclassForm; 3] = [IntraclassForm::OneWay, IntraclassForm::Agreement, IntraclassForm::Consistency];

    fn one(items: &[Vec<f64>], form: IntraclassForm) -> Option<Intraclass> {
        intraclass(items, form, IntraclassUnit::One, 0.95)
    }

    #[test]
    fn published_example() {
        // Shrout and Fleiss, table 2: six targets, four judges; their results .17, .29, .71 and .44, .62, .91.
        let table = [
            [9.0, 2.0, 5.0, 8.0],
            [6.0, 1.0, 3.0, 2.0],
            [8.0, 4.0, 6.0, 8.0],
            [7.0, 1.0, 2.0, 6.0],
            [10.0, 5.0, 6.0, 9.0],
            [6.0, 2.0, 4.0, 7.0],
        ];
        let items = table.map(|row| row.to_vec());
        let published = [(IntraclassUnit::One, [0.17, 0.29, 0.71]), (IntraclassUnit::MeanOfAll, [0.44, 0.62, 0.91])];
        for (unit, published) in published {
            for (form, published) in FORMS.into_iter().zip(published) {
                let found = intraclass(&items, form, unit, 0.95).unwrap();
                assert!((found.value - published).abs() < 0.005, "{form:?} {unit:?} {found:?}");
                let interval = found.interval.unwrap();
                assert!(interval.low < found.value && found.value < interval.high, "{form:?} {unit:?} {found:?}");
            }
        }
    }

    #[test]
    fn a_kinder_rater_is_consistent_but_does_not_agree() {
        let items: Vec<Vec<f64>> = (0..9).map(|item| vec![f64::from(item), f64::from(item) + 2.0]).collect();
        let consistent = one(&items, IntraclassForm::Consistency).unwrap();
        assert!((consistent.value - 1.0).abs() < 1e-12);
        assert_eq!(consistent.interval, None, "perfect agreement is no certainty");
        assert!(one(&items, IntraclassForm::Agreement).unwrap().value < 0.8);
    }

    #[test]
    fn undefined_cases_are_none() {
        for form in FORMS {
            assert_eq!(one(&[], form), None);
            assert_eq!(one(&[vec![1.0, 2.0]], form), None, "one item");
            assert_eq!(one(&[vec![1.0], vec![2.0]], form), None, "one rater");
            assert_eq!(one(&[vec![1.0, 2.0], vec![2.0]], form), None, "a rating missing");
            assert_eq!(one(&[vec![3.0, 3.0], vec![3.0, 3.0]], form), None, "no variance");
        }
    }
}
