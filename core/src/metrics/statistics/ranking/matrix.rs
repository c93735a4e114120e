//! The little linear algebra that fitting needs.

/// Inverse of a symmetric, positive definite matrix by Cholesky's decomposition. `None` where it is not definite.
pub(super) fn inverse(matrix: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let lower = cholesky(matrix)?;
    let size = matrix.len();
    let mut inverse = vec![vec![0.0; size]; size];
    for column in 0..size {
        let mut unit = vec![0.0; size];
        unit[column] = 1.0;
        for (row, value) in solve(&lower, unit).into_iter().enumerate() {
            inverse[row][column] = value;
        }
    }
    Some(inverse)
}

pub(super) fn product(matrix: &[Vec<f64>], vector: &[f64]) -> Vec<f64> {
    matrix.iter().map(|row| row.iter().zip(vector).map(|(one, other)| one * other).sum()).collect()
}

fn cholesky(matrix: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let size = matrix.len();
    let mut lower = vec![vec![0.0; size]; size];
    for row in 0..size {
        for column in 0..=row {
            let known: f64 = (0..column).map(|at| lower[row][at] * lower[column][at]).sum();
            let rest = matrix[row][column] - known;
            if row == column {
                // Far below the diagonal's own size it is rounding, and the matrix is singular.
                lower[row][row] = Some(rest).filter(|rest| *rest > 1e-13 * matrix[row][row].abs())?.sqrt();
            } else {
                lower[row][column] = rest / lower[column][column];
            }
        }
    }
    Some(lower)
}

/// Solves L Lᵀ x = right.
fn solve(lower: &[Vec<f64>], mut right: Vec<f64>) -> Vec<f64> {
    for row in 0..lower.len() {
        let known: f64 = (0..row).map(|at| lower[row][at] * right[at]).sum();
        right[row] = (right[row] - known) / lower[row][row];
    }
    for row in (0..lower.len()).rev() {
        let known: f64 = (row + 1..lower.len()).map(|at| lower[at][row] * right[at]).sum();
        right[row] = (right[row] - known) / lower[row][row];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverse_times_matrix_is_one() {
        let matrix = vec![vec![4.0, 2.0, 0.5], vec![2.0, 3.0, 1.0], vec![0.5, 1.0, 2.0]];
        let inverse = inverse(&matrix).unwrap();
        for (row, line) in matrix.iter().enumerate() {
            let unit = product(&inverse, line);
            assert!(
                unit.iter().enumerate().all(|(at, value)| (value - f64::from(u8::from(at == row))).abs() < 1e-12),
                "{unit:?}"
            );
        }
    }

    #[test]
    fn singular_matrix_has_none() {
        assert_eq!(inverse(&[vec![1.0, 1.0], vec![1.0, 1.0]]), None);
    }
}
