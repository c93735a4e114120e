//! A straight line through points.

use super::distributions::t_two_sided;
use super::mean;
use atelier_types::statistics::Interval;

/// How much y changes for each unit of x.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slope {
    pub value: f64,
    /// Valid where the spread of y differs along x. `None` where the line goes through all points, or through one whatever
    /// the others are: then it would claim to be certain.
    pub standard_error: Option<f64>,
    pub num_points: usize,
}

impl Slope {
    /// Student's t with two degrees of freedom less than there are points. `None` without a standard error.
    pub fn interval(&self, confidence: f64) -> Option<Interval> {
        let half_width = self.standard_error? * t_two_sided(confidence, self.num_points.checked_sub(2)? as f64)?;
        Some(Interval { low: self.value - half_width, high: self.value + half_width, confidence })
    }
}

/// Least squares: Σ (x − x̄) (y − ȳ) / Σ (x − x̄)², with the standard error HC3, √Σ ((x − x̄) e / (1 − h))² / Σ (x − x̄)², of
/// residuals e and leverages h.
///
/// Source: MacKinnon and White, Journal of Econometrics 29 (1985); Long and Ervin, The American Statistician 54 (2000) for
/// few points. `None` for lists of differing lengths, fewer than two points, or where all x are equal.
pub fn slope(x: &[f64], y: &[f64]) -> Option<Slope> {
    if x.len() != y.len() || x.iter().all(|value| Some(value) == x.first()) {
        return None;
    }
    let (centre, level) = (mean(x)?, mean(y)?);
    let points = || x.iter().zip(y).map(|(x, y)| (x - centre, y - level));
    let spread: f64 = points().map(|(x, _)| x * x).sum();
    let value = points().map(|(x, y)| x * y).sum::<f64>() / spread;
    value.is_finite().then_some(())?;
    let weighted = points().map(|(x, y)| {
        let leverage = 1.0 / points().len() as f64 + x * x / spread;
        (x * (y - value * x) / (1.0 - leverage)).powi(2)
    });
    let error = weighted.sum::<f64>().sqrt() / spread;
    let scale = points().map(|(_, y)| y * y).sum::<f64>().sqrt() / spread.sqrt();
    let is_known = error.is_finite() && error > 1e-12 * scale && x.len() > 2;
    Some(Slope { value, standard_error: is_known.then_some(error), num_points: x.len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn slopes_are_those_of_the_reference() {
        let golden: Value = serde_json::from_str(include_str!("../../../tests/goldens/slopes.json")).unwrap();
        let cases = golden["cases"].as_array().unwrap();
        assert!(cases.len() >= 30);
        let floats =
            |value: &Value| value.as_array().unwrap().iter().map(|at| at.as_f64().unwrap()).collect::<Vec<f64>>();
        for case in cases {
            let found = slope(&floats(&case["x"]), &floats(&case["y"])).unwrap();
            let interval = found.interval(0.95).unwrap();
            let numbers = [found.value, found.standard_error.unwrap(), interval.low, interval.high];
            for (found, wanted) in numbers.iter().zip(floats(&case["slope"])) {
                assert!((found - wanted).abs() <= 1e-6 * wanted.abs() + 1e-9, "{found} instead of {wanted}: {case}");
            }
        }
    }

    #[test]
    fn undefined_cases_are_none() {
        assert_eq!(slope(&[], &[]), None);
        assert_eq!(slope(&[1.0], &[1.0]), None);
        assert_eq!(slope(&[1.0, 2.0], &[1.0]), None);
        assert_eq!(slope(&[0.1, 0.1, 0.1], &[1.0, 2.0, 3.0]), None, "no spread");
        let through_all = slope(&[1.0, 2.0, 3.0], &[2.0, 4.0, 6.0]).unwrap();
        assert_eq!((through_all.value, through_all.standard_error), (2.0, None));
        let two = slope(&[1.0, 2.0], &[1.0, 5.0]).unwrap();
        assert_eq!((two.value, two.interval(0.95)), (4.0, None));
        let level = slope(&[1.0, 2.0, 4.0], &[3.0, 3.0, 3.0]).unwrap();
        assert_eq!((level.value, level.standard_error), (0.0, None));
        let one_far_point = slope(&[0.0, 0.0, 0.0, 1.0], &[1.0, 2.0, 3.0, 4.0]).unwrap();
        assert_eq!((one_far_point.value, one_far_point.standard_error), (2.0, None));
    }
}
