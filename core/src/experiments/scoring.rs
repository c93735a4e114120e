//! The scorers of an experiment at work on one output: those that only compute, and those that ask somebody.

use super::asking::Asking;
use super::gauge::Gauge;
use super::judging::{Judging, Kept};
use super::tools::{Tool, Tools};
use super::{custom, semantics};
use crate::metrics::judges::{Judge, JudgeContext};
use crate::metrics::scorers::ScoreContext;
use crate::store::scores::ScoreRecord;
use crate::workspace::prompt::{Bundle, Prompt};
use atelier_types::score::{NamedScore, Score};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) struct Scorers {
    gauges: Vec<Gauge>,
    /// Those that judges ask with are the last of their names.
    prompts: Vec<(Bundle, Arc<Prompt>)>,
    /// Of scorers that users wrote, by their place.
    tools: BTreeMap<u32, Tool>,
}

/// The scores of an output, in the order of the scorers.
#[derive(Default)]
pub(super) struct Scored {
    pub scores: Vec<ScoreRecord>,
    /// What judges were asked, with the places of their scorers.
    pub judge_calls: Vec<(u32, Kept)>,
    /// Of vectors that were asked for.
    vectors_usd: Option<f64>,
}

impl Scored {
    /// What was paid for it now. `None` where no price is known.
    pub fn cost_usd(&self) -> Option<f64> {
        let calls = self.judge_calls.iter().filter_map(|(_, call)| call.cost_usd());
        calls.chain(self.vectors_usd).reduce(|sum, cost| sum + cost)
    }
}

impl Scorers {
    /// `scripts` are the files of users' scripts. The error is a sentence about a scorer that cannot be used.
    pub fn new(
        gauges: Vec<Gauge>,
        prompts: Vec<(Bundle, Arc<Prompt>)>,
        scripts: &BTreeMap<String, Vec<u8>>,
        at_hand: &Tools,
    ) -> Result<Self, String> {
        let tool = |(number, gauge): (u32, &Gauge)| match gauge {
            Gauge::Custom(scorer) => Some(at_hand.tool(scorer.source(), scripts).map(|tool| (number, tool))),
            _ => None,
        };
        let tools = (0_u32..).zip(&gauges).filter_map(tool).collect::<Result<_, String>>()?;
        Ok(Self { gauges, prompts, tools })
    }

    /// Whether all of them only compute.
    pub fn are_plain(&self) -> bool {
        self.gauges.iter().all(|gauge| matches!(gauge, Gauge::Scorer(_)))
    }

    /// Whether a judge compares outputs with the baseline's.
    pub fn read_baseline(&self) -> bool {
        self.gauges.iter().filter_map(Gauge::judge).any(Judge::reads_baseline)
    }

    /// The scores of those that only compute. The others have none yet.
    pub fn plain(&self, context: &ScoreContext<'_>) -> Scored {
        let score = |gauge: &Gauge| match gauge {
            Gauge::Scorer(scorer) => scorer.score(context),
            Gauge::Semantic(_) | Gauge::Custom(_) | Gauge::Judge(_) => {
                let (name, score) = (gauge.info().name.clone(), Score::unscored("It was not asked"));
                NamedScore { name, score, explanation: None }
            }
        };
        Scored { scores: self.gauges.iter().map(|gauge| score(gauge).into()).collect(), ..Scored::default() }
    }

    /// Fills in what [`Self::plain`] leaves open, one after the other, so that there is never more than one call in flight.
    /// `None` where it was cancelled.
    pub async fn complete(
        &self,
        mut scored: Scored,
        context: &JudgeContext<'_>,
        asking: &Asking<'_>,
    ) -> Option<Scored> {
        let judging = Judging { asking, prompts: &self.prompts };
        for (number, (gauge, score)) in (0_u32..).zip(self.gauges.iter().zip(&mut scored.scores)) {
            match gauge {
                Gauge::Scorer(_) => {}
                Gauge::Semantic(scorer) => {
                    let measured = semantics::measure(scorer, context.output, context.row, asking).await?;
                    *score = measured.score;
                    let costs = scored.vectors_usd.into_iter().chain(measured.cost_usd);
                    scored.vectors_usd = costs.reduce(|sum, cost| sum + cost);
                }
                Gauge::Custom(scorer) => {
                    let Some(tool) = self.tools.get(&number) else { continue };
                    *score = custom::score(scorer, tool, context.output, context.row, asking.cancel).await?.into();
                }
                Gauge::Judge(judge) => {
                    let verdict = judging.judge(judge, context).await?;
                    *score = verdict.score;
                    scored.judge_calls.extend(verdict.calls.into_iter().map(|call| (number, call)));
                }
            }
        }
        Some(scored)
    }
}
