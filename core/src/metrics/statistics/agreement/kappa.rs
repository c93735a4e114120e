//! Cohen's kappa of two raters.

use super::{Agreement, jackknife};

/// What a disagreement by d places in the order of categories counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KappaWeights {
    /// 1, whatever d is; the order does not matter.
    Plain,
    /// d.
    Linear,
    /// d².
    Quadratic,
}

impl KappaWeights {
    fn weight(self, one: usize, other: usize) -> f64 {
        let places = one.abs_diff(other) as f64;
        match self {
            Self::Plain => places.min(1.0),
            Self::Linear => places,
            Self::Quadratic => places * places,
        }
    }
}

/// Kappa of two raters' categories, one pair an item; categories are places in their order, from 0.
///
/// κ = 1 − n Σ wᵢⱼ oᵢⱼ / Σ wᵢⱼ rᵢ cⱼ with counts o, the raters' totals r and c, and weights w. Source: Cohen, Educational
/// and Psychological Measurement 20 (1960), and Psychological Bulletin 70 (1968) for weights.
///
/// `None` without items, and where both raters gave one and the same category throughout: chance alone would have given
/// that too.
pub fn cohens_kappa(pairs: &[(usize, usize)], weights: KappaWeights) -> Option<Agreement> {
    let num_categories = pairs.iter().map(|(one, other)| one.max(other) + 1).max()?;
    let mut table = vec![vec![0_u64; num_categories]; num_categories];
    pairs.iter().for_each(|(one, other)| table[*one][*other] += 1);
    let totals = Totals::of(&table, weights);
    let value = totals.kappa()?;
    let cells = (0..num_categories).flat_map(|row| (0..num_categories).map(move |column| (row, column)));
    let without = cells.map(|(row, column)| (totals.without(row, column).kappa(), table[row][column]));
    Some(Agreement { value, standard_error: jackknife(without), num_items: pairs.len() })
}

/// The sums that kappa is made of, and what one item changes in them.
struct Totals {
    num_items: f64,
    observed: f64,
    expected: f64,
    /// Σⱼ wᵢⱼ cⱼ and Σᵢ wᵢⱼ rᵢ.
    expected_of_row: Vec<f64>,
    expected_of_column: Vec<f64>,
    weights: KappaWeights,
}

impl Totals {
    fn of(table: &[Vec<u64>], weights: KappaWeights) -> Self {
        let places = 0..table.len();
        let rows: Vec<f64> = table.iter().map(|row| row.iter().sum::<u64>() as f64).collect();
        let columns: Vec<f64> = places.clone().map(|at| table.iter().map(|row| row[at]).sum::<u64>() as f64).collect();
        let weighted = |totals: &[f64], at: usize| -> f64 {
            totals.iter().enumerate().map(|(other, total)| weights.weight(at, other) * total).sum()
        };
        let expected_of_row: Vec<f64> = places.clone().map(|row| weighted(&columns, row)).collect();
        let expected_of_column: Vec<f64> = places.clone().map(|column| weighted(&rows, column)).collect();
        let cells = places.clone().flat_map(|row| places.clone().map(move |column| (row, column)));
        Self {
            num_items: rows.iter().sum(),
            observed: cells.map(|(row, column)| weights.weight(row, column) * table[row][column] as f64).sum(),
            expected: rows.iter().zip(&expected_of_row).map(|(total, weighted)| total * weighted).sum(),
            expected_of_row,
            expected_of_column,
            weights,
        }
    }

    fn without(&self, row: usize, column: usize) -> Self {
        let weight = self.weights.weight(row, column);
        let expected = self.expected - self.expected_of_row[row] - self.expected_of_column[column] + weight;
        Self {
            num_items: self.num_items - 1.0,
            observed: self.observed - weight,
            expected,
            expected_of_row: Vec::new(),
            expected_of_column: Vec::new(),
            weights: self.weights,
        }
    }

    fn kappa(&self) -> Option<f64> {
        (self.expected > 0.0).then(|| 1.0 - self.num_items * self.observed / self.expected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(table: &[&[usize]]) -> Vec<(usize, usize)> {
        let cells = table.iter().enumerate().flat_map(|(row, counts)| {
            counts.iter().enumerate().flat_map(move |(column, count)| vec![(row, column); *count])
        });
        cells.collect()
    }

    #[test]
    fn two_categories_by_hand() {
        // Observed 0.7, by chance 0.5: (0.7 − 0.5) / 0.5.
        let agreement = cohens_kappa(&pairs(&[&[20, 5], &[10, 15]]), KappaWeights::Plain).unwrap();
        assert!((agreement.value - 0.4).abs() < 1e-12);
        assert!(agreement.interval(0.95).unwrap().low < 0.2);
    }

    #[test]
    fn weights_forgive_near_misses() {
        let table = pairs(&[&[10, 4, 0], &[3, 10, 3], &[0, 4, 10]]);
        let [plain, linear, quadratic] = [KappaWeights::Plain, KappaWeights::Linear, KappaWeights::Quadratic]
            .map(|weights| cohens_kappa(&table, weights).unwrap().value);
        assert!(plain < linear && linear < quadratic, "{plain} {linear} {quadratic}");
    }

    #[test]
    fn standard_error_is_that_of_leaving_items_out() {
        let all = pairs(&[&[6, 2, 0], &[1, 5, 3], &[0, 1, 7]]);
        let without = (0..all.len()).map(|left_out| {
            let rest = [&all[..left_out], &all[left_out + 1..]].concat();
            (cohens_kappa(&rest, KappaWeights::Quadratic).map(|agreement| agreement.value), 1)
        });
        let expected = jackknife(without).unwrap();
        let found = cohens_kappa(&all, KappaWeights::Quadratic).unwrap().standard_error.unwrap();
        assert!((found - expected).abs() < 1e-12);
    }

    #[test]
    fn undefined_cases_are_none() {
        assert_eq!(cohens_kappa(&[], KappaWeights::Plain), None);
        assert_eq!(cohens_kappa(&[(1, 1), (1, 1)], KappaWeights::Plain), None);
        assert_eq!(cohens_kappa(&[(0, 0), (1, 1)], KappaWeights::Plain).unwrap().value, 1.0);
    }
}
