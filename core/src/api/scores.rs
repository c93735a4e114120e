//! Verbs of `scores`: texts that come from anywhere.

use super::{Result, Studio};
use crate::experiments::{LineScorers, judge_prompts, scripts};
use crate::metrics::scorers::Line;
use atelier_types::api::ScoreLinesRequest;
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::score::ScoredLine;

/// Score texts from anywhere, also with scorers that ask models.
pub async fn lines(studio: &Studio, request: ScoreLinesRequest) -> Result<Vec<ScoredLine>> {
    let ScoreLinesRequest { scorers, lines } = request;
    let lines = lines.into_iter().map(Line::new).collect::<std::result::Result<Vec<Line>, String>>();
    let lines = lines.map_err(|reason| invalid("score.malformed", reason))?;
    let session = studio.session()?;
    let opened = session.clone();
    let scorers = studio
        .blocking(move || {
            // Models are those that `atelier.toml` names now.
            opened.caller()?;
            let prompts = judge_prompts(&opened.workspace, &scorers).into_iter().collect::<Result<Vec<_>>>()?;
            let tools = opened.runs.tools();
            let (scripts, problems) = scripts(&opened.workspace, &scorers, tools);
            if let Some(problem) = problems.into_values().next() {
                return Err(problem);
            }
            LineScorers::new(scorers, prompts, &scripts, tools).map_err(|reason| invalid("score.bad_scorer", reason))
        })
        .await?;
    Ok(session.runs.score_lines(&scorers, lines).await)
}

fn invalid(code: &str, reason: String) -> ApiError {
    ApiError::new(ErrorKind::Invalid, code, reason)
}
