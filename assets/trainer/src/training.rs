//! The training loop: batches of fresh conversations, two shards side by side, checkpoints that a run goes on from.

use crate::checkpoint::Checkpoint;
use crate::config::{CONTEXT_TOKENS, Recipe};
use crate::conversation::{Encoded, encode};
use crate::layout::Layout;
use crate::model::{Batch, Model};
use crate::optimizer::{Optimizer, Rates};
use crate::random::Random;
use crate::tasks::{Lesson, training_conversation};
use crate::tokenizer::Tokenizer;

/// Shards of a step. Their number is fixed, so that a run gives the same weights on any number of threads.
const NUM_SHARDS: usize = 2;
/// Conversations that the vocabulary is learned from.
const VOCABULARY_CONVERSATIONS: usize = 12_000;

const WEIGHTS_STREAM: u64 = 1;
const VOCABULARY_STREAM: u64 = 2;
const STEPS_STREAM: u64 = 1 << 32;

pub struct Trainer {
    pub recipe: Recipe,
    pub tokenizer: Tokenizer,
    pub model: Model,
    optimizer: Optimizer,
    next_step: usize,
}

/// What one step reports.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    pub step: usize,
    /// Mean over the step's answer tokens.
    pub loss: f64,
    pub num_tokens: usize,
}

impl Trainer {
    pub fn new(recipe: Recipe) -> Self {
        let tokenizer = learn_vocabulary(&recipe);
        let layout = Layout::new(recipe.sizes);
        let weights = layout.initial_weights(&mut Random::stream(recipe.seed, WEIGHTS_STREAM));
        let optimizer = Optimizer::new(layout.num_weights);
        Self { recipe, tokenizer, model: Model::new(layout, weights), optimizer, next_step: 0 }
    }

    pub fn next_step(&self) -> usize {
        self.next_step
    }

    pub fn is_done(&self) -> bool {
        self.next_step >= self.recipe.num_steps
    }

    /// Trains one step on conversations that its number alone determines.
    pub fn step(&mut self) -> Progress {
        let shards = self.shards();
        let num_answers: usize = shards.iter().map(|batch| batch.answers.len()).sum();
        let scale = 1.0 / num_answers.max(1) as f32;
        let (loss, gradient) = summed(&self.model, &shards, scale);
        let share = self.recipe.rate_share(self.next_step);
        let rates = Rates { matrix: self.recipe.matrix_rate * share, table: self.recipe.table_rate * share };
        let Model { layout, weights, .. } = &mut self.model;
        self.optimizer.step(layout, weights, &gradient, rates);
        let num_tokens = shards.iter().map(|batch| batch.tokens.len()).sum();
        self.next_step += 1;
        Progress { step: self.next_step, loss: loss * f64::from(scale), num_tokens }
    }

    fn shards(&self) -> [Batch; NUM_SHARDS] {
        let mut random = Random::stream(self.recipe.seed, STEPS_STREAM + self.next_step as u64);
        let lesson = self.recipe.lesson(self.next_step);
        std::array::from_fn(|_| {
            let mut batch = Batch::default();
            while batch.tokens.len() < self.recipe.batch_tokens / NUM_SHARDS {
                let encoded = encode(&training_conversation(lesson, &mut random), &self.tokenizer);
                append(&mut batch, &encoded);
            }
            batch
        })
    }

    pub fn checkpoint(&self) -> Checkpoint {
        let Optimizer { first, second, num_steps: _ } = self.optimizer.clone();
        Checkpoint { step: self.next_step, weights: self.model.weights.clone(), first, second }
    }

    /// Goes on from `checkpoint`; fails where it is of a model of another size.
    pub fn resume(&mut self, checkpoint: Checkpoint) -> Result<(), String> {
        if checkpoint.weights.len() != self.model.layout.num_weights {
            return Err(format!(
                "the checkpoint has {} weights, the model has {}",
                checkpoint.weights.len(),
                self.model.layout.num_weights
            ));
        }
        self.next_step = checkpoint.step;
        self.model.weights = checkpoint.weights;
        self.optimizer =
            Optimizer { first: checkpoint.first, second: checkpoint.second, num_steps: checkpoint.step as i32 };
        Ok(())
    }
}

fn learn_vocabulary(recipe: &Recipe) -> Tokenizer {
    let mut random = Random::stream(recipe.seed, VOCABULARY_STREAM);
    let lesson = Lesson { echo_share: 0.0, list_share: 0.0, is_open: false, asks_all_countries: false };
    let conversations: Vec<_> =
        (0..VOCABULARY_CONVERSATIONS).map(|_| training_conversation(lesson, &mut random)).collect();
    let texts = conversations.iter().flatten().map(|message| message.text.as_str());
    Tokenizer::learn(texts, recipe.sizes.vocabulary)
}

fn append(batch: &mut Batch, encoded: &Encoded) {
    if encoded.tokens.len() > CONTEXT_TOKENS {
        return;
    }
    let start = batch.tokens.len();
    batch.tokens.extend(&encoded.tokens);
    batch.documents.push(start..batch.tokens.len());
    batch.answers.extend(encoded.answers.iter().map(|at| start + at));
}

/// Loss and gradient over all shards, each on a thread of its own, added up in their order.
fn summed(model: &Model, shards: &[Batch], scale: f32) -> (f64, Vec<f32>) {
    let run = |batch: &Batch| {
        let mut gradient = vec![0.0; model.layout.num_weights];
        let loss = model.loss(batch, scale, &mut gradient);
        (loss, gradient)
    };
    let mut results: Vec<(f64, Vec<f32>)> = std::thread::scope(|scope| {
        let handles: Vec<_> = shards.iter().map(|batch| scope.spawn(move || run(batch))).collect();
        handles
            .into_iter()
            .map(|handle| handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    let (mut loss, mut gradient) = results.remove(0);
    for (other_loss, other) in results {
        loss += other_loss;
        gradient.iter_mut().zip(other).for_each(|(sum, value)| *sum += value);
    }
    (loss, gradient)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Sizes;

    const TINY: Recipe = Recipe {
        name: "tiny",
        sizes: Sizes { vocabulary: 320, width: 32, num_layers: 2, num_heads: 2, hidden: 48 },
        seed: 5,
        num_steps: 30,
        num_echo_steps: 0,
        num_first_steps: 30,
        num_steps_without_lists: 0,
        num_steps_with_few_countries: 0,
        batch_tokens: 768,
        matrix_rate: 0.02,
        table_rate: 0.01,
    };

    fn losses(trainer: &mut Trainer, num_steps: usize) -> Vec<f64> {
        (0..num_steps).map(|_| trainer.step().loss).collect()
    }

    #[test]
    fn the_loss_falls_and_the_same_seed_gives_the_same_weights() {
        let mut first = Trainer::new(TINY);
        let mut second = Trainer::new(TINY);
        let course = losses(&mut first, 24);
        assert_eq!(course, losses(&mut second, 24));
        assert_eq!(first.model.weights, second.model.weights);
        let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
        let (early, late) = (mean(&course[..4]), mean(&course[20..]));
        assert!(late < 0.9 * early, "the loss fell from {early} to {late} only");
    }

    #[test]
    fn a_resumed_run_ends_where_an_unbroken_one_does() {
        let mut unbroken = Trainer::new(TINY);
        losses(&mut unbroken, 6);
        let mut broken = Trainer::new(TINY);
        losses(&mut broken, 3);
        let bytes = broken.checkpoint().to_bytes();
        let mut resumed = Trainer::new(TINY);
        resumed.resume(Checkpoint::from_bytes(&bytes).unwrap()).unwrap();
        losses(&mut resumed, 3);
        assert_eq!(unbroken.model.weights, resumed.model.weights);
    }
}
