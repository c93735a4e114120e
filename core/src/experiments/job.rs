//! A run's plan made ready to work on: prompts compiled, scorers checked, and how one cell is asked, scored and
//! recorded.

use super::models::Models;
use super::plan::{PreparedPrompt, is_of};
use super::{ExperimentError, Result};
use crate::calls::{Call, Finished};
use crate::metrics::scorers::{Schema, ScoreContext, Scorer};
use crate::store::cells::{self, Answer, CellEnd, CellRecord, Effort};
use crate::store::runs::{CellPlace, RunPlan, RunShape};
use crate::store::traces::TraceRecord;
use crate::store::{Store, StoreError};
use crate::workspace::prompt::{Bundle, Prompt};
use atelier_types::JsonMap;
use atelier_types::error::Diagnostic;
use atelier_types::experiment::{ExperimentSpec, Variant};
use atelier_types::ids::PromptName;
use atelier_types::output::{Output, Receipt};
use atelier_types::provider::{ErrorCategory, Params, ProviderError};
use atelier_types::score::NamedScore;
use atelier_types::time::MillisSinceEpoch;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// A text of this size is scored beside the async threads.
const HEAVY_TEXT_BYTES: usize = 16 * 1024;

pub(super) struct Job {
    pub shape: RunShape,
    pub spec: ExperimentSpec,
    pub variants: Vec<JobVariant>,
    scorers: Vec<Scorer>,
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
pub(super) fn kept_bundles(prompts: &[PreparedPrompt]) -> Result<String> {
    let kept: Vec<KeptBundle> = prompts
        .iter()
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
    Called {
        finished: Box<Finished>,
        scores: Vec<NamedScore>,
    },
    /// The row does not fit the prompt. What is recorded says so, as a call that was never sent.
    Unrendered {
        finished: Box<Finished>,
        code: String,
    },
    Cancelled,
}

impl Attempt {
    pub fn error(&self) -> Option<&ProviderError> {
        match self {
            Self::Called { finished, .. } | Self::Unrendered { finished, .. } => finished.output.error.as_ref(),
            Self::Cancelled => None,
        }
    }
}

impl Job {
    pub fn new(shape: RunShape, plan: RunPlan) -> Result<Self> {
        let bad_plan = |reason: String| ExperimentError::BadPlan { reason };
        let kept: Vec<KeptBundle> = serde_json::from_str(&plan.bundles).map_err(|err| bad_plan(err.to_string()))?;
        let mut prompts = Vec::new();
        for KeptBundle { name, text, fragments } in kept {
            let bundle = Bundle::resolve(name, text, &|fragment| fragments.get(fragment).cloned());
            let prompt = bundle.parse().map_err(|problems| bad_plan(in_words(&problems)))?;
            prompts.push((bundle, Arc::new(prompt)));
        }
        let variants = plan.variants.into_iter().map(|variant| {
            let found = prompts.iter().find(|(bundle, _)| is_of(bundle, &variant));
            let (_, prompt) = found.ok_or_else(|| bad_plan(format!("`{}` has no text", variant.prompt)))?;
            JobVariant::new(variant, prompt.clone())
        });
        let variants = variants.collect::<Result<_>>()?;
        let scorers = plan.spec.scorers.iter().map(Scorer::new).collect::<std::result::Result<_, _>>();
        Ok(Self { shape, variants, scorers: scorers.map_err(bad_plan)?, spec: plan.spec })
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

    /// Renders, calls and scores. Nothing is recorded.
    pub async fn attempt(
        self: &Arc<Self>,
        models: &dyn Models,
        place: CellPlace,
        inputs: &Arc<JsonMap>,
        use_cache: bool,
        cancel: &CancellationToken,
    ) -> Attempt {
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
            use_cache,
        };
        let finished = models.call(call, cancel).await;
        match &finished.output.error {
            Some(error) if error.category == ErrorCategory::Cancelled => Attempt::Cancelled,
            Some(_) => Attempt::Called { finished: Box::new(finished), scores: Vec::new() },
            None => self.scored(Box::new(finished), place.variant, inputs).await,
        }
    }

    async fn scored(self: &Arc<Self>, finished: Box<Finished>, variant: u32, inputs: &Arc<JsonMap>) -> Attempt {
        if finished.output.text.len() < HEAVY_TEXT_BYTES {
            let scores = self.scores(&finished.output.text, variant, inputs);
            return Attempt::Called { finished, scores };
        }
        let (job, inputs) = (self.clone(), inputs.clone());
        let scored = tokio::task::spawn_blocking(move || {
            let scores = job.scores(&finished.output.text, variant, &inputs);
            Attempt::Called { finished, scores }
        });
        // It only fails where the runtime is shutting down.
        scored.await.unwrap_or(Attempt::Cancelled)
    }

    fn scores(&self, text: &str, variant: u32, inputs: &JsonMap) -> Vec<NamedScore> {
        let output_schema = self.variants[variant as usize].output_schema.as_ref();
        let context = ScoreContext { output: text, row: inputs, output_schema };
        self.scorers.iter().map(|scorer| scorer.score(&context)).collect()
    }

    /// Records an attempt, durably when this answers. A cancelled one leaves nothing to record.
    pub async fn record(
        &self,
        store: &Store,
        place: CellPlace,
        attempt: Attempt,
    ) -> std::result::Result<(), StoreError> {
        let (finished, scores, end) = match attempt {
            Attempt::Cancelled => return Ok(()),
            Attempt::Called { finished, scores } => {
                let end = end_of(&finished);
                (finished, scores, end)
            }
            Attempt::Unrendered { finished, code } => {
                let message = finished.output.error.as_ref().map(|error| error.message.clone()).unwrap_or_default();
                (finished, Vec::new(), CellEnd::Failed { code, message, is_retryable: false })
            }
        };
        let preview = cells::preview(&finished.output.text);
        let cell_record = CellRecord { end, output: None, preview, effort: effort_of(&finished.output) };
        let (cell, repeat) = (self.shape.cell(place), place.repeat);
        let write = store.queue(move |transaction| {
            let Finished { output, stored, trace } = &*finished;
            let answer = Answer { output, trace, repeat, stored: *stored };
            cells::record_answer(transaction, cell, answer, cell_record, &scores)
        });
        write.await
    }
}

impl JobVariant {
    fn new(variant: Variant, prompt: Arc<Prompt>) -> Result<Self> {
        let model = prompt.model();
        let output_schema = model.output_schema.as_ref().map(Schema::compile).transpose();
        Ok(Self {
            params: variant.params.clone().or(&model.options),
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
        let output = Output { text: String::new(), reasoning: String::new(), error: Some(error), receipt };
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

/// Whether a resumed run asks again. Beside what may pass by itself: what a person mends before resuming (a key, a
/// model's entry, a server that answered nonsense). What a model turned down it will turn down again.
fn is_worth_retrying(error: &ProviderError) -> bool {
    let was_sent = error.status.is_some();
    match error.category {
        ErrorCategory::Auth | ErrorCategory::Protocol => true,
        ErrorCategory::BadRequest => !was_sent,
        _ => error.category.is_retryable(),
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
