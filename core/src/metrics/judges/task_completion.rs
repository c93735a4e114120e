//! `task_completion`: how far the output does what the messages asked for.
//!
//! - Definition: the model reads the messages as the task and the output as its outcome, gives its reason, and then a number
//!   from 0 (nothing of it was done) to 1 (all of it was done).
//! - Range: 0 to 1; higher is better.
//! - Reads: the output and the messages that it answers.
//! - Settings: `task`, a text that says the task where the messages do not.
//! - Source: DeepEval, task completion: an alignment score of task and outcome. DeepEval has a model find both in a trace;
//!   here they are known.
//! - Unscored: answers as the folder's header says.

use super::dialogue::{Dialogue, Pause};
use super::{JudgeContext, Judged, Method};
use crate::metrics::scorers::options::Options;
use atelier_types::score::Score;
use serde_json::{Value, json};

const PROMPT: &str = "judges/task-completion";

pub(super) struct TaskCompletion {
    task: Option<String>,
}

impl TaskCompletion {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        match options.text("task")? {
            Some(task) if task.trim().is_empty() => Err("`task` must not be empty".to_owned()),
            task => Ok(Self { task: task.map(str::to_owned) }),
        }
    }
}

impl Method for TaskCompletion {
    fn prompts(&self) -> &'static [&'static str] {
        &[PROMPT]
    }

    fn columns(&self) -> Vec<&str> {
        Vec::new()
    }

    fn judge(&self, context: &JudgeContext<'_>, dialogue: &mut Dialogue<'_>) -> Result<Judged, Pause> {
        let task = self.task.as_deref().unwrap_or(context.task);
        let inputs = [("task", json!(task)), ("output", json!(context.output))];
        let score = json!({"type": "number", "minimum": 0, "maximum": 1});
        let properties = [("reason", json!({"type": "string"})), ("score", score)];
        let reading = dialogue.ask_one(dialogue.question(PROMPT, inputs, properties))?;
        Ok(Judged {
            score: Score::Number(reading.number("score")?),
            explanation: Some(reading.text("reason").to_owned()),
            detail: Value::Null,
        })
    }
}
