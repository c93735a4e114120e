//! Verbs of `reviews`.

use super::run_outputs::{self, Wanted};
use super::{Result, Session, Studio};
use crate::reviews::{self, Candidate, Mapping, NewSet, ReviewError, SetFiles};
use crate::store::reviews as table;
use atelier_types::api::{
    Nothing, RateRequest, ReviewCreateRequest, ReviewImportRequest, ReviewImported, ReviewSessionRequest,
    ReviewSetRequest,
};
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::event::Tag;
use atelier_types::experiment::{CellDetail, VariantSummary};
use atelier_types::ids::{RatingId, ReviewItemId, ReviewSetName, ReviewerName, RunId, ScorerName, VariantId};
use atelier_types::review::{
    Answer, Rating, ReviewMode, ReviewResults, ReviewSession, ReviewSetSummary, ReviewSource, ReviewerProgress,
};
use std::collections::{BTreeMap, BTreeSet};

const NUM_ID_DIGITS: usize = 16;
const STALE: &[Tag] = &[Tag::Reviews, Tag::Workspace];

/// The counting answers by reviewer and item.
type Answers = BTreeMap<ReviewerName, BTreeMap<ReviewItemId, Rating>>;

/// All review sets with their progress.
pub async fn list(studio: &Studio, _request: Nothing) -> Result<Vec<ReviewSetSummary>> {
    studio
        .in_session(|session| {
            let names = reviews::names(&session.workspace)?;
            names.iter().map(|name| summary(session, name).or_else(|err| Ok(unreadable(name, err)))).collect()
        })
        .await
}

/// Make a blind review set from a run.
pub async fn create(studio: &Studio, request: ReviewCreateRequest) -> Result<ReviewSetSummary> {
    let detail = run_outputs::detail(studio, &request.run).await?;
    let variants = chosen(&detail.variants, &request)?;
    let wanted = Wanted { variants: &variants, is_first_repeat_enough: true };
    let cells = run_outputs::cells(studio, &request.run, &wanted).await?;
    let rows = &request.rows;
    let candidates = candidates(cells, &variants, |cell| rows.is_empty() || rows.contains(&cell.row));
    let titled = variants.iter().filter_map(|id| {
        let known = detail.variants.iter().find(|known| known.variant.id == *id)?;
        Some((id.clone(), run_outputs::title(&known.variant)))
    });
    let source = ReviewSource {
        run: request.run.clone(),
        experiment: detail.summary.experiment.clone(),
        variants: titled.collect(),
    };
    let (random, created_at) = (studio.env().random.clone(), studio.env().clock.now());
    let summary = studio
        .in_session(move |session| {
            let name = request.name.clone();
            let new = NewSet {
                rubric: session.workspace.rubric(&request.rubric)?,
                name: request.name,
                title: request.title,
                mode: request.mode,
                rubric_name: request.rubric,
                source,
                max_items: request.max_items,
                seed: request.seed,
                created_at,
            };
            reviews::make(&session.workspace, &session.store, &*random, new, candidates)?;
            summary(session, &name)
        })
        .await?;
    studio.events().stale(STALE);
    Ok(summary)
}

/// The variants to review: those that were named, else the first two for pairs and all for scales.
fn chosen(known: &[VariantSummary], request: &ReviewCreateRequest) -> Result<Vec<VariantId>> {
    let ids = || known.iter().map(|known| known.variant.id.clone());
    let variants: Vec<VariantId> = match (request.variants.is_empty(), request.mode) {
        (false, _) => request.variants.clone(),
        (true, ReviewMode::Pair) => ids().take(2).collect(),
        (true, ReviewMode::Rubric) => ids().collect(),
    };
    let invalid = |message: String| {
        Err(ApiError::new(ErrorKind::Invalid, "review.bad_variants", message)
            .with_action("Choose two variants of the run for pairs, or any number for scales."))
    };
    if let Some(unknown) = variants.iter().find(|id| !ids().any(|known| known == **id)) {
        return invalid(format!("The run has no variant `{unknown}`"));
    }
    let num_distinct = variants.iter().collect::<BTreeSet<_>>().len();
    if num_distinct < variants.len() || (request.mode == ReviewMode::Pair && variants.len() != 2) {
        return invalid(format!("Pairs need two different variants, not {num_distinct}"));
    }
    Ok(variants)
}

fn candidates(
    cells: Vec<CellDetail>,
    variants: &[VariantId],
    is_wanted: impl Fn(&CellDetail) -> bool,
) -> Vec<Candidate> {
    let mut by_row: Vec<Candidate> = Vec::new();
    for cell in cells.into_iter().filter(|cell| cell.output.error.is_none() && is_wanted(cell)) {
        if by_row.last().is_none_or(|last| last.row != cell.row) {
            by_row.push(Candidate { row: cell.row.clone(), values: cell.inputs, outputs: Vec::new() });
        }
        if let Some(candidate) = by_row.last_mut() {
            candidate.outputs.push((cell.variant.id, cell.id, cell.output.text));
        }
    }
    for candidate in &mut by_row {
        candidate.outputs.sort_by_key(|(id, _, _)| variants.iter().position(|variant| variant == id));
    }
    by_row
}

/// Items and answers of one reviewer.
pub async fn session(studio: &Studio, request: ReviewSessionRequest) -> Result<ReviewSession> {
    studio
        .in_session(move |session| {
            reviews::check_reviewer(&request.reviewer)?;
            let set = SetFiles::read(&session.workspace, &request.set)?;
            let mut answers = answers(session, &request.set)?;
            let answers = answers.remove(&request.reviewer).unwrap_or_default();
            let mut items = set.items;
            // Each reviewer has an order of their own, so that tiredness does not fall on the same items.
            reviews::order_for(&request.set, &request.reviewer, &mut items);
            Ok(ReviewSession {
                header: set.header,
                reviewer: request.reviewer,
                items,
                millis_per_item: median(answers.values().filter_map(|rating| rating.duration_millis).collect()),
                answers,
            })
        })
        .await
}

fn median(mut values: Vec<u64>) -> Option<u64> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}

/// Append a rating; it is on disk when this answers.
pub async fn rate(studio: &Studio, request: RateRequest) -> Result<Rating> {
    let (random, at) = (studio.env().random.clone(), studio.env().clock.now());
    let device = device(studio).await?;
    let rating = studio
        .in_session(move |session| {
            reviews::check_reviewer(&request.reviewer)?;
            let set = SetFiles::read(&session.workspace, &request.set)?;
            if set.is_closed {
                return Err(ReviewError::Closed { name: request.set.to_string() }.into());
            }
            reviews::check(&set, &request.item, &request.answer)?;
            let rating = Rating {
                id: RatingId(random.hex(NUM_ID_DIGITS)),
                item: request.item,
                reviewer: request.reviewer,
                at,
                answer: request.answer,
                comment: request.comment,
                duration_millis: request.duration_millis,
            };
            reviews::append(&session.workspace, &request.set, &device, &rating)?;
            Ok(rating)
        })
        .await?;
    studio.events().stale(STALE);
    Ok(rating)
}

/// Win rates, means and comments of a set.
pub async fn results(studio: &Studio, request: ReviewSetRequest) -> Result<ReviewResults> {
    studio
        .in_session(move |session| {
            let set = SetFiles::read(&session.workspace, &request.set)?;
            let mapping = reviews::mapping(&session.workspace, &session.store, &set)?;
            let answers = answers(session, &request.set)?;
            let counting: Vec<&Rating> = answers.values().flat_map(BTreeMap::values).collect();
            let (wins, rubric_means) = match &mapping {
                Some(mapping) => reviews::results(mapping, &set.header.rubric, &counting),
                None => Default::default(),
            };
            // A run that is not on this machine says nothing.
            let judged = mapping.as_ref().and_then(|mapping| session.runs.judged(&mapping.source.run).ok());
            let judged = judged.unwrap_or_default();
            let judges = mapping.as_ref().map(|mapping| reviews::calibrations(&set, mapping, &counting, &judged));
            let commented = counting.iter().filter(|rating| !rating.comment.is_empty());
            Ok(ReviewResults {
                summary: summary_of(&set, &answers),
                source: mapping.map(|mapping| mapping.source),
                wins,
                rubric_means,
                judges: judges.unwrap_or_default(),
                comments: commented
                    .map(|rating| (rating.item.clone(), rating.reviewer.clone(), rating.comment.clone()))
                    .collect(),
            })
        })
        .await
}

/// Judges of a run that no reviewer's ratings can be held against.
pub(super) fn uncalibrated(session: &Session, run: &RunId) -> Result<Vec<ScorerName>> {
    let judges = session.runs.judges(run)?;
    let is_rated = |name: &ReviewSetName| {
        reviewed(session, name).ok().flatten().is_some_and(|(mapping, ratings)| {
            mapping.source.run == *run && ratings.iter().any(|rating| matches!(rating.answer, Answer::Rubric { .. }))
        })
    };
    if judges.is_empty() || reviews::names(&session.workspace)?.iter().any(is_rated) {
        return Ok(Vec::new());
    }
    Ok(judges)
}

/// Take in ratings from another file. All of them or none: a line that cannot be taken is named.
pub async fn import(studio: &Studio, request: ReviewImportRequest) -> Result<ReviewImported> {
    let device = format!("import-{}", device(studio).await?);
    let imported = studio
        .in_session(move |session| {
            let set = SetFiles::read(&session.workspace, &request.set)?;
            if set.is_closed {
                return Err(ReviewError::Closed { name: request.set.to_string() }.into());
            }
            let ratings = parse_ratings(&set, &request.content)?;
            let known = reviews::ratings(&session.workspace, &session.store, &request.set)?;
            let mut known: BTreeSet<RatingId> = known.into_iter().map(|rating| rating.id).collect();
            let mut imported = ReviewImported { num_new: 0, num_known: 0 };
            for rating in ratings {
                if known.insert(rating.id.clone()) {
                    reviews::append(&session.workspace, &request.set, &device, &rating)?;
                    imported.num_new += 1;
                } else {
                    imported.num_known += 1;
                }
            }
            Ok(imported)
        })
        .await?;
    studio.events().stale(STALE);
    Ok(imported)
}

fn parse_ratings(set: &SetFiles, content: &str) -> Result<Vec<Rating>> {
    let mut ratings = Vec::new();
    for (line, text) in (1..).zip(content.lines()).filter(|(_, text)| !text.trim().is_empty()) {
        let bad = |reason: String| ReviewError::BadRating { line, reason };
        let rating: Rating = serde_json::from_str(text).map_err(|err| bad(err.to_string()))?;
        reviews::check_reviewer(&rating.reviewer).map_err(|err| bad(err.to_string()))?;
        reviews::check(set, &rating.item, &rating.answer).map_err(|err| bad(err.to_string()))?;
        ratings.push(rating);
    }
    Ok(ratings)
}

/// Publish the mapping of a set; no ratings are taken after it.
pub async fn close(studio: &Studio, request: ReviewSetRequest) -> Result<Nothing> {
    studio
        .in_session(move |session| {
            let set = SetFiles::read(&session.workspace, &request.set)?;
            if set.is_closed {
                return Ok(());
            }
            let kept = session.store.read(|connection| table::mapping(connection, &request.set))?;
            let text = kept.ok_or_else(|| ReviewError::NoMapping { name: request.set.to_string() })?;
            Ok(reviews::publish_mapping(&session.workspace, &request.set, &text)?)
        })
        .await?;
    studio.events().stale(STALE);
    Ok(Nothing {})
}

/// The counting answers of a set and which output each item shows, where this machine may know it.
pub(super) fn reviewed(session: &Session, name: &ReviewSetName) -> Result<Option<(Mapping, Vec<Rating>)>> {
    let set = SetFiles::read(&session.workspace, name)?;
    let Some(mapping) = reviews::mapping(&session.workspace, &session.store, &set)? else { return Ok(None) };
    let ratings = answers(session, name)?.into_values().flat_map(BTreeMap::into_values);
    Ok(Some((mapping, ratings.collect())))
}

fn answers(session: &Session, set: &ReviewSetName) -> Result<Answers> {
    Ok(reviews::counting(reviews::ratings(&session.workspace, &session.store, set)?))
}

fn summary(session: &Session, name: &ReviewSetName) -> Result<ReviewSetSummary> {
    let set = SetFiles::read(&session.workspace, name)?;
    Ok(summary_of(&set, &answers(session, name)?))
}

fn summary_of(set: &SetFiles, answers: &Answers) -> ReviewSetSummary {
    let is_rating = |rating: &&Rating| !matches!(rating.answer, Answer::Skip | Answer::Undo);
    let ratings: Vec<&Rating> = answers.values().flat_map(BTreeMap::values).filter(is_rating).collect();
    let progress = |(reviewer, items): (&ReviewerName, &BTreeMap<ReviewItemId, Rating>)| {
        let num_rated = items.values().filter(is_rating).count() as u32;
        ReviewerProgress { reviewer: reviewer.clone(), num_rated, num_skipped: items.len() as u32 - num_rated }
    };
    ReviewSetSummary {
        name: set.name().clone(),
        title: set.header.title.clone(),
        mode: set.header.mode,
        num_items: set.items.len() as u32,
        num_rated: ratings.iter().map(|rating| &rating.item).collect::<BTreeSet<_>>().len() as u32,
        num_ratings: ratings.len() as u32,
        reviewers: answers.iter().map(progress).collect(),
        is_closed: set.is_closed,
        created_at: set.header.created_at,
        problem: None,
    }
}

/// A set that cannot be read stays in the list and says why.
fn unreadable(name: &ReviewSetName, problem: ApiError) -> ReviewSetSummary {
    ReviewSetSummary {
        name: name.clone(),
        title: name.to_string(),
        mode: ReviewMode::Pair,
        num_items: 0,
        num_rated: 0,
        num_ratings: 0,
        reviewers: Vec::new(),
        is_closed: false,
        created_at: Default::default(),
        problem: Some(problem),
    }
}

/// What this device is called in file names: drawn once and kept in the data folder.
async fn device(studio: &Studio) -> Result<String> {
    let (file, random) = (studio.env().paths.data.join("device"), studio.env().random.clone());
    studio
        .blocking(move || {
            if let Ok(known) = std::fs::read_to_string(&file)
                && !known.trim().is_empty()
            {
                return Ok(known.trim().to_owned());
            }
            let name = random.hex(8);
            crate::workspace::write_whole(&file, name.as_bytes())?;
            Ok(name)
        })
        .await
}
