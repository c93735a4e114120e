use super::*;
use crate::testing;
use atelier_types::ids::LabelName;
use git2::{Commit, FileMode, Signature, Time};

const PATH: &str = "prompts/p.prompty";

fn write(workspace: &Workspace, path: &str, text: &str) {
    workspace.write_atomic(path, text.as_bytes()).unwrap();
}

fn commit(workspace: &Workspace, message: &str) {
    workspace.commit(&[], message, &testing::author(), testing::START).unwrap();
}

fn commit_text(workspace: &Workspace, text: &str) {
    write(workspace, PATH, text);
    commit(workspace, text);
}

fn summaries(workspace: &Workspace, name: &str) -> Vec<(u32, String)> {
    let versions = workspace.versions(&name.into()).unwrap();
    versions.into_iter().map(|version| (version.number, version.summary)).collect()
}

fn text_at(workspace: &Workspace, at: VersionRef) -> String {
    workspace.source(&"p".into(), &at).unwrap().text
}

/// A commit on top of `parents` that sets one file, without touching branch or files.
fn commit_beside(repository: &Repository, parents: &[&Commit<'_>], path: &str, text: &str) -> Oid {
    let mut builder = git2::build::TreeUpdateBuilder::new();
    builder.upsert(path, repository.blob(text.as_bytes()).unwrap(), FileMode::Blob);
    let tree = builder.create_updated(repository, &parents[0].tree().unwrap()).unwrap();
    let tree = repository.find_tree(tree).unwrap();
    let who = Signature::new("T", "t@example.org", &Time::new(0, 0)).unwrap();
    repository.commit(None, &who, &who, text, &tree, parents).unwrap()
}

fn head(repository: &Repository) -> Commit<'_> {
    repository.head().unwrap().peel_to_commit().unwrap()
}

#[test]
fn versions_are_numbered_by_changes_of_the_prompt_or_its_fragments() {
    let (_folder, workspace) = testing::workspace();
    commit_text(&workspace, "one");
    write(&workspace, "prompts/other.prompty", "other");
    commit(&workspace, "other prompt");
    write(&workspace, PATH, "{% include \"fragments/f.md\" %}");
    commit(&workspace, "include");
    write(&workspace, "prompts/fragments/f.md", "fragment");
    commit(&workspace, "fragment is there");
    write(&workspace, "prompts/fragments/g.md", "unused");
    commit(&workspace, "unused fragment");
    let expected = [(1, "one"), (2, "include"), (3, "fragment is there")].map(|(n, text)| (n, text.to_owned()));
    assert_eq!(summaries(&workspace, "p"), expected);
}

#[test]
fn history_that_is_kept_equals_history_that_is_read_anew() {
    let (_folder, workspace) = testing::workspace();
    for round in 0..6 {
        commit_text(&workspace, &format!("text {}", round % 4));
        assert_eq!(summaries(&workspace, "p").len(), round + 1);
        let anew = Workspace::open(workspace.root()).unwrap();
        assert_eq!(anew.versions(&"p".into()).unwrap(), workspace.versions(&"p".into()).unwrap());
    }
}

#[test]
fn merge_adds_its_side_behind_what_was_numbered_before() {
    let (_folder, workspace) = testing::workspace();
    let repository = workspace.repository().unwrap();
    commit_text(&workspace, "base");
    let base = head(&repository);
    commit_text(&workspace, "main");
    let before = workspace.versions(&"p".into()).unwrap();
    let side = commit_beside(&repository, &[&base], PATH, "side");
    let side = repository.find_commit(side).unwrap();
    let merge = commit_beside(&repository, &[&head(&repository), &side], PATH, "merged");
    repository.reference("refs/heads/main", merge, true, "merge").unwrap();
    let after = workspace.versions(&"p".into()).unwrap();
    assert_eq!(after[..2], before);
    assert_eq!(summaries(&workspace, "p")[2..], [(3, "side".to_owned()), (4, "merged".to_owned())]);
    assert_eq!(Workspace::open(workspace.root()).unwrap().versions(&"p".into()).unwrap(), after);
}

#[test]
fn branch_that_moves_elsewhere_is_read_anew() {
    let (_folder, workspace) = testing::workspace();
    let repository = workspace.repository().unwrap();
    commit_text(&workspace, "base");
    let base = head(&repository);
    commit_text(&workspace, "lost");
    assert_eq!(summaries(&workspace, "p").len(), 2);
    let other = commit_beside(&repository, &[&base], PATH, "instead");
    repository.reference("refs/heads/main", other, true, "rebase").unwrap();
    assert_eq!(summaries(&workspace, "p"), [(1, "base".to_owned()), (2, "instead".to_owned())]);
}

#[test]
fn renamed_prompt_keeps_its_history() {
    let (_folder, workspace) = testing::workspace();
    commit_text(&workspace, "one");
    commit_text(&workspace, "two");
    workspace.remove(PATH).unwrap();
    write(&workspace, "prompts/q.prompty", "two");
    commit(&workspace, "rename");
    write(&workspace, "prompts/q.prompty", "three");
    commit(&workspace, "three");
    let expected = [(1, "one"), (2, "two"), (3, "three")].map(|(n, text)| (n, text.to_owned()));
    assert_eq!(summaries(&workspace, "q"), expected);
    assert_eq!(workspace.source(&"q".into(), &VersionRef::Number(1)).unwrap().text, "one");
}

#[test]
fn renamed_prompt_that_says_its_name_keeps_its_history_and_a_new_one_does_not_take_it() {
    let (_folder, workspace) = testing::workspace();
    commit_text(&workspace, "name: p\nuser:\nSum this up.\nBe brief.\n");
    workspace.remove(PATH).unwrap();
    write(&workspace, "prompts/new.prompty", "name: new\nsystem:\nTranslate.\nKeep names.\n");
    write(&workspace, "prompts/q.prompty", "name: q\nuser:\nSum this up.\nBe brief.\n");
    commit(&workspace, "rename and add");
    assert_eq!(summaries(&workspace, "q").len(), 2);
    assert_eq!(summaries(&workspace, "new"), [(1, "rename and add".to_owned())]);
}

#[test]
fn every_kind_of_reference_finds_its_text() {
    let (_folder, workspace) = testing::workspace();
    commit_text(&workspace, "one");
    commit_text(&workspace, "two");
    write(&workspace, PATH, "typed");
    let versions = workspace.versions(&"p".into()).unwrap();
    workspace.set_label(&"p".into(), &"production".into(), &VersionRef::Number(1)).unwrap();
    assert_eq!(text_at(&workspace, VersionRef::Working), "typed");
    assert_eq!(text_at(&workspace, VersionRef::Committed), "two");
    assert_eq!(text_at(&workspace, VersionRef::Number(2)), "two");
    assert_eq!(text_at(&workspace, VersionRef::Hash(versions[0].hash.clone())), "one");
    assert_eq!(text_at(&workspace, VersionRef::Hash(versions[1].hash.as_str()[..8].into())), "two");
    assert_eq!(text_at(&workspace, VersionRef::Label("production".into())), "one");
    let code = |at| atelier_types::error::ApiError::from(workspace.source(&"p".into(), &at).unwrap_err()).code;
    assert_eq!(code(VersionRef::Number(0)), "history.no_version");
    assert_eq!(code(VersionRef::Number(3)), "history.no_version");
    assert_eq!(code(VersionRef::Label("staging".into())), "history.no_label");
    assert_eq!(code(VersionRef::Hash("0000000".into())), "history.no_version");
    assert!(matches!(workspace.source(&"none".into(), &VersionRef::Working), Err(WorkspaceError::NoPrompt { .. })));
    let outside = workspace.source(&"../../etc/passwd".into(), &VersionRef::Working);
    assert!(matches!(outside, Err(WorkspaceError::NoPrompt { .. })));
}

#[test]
fn labelled_version_outlives_the_commit_that_had_it() {
    let (_folder, workspace) = testing::workspace();
    let repository = workspace.repository().unwrap();
    let start = head(&repository);
    write(&workspace, "prompts/fragments/f.md", "piece");
    commit_text(&workspace, "{% include \"fragments/f.md\" %}");
    workspace.set_label(&"p".into(), &"production".into(), &VersionRef::Committed).unwrap();
    let labelled = workspace.source(&"p".into(), &VersionRef::Label("production".into())).unwrap();
    repository.reference("refs/heads/main", start.id(), true, "rewrite").unwrap();
    workspace.remove(PATH).unwrap();
    workspace.remove("prompts/fragments/f.md").unwrap();
    assert!(workspace.versions(&"p".into()).unwrap().is_empty());
    assert_eq!(workspace.source(&"p".into(), &VersionRef::Label("production".into())).unwrap(), labelled);
}

#[test]
fn labels_are_moved_and_removed_and_keep_what_else_is_in_their_file() {
    let (_folder, workspace) = testing::workspace();
    let (name, production): (PromptName, LabelName) = ("p".into(), "production".into());
    commit_text(&workspace, "one");
    commit_text(&workspace, "two");
    workspace.set_label(&name, &production, &VersionRef::Number(1)).unwrap();
    let file = "labels/p.toml";
    write(&workspace, file, &format!("# who is live\n{}", workspace.read(file).unwrap()));
    workspace.set_label(&name, &production, &VersionRef::Number(2)).unwrap();
    workspace.set_label(&name, &"staging".into(), &VersionRef::Number(2)).unwrap();
    assert!(workspace.read(file).unwrap().starts_with("# who is live\n"));
    assert_eq!(workspace.versions(&name).unwrap()[1].labels, [production.clone(), "staging".into()]);
    workspace.move_labels(&name, &"new/name".into()).unwrap();
    assert_eq!(workspace.labels(&"new/name".into()).unwrap()[&production].number, Some(2));
    workspace.remove_label(&"new/name".into(), &production).unwrap();
    workspace.remove_label(&"new/name".into(), &"staging".into()).unwrap();
    assert!(!workspace.exists("labels/new/name.toml"));
    let again = workspace.remove_label(&name, &production);
    assert!(matches!(again, Err(WorkspaceError::NoLabel { .. })));
}

#[test]
fn state_that_was_never_committed_takes_no_label() {
    let (_folder, workspace) = testing::workspace();
    commit_text(&workspace, "one");
    write(&workspace, PATH, "typed");
    let refused = workspace.set_label(&"p".into(), &"production".into(), &VersionRef::Working);
    assert!(matches!(refused, Err(WorkspaceError::StateNotCommitted { .. })));
    write(&workspace, "labels/p.toml", "[production\n");
    match workspace.labels(&"p".into()) {
        Err(WorkspaceError::BadLabels { line, .. }) => assert_eq!(line, Some(1)),
        other => panic!("expected a fault with its line, got {other:?}"),
    }
}
