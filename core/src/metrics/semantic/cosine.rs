//! Cosine similarity of two vectors: a·b / (‖a‖ ‖b‖).
//!
//! - Range: −1 to 1; 1 is the same direction. Rounding that leaves the range is cut off.
//! - Sums are taken in double precision, whatever the encoder computed in.
//! - Unscored: vectors of differing lengths, a zero or empty vector, which has no direction, and numbers that are not
//!   finite.

/// Error: the reason why there is no score.
pub fn cosine(first: &[f32], second: &[f32]) -> Result<f64, String> {
    if first.len() != second.len() {
        return Err(format!("One vector has {} numbers and the other {}", first.len(), second.len()));
    }
    Ok(dot(&unit(first)?, &unit(second)?).clamp(-1.0, 1.0))
}

/// The vector of length 1 in the same direction.
pub(super) fn unit(vector: &[f32]) -> Result<Vec<f64>, String> {
    if !vector.iter().all(|value| value.is_finite()) {
        return Err("A vector has a number that is not finite".to_owned());
    }
    // The squares of all finite f32 are in the range of f64.
    let length = vector.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
    if length == 0.0 {
        return Err("A vector is zero and has no direction".to_owned());
    }
    Ok(vector.iter().map(|value| f64::from(*value) / length).collect())
}

pub(super) fn dot(first: &[f64], second: &[f64]) -> f64 {
    first.iter().zip(second).map(|(one, other)| one * other).sum()
}
