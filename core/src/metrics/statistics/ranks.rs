//! Midranks: equal values share the mean of the ranks that they take up.

/// Ranks from 1, in the order of `values`, and the sizes of the groups of equal values.
pub(super) fn midranks(values: &[f64]) -> (Vec<f64>, Vec<usize>) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|one, other| values[*one].total_cmp(&values[*other]));
    let mut ranks = vec![0.0; values.len()];
    let mut groups = Vec::new();
    let mut start = 0;
    for group in order.chunk_by(|one, other| values[*one] == values[*other]) {
        let rank = start as f64 + (group.len() + 1) as f64 / 2.0;
        group.iter().for_each(|place| ranks[*place] = rank);
        groups.push(group.len());
        start += group.len();
    }
    (ranks, groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_their_ranks() {
        assert_eq!(midranks(&[3.0, 1.0, 3.0, 0.0]), (vec![3.5, 2.0, 3.5, 1.0], vec![1, 1, 2]));
        assert_eq!(midranks(&[0.0, -0.0]).0, [1.5, 1.5]);
        assert_eq!(midranks(&[]), (vec![], vec![]));
    }
}
