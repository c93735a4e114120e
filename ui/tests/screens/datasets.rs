//! Datasets: rows in view, import from a file or by pasting, deletion.

use atelier_types::api::{DatasetsDelete, DatasetsImport, DatasetsList, DatasetsShow};
use atelier_types::error::{ApiError, ErrorKind};
use atelier_ui::commands::HostAnswer;
use atelier_ui::state::Route;
use atelier_ui::testing::{AppHarness, Setup};
use egui::Role;
use egui_kittest::kittest::Queryable as _;

fn datasets() -> Setup {
    Setup::at(Route::Datasets { name: None })
}

fn click(harness: &mut AppHarness, words: &str) {
    harness.get_by_role_and_label(Role::Button, words).click();
    harness.run();
}

fn type_into(harness: &mut AppHarness, role: Role, field: &str, words: &str) {
    harness.get_by_role_and_label(role, field).focus();
    harness.run();
    harness.get_by_role_and_label(role, field).type_text(words);
    harness.run();
}

#[test]
fn rows_of_the_chosen_dataset_are_asked_in_windows() {
    let harness = datasets().build();
    let asked = harness.state().studio().calls::<DatasetsShow>();
    assert!(!asked.is_empty() && asked.iter().all(|request| request.limit <= 64));
}

#[test]
fn a_file_is_imported_under_the_name_of_its_stem() {
    let setup = datasets();
    let file = HostAnswer::File { name: "tickets-2.csv".to_owned(), content: "a,b\n1,2\n".to_owned() };
    setup.studio.answer_host(file);
    let mut harness = setup.build();
    click(&mut harness, "Import…");
    click(&mut harness, "Import");
    let imported = harness.state().studio().calls::<DatasetsImport>();
    assert_eq!((imported[0].name.as_str(), imported[0].content.as_str()), ("tickets-2", "a,b\n1,2\n"));
}

#[test]
fn without_a_host_that_picks_files_rows_are_pasted() {
    let setup = datasets();
    setup.studio.answer::<DatasetsList>(Vec::new());
    let mut harness = setup.build();
    click(&mut harness, "Import…");
    type_into(&mut harness, Role::TextInput, "Name", "mine");
    type_into(&mut harness, Role::MultilineTextInput, "Rows to import", "{\"a\": 1}");
    click(&mut harness, "Import");
    let imported = harness.state().studio().calls::<DatasetsImport>();
    assert_eq!(imported.first().map(|request| request.file_name.as_str()), Some("mine.jsonl"));
}

#[test]
fn a_refused_import_keeps_what_was_pasted() {
    let setup = datasets();
    let file = HostAnswer::File { name: "bad.jsonl".to_owned(), content: "{".to_owned() };
    setup.studio.answer_host(file);
    setup.studio.fail::<DatasetsImport>(ApiError::new(ErrorKind::Invalid, "dataset.bad_json", "Line 1 is no JSON"));
    let mut harness = setup.build();
    click(&mut harness, "Import…");
    click(&mut harness, "Import");
    assert!(harness.query_by_label("Line 1 is no JSON").is_some());
    assert!(harness.query_by_label("bad.jsonl, 1 line").is_some());
}

#[test]
fn deleting_is_asked_for_first() {
    let mut harness = datasets().build();
    click(&mut harness, "Delete…");
    assert!(harness.state().studio().calls::<DatasetsDelete>().is_empty());
    click(&mut harness, "Delete dataset");
    assert_eq!(harness.state().studio().calls::<DatasetsDelete>()[0].name.as_str(), "invoices");
}
