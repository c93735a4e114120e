//! A run's plan made ready to work on: prompts compiled, scorers checked, and how one cell is asked, scored and
//! recorded.

use super::asking::{Asking, is_worth_retrying, total_usd};
use super::gauge::Gauge;
use super::judging::{self, Kept};
use super::plan::{PreparedPrompt, is_of};
use super::scoring::{Scored, Scorers};
use super::tools::Tools;
use super::{ExperimentError, Result};
use crate::calls::{Call, Finished};
use crate::metrics::judges::JudgeContext;
use crate::metrics::scorers::{Schema, ScoreContext};
use crate::store::cells::{self, CellEnd, CellRecord, Effort, Scoring};
use crate::store::judge_calls::JudgeCall;
use crate::store::runs::{self, CellPlace, Change, RunPlan, RunShape};
use crate::store::traces::TraceRecord;
use crate::store::{Store, StoreError, outputs};
use crate::workspace::prompt::{Bundle, Prompt};
use atelier_types::JsonMap;
use atelier_types::error::Diagnostic;
use atelier_types::experiment::{ExperimentSpec, Variant};
use atelier_types::ids::PromptName;
use atelier_types::output::{Output, Receipt};
use atelier_types::provider::{ErrorCategory, Params, ProviderError};
use atelier_types::time::MillisSinceEpoch;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A text of this size is scored beside the async threads.
const HEAVY_TEXT_BYTES: usize = 16 * 1024;

pub(super) struct Job {
    pub shape: RunShape,
    pub spec: ExperimentSpec,
    pub variants: Vec<JobVariant>,
    scorers: Scorers,
}

pub(super) struct JobVariant {
    pub variant: Variant,
    prompt: Arc<Prompt>,
    /// The variant's own, and what the prompt says where they are silent.
    params: Params,
    output_schema: Option<Schema>,
}

/// A prompt's text as a run keeps it.
#[derive(Serialize, Deserialize)]
struct KeptBundle {
    name: PromptName,
    text: String,
    fragments: BTreeMap<PromptName, String>,
}

/// The prompts' texts as a run keeps them.
pub(super) fn kept_bundles<'a>(prompts: impl IntoIterator<Item = &'a PreparedPrompt>) -> Result<String> {
    let kept: Vec<KeptBundle> = prompts
        .into_iter()
        .map(|prepared| KeptBundle {
            name: prepared.bundle.name.clone(),
            text: prepared.bundle.text.clone(),
            fragments: prepared.bundle.fragments.clone(),
        })
        .collect();
    serde_json::to_string(&kept).map_err(|err| ExperimentError::BadPlan { reason: err.to_string() })
}

/// What became of one attempt at a cell.
pub(super) enum Attempt {
    /// It was called, and answered or failed.
    Called(Box<Called>),
    /// The row does not fit the prompt. What is recorded says so, as a call that was never sent.
    Unrendered { finished: Box<Finished>, code: String },
    /// It was not brought to its end, and is asked again; what was paid for it is in the store.
    Cancelled { cost_usd: Option<f64> },
}

/// An answer with its scores.
pub(super) struct Called {
    pub answer: Kept,
    scored: Scored,
}

impl Called {
    fn unscored(finished: Finished, repeat: u32) -> Box<Self> {
        let answer = Kept::unkept(finished, repeat);
        Box::new(Self { answer, scored: Scored::default() })
    }

    /// Of the answer and its scores, as far as this run paid for them. `None` where no price is known.
    pub fn cost_usd(&self) -> Option<f64> {
        total_usd([self.answer.cost_usd(), self.scored.cost_usd()])
    }
}

impl Attempt {
    pub fn error(&self) -> Option<&ProviderError> {
        match self {
            Self::Called(called) => called.answer.finished.output.error.as_ref(),
            Self::Unrendered { finished, .. } => finished.output.error.as_ref(),
            Self::Cancelled { .. } => None,
        }
    }
}

impl Job {
    pub fn new(shape: RunShape, plan: RunPlan, tools: &Tools) -> Result<Self> {
        let bad_plan = |reason: String| ExperimentError::BadPlan { reason };
        let kept: Vec<KeptBundle> = serde_json::from_str(&plan.bundles).map_err(|err| bad_plan(err.to_string()))?;
        let mut prompts = Vec::new();
        for KeptBundle { name, text, fragments } in kept {
            let bundle = Bundle::resolve(name, text, &|fragment| fragments.get(fragment).cloned());
            let prompt = bundle.parse().map_err(|problems| bad_plan(in_words(&problems)))?;
            prompts.push((bundle, Arc::new(prompt)));
        }
        let gauges = plan.spec.scorers.iter().map(Gauge::new).collect::<std::result::Result<Vec<_>, _>>();
        let gauges = gauges.map_err(bad_plan)?;
        let reads_logprobs = gauges.iter().any(Gauge::reads_logprobs);
        let variants = plan.variants.into_iter().map(|variant| {
            let found = prompts.iter().find(|(bundle, _)| is_of(bundle, &variant));
            let (_, prompt) = found.ok_or_else(|| bad_plan(format!("`{}` has no text", variant.prompt)))?;
            JobVariant::new(variant, prompt.clone(), reads_logprobs)
        });
        let variants = variants.collect::<Result<_>>()?;
        let scorers = Scorers::new(gauges, prompts, &plan.scripts, tools).map_err(bad_plan)?;
        Ok(Self { shape, variants, scorers, spec: plan.spec })
    }

    /// What a row gives a prompt: its columns, and the experiment's values where it has no column.
    pub fn inputs(&self, row: JsonMap) -> JsonMap {
        if self.spec.inputs.is_empty() {
            return row;
        }
        let mut inputs = self.spec.inputs.clone();
        inputs.extend(row);
        inputs
    }

    /// Renders, calls and scores. The cell is not recorded.
    pub async fn attempt(self: &Arc<Self>, asking: &Asking<'_>, place: CellPlace, inputs: &Arc<JsonMap>) -> Attempt {
        let variant = &self.variants[place.variant as usize];
        let messages = match variant.prompt.render(inputs) {
            Ok(messages) => messages,
            Err(diagnostic) => return variant.unrendered(diagnostic),
        };
        let call = Call {
            prompt: Some(variant.variant.prompt.clone()),
            version: Some(variant.variant.version.clone()),
            model: variant.variant.model.clone(),
            messages,
            params: variant.params.clone(),
            repeat: place.repeat,
            use_cache: asking.use_cache,
        };
        let finished = asking.models.call(call, asking.cancel).await;
        let called = match &finished.output.error {
            Some(error) if error.category == ErrorCategory::Cancelled => return Attempt::Cancelled { cost_usd: None },
            Some(_) => return Attempt::Called(Called::unscored(finished, place.repeat)),
            None => self.scored(Called::unscored(finished, place.repeat), place.variant, inputs).await,
        };
        match called {
            Some(called) if self.scorers.are_plain() => Attempt::Called(called),
            Some(called) => self.completed(called, asking, place, inputs).await,
            None => Attempt::Cancelled { cost_usd: None },
        }
    }

    /// With the scores of plain scorers; the others are not there yet. `None` where the runtime is shutting down.
    async fn scored(
        self: &Arc<Self>,
        mut called: Box<Called>,
        variant: u32,
        inputs: &Arc<JsonMap>,
    ) -> Option<Box<Called>> {
        if called.answer.finished.output.text.len() < HEAVY_TEXT_BYTES {
            called.scored = self.scored_here(&called.answer.finished.output, variant, inputs);
            return Some(called);
        }
        let (job, inputs) = (self.clone(), inputs.clone());
        let scored = tokio::task::spawn_blocking(move || {
            called.scored = job.scored_here(&called.answer.finished.output, variant, &inputs);
            called
        });
        scored.await.ok()
    }

    fn scored_here(&self, output: &Output, variant: u32, row: &JsonMap) -> Scored {
        let output_schema = self.variants[variant as usize].output_schema.as_ref();
        self.scorers.plain(&ScoreContext { output: &output.text, row, output_schema, logprobs: &output.logprobs })
    }

    /// Asks whoever has to be asked for the scores that are missing.
    async fn completed(&self, called: Box<Called>, asking: &Asking<'_>, place: CellPlace, row: &JsonMap) -> Attempt {
        let Called { answer, mut scored } = *called;
        let answer = Kept::keep(asking.store, answer.finished, place.repeat).await;
        let baseline = self.baseline_output(asking.store, place);
        let output = &answer.finished.output;
        let task = judging::task(&output.receipt.messages);
        let context = JudgeContext { output: &output.text, baseline_output: baseline.as_deref(), row, task: &task };
        let is_complete = self.scorers.complete(&mut scored, &context, Some(&self.shape), asking).await.is_some();
        let called = Box::new(Called { answer, scored });
        if is_complete { Attempt::Called(called) } else { Attempt::Cancelled { cost_usd: called.cost_usd() } }
    }

    /// Whether a judge compares outputs with those of the first variant.
    pub fn reads_baseline(&self) -> bool {
        self.scorers.read_baseline()
    }

    /// The first variant's output for the same row and repeat; nothing for that variant itself.
    fn baseline_output(&self, store: &Store, place: CellPlace) -> Option<String> {
        if place.variant == 0 || !self.reads_baseline() {
            return None;
        }
        let cell = self.shape.cell(CellPlace { variant: 0, ..place });
        let read = store.read(|connection| match cells::get(connection, cell)?.and_then(|row| row.record.output) {
            Some(output) => outputs::get(connection, output),
            None => Ok(None),
        });
        read.ok().flatten().filter(|output| output.error.is_none()).map(|output| output.text)
    }

    /// Records an attempt, durably when this answers. Of a cancelled one only what it cost.
    pub async fn record(
        &self,
        store: &Store,
        place: CellPlace,
        attempt: Attempt,
    ) -> std::result::Result<(), StoreError> {
        let (called, end) = match attempt {
            Attempt::Cancelled { cost_usd: None } => return Ok(()),
            Attempt::Cancelled { cost_usd } => {
                let (run, change) = (self.shape.key, Change { cost_usd, ..Change::default() });
                return store.queue(move |transaction| runs::count(transaction, run, change).map(drop)).await;
            }
            Attempt::Called(called) => {
                let end = end_of(&called.answer.finished);
                (called, end)
            }
            Attempt::Unrendered { finished, code } => {
                let message = finished.output.error.as_ref().map(|error| error.message.clone()).unwrap_or_default();
                (Called::unscored(*finished, place.repeat), CellEnd::Failed { code, message, is_retryable: false })
            }
        };
        let output = &called.answer.finished.output;
        let preview = cells::preview(&output.text);
        let cell_record = CellRecord { end, output: None, preview, effort: effort_of(output) };
        let cell = self.shape.cell(place);
        let write = store.queue(move |transaction| {
            let calls = called.scored.judge_calls.iter();
            let judge_calls: Vec<_> =
                calls.map(|(scorer, kept)| JudgeCall { scorer: *scorer, answer: kept.answer() }).collect();
            let answer = called.answer.answer();
            let scoring =
                Scoring { scores: &called.scored.scores, judge_calls: &judge_calls, cost_usd: called.cost_usd() };
            cells::record_answer(transaction, cell, answer, cell_record, scoring)
        });
        write.await
    }
}

impl JobVariant {
    fn new(variant: Variant, prompt: Arc<Prompt>, reads_logprobs: bool) -> Result<Self> {
        let model = prompt.model();
        let mut params = variant.params.clone().or(&model.options);
        params.top_logprobs = params.top_logprobs.or(reads_logprobs.then_some(0));
        let output_schema = model.output_schema.as_ref().map(Schema::compile).transpose();
        Ok(Self {
            params,
            output_schema: output_schema.map_err(|reason| ExperimentError::BadPlan { reason })?,
            prompt,
            variant,
        })
    }
}

impl JobVariant {
    fn unrendered(&self, diagnostic: Diagnostic) -> Attempt {
        let receipt = Receipt {
            prompt: Some(self.variant.prompt.clone()),
            version: Some(self.variant.version.clone()),
            messages: Vec::new(),
            model: self.variant.model.clone(),
            provider: String::new(),
            requested_model: String::new(),
            reported_model: None,
            params: self.params.clone(),
            request_hash: String::new(),
            identity: JsonMap::new(),
            finish: None,
            usage: None,
            started_at: MillisSinceEpoch::default(),
            first_token_millis: None,
            latency_millis: 0.0,
            num_tries: 0,
            cost_usd: None,
            atelier_version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let error = ProviderError {
            category: ErrorCategory::BadRequest,
            status: None,
            provider_code: Some(diagnostic.code.clone()),
            message: diagnostic.message,
        };
        let output =
            Output { text: String::new(), reasoning: String::new(), logprobs: Vec::new(), error: Some(error), receipt };
        let finished = Finished { output, stored: None, trace: TraceRecord::default() };
        Attempt::Unrendered { finished: Box::new(finished), code: diagnostic.code }
    }
}

fn in_words(problems: &[Diagnostic]) -> String {
    problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join("; ")
}

fn end_of(finished: &Finished) -> CellEnd {
    match (&finished.output.error, finished.stored) {
        (Some(error), _) => CellEnd::Failed {
            code: error.category.code().to_owned(),
            message: error.to_string(),
            is_retryable: is_worth_retrying(error),
        },
        (None, Some(_)) => CellEnd::Stored,
        (None, None) => CellEnd::New,
    }
}

fn effort_of(output: &Output) -> Effort {
    let receipt = &output.receipt;
    Effort {
        latency_millis: output.error.is_none().then_some(receipt.latency_millis),
        num_prompt_tokens: receipt.usage.map(|usage| usage.num_prompt_tokens),
        num_completion_tokens: receipt.usage.map(|usage| usage.num_completion_tokens),
        cost_usd: receipt.cost_usd,
    }
}
