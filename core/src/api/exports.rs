//! Verbs of `exports`.

use super::run_outputs::{self, Wanted};
use super::{Result, Studio, reviews};
use crate::export::{self, Material, Opinion, Preference, Record, Said, Written};
use crate::reviews::{Mapping, names};
use crate::workspace::{check_name, write_whole};
use atelier_types::api::{ExportPreview, ExportRequest, ExportSource, Exported, FreezeRequest};
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::event::Tag;
use atelier_types::experiment::CellDetail;
use atelier_types::export::ExportFormat;
use atelier_types::ids::{CellId, ReviewSetName, RunId, VariantId};
use atelier_types::review::{Answer, ItemMapping, PairChoice, Rating};
use atelier_types::score::ScorerSpec;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// As much of a file as a preview shows.
const NUM_PREVIEW_LETTERS: usize = 4000;

/// What an export would hold.
pub async fn preview(studio: &Studio, request: ExportRequest) -> Result<ExportPreview> {
    let written = written(studio, &request).await?;
    let head = written.text.chars().take(NUM_PREVIEW_LETTERS).collect();
    Ok(ExportPreview { num_records: written.num_records, head })
}

/// Write an export to a file.
pub async fn write(studio: &Studio, request: ExportRequest) -> Result<Exported> {
    if request.path.trim().is_empty() {
        return Err(ApiError::new(ErrorKind::Invalid, "export.no_path", "There is no file to write to")
            .with_action("Name a file."));
    }
    let written = written(studio, &request).await?;
    studio
        .in_session(move |session| {
            // A path that is not absolute starts at the workspace.
            let path = session.workspace.root().join(&request.path);
            write_file(&path, written)
        })
        .await
}

/// Freeze a run or its rated part as an eval set in the workspace.
pub async fn freeze(studio: &Studio, request: FreezeRequest) -> Result<Exported> {
    check_name(&request.name)?;
    let FreezeRequest { name, source, rated_only } = request;
    let export = ExportRequest {
        source: source.clone(),
        format: ExportFormat::Jsonl,
        rated_only,
        variants: Vec::new(),
        path: String::new(),
    };
    let written = written(studio, &export).await?;
    let frozen_at = studio.env().clock.now();
    let exported = studio
        .in_session(move |session| {
            let folder = format!("evalsets/{name}");
            let (about, records) = (format!("{folder}/evalset.toml"), format!("{folder}/records.jsonl"));
            if session.workspace.exists(&about) {
                let message = format!("There is an eval set `{name}` already");
                return Err(ApiError::new(ErrorKind::Conflict, "evalset.exists", message)
                    .with_action("Choose another name: a frozen set does not change."));
            }
            let hash = crate::support::sha256_hex(written.text.as_bytes());
            let mut table = toml::Table::new();
            let (kind, id) = match source {
                ExportSource::Run(run) => ("run", run.to_string()),
                ExportSource::Review(set) => ("review", set.to_string()),
            };
            table.insert("format".to_owned(), toml::Value::Integer(1));
            table.insert(kind.to_owned(), toml::Value::String(id));
            table.insert("rated_only".to_owned(), toml::Value::Boolean(rated_only));
            table.insert("frozen_at".to_owned(), toml::Value::Integer(frozen_at.0));
            table.insert("num_records".to_owned(), toml::Value::Integer(i64::from(written.num_records)));
            table.insert("sha256".to_owned(), toml::Value::String(hash));
            session.workspace.write_atomic(&records, written.text.as_bytes())?;
            session.workspace.write_atomic(&about, table.to_string().as_bytes())?;
            Ok(Exported {
                path: session.workspace.root().join(&folder).display().to_string(),
                num_records: written.num_records,
                num_bytes: written.text.len() as u64,
            })
        })
        .await?;
    studio.events().stale(&[Tag::Workspace]);
    Ok(exported)
}

fn write_file(path: &Path, written: Written) -> Result<Exported> {
    write_whole(path, written.text.as_bytes())?;
    Ok(Exported {
        path: path.display().to_string(),
        num_records: written.num_records,
        num_bytes: written.text.len() as u64,
    })
}

async fn written(studio: &Studio, request: &ExportRequest) -> Result<Written> {
    let (format, material) = (request.format, material(studio, request).await?);
    studio.blocking(move || Ok(export::write(format, &material)?)).await
}

async fn material(studio: &Studio, request: &ExportRequest) -> Result<Material> {
    let (run, sets) = match &request.source {
        ExportSource::Run(run) => (run.clone(), sets_of(studio, run).await?),
        ExportSource::Review(set) => {
            let (mapping, ratings) = one_set(studio, set).await?;
            (mapping.source.run.clone(), vec![(mapping, ratings)])
        }
    };
    let detail = run_outputs::detail(studio, &run).await?;
    let wanted = Wanted { variants: &request.variants, is_first_repeat_enough: false };
    let cells = run_outputs::cells(studio, &run, &wanted).await?;
    let mut opinions = opinions(&sets);
    // A review set is the outputs that it shows; a run is all of its outputs.
    let shown: Option<BTreeSet<CellId>> = match &request.source {
        ExportSource::Run(_) => None,
        ExportSource::Review(_) => {
            let items = sets.iter().flat_map(|(mapping, _)| &mapping.items);
            Some(items.flat_map(|item| item.cells.iter().copied()).collect())
        }
    };
    let preferences = preferences(&sets, &cells, detail.spec.scorers.first());
    let records = cells
        .into_iter()
        .filter(|cell| shown.as_ref().is_none_or(|shown| shown.contains(&cell.id)))
        .map(|cell| Record { ratings: opinions.remove(&cell.id).unwrap_or_default(), cell })
        .filter(|record| !request.rated_only || !record.ratings.is_empty())
        .collect();
    Ok(Material {
        title: format!("{} {run}", detail.summary.experiment),
        records,
        preferences,
        scorers: detail.spec.scorers,
    })
}

type Reviewed = (Mapping, Vec<Rating>);

async fn one_set(studio: &Studio, set: &ReviewSetName) -> Result<Reviewed> {
    let name = set.clone();
    let reviewed = studio.in_session(move |session| reviews::reviewed(session, &name)).await?;
    reviewed.ok_or_else(|| crate::reviews::ReviewError::NoMapping { name: set.to_string() }.into())
}

/// All sets that show outputs of a run, where this machine may know whose they are.
async fn sets_of(studio: &Studio, run: &RunId) -> Result<Vec<Reviewed>> {
    let run = run.clone();
    studio
        .in_session(move |session| {
            let mut sets = Vec::new();
            for name in names(&session.workspace)? {
                // A set that cannot be read is not about this run as far as anybody can tell.
                if let Ok(Some((mapping, ratings))) = reviews::reviewed(session, &name)
                    && mapping.source.run == run
                {
                    sets.push((mapping, ratings));
                }
            }
            Ok(sets)
        })
        .await
}

/// What was said about each output.
fn opinions(sets: &[Reviewed]) -> BTreeMap<CellId, Vec<Opinion>> {
    let mut opinions: BTreeMap<CellId, Vec<Opinion>> = BTreeMap::new();
    for (mapping, ratings) in sets {
        let items: BTreeMap<_, _> = mapping.items.iter().map(|item| (&item.item, item)).collect();
        for rating in ratings {
            let Some(item) = items.get(&rating.item) else { continue };
            for (place, cell) in item.cells.iter().enumerate() {
                if let Some(said) = said(&rating.answer, item, place) {
                    let (reviewer, comment) = (rating.reviewer.clone(), rating.comment.clone());
                    opinions.entry(*cell).or_default().push(Opinion { reviewer, said, comment });
                }
            }
        }
    }
    opinions
}

/// An answer as it bears on the output at a place of an item.
fn said(answer: &Answer, item: &ItemMapping, place: usize) -> Option<Said> {
    match answer {
        Answer::Pair { choice } => {
            let against: VariantId = item.variants.get(1 - place.min(1))?.clone();
            let preferred = match choice {
                PairChoice::Left => Some(place == 0),
                PairChoice::Right => Some(place == 1),
                PairChoice::Same | PairChoice::BothBad => None,
            };
            Some(Said::Pair { against, preferred })
        }
        Answer::Rubric { values } => Some(Said::Rubric { values: values.clone() }),
        Answer::Skip | Answer::Undo => None,
    }
}

/// Pairs where most people preferred one output; without any such answer, pairs of one row that the first scorer tells
/// apart.
fn preferences(sets: &[Reviewed], cells: &[CellDetail], scorer: Option<&ScorerSpec>) -> Vec<Preference> {
    let by_id: BTreeMap<CellId, &CellDetail> = cells.iter().map(|cell| (cell.id, cell)).collect();
    let mut balances: BTreeMap<(CellId, CellId), i32> = BTreeMap::new();
    for (mapping, ratings) in sets {
        let items: BTreeMap<_, _> = mapping.items.iter().map(|item| (&item.item, item)).collect();
        for rating in ratings {
            let Answer::Pair { choice } = &rating.answer else { continue };
            let Some([left, right]) = items.get(&rating.item).map(|item| item.cells.as_slice()) else { continue };
            *balances.entry((*left, *right)).or_default() += match choice {
                PairChoice::Left => 1,
                PairChoice::Right => -1,
                PairChoice::Same | PairChoice::BothBad => 0,
            };
        }
    }
    let decided = balances.into_iter().filter(|(_, balance)| *balance != 0);
    let by_people: Vec<Preference> = decided
        .filter_map(|((left, right), balance)| {
            let (chosen, rejected) = if balance > 0 { (left, right) } else { (right, left) };
            Some(preference(by_id.get(&chosen)?, by_id.get(&rejected)?))
        })
        .collect();
    match scorer {
        Some(scorer) if by_people.is_empty() => by_score(cells, scorer),
        _ => by_people,
    }
}

fn by_score(cells: &[CellDetail], scorer: &ScorerSpec) -> Vec<Preference> {
    let score = |cell: &CellDetail| {
        let named = cell.scores.iter().find(|score| score.name == *scorer.result_name())?;
        named.score.number().filter(|_| cell.output.error.is_none())
    };
    let mut preferences = Vec::new();
    for row in cells.chunk_by(|one, other| one.row == other.row) {
        for (place, one) in row.iter().enumerate() {
            for other in &row[place + 1..] {
                match (score(one), score(other)) {
                    (Some(first), Some(second)) if first > second => preferences.push(preference(one, other)),
                    (Some(first), Some(second)) if first < second => preferences.push(preference(other, one)),
                    _ => {}
                }
            }
        }
    }
    preferences
}

fn preference(chosen: &CellDetail, rejected: &CellDetail) -> Preference {
    Preference {
        row: chosen.row.clone(),
        messages: chosen.output.receipt.messages.clone(),
        chosen: chosen.output.text.clone(),
        rejected: rejected.output.text.clone(),
    }
}
