//! Verbs of `outputs`.

use super::{Result, Studio};
use crate::diff;
use crate::metrics::scorers::without_fence;
use atelier_types::api::*;
use atelier_types::diff::{JsonDiff, OutputDiff};
use atelier_types::event::Tag;
use atelier_types::experiment::{CellDetail, RepeatSummary};
use serde_json::Value;

/// One output with its scores and receipt.
pub async fn show(studio: &Studio, request: CellRequest) -> Result<CellDetail> {
    studio.in_session(move |session| Ok(session.runs.cell_detail(request.cell)?)).await
}

/// All repeats of one row for one variant.
pub async fn repeats(studio: &Studio, request: RepeatsRequest) -> Result<Vec<RepeatSummary>> {
    studio.in_session(move |session| Ok(session.runs.repeats(&request)?)).await
}

/// The difference of two outputs: by words, as JSON, and where they part.
pub async fn diff(studio: &Studio, request: OutputDiffRequest) -> Result<OutputDiff> {
    studio
        .in_session(move |session| {
            let (before, after) = (session.runs.text_of(request.before)?, session.runs.text_of(request.after)?);
            Ok(OutputDiff {
                text: diff::diff(&before, &after),
                json: json_diff(&before, &after),
                divergence: diff::divergence(&before, &after),
            })
        })
        .await
}

/// Inside a code fence too, as models like to write it.
fn json_diff(before: &str, after: &str) -> JsonDiff {
    let parsed = |text: &str, side: &str| {
        let parsed = serde_json::from_str::<Value>(without_fence(text));
        parsed.map_err(|err| format!("The {side}'s output is not JSON: {err}."))
    };
    match (parsed(before, "baseline"), parsed(after, "candidate")) {
        (Ok(before), Ok(after)) => JsonDiff::Compared(diff::diff_json(&before, &after)),
        (Err(reason), _) | (_, Err(reason)) => JsonDiff::NotJson(reason),
    }
}

/// Ask again for one output, past the cache.
pub async fn rerun(studio: &Studio, request: CellRequest) -> Result<CellDetail> {
    studio.session()?.runs.ask_again(request.cell).await?;
    studio.events().stale(&[Tag::Runs, Tag::Outputs]);
    show(studio, request).await
}
