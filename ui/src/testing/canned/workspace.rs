//! The workspace, the machine, the settings, and lists that are empty until a test fills them.

use crate::transport::fake::Studio;
use atelier_types::api::*;
use atelier_types::settings::Settings;
use atelier_types::workspace::{CheckState, MachineCheck, RecentWorkspace, SearchHit, SearchKind, WorkspaceInfo};

/// Settings of somebody who has seen the tour.
pub fn settings() -> Settings {
    Settings { is_tour_done: true, reviewer: Some("ada".into()), ..Settings::default() }
}

pub fn info() -> WorkspaceInfo {
    WorkspaceInfo {
        id: "w-7f3a".into(),
        name: "helpdesk-prompts".to_owned(),
        path: "/home/ada/helpdesk/prompts".to_owned(),
        repository: "/home/ada/helpdesk".to_owned(),
        branch: Some("invoice-dates".to_owned()),
        num_prompts: 11,
        num_datasets: 4,
        num_experiments: 3,
        num_review_sets: 2,
        num_uncommitted: 2,
        has_conflicts: false,
    }
}

fn check(key: &str, state: CheckState, title: &str, detail: &str) -> MachineCheck {
    MachineCheck { key: key.to_owned(), state, title: title.to_owned(), detail: detail.to_owned() }
}

pub fn machine() -> Vec<MachineCheck> {
    use CheckState::{Good, Note};
    vec![
        check("engine", Good, "Local models run", "CPU engine, 16 threads, 32 GB. No GPU was found."),
        check("git", Good, "Git 2.47", "Name and signing key are taken from your git settings."),
        check("keychain", Good, "Keychain", "Keys are kept there and never written to files."),
        check("environment_keys", Note, "OPENAI_API_KEY is set", "It is not used until you add that endpoint."),
        check(
            "network",
            Note,
            "Nothing was sent anywhere",
            "No telemetry. Connections open only when you ask for one.",
        ),
    ]
}

fn recent(name: &str, exists: bool) -> RecentWorkspace {
    RecentWorkspace { path: format!("/home/ada/{name}"), name: name.to_owned(), exists }
}

fn hits(query: &str) -> Vec<SearchHit> {
    let hit = |kind, name: &str, excerpt: &str| SearchHit {
        kind,
        name: name.to_owned(),
        excerpt: excerpt.to_owned(),
        line: Some(19),
        cell: None,
    };
    let all = [
        hit(SearchKind::Prompt, "billing/invoice-extract", "Dates in the text follow {{ locale }}."),
        hit(SearchKind::Prompt, "support/ticket-triage", "Answer with one of the queues."),
        hit(SearchKind::Dataset, "invoices", "NORDWIND LOGISTIK GMBH"),
        hit(SearchKind::Experiment, "ticket-triage", "Three models on 240 tickets"),
    ];
    let query = query.to_lowercase();
    let matches = |hit: &SearchHit| format!("{} {}", hit.name, hit.excerpt).to_lowercase().contains(&query);
    all.into_iter().filter(matches).collect()
}

pub fn answer(studio: &Studio) {
    studio
        .answer::<WorkspaceCurrent>(Some(info()))
        .answer::<WorkspaceOpen>(info())
        .answer::<WorkspaceCreate>(info())
        .answer::<WorkspaceClone>(info())
        .answer::<WorkspaceDemo>(info())
        .answer::<WorkspaceRecent>(vec![recent("helpdesk/prompts", true), recent("naming", true), recent("old", false)])
        .on::<WorkspaceSearch>(|request| Ok(hits(&request.query)))
        .answer::<SettingsShow>(settings())
        .answer::<SettingsSave>(Nothing {})
        .answer::<SettingsMachine>(machine())
        .answer::<ExperimentsList>(Vec::new())
        .answer::<RunsList>(Vec::new())
        .answer::<ReviewsList>(Vec::new())
        .answer::<RubricsList>(Vec::new());
}
