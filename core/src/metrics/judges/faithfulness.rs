//! `faithfulness`: the share of the output's claims that the context supports.
//!
//! - Definition: the model lists the claims of the output, then says for each whether the passages support it, contradict it
//!   or do not mention it. Score = supported claims / claims.
//! - Range: 0 to 1; higher is better.
//! - Reads: the column `context`, a text or a list of passages; the row's question, where it has one, so that short answers
//!   can be read as claims.
//! - Settings: `context_column` (default `context`); `question_column` (default `question`; a column that is named must be
//!   there).
//! - Source: RAGAS (Es et al., "RAGAS: automated evaluation of retrieval augmented generation", EACL 2024), faithfulness.
//!   DeepEval's metric of this name counts claims that the context does not mention as faithful; ours does not.
//! - Unscored: an output in which the model finds no claim, a row without context, and answers as the folder's header says.

use super::claims::{self, SUPPORTED};
use super::columns::Column;
use super::dialogue::{Dialogue, Pause};
use super::verdicts::Verdict;
use super::{JudgeContext, Judged, Method};
use crate::metrics::scorers::options::Options;

pub(super) struct Faithfulness(Grounding);

/// The columns that an output is held against.
pub(super) struct Grounding {
    question: Column,
    context: Column,
}

impl Grounding {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        Ok(Self { question: Column::optional_question(options)?, context: Column::context(options)? })
    }

    pub(super) fn columns(&self) -> Vec<&str> {
        [&self.question, &self.context].into_iter().filter_map(Column::required).collect()
    }

    pub(super) fn judged(
        &self,
        context: &JudgeContext<'_>,
        dialogue: &mut Dialogue<'_>,
    ) -> Result<Vec<Verdict>, Pause> {
        let question = self.question.text(context.row)?;
        let passages = self.context.passages(context.row)?;
        claims::judged(dialogue, &question, context.output, &passages)
    }
}

impl Faithfulness {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        Grounding::new(options).map(Self)
    }
}

impl Method for Faithfulness {
    fn prompts(&self) -> &'static [&'static str] {
        claims::PROMPTS
    }

    fn columns(&self) -> Vec<&str> {
        self.0.columns()
    }

    fn judge(&self, context: &JudgeContext<'_>, dialogue: &mut Dialogue<'_>) -> Result<Judged, Pause> {
        let verdicts = self.0.judged(context, dialogue)?;
        Ok(claims::share(&verdicts, |claim| claim.verdict == SUPPORTED))
    }
}
