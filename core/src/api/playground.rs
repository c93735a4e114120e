//! Verbs of `playground`: one draft on several models at once. Text arrives as events; a finished output is stored, with
//! its receipt and trace, before it is shown as done.

use super::{EventHub, Result, Session, Studio};
use crate::calls::{Call, Caller, Finished};
use crate::store::{StoreError, outputs};
use crate::workspace::prompt::{self, Bundle};
use atelier_types::api::{Nothing, PlaygroundCancelRequest, PlaygroundRequest, RowRef};
use atelier_types::error::{ApiError, Diagnostic, ErrorKind};
use atelier_types::event::{Event, Tag};
use atelier_types::ids::{ModelName, PlaygroundId};
use atelier_types::output::Output;
use atelier_types::prompt::Inputs;
use atelier_types::provider::{ErrorCategory, ProviderError, StreamEvent};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio_util::sync::CancellationToken;

const ID_DIGITS: usize = 16;

/// Rounds that are under way, each with one pane a model. Cloning shares it.
#[derive(Clone, Default)]
pub(super) struct Rounds(Arc<Mutex<HashMap<PlaygroundId, HashMap<ModelName, CancellationToken>>>>);

impl Rounds {
    fn open(&self) -> MutexGuard<'_, HashMap<PlaygroundId, HashMap<ModelName, CancellationToken>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, round: &PlaygroundId, model: &ModelName) -> CancellationToken {
        let cancel = CancellationToken::new();
        self.open().entry(round.clone()).or_default().insert(model.clone(), cancel.clone());
        cancel
    }

    fn end(&self, round: &PlaygroundId, model: &ModelName) {
        let mut open = self.open();
        if let Some(panes) = open.get_mut(round) {
            panes.remove(model);
            if panes.is_empty() {
                open.remove(round);
            }
        }
    }

    /// `None` cancels every model of the round. What is over already stays as it is.
    fn cancel(&self, round: &PlaygroundId, model: Option<&ModelName>) {
        let open = self.open();
        let panes = open.get(round).into_iter().flatten();
        panes.filter(|(name, _)| model.is_none_or(|model| model == *name)).for_each(|(_, cancel)| cancel.cancel());
    }
}

/// Run a draft on several models at once; answers arrive as events.
pub async fn run(studio: &Studio, request: PlaygroundRequest) -> Result<PlaygroundId> {
    let models = distinct(&request.models);
    if models.is_empty() {
        return Err(ApiError::new(ErrorKind::Invalid, "playground.no_model", "No model is chosen")
            .with_action("Choose at least one model to run the draft on."));
    }
    let session = studio.session()?;
    let drafted = session.clone();
    let (caller, call) = studio.blocking(move || Ok((drafted.caller()?, draft(&drafted, request)?))).await?;
    let round = PlaygroundId(studio.env().random.hex(ID_DIGITS));
    for model in models {
        let pane = Pane {
            cancel: studio.rounds().begin(&round, &model),
            events: studio.events().clone(),
            rounds: studio.rounds().clone(),
            session: session.clone(),
            round: round.clone(),
            model: model.clone(),
        };
        let call = Call { model, ..call.clone() };
        tokio::spawn(pane.fill(caller.clone(), call));
    }
    Ok(round)
}

/// Stop one model or all of a round.
pub async fn cancel(studio: &Studio, request: PlaygroundCancelRequest) -> Result<Nothing> {
    studio.rounds().cancel(&request.playground, request.model.as_ref());
    Ok(Nothing {})
}

/// In their order, each once: a model that is chosen twice has one pane.
fn distinct(models: &[ModelName]) -> Vec<ModelName> {
    let mut distinct = Vec::new();
    for model in models {
        if !distinct.contains(model) {
            distinct.push(model.clone());
        }
    }
    distinct
}

/// The call that the draft makes, with the model left open.
fn draft(session: &Session, request: PlaygroundRequest) -> Result<Call> {
    let PlaygroundRequest { name, text, inputs, row, models: _, params } = request;
    let inputs = with_row(session, inputs, row)?;
    let read_fragment = |name: &_| session.workspace.read(&prompt::file_of(name)).ok();
    let bundle = Bundle::resolve(name.clone(), text, &read_fragment);
    let prompt = bundle.parse().map_err(|problems| unusable(problems.into_iter().next()))?;
    let messages = prompt.render(&inputs).map_err(|problem| unusable(Some(problem)))?;
    Ok(Call {
        prompt: Some(name),
        version: Some(bundle.version),
        model: ModelName::default(),
        messages,
        params: params.or(&prompt.model().options),
        repeat: 0,
        // Who presses run again wants to see another answer.
        use_cache: false,
    })
}

/// The row's values, and over them what was typed.
pub(super) fn with_row(session: &Session, inputs: Inputs, row: Option<RowRef>) -> Result<Inputs> {
    let Some(RowRef { dataset, index }) = row else { return Ok(inputs) };
    let rows = session.workspace.dataset(&dataset)?;
    let Some(row) = rows.rows.get(index as usize) else {
        let message = format!("The dataset `{dataset}` has no row {}", u64::from(index) + 1);
        return Err(ApiError::new(ErrorKind::NotFound, "dataset.no_row", message).with_action("Choose another row."));
    };
    let mut values = row.values.clone();
    values.extend(inputs);
    Ok(values)
}

fn unusable(problem: Option<Diagnostic>) -> ApiError {
    match problem {
        Some(problem) => ApiError {
            action: problem.action,
            ..ApiError::new(ErrorKind::Invalid, &problem.code, problem.message).at(problem.location)
        },
        None => ApiError::new(ErrorKind::Invalid, "prompt.unusable", "The draft cannot be run"),
    }
}

/// One model's part of a round.
struct Pane {
    session: Arc<Session>,
    events: EventHub,
    rounds: Rounds,
    round: PlaygroundId,
    model: ModelName,
    cancel: CancellationToken,
}

impl Pane {
    async fn fill(self, caller: Caller, call: Call) {
        let on_event = |event: &StreamEvent| {
            if let StreamEvent::Delta { text } = event {
                self.events.publish(Event::PlaygroundDelta {
                    playground: self.round.clone(),
                    model: self.model.clone(),
                    text: text.clone(),
                });
            }
        };
        let finished = caller.call(call, &on_event, &self.cancel).await;
        let output = self.store(finished).await;
        self.rounds.end(&self.round, &self.model);
        self.events.publish(Event::PlaygroundDone {
            playground: self.round,
            model: self.model,
            output: Box::new(output),
        });
        // Speeds and "last used" are read from outputs.
        self.events.stale(&[Tag::Outputs, Tag::Models]);
    }

    /// The output as it may be shown: one that could not be stored says so, and keeps its text.
    async fn store(&self, finished: Finished) -> Output {
        let output = finished.output.clone();
        let insert = move |transaction: &rusqlite::Transaction<'_>| {
            outputs::insert(transaction, &finished.output, 0, &finished.trace)
        };
        match self.session.store.queue(insert).await {
            Ok(_) => output,
            Err(err) => Output { error: Some(output.error.unwrap_or_else(|| not_stored(err))), ..output },
        }
    }
}

fn not_stored(err: StoreError) -> ProviderError {
    let err = ApiError::from(err);
    ProviderError {
        category: ErrorCategory::Protocol,
        status: None,
        message: format!("The answer came and could not be stored: {err}"),
        provider_code: Some(err.code),
    }
}

#[cfg(test)]
mod tests;
