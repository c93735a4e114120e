//! A judge at work on one output: its questions are rendered from their prompt files, sent like any other call, and the
//! answers handed back until there is a score.

use super::asking::{Asking, is_worth_retrying};
use crate::calls::{Call, Finished};
use crate::metrics::judges::{Answer, Judge, JudgeContext, Judged, Question, Round, Step, score_logprobs};
use crate::store::Store;
use crate::store::outputs::{self, Answer as StoredAnswer};
use crate::store::scores::ScoreRecord;
use crate::workspace::prompt::{Bundle, Prompt};
use atelier_types::ids::PromptName;
use atelier_types::output::Output;
use atelier_types::prompt::Message;
use atelier_types::provider::{ErrorCategory, FinishReason, Params};
use atelier_types::score::NamedScore;
use std::sync::Arc;

/// The prompts that a run knows by name, its judges' last.
pub(super) type Prompts = [(Bundle, Arc<Prompt>)];

/// A call that is over, with the row that keeps its output. What was paid for is kept at once, since a cell is recorded
/// only when all its judges are done; a run that stops before finds it in the cache when it goes on, and has counted
/// what it cost.
pub(super) struct Kept {
    pub finished: Finished,
    pub row: Option<i64>,
    repeat: u32,
}

impl Kept {
    /// An output that cannot be stored now is tried again when the cell is recorded, which says what is wrong.
    pub async fn keep(store: &Store, finished: Finished, repeat: u32) -> Self {
        if finished.stored.is_some() || finished.output.error.is_some() {
            return Self::unkept(finished, repeat);
        }
        let (output, trace) = (finished.output.clone(), finished.trace.clone());
        let insert =
            move |transaction: &rusqlite::Transaction<'_>| outputs::insert(transaction, &output, repeat, &trace);
        Self { row: store.queue(insert).await.ok(), finished, repeat }
    }

    /// That is not kept yet.
    pub fn unkept(finished: Finished, repeat: u32) -> Self {
        Self { row: finished.stored, finished, repeat }
    }

    pub fn answer(&self) -> StoredAnswer<'_> {
        let Finished { output, trace, .. } = &self.finished;
        StoredAnswer { output, trace, repeat: self.repeat, stored: self.row }
    }

    /// `None` where the store answered or no price is known.
    pub fn cost_usd(&self) -> Option<f64> {
        self.finished.output.receipt.cost_usd.filter(|_| self.finished.stored.is_none())
    }
}

/// Tokens in whose place a judge's score could have stood that are asked for: all that every provider with log-probabilities
/// gives.
const NUM_ALTERNATIVES: u32 = 5;

/// Who asks, and with which prompts.
pub(super) struct Judging<'a> {
    pub asking: &'a Asking<'a>,
    pub prompts: &'a Prompts,
}

impl Judging<'_> {
    /// `None` where it was cancelled. Everything else that goes wrong is a reason to be unscored. `calls` gets those
    /// that it took, also when it is cancelled in between.
    pub async fn judge(&self, judge: &Judge, context: &JudgeContext<'_>, calls: &mut Vec<Kept>) -> Option<ScoreRecord> {
        let mut rounds = Vec::new();
        loop {
            let questions = match judge.next(context, &rounds) {
                Step::Ask(questions) => questions,
                Step::Done(judged) => return Some(score_record(judge, judged, calls)),
            };
            let mut round = Round::default();
            for question in questions {
                let repeat = question.repeat;
                let answer = match self.call(question) {
                    Err(reason) => Answer::Failed(reason),
                    Ok(call) => {
                        let finished = self.asking.models.call(call, self.asking.cancel).await;
                        let answer = answer_of(&finished.output)?;
                        calls.push(Kept::keep(self.asking.store, finished, repeat).await);
                        answer
                    }
                };
                round.answers.push(answer);
            }
            rounds.push(round);
        }
    }

    fn call(&self, question: Question) -> Result<Call, String> {
        // Equal outputs are judged once; repeats of a cell are independent answers and no independent judgements.
        let Question { model, prompt: name, inputs, schema, wants_logprobs, repeat } = question;
        let (bundle, prompt) = find(self.prompts, &name).ok_or_else(|| format!("There is no prompt `{name}`"))?;
        let messages = prompt.render(&inputs).map_err(|problem| format!("`{name}`: {}", problem.message))?;
        let top_logprobs = wants_logprobs.then_some(NUM_ALTERNATIVES);
        let params = Params { json_schema: Some(schema), top_logprobs, ..prompt.model().options.clone() };
        Ok(Call {
            prompt: Some(name),
            version: Some(bundle.version.clone()),
            model,
            messages,
            params,
            repeat,
            use_cache: self.asking.use_cache,
        })
    }
}

fn score_record(judge: &Judge, judged: Judged, calls: &[Kept]) -> ScoreRecord {
    let Judged { score, explanation, detail } = judged;
    let may_pass = |call: &Kept| call.finished.output.error.as_ref().is_some_and(is_worth_retrying);
    ScoreRecord {
        is_retryable: score.number().is_none() && calls.iter().any(may_pass),
        named: NamedScore { name: judge.info().name.clone(), score, explanation },
        detail: Some(detail).filter(|detail| !detail.is_null()),
    }
}

/// The last of that name: an experiment may also run a judge's prompt at another version.
fn find<'a>(prompts: &'a Prompts, name: &PromptName) -> Option<&'a (Bundle, Arc<Prompt>)> {
    prompts.iter().rev().find(|(bundle, _)| bundle.name == *name)
}

/// `None` where the call was cancelled.
fn answer_of(output: &Output) -> Option<Answer> {
    Some(match (&output.error, &output.receipt.finish) {
        (Some(error), _) => match error.category {
            ErrorCategory::Cancelled => return None,
            ErrorCategory::ContentRefused => Answer::Refused(error.message.clone()),
            _ => Answer::Failed(error.to_string()),
        },
        (None, Some(FinishReason::Length)) => Answer::Cut(output.text.clone()),
        (None, Some(FinishReason::ContentFilter)) => Answer::Refused(output.text.clone()),
        (None, _) => Answer::Text { text: output.text.clone(), score_logprobs: score_logprobs(&output.logprobs) },
    })
}

/// The messages that an output answers, each under its role.
pub(super) fn task(messages: &[Message]) -> String {
    let parts = messages.iter().map(|message| format!("{}:\n{}", message.role.word(), message.content));
    parts.collect::<Vec<_>>().join("\n\n")
}
