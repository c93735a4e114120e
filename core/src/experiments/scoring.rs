//! The scorers of an experiment at work on one output: those that only compute, and those that ask somebody.

use super::asking::{Asking, total_usd};
use super::custom;
use super::gauge::Gauge;
use super::judging::{Judging, Kept};
use super::semantics::{Corpus, Measuring};
use super::tools::{Tool, Tools};
use crate::metrics::judges::{Judge, JudgeContext};
use crate::metrics::scorers::ScoreContext;
use crate::metrics::semantic::InverseDocumentFrequencies;
use crate::store::runs::RunShape;
use crate::store::scores::ScoreRecord;
use crate::workspace::prompt::{Bundle, Prompt};
use atelier_types::score::{NamedScore, Score};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::OnceCell;

pub(super) struct Scorers {
    gauges: Vec<Gauge>,
    /// Those that judges ask with are the last of their names.
    prompts: Vec<(Bundle, Arc<Prompt>)>,
    /// Of scorers that users wrote, by their place.
    tools: BTreeMap<u32, Tool>,
    /// How rare tokens are, for the scorers at these places that count them.
    frequencies: BTreeMap<u32, OnceCell<InverseDocumentFrequencies>>,
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
        let calls = self.judge_calls.iter().map(|(_, call)| call.cost_usd());
        total_usd(calls.chain([self.vectors_usd]))
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
        let counts = |gauge: &Gauge| matches!(gauge, Gauge::Semantic(scorer) if scorer.reads_frequencies());
        let counting = (0_u32..).zip(&gauges).filter(|(_, gauge)| counts(gauge));
        let frequencies = counting.map(|(number, _)| (number, OnceCell::new())).collect();
        Ok(Self { gauges, prompts, tools, frequencies })
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
    /// `run` is the one that the output is part of. `None` where it was cancelled; what was paid until then is there.
    pub async fn complete(
        &self,
        scored: &mut Scored,
        context: &JudgeContext<'_>,
        run: Option<&RunShape>,
        asking: &Asking<'_>,
    ) -> Option<()> {
        let judging = Judging { asking, prompts: &self.prompts };
        let Scored { scores, judge_calls, vectors_usd } = scored;
        for (number, (gauge, score)) in (0_u32..).zip(self.gauges.iter().zip(scores)) {
            match gauge {
                Gauge::Scorer(_) => {}
                Gauge::Semantic(scorer) => {
                    let corpus = run.zip(self.frequencies.get(&number));
                    let corpus = corpus.map(|(run, frequencies)| Corpus { run, frequencies });
                    let measuring = Measuring { scorer, corpus, asking, cost_usd: &mut *vectors_usd };
                    *score = measuring.measure(context.output, context.row).await?;
                }
                Gauge::Custom(scorer) => {
                    let Some(tool) = self.tools.get(&number) else { continue };
                    *score = custom::score(scorer, tool, context.output, context.row, asking.cancel).await?.into();
                }
                Gauge::Judge(judge) => {
                    let mut calls = Vec::new();
                    let judged = judging.judge(judge, context, &mut calls).await;
                    judge_calls.extend(calls.into_iter().map(|call| (number, call)));
                    *score = judged?;
                }
            }
        }
        Some(())
    }
}
