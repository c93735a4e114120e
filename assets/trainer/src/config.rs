//! Sizes of the shipped models and how each is trained.

use crate::tasks::Lesson;

/// Sizes of a Llama model. Heads attend with as many keys as queries, and the output shares the input's embeddings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    pub vocabulary: usize,
    pub width: usize,
    pub num_layers: usize,
    pub num_heads: usize,
    pub hidden: usize,
}

impl Sizes {
    pub fn head_width(&self) -> usize {
        self.width / self.num_heads
    }
}

pub const CONTEXT_TOKENS: usize = 512;
pub const NORM_EPSILON: f32 = 1e-5;
pub const ROPE_THETA: f32 = 10_000.0;

/// How one model is trained.
#[derive(Clone, Copy, Debug)]
pub struct Recipe {
    pub name: &'static str,
    pub sizes: Sizes,
    pub seed: u64,
    pub num_steps: usize,
    /// Steps over which the learning rate falls for the first time.
    pub num_first_steps: usize,
    /// Steps at the start that mostly teach to copy.
    pub num_echo_steps: usize,
    /// Steps before lists are to be written as JSON.
    pub num_steps_without_lists: usize,
    /// Steps before the countries that are held out are asked for by name.
    pub num_steps_with_few_countries: usize,
    /// Tokens of one step, over all its examples.
    pub batch_tokens: usize,
    pub matrix_rate: f32,
    pub table_rate: f32,
}

pub const VOCABULARY: usize = 1024;

pub const DEMO: Recipe = Recipe {
    name: "atelier-demo",
    sizes: Sizes { vocabulary: VOCABULARY, width: 192, num_layers: 4, num_heads: 6, hidden: 448 },
    seed: 7,
    num_steps: 3600,
    num_first_steps: 2400,
    num_echo_steps: 320,
    num_steps_without_lists: 1700,
    num_steps_with_few_countries: 1100,
    batch_tokens: 2560,
    matrix_rate: 0.01,
    table_rate: 0.003,
};

pub const MINI: Recipe = Recipe {
    name: "atelier-demo-mini",
    sizes: Sizes { vocabulary: VOCABULARY, width: 128, num_layers: 3, num_heads: 4, hidden: 320 },
    seed: 7,
    num_steps: 2400,
    num_first_steps: 900,
    num_echo_steps: 350,
    num_steps_without_lists: 350,
    num_steps_with_few_countries: 500,
    batch_tokens: 2048,
    matrix_rate: 0.01,
    table_rate: 0.003,
};

impl Recipe {
    pub fn by_name(name: &str) -> Option<Self> {
        [DEMO, MINI].into_iter().find(|recipe| recipe.name == name)
    }

    /// Repetition above all until copying is learned, then the tasks.
    pub fn lesson(&self, step: usize) -> Lesson {
        Lesson {
            echo_share: if step < self.num_echo_steps { 0.75 } else { 0.04 },
            list_share: if step < self.num_steps_without_lists { 0.0 } else { 0.15 },
            is_open: step >= self.num_first_steps,
            asks_all_countries: step >= self.num_steps_with_few_countries,
        }
    }

    /// Share of the full learning rate at `step`: a short rise, a plateau, and a straight fall over the last half. Steps
    /// after that begin at half the rate and fall once more.
    pub fn rate_share(&self, step: usize) -> f32 {
        let straight = |from: usize, to: usize| (to - step.min(to)) as f32 / (to - from) as f32;
        if step >= self.num_first_steps {
            let rise = (step - self.num_first_steps + 1) as f32 / 40.0;
            return 0.5 * rise.min(straight(self.num_first_steps, self.num_steps));
        }
        let rise = (step as f32 + 1.0) / 60.0;
        let fall = (self.num_first_steps - step) as f32 / (self.num_first_steps as f32 * 0.55);
        rise.min(1.0).min(fall)
    }
}
