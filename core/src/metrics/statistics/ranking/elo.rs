//! Elo's ratings: one pass over contests in their order.

use super::Contest;
use std::cmp::Ordering;

/// Settings of Elo's ratings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EloSettings {
    /// The most that one contest moves a rating.
    pub step: f64,
    /// What every player starts with; also the mean of all ratings for ever.
    pub start: f64,
}

impl Default for EloSettings {
    fn default() -> Self {
        Self { step: 32.0, start: 1000.0 }
    }
}

/// Ratings after all contests. A difference of 400 means odds of 10 to 1; a tie is half a win.
///
/// A winner takes step · (1 − E) from the loser, with E = 1 / (1 + 10^((other − own) / 400)). Source: Elo, *The Rating of
/// Chessplayers* (1978). The order of contests changes the result, and there is no interval: where strengths do not change
/// with time, [`super::bradley_terry`] says more.
///
/// Contests against oneself and with players that are not below `num_players` change nothing.
pub fn elo(contests: &[Contest], num_players: usize, settings: EloSettings) -> Vec<f64> {
    let mut ratings = vec![settings.start; num_players];
    for contest in contests {
        let Contest { first, second, outcome } = *contest;
        if first == second || first.max(second) >= num_players {
            continue;
        }
        let expected = 1.0 / (1.0 + 10_f64.powf((ratings[second] - ratings[first]) / 400.0));
        let score = match outcome {
            Ordering::Greater => 1.0,
            Ordering::Equal => 0.5,
            Ordering::Less => 0.0,
        };
        let gain = settings.step * (score - expected);
        ratings[first] += gain;
        ratings[second] -= gain;
    }
    ratings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn winner_takes_from_the_loser() {
        let won = |first, second| Contest { first, second, outcome: Ordering::Greater };
        assert_eq!(elo(&[won(0, 1)], 3, EloSettings::default()), [1016.0, 984.0, 1000.0]);
        let ratings = elo(&[won(0, 1), won(2, 0), won(2, 2), won(9, 0)], 3, EloSettings::default());
        assert!((ratings.iter().sum::<f64>() - 3000.0).abs() < 1e-9);
        assert!(ratings[2] > ratings[0]);
    }

    #[test]
    fn tie_of_equals_changes_nothing() {
        let tie = Contest { first: 0, second: 1, outcome: Ordering::Equal };
        assert_eq!(elo(&[tie], 2, EloSettings::default()), [1000.0, 1000.0]);
    }
}
