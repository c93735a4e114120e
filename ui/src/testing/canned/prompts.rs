//! Prompts, their versions, drafts and datasets.

use super::{DAY, MINUTE, before_now};
use crate::transport::fake::Studio;
use atelier_types::api::*;
use atelier_types::dataset::{DatasetFormat, DatasetPage, DatasetSummary, Row};
use atelier_types::diff::{Change, DiffLine, DiffRow, DiffSection, Piece, TextDiff};
use atelier_types::ids::{LabelName, PromptName};
use atelier_types::prompt::{
    InputKind, InputSpec, Origin, PromptModel, PromptSource, PromptSummary, Rendered, RenderedMessage, Role,
    SourceKind, Span, Version,
};
use atelier_types::provider::Params;
use serde_json::{Value, json};

/// The prompt that most tests look at.
pub const INVOICE: &str = "billing/invoice-extract";

pub const INVOICE_TEXT: &str = r#"---
name: invoice-extract
description: Fields of a supplier invoice, as JSON
model:
  id: gpt-4.1-mini
  options: { temperature: 0, maxOutputTokens: 600 }
inputs:
  ocr_text: { kind: string }
  locale: { kind: string, default: de-DE }
  examples: { kind: array }
---
system:
You read supplier invoices and answer with one JSON object.
{% include "fragments/json-only.md" %}

Dates in the text follow {{ locale }}. Write them as ISO 8601.
If a field is absent, use null. Never guess a value.
{% for ex in examples %}
- {{ ex.text | truncate(48) }} -> {{ ex.fields | tojson }}
{% endfor %}

user:
Invoice, as read by the scanner:
{{ ocr_text | trim }}
"#;

const OCR_TEXT: &str = "NORDWIND LOGISTIK GMBH\nRechnung Nr. 2025-08817\nDatum 03.04.2025\n\
Pos 1  Fracht HH-M    1.240,00\nPos 2  Maut              86,40\nNetto              1.326,40\n\
USt 19 %             252,02\nGesamt EUR         1.578,42";

struct Line(&'static str, u32, bool);

const PROMPTS: &[Line] = &[
    Line(INVOICE, 13, true),
    Line("billing/dunning-letter", 9, false),
    Line("billing/receipt-split", 3, false),
    Line("support/ticket-triage", 31, false),
    Line("support/reply-draft", 14, true),
    Line("support/handoff-summary", 6, false),
    Line("naming/restaurant-names-for-menus", 22, false),
    Line("naming/tagline-few-shot", 5, false),
    Line("contract-qa", 8, false),
    Line("release-notes", 2, false),
];

const FRAGMENTS: &[(&str, u32)] = &[("json-only.md", 6), ("tone-of-voice.md", 4), ("date-rules.md", 2)];

pub fn list() -> Vec<PromptSummary> {
    let prompts = PROMPTS.iter().map(|Line(name, number, is_uncommitted)| PromptSummary {
        name: (*name).into(),
        kind: SourceKind::Prompt,
        description: String::new(),
        number: Some(*number),
        labels: Vec::new(),
        is_uncommitted: *is_uncommitted,
        has_draft: false,
        num_uses: 0,
        problem: None,
    });
    let fragments = FRAGMENTS.iter().map(|(name, num_uses)| PromptSummary {
        name: format!("fragments/{name}").into(),
        kind: SourceKind::Fragment,
        description: String::new(),
        number: Some(2),
        labels: Vec::new(),
        is_uncommitted: false,
        has_draft: false,
        num_uses: *num_uses,
        problem: None,
    });
    prompts.chain(fragments).collect()
}

fn input(name: &str, kind: InputKind, default: Option<Value>, choices: Vec<Value>) -> InputSpec {
    let required = default.is_none();
    InputSpec { name: name.to_owned(), kind, description: None, default, required, choices }
}

pub fn source(name: &PromptName) -> PromptSource {
    PromptSource {
        name: name.clone(),
        kind: if name.as_str().starts_with("fragments/") { SourceKind::Fragment } else { SourceKind::Prompt },
        text: INVOICE_TEXT.to_owned(),
        version: "8c1f2a".repeat(10).into(),
        content_hash: "hash-on-disk".to_owned(),
        number: None,
        is_uncommitted: true,
        num_changed_lines: 3,
        description: "Fields of a supplier invoice, as JSON".to_owned(),
        inputs: vec![
            input("ocr_text", InputKind::String, None, Vec::new()),
            input(
                "locale",
                InputKind::String,
                Some(json!("de-DE")),
                vec![json!("de-DE"), json!("en-GB"), json!("fr-FR")],
            ),
            input("examples", InputKind::Array, Some(json!([])), Vec::new()),
        ],
        model: PromptModel {
            id: Some("gpt-4.1-mini".into()),
            options: Params { temperature: Some(0.0), max_tokens: Some(600), ..Params::default() },
            output_schema: None,
        },
        fragments: vec!["fragments/json-only.md".into()],
        diagnostics: Vec::new(),
    }
}

/// Pieces of text with their origin, as one message.
fn message(role: Role, num_tokens: u32, pieces: &[(&str, Origin)]) -> RenderedMessage {
    let mut content = String::new();
    let mut spans = Vec::new();
    for (text, origin) in pieces {
        let start = content.len();
        content.push_str(text);
        spans.push(Span { start, end: content.len(), origin: origin.clone() });
    }
    RenderedMessage { role, content, spans, num_tokens }
}

pub fn rendered() -> Rendered {
    use Origin::{Template, Value};
    let fragment = Origin::Fragment { name: "fragments/json-only.md".into() };
    let system = message(
        Role::System,
        214,
        &[
            ("You read supplier invoices and answer with one JSON object.\n", Template),
            ("Answer with JSON only. No prose, no code fence.", fragment),
            ("\n\nDates in the text follow ", Template),
            ("de-DE", Value),
            (". Write them as ISO 8601. If a field is absent, use null. Never guess a value.\n- ", Template),
            ("Invoice 4471, 12 Mar 2025", Value),
            (" -> ", Template),
            ("{\"number\": \"4471\", \"date\": \"2025-03-12\"}", Value),
        ],
    );
    let user = message(Role::User, 398, &[("Invoice, as read by the scanner:\n", Template), (OCR_TEXT, Value)]);
    Rendered {
        messages: vec![system, user],
        diagnostics: Vec::new(),
        num_tokens: 612,
        num_tokens_by_input: [("ocr_text".to_owned(), 387), ("examples".to_owned(), 96)].into(),
        counted_by: "o200k_base".to_owned(),
    }
}

pub fn versions() -> Vec<Version> {
    let summaries = ["Read supplier invoices", "Ask for JSON only", "Add two examples", "Dates as ISO 8601"];
    (1..=13_u32)
        .map(|number| Version {
            number,
            hash: format!("{number:064x}").into(),
            commit: format!("{:040x}", number * 7919).into(),
            author: ["Ada", "Ben", "Chen"][number as usize % 3].to_owned(),
            committed_at: before_now(i64::from(14 - number) * 19 * DAY + 3 * MINUTE),
            summary: summaries[number as usize % summaries.len()].to_owned(),
            labels: labels(number),
        })
        .collect()
}

fn labels(number: u32) -> Vec<LabelName> {
    match number {
        9 => vec!["staging".into()],
        12 => vec!["production".into()],
        _ => Vec::new(),
    }
}

pub fn text_diff() -> TextDiff {
    let piece = |change, text: &str| Piece { change, text: text.to_owned() };
    let line = |number, pieces| Some(DiffLine { number, pieces });
    TextDiff {
        unified: vec![
            piece(Change::Equal, "Dates in the text follow {{ locale }}. "),
            piece(Change::Deleted, "Write it out."),
            piece(Change::Inserted, "Write them as ISO 8601."),
        ],
        rows: vec![DiffRow {
            left: line(1, vec![piece(Change::Equal, "Dates follow. "), piece(Change::Deleted, "Write it out.")]),
            right: line(
                1,
                vec![piece(Change::Equal, "Dates follow. "), piece(Change::Inserted, "Write them as ISO 8601.")],
            ),
        }],
        num_inserted_words: 5,
        num_deleted_words: 3,
    }
}

fn diff_sections(is_rendered: bool) -> Vec<DiffSection> {
    let title = if is_rendered { "system" } else { "template" };
    let tokens = |count| is_rendered.then_some(count);
    vec![DiffSection {
        title: title.to_owned(),
        diff: text_diff(),
        num_tokens_before: tokens(209),
        num_tokens_after: tokens(214),
    }]
}

pub fn datasets() -> Vec<DatasetSummary> {
    let summary = |name: &str, num_rows, columns: &[&str]| DatasetSummary {
        name: name.into(),
        format: DatasetFormat::Jsonl,
        num_rows,
        columns: columns.iter().map(|column| (*column).to_owned()).collect(),
        content_hash: "5e".repeat(32),
        problem: None,
    };
    vec![
        summary("invoices", 120, &["ocr_text", "locale", "examples", "expected"]),
        summary("tickets", 240, &["subject", "body", "expected"]),
        summary("menus", 40, &["cuisine", "city"]),
        summary("contracts", 36, &["question", "passages", "expected"]),
    ]
}

fn page(request: &DatasetPageRequest) -> DatasetPage {
    let summary = datasets().into_iter().find(|known| known.name == request.name);
    let summary = summary.unwrap_or_else(|| datasets().swap_remove(0));
    let end = summary.num_rows.min(request.offset + request.limit);
    let row = |index: u32| {
        let values = json!({
            "ocr_text": OCR_TEXT,
            "locale": "de-DE",
            "examples": [{"text": "Invoice 4471, 12 Mar 2025", "fields": {"number": "4471"}},
                         {"text": "Faktura 20-118, 7.2.2025", "fields": {"number": "20-118"}}],
            "expected": {"number": format!("2025-{index:05}"), "total": 1578.42},
        });
        let Value::Object(values) = values else { return Row { id: "none".into(), values: Default::default() } };
        Row { id: format!("inv-{:04}", 401 + index).into(), values }
    };
    DatasetPage { offset: request.offset, rows: (request.offset..end).map(row).collect(), summary }
}

pub fn answer(studio: &Studio) {
    studio
        .answer::<PromptsList>(list())
        .on::<PromptsShow>(|request| Ok(source(&request.name)))
        .on::<PromptsCreate>(|request| Ok(source(&request.name)))
        .on::<PromptsRename>(|request| Ok(source(&request.to)))
        .on::<PromptsDuplicate>(|request| Ok(source(&request.to)))
        .answer::<PromptsDelete>(Nothing {})
        .on::<PromptsSave>(|request| Ok(PromptSource { text: request.text, ..source(&request.name) }))
        .answer::<PromptsCommit>(Committed { commit: "77c0ffee".into(), num_files: 1 })
        .answer::<PromptsRender>(rendered())
        .answer::<DraftsList>(Vec::new())
        .answer::<DraftsKeep>(Nothing {})
        .answer::<DraftsDiscard>(Nothing {})
        .answer::<HistoryList>(versions())
        .on::<HistoryDiff>(|request| Ok(diff_sections(request.rendered)))
        .on::<HistoryRestore>(|request| Ok(source(&request.name)))
        .answer::<HistorySetLabel>(Nothing {})
        .answer::<HistoryRemoveLabel>(Nothing {})
        .answer::<HistoryDiffTexts>(text_diff())
        .answer::<PlaygroundRun>("play-1".into())
        .answer::<PlaygroundCancel>(Nothing {})
        .answer::<DatasetsList>(datasets())
        .on::<DatasetsShow>(|request| Ok(page(&request)));
}
