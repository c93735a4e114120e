//! Verbs of `experiments`.

use super::{Result, Session, Studio};
use crate::experiments::{Materials, Problem, Tools, problems};
use crate::workspace::Workspace;
use atelier_types::api::*;
use atelier_types::error::ApiError;
use atelier_types::event::Tag;
use atelier_types::experiment::{ExperimentSpec, ExperimentSummary, Plan, RunSummary};
use atelier_types::ids::ExperimentName;

/// All experiments with their last run.
pub async fn list(studio: &Studio, _request: Nothing) -> Result<Vec<ExperimentSummary>> {
    studio
        .in_session(|session| {
            let runs = session.runs.list(None)?;
            let names = session.workspace.experiments()?;
            Ok(names.into_iter().map(|name| summary(session, name, &runs)).collect())
        })
        .await
}

/// One experiment file.
pub async fn show(studio: &Studio, request: ExperimentRequest) -> Result<ExperimentSpec> {
    studio.in_session(move |session| Ok(session.workspace.experiment(&request.name)?)).await
}

/// Write an experiment file.
pub async fn save(studio: &Studio, request: ExperimentSaveRequest) -> Result<Nothing> {
    studio.in_session(move |session| Ok(session.workspace.save_experiment(&request.name, &request.spec)?)).await?;
    studio.events().stale(&[Tag::Experiments, Tag::Workspace]);
    Ok(Nothing {})
}

/// Delete an experiment file; its runs stay.
pub async fn delete(studio: &Studio, request: ExperimentRequest) -> Result<Nothing> {
    studio.in_session(move |session| Ok(session.workspace.delete_experiment(&request.name)?)).await?;
    studio.events().stale(&[Tag::Experiments, Tag::Workspace]);
    Ok(Nothing {})
}

/// Cells, cost and time of a run, before anything is sent.
pub async fn plan(studio: &Studio, request: PlanRequest) -> Result<Plan> {
    studio
        .in_session(move |session| {
            session.caller()?;
            let materials = Materials::gather(&session.workspace, &request.spec, session.runs.tools())?;
            refuse(problems(&request.spec, &materials), |_| None)?;
            Ok(session.runs.plan(&request.spec, &materials)?)
        })
        .await
}

/// Everything that a run of a file is made of, or the first thing that is wrong with it, at its place in the file.
pub(super) fn checked(
    workspace: &Workspace,
    tools: &Tools,
    name: &ExperimentName,
) -> Result<(ExperimentSpec, Materials)> {
    let spec = workspace.experiment(name)?;
    let materials = Materials::gather(workspace, &spec, tools)?;
    refuse(problems(&spec, &materials), |part| workspace.place_in_experiment(name, part))?;
    Ok((spec, materials))
}

/// The first problem as the error; what else is wrong stands among its causes.
fn refuse(problems: Vec<Problem>, place: impl Fn(&str) -> Option<atelier_types::error::Location>) -> Result<()> {
    let mut problems = problems.into_iter();
    let Some(Problem { part, mut error }) = problems.next() else { return Ok(()) };
    if error.location.is_none() {
        error.location = place(&part);
    }
    Err(problems.fold(error, |error, other| error.with_cause(format!("And {}: {}", other.part, other.error))))
}

fn summary(session: &Session, name: ExperimentName, runs: &[RunSummary]) -> ExperimentSummary {
    let of_it = || runs.iter().filter(|run| run.experiment == name);
    let (last_run, num_runs) = (of_it().next().cloned(), of_it().count() as u32);
    let checked = checked(&session.workspace, session.runs.tools(), &name);
    let problem: Option<ApiError> = checked.as_ref().err().cloned();
    let spec = match checked {
        Ok((spec, materials)) => Some((spec, materials.num_rows())),
        Err(_) => session.workspace.experiment(&name).ok().map(|spec| (spec, 0)),
    };
    let (spec, num_dataset_rows) = spec.unwrap_or_default();
    ExperimentSummary {
        num_cells: crate::experiments::num_cells(&spec, num_dataset_rows),
        description: spec.description,
        dataset: spec.dataset,
        name,
        last_run,
        num_runs,
        problem,
    }
}

#[cfg(test)]
mod tests;
