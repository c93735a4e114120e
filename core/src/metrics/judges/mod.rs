//! Judges: scorers that ask a model. One file a judge, its manual page as the file's header.
//!
//! What always holds:
//! - A judge sends nothing and reads no file. It plans questions, each the name of a prompt file with its inputs and the
//!   JSON Schema of the answer; whoever runs it renders and sends them and hands the answers back.
//! - [`Judge::next`] is a pure function of the output, the row and all answers so far, so an interrupted judgement goes on
//!   where it stopped. There are at most two rounds a step of a judge: asking, and asking once more for readable JSON.
//! - What is judged is only ever the value of an input. An answer that goes beyond what was asked (a score outside the
//!   scale, a key too many, a verdict for an item that nobody asked about) leaves the output unscored with the reason;
//!   nothing is clamped. So does a judge that refuses, fails or is cut off.
//! - Several models, and repeats of one, judge apart from each other. The score is their mean; one of them without a score leaves the output
//!   unscored, since a mean of whoever is left is a mean of other judges from row to row.
//!
//! Which judges there are stands in [`kinds`], one line each. Settings of all: `model`, or `models` for several; `repeats`
//! (default 1), how often each judges one output, so that it is seen how far it agrees with itself.

mod answer_relevancy;
mod answers;
mod calibration;
mod claims;
mod columns;
mod context_precision;
mod context_recall;
mod criteria;
mod dialogue;
mod faithfulness;
mod hallucination;
mod judge;
mod judged_cells;
mod kinds;
mod logprobs;
mod pairwise;
mod panel;
mod prompts;
mod task_completion;
mod verdicts;

#[cfg(test)]
mod tests;

pub use calibration::calibrate;
pub use judged_cells::JudgedCells;
pub use logprobs::score_logprobs;
pub use pairwise::ordered_pairs;
pub use panel::repeats_of;
pub use prompts::{builtin_prompt, builtin_prompts};

use crate::metrics::scorers::options::Options;
use atelier_types::JsonMap;
use atelier_types::experiment::ScorerInfo;
use atelier_types::ids::{ModelName, PromptName};
use atelier_types::prompt::Inputs;
use atelier_types::score::{Score, ScorerSpec};
use dialogue::{Dialogue, Pause};
use panel::Voice;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a judge looks at.
#[derive(Clone, Copy)]
pub struct JudgeContext<'a> {
    pub output: &'a str,
    /// The baseline's output for the same row; only pairwise judges read it.
    pub baseline_output: Option<&'a str>,
    pub row: &'a JsonMap,
    /// The messages that the output answers, as text.
    pub task: &'a str,
}

/// One call of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    pub model: ModelName,
    pub prompt: PromptName,
    /// Exactly the inputs that the built-in prompt of this name declares.
    pub inputs: Inputs,
    /// JSON Schema that the answer must follow.
    pub schema: Value,
    /// The judge can use [`Answer::Text::score_logprobs`]; it does without where a provider gives none.
    pub wants_logprobs: bool,
    /// Number of the repeat, counted from 0: repeats are independent answers.
    pub repeat: u32,
}

/// What came back for one question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Text {
        text: String,
        /// The tokens that could have stood in place of the score, with their log-probabilities: [`score_logprobs`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        score_logprobs: Option<Vec<(String, f64)>>,
    },
    /// The answer so far; it reached the limit of tokens.
    Cut(String),
    /// In the provider's words.
    Refused(String),
    /// Why there is no answer.
    Failed(String),
}

#[cfg(test)]
impl Answer {
    fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into(), score_logprobs: None }
    }
}

/// The answers to one [`Step::Ask`], in the order of its questions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Round {
    pub answers: Vec<Answer>,
}

/// What is to be done next.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// All of these can be sent at once.
    Ask(Vec<Question>),
    Done(Judged),
}

/// What a judge said about one output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    pub score: Score,
    pub explanation: Option<String>,
    /// What the score was made of: `judges`, a list with the model, score, explanation and detail of each; null where
    /// nothing was judged.
    pub detail: Value,
}

impl Judged {
    fn unscored(reason: impl Into<String>) -> Self {
        Self { score: Score::unscored(reason), explanation: None, detail: Value::Null }
    }
}

/// A judge with its settings.
pub struct Judge {
    info: ScorerInfo,
    models: Vec<ModelName>,
    voices: Vec<Voice>,
    method: Box<dyn Method>,
}

/// What one judge does with one model. It is run from the start each time and stops where an answer is missing.
trait Method: Send + Sync {
    /// Without `judges/repair`, which every judge may need.
    fn prompts(&self) -> &'static [&'static str];

    /// Dataset columns that must be there.
    fn columns(&self) -> Vec<&str>;

    /// The least and the largest score.
    fn range(&self) -> (f64, f64) {
        (0.0, 1.0)
    }

    /// Whether it reads [`JudgeContext::baseline_output`].
    fn reads_baseline(&self) -> bool {
        false
    }

    fn judge(&self, context: &JudgeContext<'_>, dialogue: &mut Dialogue<'_>) -> Result<Judged, Pause>;
}

impl Judge {
    /// Names as they stand in experiment files.
    pub fn names() -> impl Iterator<Item = &'static str> {
        kinds::KINDS.iter().map(|kind| kind.name)
    }

    /// Checks the settings. The error is a sentence that names the setting.
    pub fn new(spec: &ScorerSpec) -> Result<Self, String> {
        let Some(kind) = kinds::KINDS.iter().find(|kind| kind.name == spec.scorer.as_str()) else {
            let names: Vec<&str> = Self::names().collect();
            return Err(format!("There is no judge `{}`; there are {}", spec.scorer, names.join(", ")));
        };
        let mut options = Options::new(&spec.options);
        let models = panel::models(&mut options)?;
        let voices = panel::voices(&models, &mut options)?;
        let method = (kind.make)(&mut options, spec.expected.as_deref())?;
        options.refuse_unknown(kind.name)?;
        let info = ScorerInfo {
            name: spec.result_name().clone(),
            unit: kind.unit,
            direction: kind.direction,
            is_check: false,
        };
        Ok(Self { info, models, voices, method })
    }

    pub fn info(&self) -> &ScorerInfo {
        &self.info
    }

    /// The models that judge, in the order of the setting.
    pub fn models(&self) -> &[ModelName] {
        &self.models
    }

    /// How often each of them judges one output.
    pub fn num_repeats(&self) -> u32 {
        self.voices.last().map_or(1, |last| last.repeat + 1)
    }

    /// The prompt files that its questions name.
    pub fn prompts(&self) -> Vec<&'static str> {
        self.own_prompts().iter().copied().chain([dialogue::REPAIR_PROMPT]).collect()
    }

    /// As [`Self::prompts`], without the one that repairs answers.
    pub fn own_prompts(&self) -> &'static [&'static str] {
        self.method.prompts()
    }

    /// The dataset columns that must be there.
    pub fn columns(&self) -> Vec<&str> {
        self.method.columns()
    }

    /// The least and the largest score.
    pub fn range(&self) -> (f64, f64) {
        self.method.range()
    }

    /// Whether it compares the output with the baseline's, so that the baseline has to be answered first.
    pub fn reads_baseline(&self) -> bool {
        self.method.reads_baseline()
    }

    pub fn begin(&self, context: &JudgeContext<'_>) -> Step {
        self.next(context, &[])
    }

    /// What follows from the answers to all questions so far.
    pub fn next(&self, context: &JudgeContext<'_>, so_far: &[Round]) -> Step {
        panel::next(&self.voices, so_far, |model, rounds| {
            let mut dialogue = Dialogue::new(model, rounds);
            match self.method.judge(context, &mut dialogue) {
                Ok(judged) => Step::Done(judged),
                Err(Pause::Ask(questions)) => Step::Ask(questions),
                Err(Pause::Unscored(reason)) => Step::Done(Judged::unscored(reason)),
            }
        })
    }
}

/// A number in few digits.
fn short(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
