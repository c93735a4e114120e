//! Lines of texts from anywhere, scored as a run scores its outputs.
//!
//! Beside what scorers read of a row, a judge of pairs compares a line's output with its `baseline`, and a judge that looks
//! at the task reads its `task`.

use super::asking::Asking;
use super::gauge::Gauge;
use super::plan::PreparedPrompt;
use super::scoring::Scorers;
use super::{Runs, Tools};
use crate::metrics::judges::JudgeContext;
use crate::metrics::scorers::{Line, NO_OUTPUT, spec_of_lines};
use atelier_types::ids::ScorerName;
use atelier_types::score::{Score, ScoredLine, ScorerSpec};
use futures_util::{StreamExt, stream};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Lines that are worked on at a time; models bound it further.
const LINES_AT_ONCE: usize = 8;

/// Scorers for lines.
pub struct LineScorers {
    scorers: Scorers,
    names: Vec<ScorerName>,
}

impl LineScorers {
    /// The error is a sentence about the settings.
    pub fn new(
        specs: Vec<ScorerSpec>,
        judge_prompts: Vec<PreparedPrompt>,
        scripts: &BTreeMap<String, Vec<u8>>,
        tools: &Tools,
    ) -> Result<Self, String> {
        let gauges = specs.into_iter().map(|spec| Gauge::new(&spec_of_lines(spec)));
        let gauges = gauges.collect::<Result<Vec<Gauge>, String>>()?;
        let names = gauges.iter().map(|gauge| gauge.info().name.clone()).collect();
        let prompts = judge_prompts.into_iter().map(|one| (one.bundle, Arc::new(one.prompt))).collect();
        Ok(Self { scorers: Scorers::new(gauges, prompts, scripts, tools)?, names })
    }
}

impl Runs {
    /// In the order of the lines. What judges answered is kept, and taken from the store where it is asked for again.
    pub async fn score_lines(&self, scorers: &LineScorers, lines: Vec<Line>) -> Vec<ScoredLine> {
        let each = lines.into_iter().map(|line| self.score_line(scorers, line));
        stream::iter(each).buffered(LINES_AT_ONCE).collect().await
    }

    async fn score_line(&self, scorers: &LineScorers, line: Line) -> ScoredLine {
        let scores = match self.scores_of(scorers, &line).await {
            Some(scores) => scores,
            None => scorers.names.iter().map(|name| (name.clone(), Score::unscored(NO_OUTPUT))).collect(),
        };
        line.scored(scores)
    }

    async fn scores_of(&self, scorers: &LineScorers, line: &Line) -> Option<Vec<(ScorerName, Score)>> {
        let context = line.context()?;
        let text = |key: &str| context.row.get(key).and_then(Value::as_str);
        let judged = JudgeContext {
            output: context.output,
            baseline_output: text("baseline"),
            row: context.row,
            task: text("task").unwrap_or_default(),
        };
        let cancel = CancellationToken::new();
        let asking = Asking { models: &*self.parts.models, store: &self.parts.store, use_cache: true, cancel: &cancel };
        let mut scored = scorers.scorers.plain(&context);
        scorers.scorers.complete(&mut scored, &judged, None, &asking).await?;
        Some(scored.scores.into_iter().map(|record| (record.named.name, record.named.score)).collect())
    }
}
