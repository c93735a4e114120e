//! One model's questions and answers, replayed: asking gives the answer where it is there, and stops the judge where not.
//!
//! An answer in which no JSON object can be read is asked for once more with `judges/repair`, which gets that answer and
//! the schema and nothing of what is judged. An object that can be read and does not follow the schema is not repaired:
//! whoever repaired a score outside its scale would have to make one up.

use super::answers::{Malformed, object_in};
use super::{Answer, Question};
use crate::metrics::scorers::Schema;
use atelier_types::JsonMap;
use atelier_types::ids::ModelName;
use serde_json::{Value, json};

pub(super) const REPAIR_PROMPT: &str = "judges/repair";

/// Why a judge stops before it has a score.
#[derive(Debug)]
pub(super) enum Pause {
    Ask(Vec<Question>),
    Unscored(String),
}

pub(super) fn unscored(reason: impl Into<String>) -> Pause {
    Pause::Unscored(reason.into())
}

pub(super) struct Dialogue<'a> {
    model: &'a ModelName,
    rounds: std::slice::Iter<'a, Vec<&'a Answer>>,
}

/// An answer that follows its question's schema.
#[derive(Debug)]
pub(super) struct Reading {
    pub fields: JsonMap,
    pub score_logprobs: Option<Vec<(String, f64)>>,
}

impl Reading {
    /// A text that the schema demands.
    pub fn text(&self, key: &str) -> &str {
        self.fields.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// A number that the schema demands.
    pub fn number(&self, key: &str) -> Result<f64, Pause> {
        let number = self.fields.get(key).and_then(Value::as_f64);
        number.ok_or_else(|| unscored(format!("The judge gave no number `{key}`")))
    }

    /// A list that the schema demands.
    pub fn list(&self, key: &str) -> &[Value] {
        self.fields.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }
}

impl<'a> Dialogue<'a> {
    pub fn new(model: &'a ModelName, rounds: &'a [Vec<&'a Answer>]) -> Self {
        Self { model, rounds: rounds.iter() }
    }

    /// A question whose answer is an object with exactly these properties, in this order.
    pub fn question<const I: usize, const P: usize>(
        &self,
        prompt: &str,
        inputs: [(&str, Value); I],
        properties: [(&str, Value); P],
    ) -> Question {
        Question {
            model: self.model.clone(),
            prompt: prompt.into(),
            inputs: inputs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            schema: object_schema(properties),
            wants_logprobs: false,
            repeat: 0,
        }
    }

    pub fn ask_one(&mut self, question: Question) -> Result<Reading, Pause> {
        let readings = self.ask(vec![question])?;
        readings.into_iter().next().ok_or_else(|| unscored("The judge gave no answer"))
    }

    /// The answers to all of these, in their order.
    pub fn ask(&mut self, questions: Vec<Question>) -> Result<Vec<Reading>, Pause> {
        let Some(answers) = self.rounds.next() else { return Err(Pause::Ask(questions)) };
        let first: Vec<Result<Reading, Malformed>> =
            questions.iter().zip(answers).map(|(question, answer)| read(question, answer)).collect::<Result<_, _>>()?;
        let malformed = || first.iter().zip(&questions).filter_map(|(read, asked)| Some((asked, read.as_ref().err()?)));
        let repairs: Vec<Question> = malformed().map(|(asked, malformed)| self.repair(asked, malformed)).collect();
        let mut repaired = if repairs.is_empty() { Vec::new() } else { self.ask_again(repairs)? }.into_iter();
        let readings = first.into_iter().map(|read| match read {
            Ok(reading) => Ok(reading),
            Err(malformed) => repaired.next().ok_or_else(|| unscored(malformed.reason)),
        });
        readings.collect()
    }

    fn ask_again(&mut self, repairs: Vec<Question>) -> Result<Vec<Reading>, Pause> {
        let Some(answers) = self.rounds.next() else { return Err(Pause::Ask(repairs)) };
        let readings = repairs.iter().zip(answers).map(|(question, answer)| {
            read(question, answer)?
                .map_err(|malformed| unscored(format!("{}, also when asked again", malformed.reason)))
        });
        readings.collect()
    }

    fn repair(&self, asked: &Question, malformed: &Malformed) -> Question {
        let inputs = [("answer", json!(malformed.text)), ("schema", json!(asked.schema.to_string()))];
        let repair = self.question(REPAIR_PROMPT, inputs, []);
        Question { schema: asked.schema.clone(), ..repair }
    }
}

/// The outer error ends the judgement, the inner one can be repaired.
fn read(question: &Question, answer: &Answer) -> Result<Result<Reading, Malformed>, Pause> {
    let (text, score_logprobs) = match answer {
        Answer::Text { text, score_logprobs } => (text, score_logprobs),
        Answer::Cut(_) => return Err(unscored("The judge's answer was cut off at its limit of tokens")),
        Answer::Refused(reason) => return Err(unscored(because("The judge refused to answer", reason))),
        Answer::Failed(reason) => return Err(unscored(because("The judge gave no answer", reason))),
    };
    let fields = match object_in(text) {
        Ok(fields) => fields,
        Err(malformed) => return Ok(Err(malformed)),
    };
    let schema = Schema::compile(&question.schema).map_err(unscored)?;
    let value = Value::Object(fields);
    if let Some(fault) = schema.fault(&value) {
        return Err(unscored(format!("The judge's answer is not of the form that was asked for: {fault}")));
    }
    let Value::Object(fields) = value else { return Err(unscored("The judge's answer is no object")) };
    Ok(Ok(Reading { fields, score_logprobs: score_logprobs.clone() }))
}

fn because(what: &str, reason: &str) -> String {
    if reason.is_empty() { what.to_owned() } else { format!("{what}: {reason}") }
}

/// Every property is demanded and no other one allowed: the common ground of what providers can enforce.
pub(super) fn object_schema<const P: usize>(properties: [(&str, Value); P]) -> Value {
    let required: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
    let required = json!(required);
    let properties: JsonMap = properties.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}
