//! Verbs of `rubrics`.

use super::{Result, Studio};
use atelier_types::api::{Nothing, RubricRequest, RubricSaveRequest, RubricSummary};
use atelier_types::event::Tag;
use atelier_types::review::Rubric;

/// All rubrics.
pub async fn list(studio: &Studio, _request: Nothing) -> Result<Vec<RubricSummary>> {
    studio
        .in_session(|session| {
            let mut summaries = Vec::new();
            for name in session.workspace.rubrics()? {
                // A rubric that cannot be read says so when it is chosen; the others stay usable.
                let rubric = session.workspace.rubric(&name).unwrap_or_default();
                summaries.push(RubricSummary {
                    name,
                    question: rubric.question,
                    num_criteria: rubric.criteria.len() as u32,
                });
            }
            Ok(summaries)
        })
        .await
}

/// One rubric.
pub async fn show(studio: &Studio, request: RubricRequest) -> Result<Rubric> {
    studio.in_session(move |session| Ok(session.workspace.rubric(&request.name)?)).await
}

/// Write a rubric file.
pub async fn save(studio: &Studio, request: RubricSaveRequest) -> Result<Nothing> {
    let RubricSaveRequest { name, rubric } = request;
    studio.in_session(move |session| Ok(session.workspace.save_rubric(&name, &rubric)?)).await?;
    studio.events().stale(&[Tag::Rubrics, Tag::Workspace]);
    Ok(Nothing {})
}
