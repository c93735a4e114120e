//! `answer_relevancy`: the share of the output's statements that belong to an answer of the question.
//!
//! - Definition: the model takes the output apart into statements, then says for each whether it is relevant to the
//!   question: yes, no, or unsure where it does not answer by itself and supports what does. Score = statements that are not
//!   irrelevant / statements. Whether they are true does not count.
//! - Range: 0 to 1; higher is better.
//! - Reads: the column `question`.
//! - Settings: `question_column` (default `question`).
//! - Source: DeepEval, answer relevancy, which counts unsure as relevant too. RAGAS's metric of this name is another one:
//!   the mean cosine of embeddings between the question and questions that a model makes back from the answer, and 0 for
//!   answers that avoid to commit; it needs an embedding model and is not given here.
//! - Unscored: an output without a statement, a row without a question, and answers as the folder's header says.

use super::columns::Column;
use super::dialogue::{Dialogue, Pause, unscored};
use super::verdicts;
use super::{JudgeContext, Judged, Method};
use crate::metrics::scorers::options::Options;
use atelier_types::score::Score;
use serde_json::json;

const STATEMENTS_PROMPT: &str = "judges/statements";
const VERDICTS_PROMPT: &str = "judges/statement-relevance";
const IRRELEVANT: &str = "no";

pub(super) struct AnswerRelevancy {
    question: Column,
}

impl AnswerRelevancy {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        Ok(Self { question: Column::question(options)? })
    }
}

impl Method for AnswerRelevancy {
    fn prompts(&self) -> &'static [&'static str] {
        &[STATEMENTS_PROMPT, VERDICTS_PROMPT]
    }

    fn columns(&self) -> Vec<&str> {
        self.question.required().into_iter().collect()
    }

    fn judge(&self, context: &JudgeContext<'_>, dialogue: &mut Dialogue<'_>) -> Result<Judged, Pause> {
        let question = self.question.text(context.row)?;
        let list = ("statements", json!({"type": "array", "items": {"type": "string"}}));
        let inputs = [("output", json!(context.output))];
        let reading = dialogue.ask_one(dialogue.question(STATEMENTS_PROMPT, inputs, [list]))?;
        let statements = verdicts::lines(reading.list("statements"));
        let inputs = [("question", json!(question)), ("statements", json!(statements))];
        if statements.is_empty() {
            return Err(unscored("The judge found no statement"));
        }
        let words = verdicts::property(&["yes", IRRELEVANT, "unsure"]);
        let reading = dialogue.ask_one(dialogue.question(VERDICTS_PROMPT, inputs, [words]))?;
        let verdicts = verdicts::of(&reading, statements)?;
        let share = verdicts::share(&verdicts, |statement| statement.verdict != IRRELEVANT);
        let share = share.ok_or_else(|| unscored("The judge found no statement"))?;
        let beside = verdicts.iter().find(|statement| statement.verdict == IRRELEVANT);
        Ok(Judged {
            score: Score::Number(share),
            explanation: beside.map(|statement| format!("Not relevant: {} ({})", statement.item, statement.reason)),
            detail: json!({ "statements": verdicts }),
        })
    }
}
