//! Verbs of `workspace`: opening, making, and finding everywhere.

use super::settings::remember_workspace;
use super::{Result, Session, Studio};
use crate::store::cells;
use crate::workspace::{self, Creation, Workspace, prompt};
use atelier_types::api::{
    Nothing, PathRequest, SearchRequest, WorkspaceCloneRequest, WorkspaceCreateRequest, WorkspaceDemoRequest,
};
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::event::Tag;
use atelier_types::workspace::{RecentWorkspace, SearchHit, SearchKind, WorkspaceInfo};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const DEFAULT_MAX_HITS: u32 = 60;
/// Older outputs are not looked through, so that an answer comes while somebody still waits for it.
const MAX_SEARCHED_OUTPUTS: u32 = 200_000;
const WORKSPACE_ID_DIGITS: usize = 24;

/// Everything that belongs to a workspace, and what is remembered of the last one.
const EVERYTHING: &[Tag] = &[
    Tag::Workspace,
    Tag::Prompts,
    Tag::Drafts,
    Tag::History,
    Tag::Datasets,
    Tag::Experiments,
    Tag::Runs,
    Tag::Outputs,
    Tag::Models,
    Tag::Reviews,
    Tag::Rubrics,
    Tag::Settings,
];

/// The open workspace.
pub async fn current(studio: &Studio, _request: Nothing) -> Result<Option<WorkspaceInfo>> {
    match studio.try_session() {
        Some(session) => studio.blocking(move || info(&session.workspace)).await.map(Some),
        None => Ok(None),
    }
}

/// Open a workspace, also below the root of a repository.
pub async fn open(studio: &Studio, request: PathRequest) -> Result<WorkspaceInfo> {
    let path = studio.blocking(move || Ok(workspace::find(Path::new(&request.path))?)).await?;
    enter(studio, path).await
}

/// Create a workspace with one prompt and one dataset.
pub async fn create(studio: &Studio, request: WorkspaceCreateRequest) -> Result<WorkspaceInfo> {
    let WorkspaceCreateRequest { path, name } = request;
    if name.trim().is_empty() {
        let err = ApiError::new(ErrorKind::Invalid, "workspace.bad_name", "The workspace has no name");
        return Err(err.with_action("Give it a name."));
    }
    let author = studio.fallback_author();
    let (id, at) = (studio.env().random.hex(WORKSPACE_ID_DIGITS), studio.env().clock.now());
    let path = PathBuf::from(path);
    let target = path.clone();
    studio
        .blocking(move || {
            let creation = Creation { id: id.into(), name: name.trim(), author: &author, at };
            Workspace::create(&target, &creation)?;
            Ok(())
        })
        .await?;
    enter(studio, path).await
}

/// Clone a repository and open the workspace in it.
pub async fn clone_repository(studio: &Studio, request: WorkspaceCloneRequest) -> Result<WorkspaceInfo> {
    let WorkspaceCloneRequest { url, path } = request;
    let root = studio
        .blocking(move || {
            let target = Path::new(&path);
            workspace::clone_repository(&url, target)?;
            Ok(workspace::find(target)?)
        })
        .await?;
    enter(studio, root).await
}

/// Make a copy of the demo workspace with a small history, and open it.
pub async fn demo(studio: &Studio, request: WorkspaceDemoRequest) -> Result<WorkspaceInfo> {
    let paths = &studio.env().paths;
    let target = request.path.map_or_else(|| paths.data.join("demo"), PathBuf::from);
    let (source, now, place) = (paths.demo.clone(), studio.env().clock.now(), target.clone());
    studio
        .blocking(move || {
            if !workspace::is_workspace(&place) {
                Workspace::create_demo(&source, &place, now)?;
            }
            Ok(())
        })
        .await?;
    enter(studio, target).await
}

/// Workspaces that were opened before.
pub async fn recent(studio: &Studio, _request: Nothing) -> Result<Vec<RecentWorkspace>> {
    let settings = super::settings::show(studio, Nothing {}).await?;
    studio.blocking(move || Ok(settings.recent_workspaces.into_iter().map(recent_workspace).collect())).await
}

/// Find a text everywhere.
pub async fn search(studio: &Studio, request: SearchRequest) -> Result<Vec<SearchHit>> {
    let limit = request.limit.unwrap_or(DEFAULT_MAX_HITS) as usize;
    studio
        .in_session(move |session| {
            let outputs = find_outputs(session, &request.query, limit / 3)?;
            let mut hits = session.workspace.search(&request.query, limit - outputs.len())?;
            hits.extend(outputs);
            Ok(hits)
        })
        .await
}

/// The newest outputs that hold the text, one hit each.
fn find_outputs(session: &Session, query: &str, limit: usize) -> Result<Vec<SearchHit>> {
    let wanted = query.trim().to_lowercase();
    let mut hits = Vec::new();
    if wanted.is_empty() || limit == 0 {
        return Ok(hits);
    }
    let mut num_left = MAX_SEARCHED_OUTPUTS;
    session.store.read(|connection| {
        cells::newest_texts(connection, |cell, run, text| {
            num_left -= 1;
            if let Some((line, excerpt)) = workspace::matching_lines(text, &wanted).next() {
                let (kind, name) = (SearchKind::Output, run.to_owned());
                hits.push(SearchHit { kind, name, excerpt, line: Some(line), cell: Some(cell) });
            }
            if hits.len() < limit && num_left > 0 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })
    })?;
    Ok(hits)
}

/// Opens a workspace as the studio's own. One that is open already stays as it is, with what runs in it.
async fn enter(studio: &Studio, path: PathBuf) -> Result<WorkspaceInfo> {
    let (opened, known) = (studio.clone(), studio.try_session());
    let (session, info) = studio
        .blocking(move || {
            let is_open =
                |session: &Arc<Session>| path.canonicalize().is_ok_and(|path| path == session.workspace.root());
            let session = match known.filter(is_open) {
                Some(session) => session,
                None => Arc::new(Session::open(&opened, &path)?),
            };
            let info = info(&session.workspace)?;
            // That a workspace cannot be remembered (a full disk, broken settings) is no reason not to open it.
            remember_workspace(opened.env(), &info.path).ok();
            Ok((session, info))
        })
        .await?;
    studio.set_session(Some(session));
    studio.events().stale(EVERYTHING);
    Ok(info)
}

fn info(workspace: &Workspace) -> Result<WorkspaceInfo> {
    let manifest = workspace.manifest()?;
    let status = workspace.status()?;
    let prompts = workspace.list("prompts", "")?;
    let is_prompt = |relative: &&String| prompt::name_of(relative).is_some_and(|name| !prompt::is_fragment(&name));
    let datasets: BTreeSet<String> =
        [".jsonl", ".csv"].iter().flat_map(|ending| workspace.list_names("datasets", ending)).flatten().collect();
    Ok(WorkspaceInfo {
        id: manifest.id,
        name: manifest.name,
        path: workspace.root().display().to_string(),
        repository: workspace.repository_root().display().to_string(),
        // A branch without a commit is none yet.
        branch: status.branch.filter(|_| status.head.is_some()),
        num_prompts: count(prompts.iter().filter(is_prompt).count()),
        num_datasets: count(datasets.len()),
        num_experiments: count(workspace.list("experiments", ".toml")?.len()),
        num_review_sets: count(workspace.list("reviews", "/items.jsonl")?.len()),
        num_uncommitted: count(status.uncommitted.len()),
        has_conflicts: !status.conflicts.is_empty(),
    })
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn recent_workspace(path: String) -> RecentWorkspace {
    let opened = Workspace::open(Path::new(&path)).and_then(|workspace| workspace.manifest());
    let folder_name = || Path::new(&path).file_name().map(|name| name.to_string_lossy().into_owned());
    RecentWorkspace {
        exists: opened.is_ok(),
        name: opened.ok().map(|manifest| manifest.name).or_else(folder_name).unwrap_or_default(),
        path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn studio(folder: &Path) -> Studio {
        Studio::new(testing::env(folder))
    }

    fn path(folder: &Path, name: &str) -> String {
        folder.canonicalize().unwrap().join(name).display().to_string()
    }

    async fn create_in(studio: &Studio, path: &str) -> WorkspaceInfo {
        let request = WorkspaceCreateRequest { path: path.to_owned(), name: "Help desk".to_owned() };
        create(studio, request).await.unwrap()
    }

    #[tokio::test]
    async fn created_workspace_is_open_and_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let studio = studio(folder.path());
        assert_eq!(current(&studio, Nothing {}).await.unwrap(), None);
        let info = create_in(&studio, &path(folder.path(), "w")).await;
        let counts = (info.num_prompts, info.num_datasets, info.num_experiments, info.num_uncommitted);
        assert_eq!((counts, info.branch.as_deref()), ((1, 1, 1, 0), Some("main")));
        assert_eq!(current(&studio, Nothing {}).await.unwrap().as_ref(), Some(&info));
        let known = recent(&studio, Nothing {}).await.unwrap();
        assert_eq!(known, [RecentWorkspace { path: info.path, name: "Help desk".to_owned(), exists: true }]);
    }

    #[tokio::test]
    async fn workspace_that_is_open_already_keeps_its_session() {
        let folder = tempfile::tempdir().unwrap();
        let studio = studio(folder.path());
        let info = create_in(&studio, &path(folder.path(), "w")).await;
        let before = studio.session().unwrap();
        open(&studio, PathRequest { path: format!("{}/prompts", info.path) }).await.unwrap();
        assert!(Arc::ptr_eq(&before, &studio.session().unwrap()));
        create_in(&studio, &path(folder.path(), "other")).await;
        assert!(!Arc::ptr_eq(&before, &studio.session().unwrap()));
    }

    #[tokio::test]
    async fn failed_opening_leaves_the_open_workspace_and_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let studio = studio(folder.path());
        let info = create_in(&studio, &path(folder.path(), "w")).await;
        for (name, code) in [("data", "workspace.no_manifest"), ("nowhere", "workspace.not_found")] {
            let err = open(&studio, PathRequest { path: path(folder.path(), name) }).await.unwrap_err();
            assert_eq!(err.code, code);
            assert!(err.action.is_some());
        }
        assert_eq!(current(&studio, Nothing {}).await.unwrap().unwrap().path, info.path);
    }

    #[tokio::test]
    async fn database_of_a_newer_program_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let studio = studio(folder.path());
        let info = create_in(&studio, &path(folder.path(), "w")).await;
        let database = studio.session().unwrap().store.path().to_owned();
        studio.set_session(None);
        let connection = rusqlite::Connection::open(&database).unwrap();
        connection.pragma_update(None, "user_version", 9999).unwrap();
        drop(connection);
        let err = open(&studio, PathRequest { path: info.path }).await.unwrap_err();
        assert_eq!(err.code, "store.newer_version");
    }

    #[tokio::test]
    async fn demo_that_is_there_already_is_opened_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let studio = studio(folder.path());
        let err = demo(&studio, WorkspaceDemoRequest { path: None }).await.unwrap_err();
        assert_eq!(err.code, "workspace.no_demo");
        let info = create_in(&studio, &path(folder.path(), "mine")).await;
        let again = demo(&studio, WorkspaceDemoRequest { path: Some(info.path.clone()) }).await.unwrap();
        assert_eq!((again.path, again.name), (info.path, info.name));
    }

    #[tokio::test]
    async fn clone_is_opened_with_the_workspace_below_its_root() {
        let folder = tempfile::tempdir().unwrap();
        let studio = studio(folder.path());
        git2::Repository::init(folder.path().join("source")).unwrap();
        create_in(&studio, &path(folder.path(), "source/llm")).await;
        let (url, target) = (path(folder.path(), "source"), path(folder.path(), "copy"));
        let info = clone_repository(&studio, WorkspaceCloneRequest { url, path: target.clone() }).await.unwrap();
        assert_eq!((info.path, info.repository), (format!("{target}/llm"), target));
    }
}
