//! The mean of a measure over rows, with its interval.

use super::{CONFIDENCE, clustered_t, mean, wilson};
use atelier_types::score::Unit;
use atelier_types::statistics::Estimate;

/// Mean over rows; repeats are averaged within their row first, so rows weigh the same whatever their repeats.
///
/// `rows[row][repeat]`; rows without a value are left out. `None` where no row has one. The interval is Wilson's for a
/// share with one 0-or-1 value a row, and for shares whose rows all agree (where t would claim to be certain); else t,
/// clustered by row, cut to [0, 1] for shares.
pub fn estimate(rows: &[Vec<f64>], num_unscored: u32, unit: Unit) -> Option<Estimate> {
    let row_means: Vec<f64> = rows.iter().filter_map(|values| mean(values)).collect();
    let centre = mean(&row_means)?;
    let num_rows = row_means.len();
    let all_agree = row_means.iter().all(|value| *value == row_means[0]);
    let is_one_check = rows.iter().all(|values| values.len() <= 1) && row_means.iter().all(|v| *v == 0.0 || *v == 1.0);
    let (interval, method) = if unit == Unit::Share && (all_agree || is_one_check) {
        (wilson(row_means.iter().sum(), num_rows as f64, CONFIDENCE), "Wilson, by row")
    } else {
        (clustered_t(&row_means, CONFIDENCE), "t, clustered by row")
    };
    let interval = interval.map(|mut interval| {
        if unit == Unit::Share {
            interval.low = interval.low.max(0.0);
            interval.high = interval.high.min(1.0);
        }
        interval
    });
    Some(Estimate {
        mean: centre,
        interval,
        num_rows: num_rows as u32,
        num_values: rows.iter().map(Vec::len).sum::<usize>() as u32,
        num_unscored,
        method: method.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_do_not_narrow_the_interval_of_rows_that_agree() {
        let once = estimate(&vec![vec![1.0]; 20], 0, Unit::Share).unwrap();
        let thrice = estimate(&vec![vec![1.0; 3]; 20], 0, Unit::Share).unwrap();
        assert_eq!(once.interval, thrice.interval);
        assert_eq!((thrice.num_rows, thrice.num_values), (20, 60));
    }

    #[test]
    fn rows_without_a_value_are_left_out() {
        let some = estimate(&[vec![2.0], vec![], vec![4.0]], 1, Unit::Number).unwrap();
        assert_eq!((some.mean, some.num_rows, some.num_unscored), (3.0, 2, 1));
        assert_eq!(estimate(&[vec![]], 1, Unit::Number), None);
    }

    #[test]
    fn single_row_of_a_plain_number_has_no_interval() {
        assert_eq!(estimate(&[vec![3.0, 4.0]], 0, Unit::Number).unwrap().interval, None);
    }
}
