use super::*;
use crate::testing;
use atelier_types::api::{DatasetImportRequest, LabelRequest, RenderRequest, RowRef, VersionDiffRequest};
use atelier_types::diff::Change;
use atelier_types::prompt::{Inputs, PromptSummary, Role};
use serde_json::json;
use tempfile::TempDir;

const TEXT: &str = "---
name: triage
inputs:
  ticket: {kind: string}
  tone: {kind: string, default: calm}
---
system:
{% include \"fragments/style.md\" %}

user:
{{ ticket }}
";

async fn studio() -> (TempDir, Studio) {
    let folder = tempfile::tempdir().unwrap();
    let studio = testing::studio(folder.path()).await;
    put(&studio, "fragments/style.md", "Be {{ tone }}.\n").await;
    put(&studio, "triage", TEXT).await;
    (folder, studio)
}

async fn put(studio: &Studio, name: &str, text: &str) -> PromptSource {
    create(studio, PromptCreateRequest { name: name.into(), text: Some(text.to_owned()) }).await.unwrap()
}

async fn commit_all(studio: &Studio, message: &str) {
    commit(studio, CommitRequest { names: Vec::new(), message: message.to_owned() }).await.unwrap();
}

async fn save_text(studio: &Studio, name: &str, text: &str, base: Option<&str>) -> Result<PromptSource> {
    let base_content_hash = base.map(str::to_owned);
    save(studio, PromptSaveRequest { name: name.into(), text: text.to_owned(), base_content_hash }).await
}

async fn shown(studio: &Studio, name: &str) -> Result<PromptSource> {
    show(studio, PromptAtRequest { name: name.into(), version: VersionRef::Working }).await
}

async fn listed(studio: &Studio, name: &str) -> PromptSummary {
    let all = list(studio, Nothing {}).await.unwrap();
    all.into_iter().find(|summary| summary.name.as_str() == name).unwrap()
}

async fn drafts(studio: &Studio) -> Vec<String> {
    let drafts = crate::api::drafts::list(studio, Nothing {}).await.unwrap();
    drafts.into_iter().map(|draft| draft.text).collect()
}

async fn keep_draft(studio: &Studio, name: &str, text: &str) {
    let request = atelier_types::api::DraftKeepRequest {
        name: name.into(),
        text: text.to_owned(),
        base_content_hash: String::new(),
    };
    crate::api::drafts::keep(studio, request).await.unwrap();
}

fn file(studio: &Studio, name: &str) -> Option<String> {
    studio.session().unwrap().workspace.read(&file_of(&name.into())).ok()
}

fn asked(values: serde_json::Value) -> RenderRequest {
    RenderRequest {
        name: "triage".into(),
        version: VersionRef::Working,
        text: None,
        inputs: values.as_object().unwrap().clone(),
        row: None,
        model: None,
    }
}

#[tokio::test]
async fn show_tells_what_the_file_holds_and_how_it_stands_to_its_history() {
    let (_folder, studio) = studio().await;
    let fresh = shown(&studio, "triage").await.unwrap();
    assert_eq!(fresh.fragments, ["fragments/style.md".into()]);
    assert_eq!((fresh.number, fresh.is_uncommitted, fresh.num_changed_lines), (None, true, 11));
    commit_all(&studio, "Add triage").await;
    let committed = shown(&studio, "triage").await.unwrap();
    assert_eq!((committed.number, committed.is_uncommitted, committed.num_changed_lines), (Some(1), false, 0));
    save_text(&studio, "triage", &TEXT.replace("calm", "brisk"), None).await.unwrap();
    let edited = shown(&studio, "triage").await.unwrap();
    assert_eq!((edited.number, edited.is_uncommitted, edited.num_changed_lines), (None, true, 1));
    let first = PromptAtRequest { name: "triage".into(), version: VersionRef::Number(1) };
    assert_eq!(show(&studio, first).await.unwrap().text, TEXT);
}

#[tokio::test]
async fn broken_file_still_shows_its_inputs() {
    let (_folder, studio) = studio().await;
    let broken = put(&studio, "broken", "---\ninputs:\n  a: {kind: string}\n---\n{{ a b }}").await;
    assert_eq!(broken.inputs[0].name, "a");
    assert_eq!(broken.diagnostics[0].code, "prompt.syntax");
    let summary = listed(&studio, "broken").await;
    assert_eq!(summary.problem.unwrap().location.line, Some(5));
}

#[tokio::test]
async fn list_counts_uses_and_tells_versions_labels_and_drafts() {
    let (_folder, studio) = studio().await;
    commit_all(&studio, "Add triage").await;
    let label = LabelRequest { name: "triage".into(), label: "production".into(), version: VersionRef::Committed };
    crate::api::history::set_label(&studio, label).await.unwrap();
    keep_draft(&studio, "triage", "typed").await;
    save_text(&studio, "fragments/style.md", "Be very {{ tone }}.\n", None).await.unwrap();
    let prompt = listed(&studio, "triage").await;
    assert_eq!((prompt.number, prompt.has_draft, prompt.is_uncommitted), (Some(1), true, false));
    assert_eq!(prompt.labels, [("production".into(), 1)]);
    let fragment = listed(&studio, "fragments/style.md").await;
    assert_eq!((fragment.kind, fragment.num_uses, fragment.is_uncommitted), (SourceKind::Fragment, 1, true));
}

#[tokio::test]
async fn save_refuses_to_overwrite_what_changed_outside() {
    let (_folder, studio) = studio().await;
    let read = shown(&studio, "triage").await.unwrap().content_hash;
    let workspace = &studio.session().unwrap().workspace;
    workspace.write_atomic("prompts/triage.prompty", b"from outside").unwrap();
    let err = save_text(&studio, "triage", "mine", Some(&read)).await.unwrap_err();
    assert_eq!((err.code.as_str(), err.kind), ("prompt.changed_outside", ErrorKind::Conflict));
    assert_eq!(err.location.unwrap().file, "prompts/triage.prompty");
    assert_eq!(file(&studio, "triage").unwrap(), "from outside");
    save_text(&studio, "triage", "mine", None).await.unwrap();
    assert_eq!(file(&studio, "triage").unwrap(), "mine");
    let base = content_hash(Some("mine"));
    save_text(&studio, "triage", "mine again", Some(&base)).await.unwrap();
    workspace.remove("prompts/triage.prompty").unwrap();
    assert_eq!(save_text(&studio, "triage", "x", Some(&base)).await.unwrap_err().code, "prompt.changed_outside");
    save_text(&studio, "triage", "anew", Some("")).await.unwrap();
    assert_eq!(file(&studio, "triage").unwrap(), "anew");
}

#[tokio::test]
async fn saving_drops_the_draft() {
    let (_folder, studio) = studio().await;
    keep_draft(&studio, "triage", "typed").await;
    save_text(&studio, "triage", "typed", None).await.unwrap();
    assert!(drafts(&studio).await.is_empty());
}

#[tokio::test]
async fn create_refuses_names_that_are_taken_or_bad_and_starts_with_a_prompt_that_renders() {
    let (_folder, studio) = studio().await;
    let code = async |name: &str| {
        let request = PromptCreateRequest { name: name.into(), text: None };
        create(&studio, request).await.err().map_or_else(String::new, |err| err.code)
    };
    assert_eq!(code("triage").await, "prompt.exists");
    assert_eq!(code("../out").await, "prompt.bad_name");
    for name in ["no", "a: b", "billing/new one"] {
        let expected = if name.contains(':') { "prompt.bad_name" } else { "" };
        assert_eq!(code(name).await, expected, "{name}");
    }
    let example = shown(&studio, "no").await.unwrap();
    assert_eq!(example.diagnostics, []);
    let rendered = render(&studio, RenderRequest { name: "no".into(), ..asked(json!({})) }).await.unwrap();
    assert_eq!((rendered.messages.len(), rendered.diagnostics.len()), (2, 0));
}

#[tokio::test]
async fn rename_takes_labels_and_drafts_along_and_follows_includes() {
    let (_folder, studio) = studio().await;
    commit_all(&studio, "Add triage").await;
    let label = LabelRequest { name: "triage".into(), label: "production".into(), version: VersionRef::Committed };
    crate::api::history::set_label(&studio, label).await.unwrap();
    keep_draft(&studio, "triage", "typed").await;
    let renamed = rename(&studio, RenameRequest { from: "triage".into(), to: "support/sort".into() }).await.unwrap();
    assert_eq!(renamed.text, TEXT.replace("name: triage", "name: sort"));
    assert_eq!(file(&studio, "triage"), None);
    assert!(listed(&studio, "support/sort").await.has_draft);
    assert_eq!(studio.session().unwrap().workspace.labels(&"support/sort".into()).unwrap().len(), 1);
    let moved = RenameRequest { from: "fragments/style.md".into(), to: "fragments/voice.md".into() };
    rename(&studio, moved).await.unwrap();
    let user = shown(&studio, "support/sort").await.unwrap();
    assert_eq!((user.fragments, user.diagnostics), (vec!["fragments/voice.md".into()], Vec::new()));
    let mixed = RenameRequest { from: "support/sort".into(), to: "fragments/sort.md".into() };
    assert_eq!(rename(&studio, mixed).await.unwrap_err().code, "prompt.bad_name");
    let missing = RenameRequest { from: "none".into(), to: "other".into() };
    assert_eq!(rename(&studio, missing).await.unwrap_err().code, "prompt.not_found");
}

#[tokio::test]
async fn duplicate_leaves_the_first_as_it_is() {
    let (_folder, studio) = studio().await;
    let copy = duplicate(&studio, RenameRequest { from: "triage".into(), to: "triage-2".into() }).await.unwrap();
    assert_eq!(copy.text, TEXT.replace("name: triage", "name: triage-2"));
    assert_eq!(file(&studio, "triage").unwrap(), TEXT);
}

#[tokio::test]
async fn deleting_keeps_what_no_version_has_and_refuses_a_fragment_in_use() {
    let (_folder, studio) = studio().await;
    commit_all(&studio, "Add triage").await;
    let used = delete(&studio, PromptRequest { name: "fragments/style.md".into() }).await.unwrap_err();
    assert_eq!(used.code, "prompt.in_use");
    assert!(used.message.contains("triage"));
    delete(&studio, PromptRequest { name: "triage".into() }).await.unwrap();
    assert_eq!((file(&studio, "triage"), drafts(&studio).await), (None, Vec::new()));
    put(&studio, "never-committed", "user:\nx").await;
    delete(&studio, PromptRequest { name: "never-committed".into() }).await.unwrap();
    assert_eq!(drafts(&studio).await, ["user:\nx"]);
}

#[tokio::test]
async fn commit_of_a_prompt_takes_its_fragments_and_nothing_else() {
    let (_folder, studio) = studio().await;
    put(&studio, "other", "user:\nother").await;
    let request = CommitRequest { names: vec!["triage".into()], message: "Add triage".to_owned() };
    assert_eq!(commit(&studio, request).await.unwrap().num_files, 2);
    assert!(!listed(&studio, "triage").await.is_uncommitted);
    assert!(!listed(&studio, "fragments/style.md").await.is_uncommitted);
    assert!(listed(&studio, "other").await.is_uncommitted);
}

#[tokio::test]
async fn render_takes_inputs_over_the_row_over_defaults_and_counts_tokens() {
    let (_folder, studio) = studio().await;
    let import = DatasetImportRequest {
        name: "tickets".into(),
        file_name: "tickets.jsonl".to_owned(),
        content: "{\"id\": \"a\", \"ticket\": \"from row\", \"tone\": \"brisk\"}\n".to_owned(),
    };
    crate::api::datasets::import(&studio, import).await.unwrap();
    let row = Some(RowRef { dataset: "tickets".into(), index: 0 });
    let from_row = render(&studio, RenderRequest { row: row.clone(), ..asked(json!({})) }).await.unwrap();
    let contents = |rendered: &atelier_types::prompt::Rendered| {
        rendered.messages.iter().map(|message| (message.role, message.content.clone())).collect::<Vec<_>>()
    };
    assert_eq!(contents(&from_row), [(Role::System, "Be brisk.".to_owned()), (Role::User, "from row".to_owned())]);
    let typed = render(&studio, RenderRequest { row, ..asked(json!({"tone": "kind"})) }).await.unwrap();
    assert_eq!(contents(&typed)[0].1, "Be kind.");
    let default = render(&studio, asked(json!({"ticket": "hello world"}))).await.unwrap();
    assert_eq!(contents(&default)[0].1, "Be calm.");
    assert_eq!((default.messages[1].num_tokens, default.counted_by.as_str()), (2, "o200k_base"));
    assert_eq!(default.num_tokens_by_input.get("ticket"), Some(&2));
    assert_eq!(default.num_tokens, default.messages.iter().map(|message| message.num_tokens).sum::<u32>());
}

#[tokio::test]
async fn render_of_a_draft_says_what_is_wrong_in_the_answer() {
    let (_folder, studio) = studio().await;
    let draft = |text: &str| RenderRequest { text: Some(text.to_owned()), ..asked(json!({})) };
    let unknown = render(&studio, draft("user:\n{{ tiket }}")).await.unwrap();
    assert_eq!(unknown.diagnostics[0].code, "prompt.unknown_variable");
    let missing = render(&studio, draft("{% include 'fragments/none.md' %}")).await.unwrap();
    assert_eq!((missing.diagnostics[0].code.as_str(), missing.messages.len()), ("prompt.missing_fragment", 0));
}

#[tokio::test]
async fn flattened_file_has_its_fragments() {
    let (_folder, studio) = studio().await;
    let request = PromptAtRequest { name: "triage".into(), version: VersionRef::Working };
    let flat = flatten(&studio, request).await.unwrap().text;
    assert_eq!(flat, TEXT.replace("{% include \"fragments/style.md\" %}", "Be {{ tone }}."));
}

#[tokio::test]
async fn versions_differ_as_written_and_as_rendered() {
    let (_folder, studio) = studio().await;
    commit_all(&studio, "Add triage").await;
    save_text(&studio, "fragments/style.md", "Be very {{ tone }}.\n", None).await.unwrap();
    save_text(&studio, "triage", &format!("{TEXT}\nassistant:\nYes.\n"), None).await.unwrap();
    let request = |rendered| VersionDiffRequest {
        name: "triage".into(),
        from: VersionRef::Committed,
        to: VersionRef::Working,
        rendered,
        inputs: Inputs::from_iter([("ticket".to_owned(), json!("help"))]),
        row: None,
    };
    let titles = |sections: &[atelier_types::diff::DiffSection]| {
        sections.iter().map(|section| section.title.clone()).collect::<Vec<_>>()
    };
    let written = crate::api::history::diff(&studio, request(false)).await.unwrap();
    assert_eq!(titles(&written), ["template", "fragments/style.md"]);
    let rendered = crate::api::history::diff(&studio, request(true)).await.unwrap();
    assert_eq!(titles(&rendered), ["system", "user", "assistant"]);
    let changes = |index: usize| rendered[index].diff.unified.iter().map(|piece| piece.change).collect::<Vec<_>>();
    assert_eq!(changes(0), [Change::Equal, Change::Inserted, Change::Equal]);
    assert_eq!(changes(1), [Change::Equal]);
    assert_eq!((rendered[2].num_tokens_before, rendered[2].num_tokens_after), (None, Some(2)));
}

#[tokio::test]
async fn a_prompt_that_is_not_there_is_not_found() {
    let (_folder, studio) = studio().await;
    assert_eq!(shown(&studio, "none").await.unwrap_err().code, "prompt.not_found");
    assert_eq!(shown(&studio, "../none").await.unwrap_err().code, "prompt.bad_name");
}
