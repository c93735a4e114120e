//! Which token comes next: penalties, bias, temperature, filters and a seeded draw. Pure arithmetic over logits.
//!
//! mistral.rs has one random stream for an engine and all its requests, ignores a bias and reports decimal logarithms,
//! so all of it is done here. The draw is a Gumbel-max whose noise depends on nothing but seed, step and token: the same
//! seed gives the same text whatever else the engine did before, and a mask on the logits (constrained output) leaves
//! the noise of the other tokens as it was.
//!
//! Order: repetition penalty, frequency and presence penalty, bias, temperature, top-k, top-p, min-p, draw.

use std::collections::{BTreeMap, BTreeSet};

/// All settings of one draw; neutral values switch a part off.
#[derive(Clone, Debug, PartialEq)]
pub struct Sampling {
    /// 0 takes the most likely token.
    pub temperature: f64,
    /// 0 keeps all tokens.
    pub top_k: usize,
    pub top_p: f64,
    pub min_p: f64,
    pub frequency_penalty: f32,
    pub presence_penalty: f32,
    pub repetition_penalty: f32,
    pub bias: Vec<(u32, f32)>,
    pub seed: u64,
}

impl Default for Sampling {
    fn default() -> Self {
        Self {
            temperature: 0.0,
            top_k: 0,
            top_p: 1.0,
            min_p: 0.0,
            frequency_penalty: 0.0,
            presence_penalty: 0.0,
            repetition_penalty: 1.0,
            bias: Vec::new(),
            seed: 0,
        }
    }
}

/// What was said before.
#[derive(Clone, Debug, Default)]
pub struct History {
    pub prompt: BTreeSet<u32>,
    /// How often each token was generated.
    pub generated: BTreeMap<u32, u32>,
}

/// Natural logarithms of probabilities as the model gave them: before penalties, bias, temperature and filters.
#[derive(Clone, Debug, PartialEq)]
pub struct LogProbability {
    pub chosen: f32,
    /// The most likely tokens, best first.
    pub top: Vec<(u32, f32)>,
}

/// Picks the token of step `step` (counted from 0), or `None` where the logits leave nothing to pick. Penalties and bias
/// stay in the logits.
pub fn choose(logits: &mut [f32], history: &History, sampling: &Sampling, step: u64) -> Option<u32> {
    penalise(logits, history, sampling);
    for &(token, bias) in &sampling.bias {
        if let Some(logit) = logits.get_mut(token as usize) {
            *logit += bias;
        }
    }
    if sampling.temperature <= 0.0 {
        return most_likely(logits);
    }
    let candidates = candidates(logits, sampling);
    let noise = Noise::new(sampling.seed, step);
    let scored = candidates.into_iter().map(|(token, scaled)| (token, scaled + noise.gumbel(token)));
    scored.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map(|(token, _)| token)
}

fn penalise(logits: &mut [f32], history: &History, sampling: &Sampling) {
    if sampling.repetition_penalty != 1.0 {
        let generated = history.generated.keys().filter(|token| !history.prompt.contains(token));
        for &token in history.prompt.iter().chain(generated) {
            if let Some(logit) = logits.get_mut(token as usize) {
                let is_likely = *logit > 0.0;
                *logit =
                    if is_likely { *logit / sampling.repetition_penalty } else { *logit * sampling.repetition_penalty };
            }
        }
    }
    for (&token, &count) in &history.generated {
        if let Some(logit) = logits.get_mut(token as usize) {
            *logit -= sampling.frequency_penalty * count as f32 + sampling.presence_penalty;
        }
    }
}

/// The lowest token id wins a tie.
fn most_likely(logits: &[f32]) -> Option<u32> {
    let mut best: Option<(u32, f32)> = None;
    for (token, &logit) in (0..).zip(logits) {
        if logit > best.map_or(f32::NEG_INFINITY, |(_, best)| best) {
            best = Some((token, logit));
        }
    }
    best.map(|(token, _)| token)
}

/// Gumbel noise made from 53 random bits lies within -3.61 and 36.74, so a token this far below the best can never win.
const HOPELESS_GAP: f64 = 41.0;

/// `(token, logit / temperature)` of the tokens that the filters leave.
fn candidates(logits: &[f32], sampling: &Sampling) -> Vec<(u32, f64)> {
    let Some(best) = most_likely(logits) else { return Vec::new() };
    let best = f64::from(logits[best as usize]) / sampling.temperature;
    let scaled = (0..).zip(logits).map(|(token, &logit)| (token, f64::from(logit) / sampling.temperature));
    let mut kept: Vec<(u32, f64)> = if sampling.top_k > 0 {
        keep_top_k(scaled.filter(|(_, scaled)| *scaled > f64::NEG_INFINITY).collect(), sampling.top_k)
    } else {
        scaled.filter(|(_, scaled)| *scaled > best - HOPELESS_GAP).collect()
    };
    if sampling.top_p < 1.0 {
        keep_top_p(&mut kept, best, sampling.top_p);
    }
    if sampling.min_p > 0.0 {
        kept.retain(|(_, scaled)| (scaled - best).exp() >= sampling.min_p);
    }
    kept
}

fn best_first(a: &(u32, f64), b: &(u32, f64)) -> std::cmp::Ordering {
    b.1.total_cmp(&a.1).then(a.0.cmp(&b.0))
}

fn keep_top_k(mut kept: Vec<(u32, f64)>, top_k: usize) -> Vec<(u32, f64)> {
    if top_k < kept.len() {
        kept.select_nth_unstable_by(top_k - 1, best_first);
        kept.truncate(top_k);
    }
    kept
}

/// Keeps the smallest set of most likely tokens whose probabilities reach `top_p`.
fn keep_top_p(kept: &mut Vec<(u32, f64)>, best: f64, top_p: f64) {
    let weight = |scaled: f64| (scaled - best).exp();
    let total: f64 = kept.iter().map(|(_, scaled)| weight(*scaled)).sum();
    // Tokens below this share sum to less than what may be left out, so they need no sorting.
    let negligible = (1.0 - top_p) * total / kept.len().max(1) as f64;
    kept.retain(|(_, scaled)| weight(*scaled) >= negligible);
    kept.sort_unstable_by(best_first);
    let mut sum = 0.0;
    let num_kept = kept.iter().take_while(|(_, scaled)| {
        let is_needed = sum < top_p * total;
        sum += weight(*scaled);
        is_needed
    });
    let num_kept = num_kept.count().max(1);
    kept.truncate(num_kept);
}

/// Noise that is a function of seed, step and token.
struct Noise(u64);

const GOLDEN_GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

impl Noise {
    fn new(seed: u64, step: u64) -> Self {
        Self(mix(mix(seed.wrapping_add(GOLDEN_GAMMA)) ^ step))
    }

    fn gumbel(&self, token: u32) -> f64 {
        let bits = mix(self.0.wrapping_add(GOLDEN_GAMMA.wrapping_mul(u64::from(token) + 1)));
        // The half keeps the number within the open interval from 0 to 1.
        let uniform = ((bits >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
        -(-uniform.ln()).ln()
    }
}

/// Finaliser of SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

/// Log-probabilities of `chosen` and of the `num_top` most likely tokens.
pub fn log_probability(logits: &[f32], chosen: u32, num_top: usize) -> LogProbability {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.iter().map(|logit| f64::from(logit - largest).exp()).sum();
    let log_total = f64::from(largest) + sum.ln();
    let log_of = |logit: f64| (logit - log_total) as f32;
    let mut top: Vec<(u32, f64)> = (0..).zip(logits).map(|(token, &logit)| (token, f64::from(logit))).collect();
    if num_top == 0 {
        top.clear();
    } else {
        top = keep_top_k(top, num_top);
        top.sort_unstable_by(best_first);
    }
    LogProbability {
        chosen: logits.get(chosen as usize).map_or(f32::NEG_INFINITY, |&logit| log_of(f64::from(logit))),
        top: top.into_iter().map(|(token, logit)| (token, log_of(logit))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGITS: [f32; 5] = [1.0, 4.0, 2.0, 3.0, -5.0];

    fn draw(sampling: &Sampling, step: u64) -> u32 {
        let mut logits = LOGITS;
        choose(&mut logits, &History::default(), sampling, step).unwrap()
    }

    fn shares(sampling: &Sampling, num_draws: u64) -> Vec<f64> {
        let mut counts = vec![0.0; LOGITS.len()];
        for step in 0..num_draws {
            counts[draw(sampling, step) as usize] += 1.0 / num_draws as f64;
        }
        counts
    }

    fn hot() -> Sampling {
        Sampling { temperature: 1.0, seed: 7, ..Sampling::default() }
    }

    #[test]
    fn temperature_zero_takes_the_most_likely_and_the_lowest_id_on_a_tie() {
        assert_eq!(draw(&Sampling::default(), 0), 1);
        assert_eq!(choose(&mut [2.0, 5.0, 5.0], &History::default(), &Sampling::default(), 0), Some(1));
    }

    #[test]
    fn the_draw_depends_on_seed_and_step_alone() {
        let texts: Vec<Vec<u32>> = (0..3)
            .map(|seed| (0..64).map(|step| draw(&Sampling { temperature: 2.0, seed, ..hot() }, step)).collect())
            .collect();
        let again: Vec<u32> =
            (0..64).map(|step| draw(&Sampling { temperature: 2.0, seed: 0, ..hot() }, step)).collect();
        assert_eq!(texts[0], again);
        assert_ne!(texts[0], texts[1]);
        assert_ne!(texts[1], texts[2]);
    }

    #[test]
    fn draws_follow_the_softmax() {
        let weights: Vec<f64> = LOGITS.iter().map(|logit| f64::from(*logit).exp()).collect();
        let total: f64 = weights.iter().sum();
        for (share, weight) in shares(&hot(), 20_000).into_iter().zip(weights) {
            let expected = weight / total;
            // Five standard errors.
            let tolerance = 5.0 * (expected * (1.0 - expected) / 20_000.0).sqrt();
            assert!((share - expected).abs() <= tolerance, "{share} is far from {expected}");
        }
    }

    #[test]
    fn top_k_keeps_the_k_most_likely() {
        let shares = shares(&Sampling { top_k: 2, ..hot() }, 2_000);
        assert_eq!((shares[0], shares[2], shares[4]), (0.0, 0.0, 0.0));
        assert!(shares[1] > shares[3] && shares[3] > 0.0);
    }

    #[test]
    fn top_p_keeps_the_smallest_set_that_reaches_it() {
        // The two most likely hold 0.64 and 0.24 of the mass.
        let one = shares(&Sampling { top_p: 0.6, ..hot() }, 500);
        assert!((one[1] - 1.0).abs() < 1e-9);
        let two = shares(&Sampling { top_p: 0.7, ..hot() }, 2_000);
        assert!(two[3] > 0.0);
        assert_eq!((two[0], two[2], two[4]), (0.0, 0.0, 0.0));
    }

    #[test]
    fn min_p_drops_what_is_rare_beside_the_best() {
        // Beside the best, the others have e^-3, e^-2, e^-1 and e^-9 of its probability.
        let shares = shares(&Sampling { min_p: 0.2, ..hot() }, 2_000);
        assert!(shares[3] > 0.0);
        assert_eq!((shares[0], shares[2], shares[4]), (0.0, 0.0, 0.0));
    }

    #[test]
    fn a_mask_leaves_the_draw_among_the_others_as_it_was() {
        let sampling = Sampling { temperature: 3.0, ..hot() };
        for step in 0..200 {
            let free = draw(&sampling, step);
            let mut masked = LOGITS;
            let other = (free + 1) % 5;
            masked[other as usize] = f32::NEG_INFINITY;
            assert_eq!(choose(&mut masked, &History::default(), &sampling, step), Some(free));
        }
    }

    #[test]
    fn bias_and_penalties_move_the_choice() {
        let biased = Sampling { bias: vec![(4, 100.0), (99, 1.0)], ..Sampling::default() };
        assert_eq!(draw(&biased, 0), 4);
        let history = History { prompt: BTreeSet::from([3]), generated: BTreeMap::from([(1, 2)]) };
        let chosen = |sampling: &Sampling| {
            let mut logits = LOGITS;
            choose(&mut logits, &history, sampling, 0)
        };
        assert_eq!(chosen(&Sampling { frequency_penalty: 0.4, ..Sampling::default() }), Some(1));
        assert_eq!(chosen(&Sampling { frequency_penalty: 0.6, ..Sampling::default() }), Some(3));
        assert_eq!(chosen(&Sampling { presence_penalty: 1.1, ..Sampling::default() }), Some(3));
        assert_eq!(chosen(&Sampling { repetition_penalty: 3.0, ..Sampling::default() }), Some(2));
    }

    #[test]
    fn nothing_is_chosen_where_everything_is_masked() {
        for temperature in [0.0, 1.0] {
            let sampling = Sampling { temperature, ..hot() };
            assert_eq!(choose(&mut [f32::NEG_INFINITY; 3], &History::default(), &sampling, 0), None);
        }
    }

    #[test]
    fn log_probabilities_are_natural_and_sum_to_one() {
        let found = log_probability(&LOGITS, 3, 5);
        let sum: f32 = found.top.iter().map(|(_, log)| log.exp()).sum();
        assert!((sum - 1.0).abs() < 1e-5);
        assert_eq!(found.top.iter().map(|(token, _)| *token).collect::<Vec<_>>(), [1, 3, 2, 0, 4]);
        assert!((found.chosen - found.top[1].1).abs() < 1e-7);
        assert!((found.top[0].1 - found.top[1].1 - 1.0).abs() < 1e-6);
        assert!(log_probability(&LOGITS, 3, 0).top.is_empty());
    }
}
