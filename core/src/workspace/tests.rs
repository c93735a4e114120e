use super::*;
use crate::testing;
use atelier_types::api::Committed;
use git2::{IndexAddOption, Repository};
use proptest::prelude::*;
use std::fs;
use std::path::PathBuf;

fn commit(workspace: &Workspace, paths: &[&str]) -> Result<Committed> {
    let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
    workspace.commit(&paths, "Change", &testing::author(), testing::START)
}

fn head_text(workspace: &Workspace, path: &str) -> Option<String> {
    let repository = workspace.repository().unwrap();
    let tree = repository.head().unwrap().peel_to_tree().unwrap();
    git::blob_text(&repository, &tree, path).unwrap()
}

/// `(path, blob)` of everything that is staged: where the index is not what the newest commit is.
fn staged(repository: &Repository) -> Vec<(PathBuf, Option<git2::Oid>)> {
    let tree = repository.head().ok().and_then(|head| head.peel_to_tree().ok());
    let mut index = repository.index().unwrap();
    index.read(true).unwrap();
    let diff = repository.diff_tree_to_index(tree.as_ref(), Some(&index), None).unwrap();
    let side = |delta: git2::DiffDelta<'_>| {
        let file = delta.new_file();
        let path = file.path().or(delta.old_file().path()).unwrap().to_owned();
        (path, file.exists().then(|| file.id()))
    };
    diff.deltas().map(side).collect()
}

#[test]
fn opening_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    testing::isolate_git();
    let missing = Workspace::open(&folder.path().join("nowhere"));
    assert!(matches!(missing, Err(WorkspaceError::NotFound { .. })));
    assert!(matches!(Workspace::open(folder.path()), Err(WorkspaceError::NoManifest { .. })));
    fs::write(folder.path().join("atelier.toml"), "id = \"a\"\nname = \"n\"\nformat = 1\n").unwrap();
    assert!(matches!(Workspace::open(folder.path()), Err(WorkspaceError::NoRepository { .. })));
    Repository::init(folder.path()).unwrap();
    Workspace::open(folder.path()).unwrap();
    fs::write(folder.path().join("atelier.toml"), "id = \n").unwrap();
    assert!(matches!(Workspace::open(folder.path()), Err(WorkspaceError::BadManifest { line: Some(1), .. })));
}

#[test]
fn manifest_is_read_again_when_the_file_changed() {
    let (_folder, workspace) = testing::workspace();
    assert_eq!(workspace.manifest().unwrap().name, "Test");
    let text = workspace.read("atelier.toml").unwrap().replace("\"Test\"", "\"Another name\"");
    fs::write(workspace.root().join("atelier.toml"), text).unwrap();
    assert_eq!(workspace.manifest().unwrap().name, "Another name");
}

#[test]
fn commit_takes_named_files_and_status_lists_the_rest() {
    let (_folder, workspace) = testing::workspace();
    workspace.write_atomic("prompts/a.prompty", b"a").unwrap();
    workspace.write_atomic("prompts/b.prompty", b"b").unwrap();
    fs::write(workspace.root().join("notes.txt"), "not ours").unwrap();
    assert_eq!(workspace.status().unwrap().uncommitted, ["prompts/a.prompty", "prompts/b.prompty"]);
    assert_eq!(commit(&workspace, &["prompts/a.prompty"]).unwrap().num_files, 1);
    assert_eq!(workspace.status().unwrap().uncommitted, ["prompts/b.prompty"]);
    workspace.remove("prompts/a.prompty").unwrap();
    assert_eq!(commit(&workspace, &[]).unwrap().num_files, 2);
    assert_eq!((head_text(&workspace, "prompts/a.prompty"), head_text(&workspace, "notes.txt")), (None, None));
    assert!(matches!(commit(&workspace, &[]), Err(WorkspaceError::NothingToCommit)));
    assert!(matches!(commit(&workspace, &["notes.txt"]), Err(WorkspaceError::Outside { .. })));
}

#[test]
fn deleting_the_last_file_of_a_folder_leaves_no_empty_folder_behind() {
    let (_folder, workspace) = testing::workspace();
    workspace.write_atomic("labels/team/a.toml", b"").unwrap();
    commit(&workspace, &[]).unwrap();
    workspace.remove("labels/team/a.toml").unwrap();
    commit(&workspace, &[]).unwrap();
    let repository = workspace.repository().unwrap();
    let tree = repository.head().unwrap().peel_to_tree().unwrap();
    assert!(tree.get_name("labels").is_none());
}

#[test]
fn author_of_the_repository_goes_before_the_fallback() {
    let (_folder, workspace) = testing::workspace();
    let repository = workspace.repository().unwrap();
    let author = |repository: &Repository| {
        repository.head().unwrap().peel_to_commit().unwrap().author().name().unwrap().to_owned()
    };
    assert_eq!(author(&repository), "Test");
    repository.config().unwrap().set_str("user.name", "Grace").unwrap();
    workspace.write_atomic("prompts/a.prompty", b"a").unwrap();
    commit(&workspace, &[]).unwrap();
    assert_eq!(author(&repository), "Grace");
}

#[test]
fn detached_head_is_moved_and_no_branch_is() {
    let (_folder, workspace) = testing::workspace();
    let repository = workspace.repository().unwrap();
    let main = repository.refname_to_id("refs/heads/main").unwrap();
    repository.set_head_detached(main).unwrap();
    assert_eq!(workspace.status().unwrap().branch, None);
    workspace.write_atomic("prompts/a.prompty", b"a").unwrap();
    let committed = commit(&workspace, &[]).unwrap().commit;
    assert_eq!(repository.head().unwrap().target().unwrap().to_string(), committed.as_str());
    assert_eq!(repository.refname_to_id("refs/heads/main").unwrap(), main);
}

#[test]
fn conflicted_merge_is_named_and_nothing_is_committed() {
    let (_folder, workspace) = testing::workspace();
    let repository = workspace.repository().unwrap();
    let base = repository.head().unwrap().peel_to_commit().unwrap();
    workspace.write_atomic("prompts/a.prompty", b"ours").unwrap();
    commit(&workspace, &[]).unwrap();
    let ours = repository.head().unwrap().peel_to_commit().unwrap();
    let blob = repository.blob(b"theirs").unwrap();
    let change = [("prompts/a.prompty", Some((blob, git2::FileMode::Blob)))];
    let mut builder = git2::build::TreeUpdateBuilder::new();
    for (path, blob) in change {
        let (id, mode) = blob.unwrap();
        builder.upsert(path, id, mode);
    }
    let tree = builder.create_updated(&repository, &base.tree().unwrap()).unwrap();
    let tree = repository.find_tree(tree).unwrap();
    let who = git2::Signature::now("T", "t@example.org").unwrap();
    let theirs = repository.commit(None, &who, &who, "theirs", &tree, &[&base]).unwrap();
    let theirs = repository.find_annotated_commit(theirs).unwrap();
    repository.merge(&[&theirs], None, None).unwrap();
    assert_eq!(workspace.status().unwrap().conflicts, ["prompts/a.prompty"]);
    match commit(&workspace, &[]) {
        Err(WorkspaceError::Conflicted { paths }) => assert_eq!(paths, ["prompts/a.prompty"]),
        other => panic!("expected a conflict, got {other:?}"),
    }
    repository.cleanup_state().unwrap();
    assert!(matches!(commit(&workspace, &[]), Err(WorkspaceError::Conflicted { .. })));
    assert_eq!(repository.head().unwrap().target().unwrap(), ours.id());
}

#[test]
fn merge_without_conflicts_is_finished_by_the_one_who_began_it() {
    let (_folder, workspace) = testing::workspace();
    workspace.write_atomic("prompts/a.prompty", b"a").unwrap();
    let head = workspace.repository().unwrap().head().unwrap().target().unwrap();
    fs::write(workspace.git_dir().unwrap().join("MERGE_HEAD"), format!("{head}\n")).unwrap();
    assert!(matches!(commit(&workspace, &[]), Err(WorkspaceError::UnderWay { operation: "merge" })));
}

#[test]
fn file_with_a_filter_program_is_stored_as_the_program_makes_it() {
    let (_folder, workspace) = testing::workspace();
    let repository = workspace.repository().unwrap();
    repository.config().unwrap().set_str("filter.shout.clean", "tr a-z A-Z").unwrap();
    fs::write(workspace.root().join(".gitattributes"), "datasets/*.jsonl filter=shout\n*.prompty -text\n").unwrap();
    workspace.write_atomic("datasets/d.jsonl", b"text").unwrap();
    workspace.write_atomic("prompts/a.prompty", b"text").unwrap();
    commit(&workspace, &["datasets/d.jsonl", "prompts/a.prompty"]).unwrap();
    assert_eq!(head_text(&workspace, "datasets/d.jsonl").as_deref(), Some("TEXT"));
    assert_eq!(head_text(&workspace, "prompts/a.prompty").as_deref(), Some("text"));
}

#[test]
fn linked_worktree_is_a_place_for_a_workspace_too() {
    let (folder, workspace) = testing::workspace();
    let path = folder.path().join("linked");
    workspace.repository().unwrap().worktree("linked", &path, None).unwrap();
    let linked = Workspace::open(&path).unwrap();
    linked.write_atomic("prompts/a.prompty", b"a").unwrap();
    commit(&linked, &[]).unwrap();
    assert_eq!(linked.versions(&"a".into()).unwrap().len(), 1);
    assert_eq!(linked.status().unwrap().branch.as_deref(), Some("linked"));
    assert!(workspace.versions(&"a".into()).unwrap().is_empty());
}

#[test]
fn commits_of_two_programs_at_once_are_both_there() {
    let (_folder, workspace) = testing::workspace();
    let roots = [workspace.root(), workspace.root()];
    std::thread::scope(|scope| {
        for (number, root) in roots.into_iter().enumerate() {
            scope.spawn(move || {
                let workspace = Workspace::open(root).unwrap();
                for round in 0..5 {
                    let path = format!("prompts/p{number}-{round}.prompty");
                    workspace.write_atomic(&path, b"x").unwrap();
                    commit(&workspace, &[&path]).unwrap();
                }
            });
        }
    });
    for (number, round) in (0..2).flat_map(|number| (0..5).map(move |round| (number, round))) {
        assert!(head_text(&workspace, &format!("prompts/p{number}-{round}.prompty")).is_some());
    }
    assert_eq!(staged(&workspace.repository().unwrap()), []);
}

#[test]
fn lines_appended_by_two_programs_are_all_there() {
    let (_folder, workspace) = testing::workspace();
    let root = workspace.root();
    std::thread::scope(|scope| {
        for writer in 0..2 {
            scope.spawn(move || {
                let workspace = Workspace::open(root).unwrap();
                for number in 0..40 {
                    workspace.append_line("reviews/s/me.here.jsonl", &format!("{writer}:{number}")).unwrap();
                }
            });
        }
    });
    let text = workspace.read("reviews/s/me.here.jsonl").unwrap();
    let lines: std::collections::BTreeSet<&str> = text.lines().collect();
    assert_eq!((text.lines().count(), lines.len()), (80, 80));
}

/// One thing that a user does to a file before Atelier commits.
#[derive(Clone, Debug)]
enum Step {
    Write(usize, String),
    Delete(usize),
    Stage(usize),
    StageDeletion(usize),
}

const FILES: [&str; 5] =
    ["app/main.py", "app/lib.py", "llm/prompts/a.prompty", "llm/prompts/b.prompty", "llm/labels/a.toml"];

fn step() -> impl Strategy<Value = Step> {
    let file = 0..FILES.len();
    prop_oneof![
        (file.clone(), "[a-c]{1,2}").prop_map(|(file, text)| Step::Write(file, text)),
        file.clone().prop_map(Step::Delete),
        file.clone().prop_map(Step::Stage),
        file.prop_map(Step::StageDeletion),
    ]
}

fn take(repository: &Repository, root: &Path, step: &Step) {
    let mut index = repository.index().unwrap();
    index.read(true).unwrap();
    match step {
        Step::Write(file, text) => {
            let path = root.join(FILES[*file]);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Step::Delete(file) => {
            fs::remove_file(root.join(FILES[*file])).ok();
        }
        Step::Stage(file) => index.add_all([FILES[*file]], IndexAddOption::DEFAULT, None).unwrap(),
        Step::StageDeletion(file) => {
            index.remove_path(Path::new(FILES[*file])).ok();
        }
    }
    index.write().unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// Whatever was staged before is staged afterwards with the same bytes, unless it is what was committed; nothing
    /// else got staged; and files that were not named are not in the commit.
    #[test]
    fn what_the_user_staged_stays_staged(
        before in prop::collection::vec(step(), 0..8),
        after in prop::collection::vec(step(), 1..12),
        names_all in any::<bool>(),
    ) {
        testing::isolate_git();
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let repository = Repository::init(&root).unwrap();
        fs::create_dir_all(root.join("llm")).unwrap();
        fs::write(root.join("llm/atelier.toml"), "id = \"a\"\nname = \"n\"\nformat = 1\n").unwrap();
        let workspace = Workspace::open(&root.join("llm")).unwrap();
        commit(&workspace, &["atelier.toml"]).unwrap();
        before.iter().for_each(|step| take(&repository, &root, step));
        commit(&workspace, &[]).ok();
        after.iter().for_each(|step| take(&repository, &root, step));

        let old_head = repository.head().unwrap().peel_to_tree().unwrap();
        let staged_before = staged(&repository);
        let named: &[&str] = if names_all { &[] } else { &["prompts/a.prompty", "labels/a.toml"] };
        commit(&workspace, named).ok();

        let head = repository.head().unwrap().peel_to_tree().unwrap();
        let committed = |path: &Path| head.get_path(path).ok().map(|entry| entry.id());
        let expected: Vec<_> =
            staged_before.into_iter().filter(|(path, blob)| committed(path) != *blob).collect();
        prop_assert_eq!(staged(&repository), expected);
        for path in FILES {
            let is_named = path.starts_with("llm/") && (names_all || path != "llm/prompts/b.prompty");
            if !is_named {
                let old = old_head.get_path(Path::new(path)).ok().map(|entry| entry.id());
                prop_assert_eq!(committed(Path::new(path)), old);
            }
        }
    }
}
