//! How fast a model was, from the calls that are stored.

use crate::store::outputs::SpeedSample;
use atelier_types::model::Speed;

/// Less than this between first and last token is one packet and says nothing about the model.
const MIN_GENERATION_MILLIS: f64 = 1.0;

/// Mean tokens a second while text was coming, with the 95 % interval over calls. `None` where no call says anything.
pub fn speed(samples: &[SpeedSample]) -> Option<Speed> {
    let rates: Vec<f64> = samples.iter().filter_map(rate).collect();
    if rates.is_empty() {
        return None;
    }
    let count = rates.len() as f64;
    let mean = rates.iter().sum::<f64>() / count;
    let half_width = (rates.len() > 1).then(|| {
        let variance = rates.iter().map(|rate| (rate - mean).powi(2)).sum::<f64>() / (count - 1.0);
        student_t_975(rates.len() - 1) * (variance / count).sqrt()
    });
    let first_token = median(samples.iter().map(|sample| sample.first_token_millis).collect());
    Some(Speed {
        tokens_per_second: mean,
        half_width,
        first_token_millis_p50: first_token,
        num_calls: u32::try_from(rates.len()).unwrap_or(u32::MAX),
    })
}

/// Tokens after the first over the time after the first: waiting for the prompt is not generation.
fn rate(sample: &SpeedSample) -> Option<f64> {
    let millis = sample.latency_millis - sample.first_token_millis;
    let num_tokens = sample.num_completion_tokens.checked_sub(1).filter(|count| *count > 0)?;
    (millis >= MIN_GENERATION_MILLIS).then(|| f64::from(num_tokens) * 1_000.0 / millis)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        count if count % 2 == 1 => Some(values[middle]),
        _ => Some((values[middle - 1] + values[middle]) / 2.0),
    }
}

/// 97.5 % quantile of Student's t.
///
/// Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5; exact for one and two degrees of freedom.
fn student_t_975(degrees: usize) -> f64 {
    const Z: f64 = 1.959_963_984_540_054;
    match degrees {
        0 | 1 => 12.706_204_736_174_698,
        2 => 4.302_652_729_749_464,
        _ => {
            let n = degrees as f64;
            let first = (Z.powi(3) + Z) / 4.0;
            let second = (5.0 * Z.powi(5) + 16.0 * Z.powi(3) + 3.0 * Z) / 96.0;
            let third = (3.0 * Z.powi(7) + 19.0 * Z.powi(5) + 17.0 * Z.powi(3) - 15.0 * Z) / 384.0;
            Z + first / n + second / n.powi(2) + third / n.powi(3)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(num_completion_tokens: u32, first_token_millis: f64, latency_millis: f64) -> SpeedSample {
        SpeedSample { num_completion_tokens, first_token_millis, latency_millis, started_at: Default::default() }
    }

    #[test]
    fn speed_has_its_interval_and_counts_only_calls_that_streamed() {
        let samples = [sample(11, 50.0, 150.0), sample(11, 70.0, 270.0), sample(1, 60.0, 60.0), sample(9, 5.0, 5.2)];
        let speed = speed(&samples).unwrap();
        assert_eq!((speed.tokens_per_second, speed.num_calls), (75.0, 2));
        // Rates 100 and 50: standard error 25, t(1) = 12.706.
        assert!((speed.half_width.unwrap() - 12.706_204_736 * 25.0).abs() < 1e-6);
        assert_eq!(speed.first_token_millis_p50, Some(55.0));
    }

    #[test]
    fn one_call_has_no_interval_and_none_has_no_speed() {
        assert_eq!(speed(&[sample(11, 0.0, 100.0)]).unwrap().half_width, None);
        assert_eq!(speed(&[]), None);
    }

    #[test]
    fn quantiles_agree_with_tables() {
        for (degrees, expected) in [(3, 3.182), (5, 2.571), (10, 2.228), (30, 2.042), (1_000, 1.962)] {
            assert!((student_t_975(degrees) - expected).abs() < 0.012, "{degrees}");
        }
    }
}
