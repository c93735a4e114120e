//! How fast a model was, from the calls that are stored.

use crate::metrics::statistics::{self, CONFIDENCE};
use crate::store::outputs::SpeedSample;
use atelier_types::model::Speed;

/// Less than this between first and last token is one packet and says nothing about the model.
const MIN_GENERATION_MILLIS: f64 = 1.0;

/// Mean tokens a second while text was coming, with its interval over calls. `None` where no call says anything.
pub fn speed(samples: &[SpeedSample]) -> Option<Speed> {
    let rates: Vec<f64> = samples.iter().filter_map(rate).collect();
    let half_width = statistics::clustered_t(&rates, CONFIDENCE).map(|interval| (interval.high - interval.low) / 2.0);
    Some(Speed {
        tokens_per_second: statistics::mean(&rates)?,
        half_width,
        first_token_millis_p50: median(samples.iter().map(|sample| sample.first_token_millis).collect()),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(num_completion_tokens: u32, first_token_millis: f64, latency_millis: f64) -> SpeedSample {
        SpeedSample { num_completion_tokens, first_token_millis, latency_millis }
    }

    #[test]
    fn speed_has_its_interval_and_counts_only_calls_that_streamed() {
        let samples = [sample(11, 50.0, 150.0), sample(11, 70.0, 270.0), sample(1, 60.0, 60.0), sample(9, 5.0, 5.2)];
        let speed = speed(&samples).unwrap();
        assert_eq!((speed.tokens_per_second, speed.num_calls), (75.0, 2));
        // Rates 100 and 50: standard error 25, t(1) = 12.706.
        assert!((speed.half_width.unwrap() - 12.706 * 25.0).abs() < 0.01, "{speed:?}");
        assert_eq!(speed.first_token_millis_p50, Some(55.0));
    }

    #[test]
    fn one_call_has_no_interval_and_none_has_no_speed() {
        assert_eq!(speed(&[sample(11, 0.0, 100.0)]).unwrap().half_width, None);
        assert_eq!(speed(&[]), None);
    }
}
