//! `context_recall`: the share of the expected answer's claims that the context supports. It rates what was retrieved, not
//! the output.
//!
//! - Definition: the model lists the claims of the expected answer, then says for each whether the passages support it,
//!   contradict it or do not mention it. Score = supported claims / claims.
//! - Range: 0 to 1; higher is better.
//! - Reads: the column `context`, a text or a list of passages; the row's expected column; the row's question, where it has
//!   one.
//! - Settings: `context_column` (default `context`); `question_column` (default `question`; a column that is named must be
//!   there).
//! - Source: RAGAS and DeepEval (contextual recall), which share the formula: attributable statements of the reference /
//!   its statements.
//! - Unscored: an expected answer in which the model finds no claim, a row without context or expected answer, and answers
//!   as the folder's header says.

use super::claims::{self, SUPPORTED};
use super::columns::Column;
use super::dialogue::{Dialogue, Pause};
use super::{JudgeContext, Judged, Method};
use crate::metrics::scorers::options::Options;

pub(super) struct ContextRecall {
    question: Column,
    context: Column,
    expected: Column,
}

impl ContextRecall {
    pub(super) fn new(options: &mut Options<'_>, expected: Option<&str>) -> Result<Self, String> {
        Ok(Self {
            question: Column::optional_question(options)?,
            context: Column::context(options)?,
            expected: Column::expected(expected),
        })
    }
}

impl Method for ContextRecall {
    fn prompts(&self) -> &'static [&'static str] {
        claims::PROMPTS
    }

    fn columns(&self) -> Vec<&str> {
        [&self.question, &self.context, &self.expected].into_iter().filter_map(Column::required).collect()
    }

    fn judge(&self, context: &JudgeContext<'_>, dialogue: &mut Dialogue<'_>) -> Result<Judged, Pause> {
        let question = self.question.text(context.row)?;
        let passages = self.context.passages(context.row)?;
        let expected = self.expected.text(context.row)?;
        let verdicts = claims::judged(dialogue, &question, &expected, &passages)?;
        Ok(claims::share(&verdicts, |claim| claim.verdict == SUPPORTED))
    }
}
