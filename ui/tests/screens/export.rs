//! The export dialog, opened from results.

use atelier_types::api::{ExportPreview, ExportSource, ExportsPreview, ExportsWrite};
use atelier_types::error::{ApiError, ErrorKind};
use atelier_ui::state::Route;
use atelier_ui::testing::canned::experiments::RUN;
use atelier_ui::testing::{AppHarness, Setup};
use egui::Role;
use egui_kittest::kittest::Queryable as _;

fn opened(setup: Setup) -> AppHarness {
    let mut harness = setup.build();
    harness.get_by_role_and_label(Role::Button, "Export…").click();
    harness.run();
    harness
}

fn triage() -> Setup {
    Setup::at(Route::Experiments { name: Some("ticket-triage".into()), run: None, cell: None })
}

#[test]
fn an_export_shows_its_beginning_and_is_written_where_it_says() {
    let mut harness = opened(triage());
    assert!(harness.query_by_label("Preview of 720 records").is_some());
    harness.get_by_role_and_label(Role::Button, "Export").click();
    harness.run();
    let written = harness.state().studio().calls::<ExportsWrite>();
    assert_eq!(written[0].source, ExportSource::Run(RUN.into()));
    assert_eq!(written[0].path, "exports/ticket-triage.jsonl");
    assert!(harness.query_by_label_contains("written to exports/ticket-triage.jsonl").is_some());
}

#[test]
fn an_empty_export_is_not_written() {
    let setup = triage();
    setup.studio.answer::<ExportsPreview>(ExportPreview { num_records: 0, head: String::new() });
    let mut harness = opened(setup);
    harness.get_by_role_and_label(Role::Button, "Export").click();
    harness.run();
    assert!(harness.state().studio().calls::<ExportsWrite>().is_empty());
}

#[test]
fn a_failed_export_stays_open_with_its_reason() {
    let setup = triage();
    setup.studio.fail::<ExportsWrite>(ApiError::new(ErrorKind::Unavailable, "disk.full", "The disk is full"));
    let mut harness = opened(setup);
    harness.get_by_role_and_label(Role::Button, "Export").click();
    harness.run();
    assert!(harness.query_by_label("The disk is full").is_some());
    assert!(harness.query_by_label("Preview of 720 records").is_some());
}
