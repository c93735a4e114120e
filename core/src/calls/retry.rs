//! When a failed call is tried again, and after how long.

use crate::support::Random;
use atelier_types::provider::{ErrorCategory, ProviderError};
use std::time::Duration;

const MAX_TRIES: u32 = 5;

/// A call that took its full time once is given one more chance, not five.
const MAX_TRIES_AFTER_TIMEOUT: u32 = 2;

const FIRST_DELAY: Duration = Duration::from_millis(500);
const MAX_DELAY: Duration = Duration::from_secs(30);

/// Longer than this nobody waits for a single answer.
const MAX_SERVER_DELAY: Duration = Duration::from_secs(120);

/// A dead engine is started again; a moment later it takes requests.
const ENGINE_DELAY: Duration = Duration::from_millis(300);
const MAX_TRIES_OF_ENGINE: u32 = 2;

/// How long to wait before the next try; `None` where there is none.
pub fn delay(error: &ProviderError, num_tries: u32, random: &dyn Random) -> Option<Duration> {
    let max_tries = match error.category {
        ErrorCategory::EngineLost => MAX_TRIES_OF_ENGINE,
        ErrorCategory::Timeout => MAX_TRIES_AFTER_TIMEOUT,
        _ => MAX_TRIES,
    };
    if !error.category.is_retryable() || num_tries >= max_tries {
        return None;
    }
    if error.category == ErrorCategory::EngineLost {
        return Some(ENGINE_DELAY);
    }
    match server_delay(error) {
        Some(delay) if delay > MAX_SERVER_DELAY => None,
        Some(delay) => Some(delay.mul_f64(1.0 + 0.1 * fraction(random))),
        None => {
            let doubled = FIRST_DELAY.saturating_mul(1 << (num_tries.clamp(1, 16) - 1));
            Some(doubled.min(MAX_DELAY).mul_f64(0.5 + 0.5 * fraction(random)))
        }
    }
}

/// What the server asks for.
pub fn server_delay(error: &ProviderError) -> Option<Duration> {
    match error.category {
        ErrorCategory::RateLimited { retry_after_millis } | ErrorCategory::Overloaded { retry_after_millis } => {
            retry_after_millis.map(Duration::from_millis)
        }
        _ => None,
    }
}

/// Uniform in [0, 1).
fn fraction(random: &dyn Random) -> f64 {
    const MANTISSA_BITS: u32 = 53;
    (random.next_u64() >> (u64::BITS - MANTISSA_BITS)) as f64 / (1_u64 << MANTISSA_BITS) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::errors::failure;
    use crate::support::SeededRandom;

    fn delays(category: ErrorCategory) -> Vec<u128> {
        let (error, random) = (failure(category, "x"), SeededRandom::new(1));
        (1..20).map_while(|num_tries| delay(&error, num_tries, &random)).map(|delay| delay.as_millis()).collect()
    }

    #[test]
    fn delays_double_with_jitter_and_end() {
        let delays = delays(ErrorCategory::Network);
        assert_eq!(delays.len(), 4);
        for (delay, longest) in delays.iter().zip([500, 1_000, 2_000, 4_000]) {
            assert!((longest / 2..=longest).contains(delay), "{delay} of {longest}");
        }
        let distinct: std::collections::BTreeSet<_> = delays.iter().collect();
        assert_eq!(distinct.len(), 4);
    }

    #[test]
    fn server_delay_is_a_lower_bound_and_absurd_ones_are_not_waited_for() {
        let asked = delays(ErrorCategory::RateLimited { retry_after_millis: Some(7_000) });
        assert!(asked.len() == 4 && asked.iter().all(|delay| (7_000..=7_700).contains(delay)), "{asked:?}");
        assert!(delays(ErrorCategory::Overloaded { retry_after_millis: Some(3_600_000) }).is_empty());
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        assert_eq!(delays(ErrorCategory::EngineLost), [300]);
        assert_eq!(delays(ErrorCategory::Timeout).len(), 1);
        let lasting =
            [ErrorCategory::Auth, ErrorCategory::BadRequest, ErrorCategory::ContentRefused, ErrorCategory::Cancelled];
        assert!(lasting.into_iter().all(|category| delays(category).is_empty()));
    }
}
