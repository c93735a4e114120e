//! Every judge that there is, one line each: its name in experiment files, the unit and direction of its numbers, and what
//! makes it from its settings and the name of the expected column.

use super::{
    Method, answer_relevancy, context_precision, context_recall, faithfulness, hallucination, judge, pairwise,
    task_completion,
};
use crate::metrics::scorers::options::Options;
use atelier_types::score::Direction::{self, HigherIsBetter, LowerIsBetter};
use atelier_types::score::Unit::{self, Number, Share};

type Make = fn(&mut Options<'_>, Option<&str>) -> Result<Box<dyn Method>, String>;

pub(super) struct Kind {
    pub name: &'static str,
    pub unit: Unit,
    pub direction: Direction,
    pub make: Make,
}

const fn kind(name: &'static str, unit: Unit, direction: Direction, make: Make) -> Kind {
    Kind { name, unit, direction, make }
}

pub(super) static KINDS: &[Kind] = &[
    kind("judge", Number, HigherIsBetter, |options, expected| Ok(Box::new(judge::Rubric::new(options, expected)?))),
    kind("pairwise", Share, HigherIsBetter, |options, expected| {
        Ok(Box::new(pairwise::Pairwise::new(options, expected)?))
    }),
    kind("faithfulness", Share, HigherIsBetter, |options, _| Ok(Box::new(faithfulness::Faithfulness::new(options)?))),
    kind("hallucination", Share, LowerIsBetter, |options, _| Ok(Box::new(hallucination::Hallucination::new(options)?))),
    kind("answer_relevancy", Share, HigherIsBetter, |options, _| {
        Ok(Box::new(answer_relevancy::AnswerRelevancy::new(options)?))
    }),
    kind("context_precision", Share, HigherIsBetter, |options, expected| {
        Ok(Box::new(context_precision::ContextPrecision::new(options, expected)?))
    }),
    kind("context_recall", Share, HigherIsBetter, |options, expected| {
        Ok(Box::new(context_recall::ContextRecall::new(options, expected)?))
    }),
    kind("task_completion", Share, HigherIsBetter, |options, _| {
        Ok(Box::new(task_completion::TaskCompletion::new(options)?))
    }),
];
