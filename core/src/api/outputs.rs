//! Verbs of `outputs`.

use super::{Result, Studio};
use atelier_types::api::*;
use atelier_types::diff::TextDiff;
use atelier_types::event::Tag;
use atelier_types::experiment::CellDetail;
use atelier_types::ids::CellId;

/// One output with its scores and receipt.
pub async fn show(studio: &Studio, request: CellRequest) -> Result<CellDetail> {
    studio.in_session(move |session| Ok(session.runs.cell_detail(request.cell)?)).await
}

/// The stored cell of a row, variant and repeat.
pub async fn find(studio: &Studio, request: FindCellRequest) -> Result<Option<CellId>> {
    studio.in_session(move |session| Ok(session.runs.find_cell(&request)?)).await
}

/// The difference of two outputs.
pub async fn diff(studio: &Studio, request: OutputDiffRequest) -> Result<TextDiff> {
    studio
        .in_session(move |session| {
            let texts = [session.runs.text_of(request.before)?, session.runs.text_of(request.after)?];
            Ok(crate::diff::diff(&texts[0], &texts[1]))
        })
        .await
}

/// Ask again for one output, past the cache.
pub async fn rerun(studio: &Studio, request: CellRequest) -> Result<CellDetail> {
    studio.session()?.runs.ask_again(request.cell).await?;
    studio.events().stale(&[Tag::Runs, Tag::Outputs]);
    show(studio, request).await
}
