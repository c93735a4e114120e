//! A run's stored outputs, for what is made from a run: review sets and exports.

use super::{Result, Studio, outputs};
use atelier_types::api::{CellRequest, GridRequest, RunShowRequest};
use atelier_types::experiment::{CellDetail, RowFilter, RunDetail, Variant};
use atelier_types::ids::{CellId, RunId, VariantId};

const PAGE_ROWS: u32 = 200;

/// Which cells of a run are wanted.
pub(super) struct Wanted<'a> {
    /// All where this is empty.
    pub variants: &'a [VariantId],
    pub is_first_repeat_enough: bool,
}

pub(super) async fn detail(studio: &Studio, run: &RunId) -> Result<RunDetail> {
    let request = RunShowRequest { run: run.clone(), baseline: None };
    studio.in_session(move |session| Ok(session.runs.detail(&request)?)).await
}

/// All finished cells that are wanted, by row, variant and repeat.
pub(super) async fn cells(studio: &Studio, run: &RunId, wanted: &Wanted<'_>) -> Result<Vec<CellDetail>> {
    let known = detail(studio, run).await?.variants;
    let is_wanted: Vec<bool> =
        known.iter().map(|known| wanted.variants.is_empty() || wanted.variants.contains(&known.variant.id)).collect();
    let mut found = Vec::new();
    let mut offset = 0;
    loop {
        let request = page_request(run, offset);
        let page = studio.in_session(move |session| Ok(session.runs.grid(&request)?)).await?;
        if page.rows.is_empty() {
            return Ok(found);
        }
        offset += page.rows.len() as u32;
        for row in page.rows {
            let of_wanted = row.cells.into_iter().zip(&is_wanted).filter(|(_, is_wanted)| **is_wanted);
            for cell in of_wanted.flat_map(|(cells, _)| cells) {
                let is_repeat_wanted = cell.repeat == 0 || !wanted.is_first_repeat_enough;
                if let (Some(cell), true) = (cell.id, is_repeat_wanted) {
                    found.push(self::cell(studio, cell).await?);
                }
            }
        }
    }
}

pub(super) async fn cell(studio: &Studio, cell: CellId) -> Result<CellDetail> {
    outputs::show(studio, CellRequest { cell }).await
}

fn page_request(run: &RunId, offset: u32) -> GridRequest {
    GridRequest {
        run: run.clone(),
        baseline: None,
        filter: RowFilter::All,
        find: String::new(),
        offset,
        limit: PAGE_ROWS,
    }
}

/// `classify v3 on small, temperature 0.2`
pub(super) fn title(variant: &Variant) -> String {
    let mut title = format!("{} {} on {}", variant.prompt, variant.version_title, variant.model);
    if !variant.params_title.is_empty() {
        title.push_str(", ");
        title.push_str(&variant.params_title);
    }
    title
}
