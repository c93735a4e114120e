//! Our sampler as mistral.rs sees it: a processor that it calls with the logits of each step.
//!
//! Facts of mistral.rs 0.8.1 that shape this file:
//! - Under a constraint the processor is called a second time for a step, with the forbidden tokens masked. A new step
//!   shows in the length of the context and in nothing else; a hit in the prefix cache shortens the context at step 0.
//! - A chunk of the answer does not say which token it belongs to: unfinished characters are held back. Each chunk does
//!   carry the decimal logarithm of the chosen token's logit, though, and the logits are ours to return. So the chosen
//!   token gets the number of its step as its logit, and [`step_of_chunk`] reads it back.
//! - An error ends the request at once and harms nobody else. A panic would end the engine.

use super::sampling::{self, History, LogProbability, Sampling};
use mistralrs::{CustomLogitsProcessor, Tensor};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Steps are told apart modulo this, which keeps the logarithm exact enough to be read back.
const STEP_CYCLE: usize = 4096;

#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub token: u32,
    pub log_probability: Option<LogProbability>,
}

/// The steps of one generation, shared between the engine's thread and the one who follows the answer.
#[derive(Default)]
pub struct Steps {
    is_cancelled: AtomicBool,
    taken: Mutex<Vec<Step>>,
}

impl Steps {
    /// Makes the next step fail, which takes the generation out of the engine.
    pub fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::Release);
    }

    pub fn taken(&self) -> MutexGuard<'_, Vec<Step>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub struct StepSampler {
    sampling: Sampling,
    /// How many alternatives to report; `None` reports no log-probabilities.
    num_top: Option<usize>,
    steps: Arc<Steps>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    context_length: Option<usize>,
    history: History,
    /// Logits of the current step as the model gave them.
    unmasked: Vec<f32>,
}

impl StepSampler {
    pub fn new(sampling: Sampling, num_top: Option<usize>, prompt: &[u32], steps: Arc<Steps>) -> Self {
        let history = History { prompt: prompt.iter().copied().collect::<BTreeSet<u32>>(), ..History::default() };
        Self { sampling, num_top, steps, state: Mutex::new(State { history, ..State::default() }) }
    }

    /// The chosen token and the number of its step.
    fn step(&self, logits: &mut [f32], context_length: usize) -> Result<(u32, usize), &'static str> {
        if self.steps.is_cancelled.load(Ordering::Acquire) {
            return Err("the request was cancelled");
        }
        if logits.iter().any(|logit| logit.is_nan()) {
            return Err("the model's output is not a number; its weights are probably damaged");
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken = self.steps.taken();
        let is_again = state.context_length == Some(context_length);
        if is_again {
            taken.pop();
        } else if let Some(previous) = taken.last() {
            *state.history.generated.entry(previous.token).or_default() += 1;
        }
        state.context_length = Some(context_length);
        if self.num_top.is_some() && !is_again {
            state.unmasked = logits.to_vec();
        }
        let step = taken.len();
        let token = sampling::choose(logits, &state.history, &self.sampling, step as u64)
            .ok_or("no token is left to choose from")?;
        let log_probability = self.num_top.map(|top| sampling::log_probability(&state.unmasked, token, top));
        taken.push(Step { token, log_probability });
        Ok((token, step))
    }
}

impl CustomLogitsProcessor for StepSampler {
    fn apply(&self, logits: &Tensor, context: &[u32]) -> mistralrs::Result<Tensor> {
        let mut values: Vec<f32> = logits.to_vec1()?;
        let num_tokens = values.len();
        let (token, step) = self.step(&mut values, context.len()).map_err(std::io::Error::other)?;
        values.fill(f32::NEG_INFINITY);
        if let Some(value) = values.get_mut(token as usize) {
            *value = (step % STEP_CYCLE + 1) as f32;
        }
        Tensor::from_vec(values, num_tokens, logits.device())
    }
}

/// The step that a chunk belongs to, from the logarithm that it carries and the step of the chunk before it.
pub fn step_of_chunk(log10_logit: f32, previous: Option<usize>) -> usize {
    let marked = (10_f32.powf(log10_logit).round() as usize).saturating_sub(1) % STEP_CYCLE;
    let earliest = previous.map_or(0, |step| step + 1);
    earliest + (marked + STEP_CYCLE - earliest % STEP_CYCLE) % STEP_CYCLE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sampler(num_top: Option<usize>) -> StepSampler {
        StepSampler::new(Sampling::default(), num_top, &[0], Arc::default())
    }

    #[test]
    fn steps_are_read_back_from_the_chunks_that_arrive() {
        let mut previous = None;
        // Chunks are missing where characters were unfinished.
        for step in (0..20_000).filter(|step| step % 7 != 0) {
            let carried = ((step % STEP_CYCLE + 1) as f32).log(10.0);
            previous = Some(step_of_chunk(carried, previous));
            assert_eq!(previous, Some(step));
        }
    }

    #[test]
    fn a_second_call_for_a_step_replaces_its_token_and_keeps_the_models_own_probability() {
        let sampler = sampler(Some(1));
        assert_eq!(sampler.step(&mut [1.0, 3.0, 2.0], 5), Ok((1, 0)));
        assert_eq!(sampler.step(&mut [1.0, f32::NEG_INFINITY, 2.0], 5), Ok((2, 0)));
        assert_eq!(sampler.step(&mut [9.0, 3.0, 2.0], 6), Ok((0, 1)));
        let taken = sampler.steps.taken();
        assert_eq!(taken.iter().map(|step| step.token).collect::<Vec<_>>(), [2, 0]);
        let first = taken[0].log_probability.clone().unwrap();
        assert_eq!(first.top[0].0, 1, "the mask is not part of the model's own distribution");
        assert!((first.top[0].1 - first.chosen - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_shortened_first_context_is_still_the_first_step() {
        let sampler = sampler(None);
        assert_eq!(sampler.step(&mut [1.0, 0.0], 3), Ok((0, 0)));
        assert_eq!(sampler.step(&mut [1.0, 0.0], 101), Ok((0, 1)));
    }

    #[test]
    fn cancelling_fails_the_next_step() {
        let sampler = sampler(None);
        sampler.steps.cancel();
        assert!(sampler.step(&mut [1.0], 1).is_err());
        assert!(sampler.steps.taken().is_empty());
    }

    #[test]
    fn numbers_that_are_none_fail_the_step() {
        assert!(sampler(None).step(&mut [1.0, f32::NAN], 1).is_err());
    }
}
