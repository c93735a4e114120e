//! The values that the prompt is rendered with: from the row of a dataset, from what is typed here, or the defaults.

use crate::context::WorkspaceContext;
use crate::theme::{Tokens, icons, metrics, tokens, type_scale};
use crate::widgets::field::{check, menu_row};
use crate::widgets::{Button, Choice, Field, text};
use crate::words;
use atelier_types::api::{DatasetPageRequest, DatasetsList, DatasetsShow, Nothing, RowRef};
use atelier_types::dataset::{DatasetPage, DatasetSummary};
use atelier_types::ids::PromptName;
use atelier_types::prompt::{InputKind, InputSpec, Inputs, Rendered};
use egui::{Align, Id, Layout, ScrollArea, Ui};
use serde_json::Value;
use std::collections::BTreeMap;

/// Lines of text that a field shows before it scrolls.
const MAX_FIELD_ROWS: usize = 8;

pub struct InputsState {
    /// Of which prompt; fields keep their undo under it.
    owner: PromptName,
    pub row: Option<RowRef>,
    values: Inputs,
    /// What is being typed into a field; it becomes a value as soon as it is one.
    typed: BTreeMap<String, String>,
}

impl InputsState {
    pub fn new(owner: PromptName) -> Self {
        Self { owner, row: None, values: Inputs::default(), typed: BTreeMap::new() }
    }

    /// The field of an input, so that a key can put the focus there.
    pub fn field_id(&self, input: &str) -> Id {
        Id::unique(("prompt input", self.owner.as_str(), input))
    }

    /// What was typed here; it goes before the row's values.
    pub fn values(&self) -> &Inputs {
        &self.values
    }

    pub fn choose_row(&mut self, row: Option<RowRef>) {
        self.row = row;
        self.values.clear();
        self.typed.clear();
    }

    /// Goes on in the dataset, around its ends.
    pub fn step(&mut self, num_rows: u32, step: i64) {
        let Some(row) = &self.row else { return };
        let next = (i64::from(row.index) + step).rem_euclid(i64::from(num_rows.max(1)));
        let row = RowRef { dataset: row.dataset.clone(), index: u32::try_from(next).unwrap_or_default() };
        self.choose_row(Some(row));
    }

    fn set(&mut self, name: &str, value: Value) {
        self.values.insert(name.to_owned(), value);
    }
}

/// Where the shown value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Typed,
    Row,
    Default,
    Missing,
}

struct Shown<'a> {
    value: Option<&'a Value>,
    source: Source,
}

fn shown<'a>(spec: &'a InputSpec, state: &'a InputsState, row: Option<&'a Inputs>) -> Shown<'a> {
    let typed = state.values.get(&spec.name).map(|value| (value, Source::Typed));
    let from_row = || row.and_then(|row| row.get(&spec.name)).map(|value| (value, Source::Row));
    let default = || spec.default.as_ref().map(|value| (value, Source::Default));
    match typed.or_else(from_row).or_else(default) {
        Some((value, source)) => Shown { value: Some(value), source },
        None => Shown { value: None, source: Source::Missing },
    }
}

/// The pane. Reads the dataset and the chosen row by itself.
pub fn inputs_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    specs: &[InputSpec],
    rendered: Option<&Rendered>,
    state: &mut InputsState,
) {
    let t = tokens(ui.ctx());
    let datasets = ctx.fetch::<DatasetsList>(&Nothing {});
    let datasets = datasets.value().map_or(&[][..], Vec::as_slice);
    let page = state.row.as_ref().map(|row| {
        ctx.fetch::<DatasetsShow>(&DatasetPageRequest { name: row.dataset.clone(), offset: row.index, limit: 1 })
    });
    let page = page.as_ref().and_then(|page| page.value());
    head_ui(ui, page, state, t);
    ScrollArea::vertical().id_salt("inputs").auto_shrink([false, false]).show(ui, |ui| {
        egui::Frame::NONE.inner_margin(egui::Margin { left: 16, right: 16, top: 4, bottom: 16 }).show(ui, |ui| {
            dataset_ui(ui, datasets, page, state, t);
            if specs.is_empty() {
                text::label(ui, type_scale::DENSE, "This prompt declares no inputs.", t.ink3);
            }
            let row = page.and_then(|page| page.rows.first()).map(|row| &row.values);
            for spec in specs {
                ui.add_space(metrics::SPACE_8);
                input_ui(ui, spec, row, rendered, state, t);
            }
        });
    });
}

fn head_ui(ui: &mut Ui, page: Option<&DatasetPage>, state: &mut InputsState, t: &Tokens) {
    let size = egui::vec2(ui.available_width(), metrics::SUB_HEAD);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.add_space(metrics::SPACE_16);
        text::line(ui, type_scale::BODY_SEMIBOLD, "Inputs", t.ink);
        let (Some(row), Some(page)) = (state.row.clone(), page) else { return };
        let num_rows = page.summary.num_rows;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = metrics::SPACE_4;
            ui.add_space(metrics::SPACE_8);
            if ui.add(Button::icon_only(icons::CARET_RIGHT, "Next row")).clicked() {
                state.step(num_rows, 1);
            }
            let place = format!("{} of {}", words::count(u64::from(row.index) + 1), words::count(num_rows.into()));
            text::line(ui, type_scale::DENSE, place, t.ink2);
            if ui.add(Button::icon_only(icons::CARET_LEFT, "Previous row")).clicked() {
                state.step(num_rows, -1);
            }
        });
    });
}

fn dataset_ui(
    ui: &mut Ui,
    datasets: &[DatasetSummary],
    page: Option<&DatasetPage>,
    state: &mut InputsState,
    t: &Tokens,
) {
    let chosen = state.row.as_ref().map(|row| row.dataset.clone());
    let name = chosen.as_ref().map_or("No dataset", |name| name.as_str());
    let row_id = page.and_then(|page| page.rows.first()).map_or("", |row| row.id.as_str());
    let width = ui.available_width();
    Choice::new("Dataset", name).note(row_id).icon(icons::DATABASE).width(width).show(ui, |ui| {
        if menu_row(ui, None, "No dataset", "", chosen.is_none()).clicked() {
            state.choose_row(None);
        }
        for dataset in datasets.iter().filter(|dataset| dataset.num_rows > 0) {
            let is_chosen = chosen.as_ref() == Some(&dataset.name);
            if menu_row(ui, Some(icons::DATABASE), dataset.name.as_str(), "", is_chosen).clicked() {
                state.choose_row(Some(RowRef { dataset: dataset.name.clone(), index: 0 }));
            }
        }
    });
    if datasets.is_empty() {
        text::label(ui, type_scale::LABEL, "With a dataset you can step through its rows here.", t.ink3);
    }
}

fn input_ui(
    ui: &mut Ui,
    spec: &InputSpec,
    row: Option<&Inputs>,
    rendered: Option<&Rendered>,
    state: &mut InputsState,
    t: &Tokens,
) {
    let shown = shown(spec, state, row);
    let num_tokens = rendered.and_then(|rendered| rendered.num_tokens_by_input.get(&spec.name));
    let note = match (shown.source, num_tokens) {
        (Source::Missing, _) if spec.required => "needed".to_owned(),
        (Source::Missing, _) => "empty".to_owned(),
        (Source::Default, _) => "default".to_owned(),
        (_, Some(num_tokens)) => words::counted(u64::from(*num_tokens), "token", "tokens"),
        (Source::Typed, None) => "typed".to_owned(),
        (Source::Row, None) => String::new(),
    };
    let is_missing = shown.source == Source::Missing && spec.required;
    let value = shown.value.cloned();
    ui.spacing_mut().item_spacing.y = metrics::SPACE_4;
    ui.horizontal(|ui| {
        text::line(ui, type_scale::DENSE_MEDIUM, &spec.name, t.ink);
        text::line(ui, type_scale::LABEL, kind_words(spec.kind, value.as_ref()), t.ink3);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            text::line(ui, type_scale::LABEL, note, if is_missing { t.worse } else { t.ink3 });
        });
    });
    value_ui(ui, spec, value, state);
    if let Some(description) = &spec.description {
        text::label(ui, type_scale::LABEL, description, t.ink3);
    }
}

fn kind_words(kind: InputKind, value: Option<&Value>) -> String {
    let word = match kind {
        InputKind::String => "string",
        InputKind::Integer => "integer",
        InputKind::Float => "number",
        InputKind::Boolean => "yes or no",
        InputKind::Array => "array",
        InputKind::Object => "object",
        InputKind::Thread => "thread",
    };
    match value {
        Some(Value::Array(items)) => format!("{word}, {}", words::counted(items.len() as u64, "item", "items")),
        _ => word.to_owned(),
    }
}

fn value_ui(ui: &mut Ui, spec: &InputSpec, value: Option<Value>, state: &mut InputsState) {
    if !spec.choices.is_empty() {
        return choice_ui(ui, spec, value, state);
    }
    if spec.kind == InputKind::Boolean {
        let mut is_on = value.as_ref().and_then(Value::as_bool).unwrap_or_default();
        if check(ui, &mut is_on, &spec.name).changed() {
            state.set(&spec.name, Value::Bool(is_on));
        }
        return;
    }
    let written = value.as_ref().map(|value| written(spec.kind, value)).unwrap_or_default();
    let mut text = state.typed.get(&spec.name).cloned().unwrap_or(written);
    let error = parsed(spec.kind, &text).err();
    let is_line = matches!(spec.kind, InputKind::Integer | InputKind::Float);
    let num_rows = if is_line { 1 } else { text.lines().count().clamp(2, MAX_FIELD_ROWS) };
    let width = ui.available_width();
    let id = state.field_id(&spec.name);
    let field = Field::new(&spec.name, &mut text).dense().rows(num_rows).width(width).id(id);
    let error = error.filter(|_| !text_is_empty(state, &spec.name));
    if ui.add(field.error(error.as_deref())).changed() {
        match parsed(spec.kind, &text) {
            Ok(value) => state.set(&spec.name, value),
            Err(_) => {
                state.values.remove(&spec.name);
            }
        }
        state.typed.insert(spec.name.clone(), text);
    }
}

fn text_is_empty(state: &InputsState, name: &str) -> bool {
    state.typed.get(name).is_none_or(|text| text.trim().is_empty())
}

fn choice_ui(ui: &mut Ui, spec: &InputSpec, value: Option<Value>, state: &mut InputsState) {
    let shown = value.as_ref().map(|value| written(InputKind::String, value)).unwrap_or_default();
    let width = ui.available_width();
    Choice::new(&spec.name, &shown).width(width).show(ui, |ui| {
        for choice in &spec.choices {
            let is_chosen = value.as_ref() == Some(choice);
            if menu_row(ui, None, &written(InputKind::String, choice), "", is_chosen).clicked() {
                state.set(&spec.name, choice.clone());
            }
        }
    });
}

/// A value as it is edited: text as it is, everything else as JSON.
fn written(kind: InputKind, value: &Value) -> String {
    match (kind, value) {
        (InputKind::String, Value::String(text)) => text.clone(),
        (InputKind::Array | InputKind::Object | InputKind::Thread, value) => {
            serde_json::to_string_pretty(value).unwrap_or_default()
        }
        (_, value) => value.to_string(),
    }
}

/// The value that a text stands for, or what is wrong with it.
fn parsed(kind: InputKind, text: &str) -> Result<Value, String> {
    match kind {
        InputKind::String => Ok(Value::String(text.to_owned())),
        InputKind::Integer => text.trim().parse::<i64>().map(Value::from).map_err(|_| "A whole number.".to_owned()),
        InputKind::Float => number(text).ok_or_else(|| "A number.".to_owned()),
        InputKind::Boolean => Ok(Value::Bool(text.trim() == "true")),
        InputKind::Array | InputKind::Thread => json(text).and_then(|value| match value {
            Value::Array(_) => Ok(value),
            _ => Err("A JSON array: [ … ]".to_owned()),
        }),
        InputKind::Object => json(text).and_then(|value| match value {
            Value::Object(_) => Ok(value),
            _ => Err("A JSON object: { … }".to_owned()),
        }),
    }
}

fn number(text: &str) -> Option<Value> {
    let number = text.trim().parse::<f64>().ok()?;
    serde_json::Number::from_f64(number).map(Value::Number)
}

fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("No JSON: line {}, column {}.", error.line(), error.column()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn spec(default: Option<Value>) -> InputSpec {
        let required = default.is_none();
        InputSpec {
            name: "a".to_owned(),
            kind: InputKind::String,
            description: None,
            default,
            required,
            choices: vec![],
        }
    }

    #[test]
    fn typed_goes_before_the_row_and_the_row_before_the_default() {
        let (spec, row) = (spec(Some(json!("default"))), Inputs::from_iter([("a".to_owned(), json!("row"))]));
        let mut state = InputsState::new("triage".into());
        assert_eq!(shown(&spec, &state, None).source, Source::Default);
        assert_eq!(shown(&spec, &state, Some(&row)).source, Source::Row);
        state.set("a", json!("typed"));
        assert_eq!(shown(&spec, &state, Some(&row)).value, Some(&json!("typed")));
    }

    #[test]
    fn rows_go_round_and_forget_what_was_typed_for_the_last_one() {
        let mut state = InputsState::new("triage".into());
        state.choose_row(Some(RowRef { dataset: "d".into(), index: 2 }));
        state.set("a", json!(1));
        state.step(3, 1);
        assert_eq!(state.row.as_ref().map(|row| row.index), Some(0));
        assert!(state.values().is_empty());
        state.step(3, -1);
        assert_eq!(state.row.map(|row| row.index), Some(2));
    }

    #[test]
    fn values_survive_being_written_and_read() {
        for (kind, value) in [
            (InputKind::String, json!("two\nlines")),
            (InputKind::Integer, json!(42)),
            (InputKind::Float, json!(0.25)),
            (InputKind::Array, json!([1, {"b": null}])),
            (InputKind::Object, json!({"z": 1, "a": [true]})),
            (InputKind::Thread, json!([{"role": "user", "content": "hi"}])),
        ] {
            assert_eq!(parsed(kind, &written(kind, &value)), Ok(value), "{kind:?}");
        }
    }

    #[test]
    fn what_is_no_value_says_what_one_looks_like() {
        assert_eq!(parsed(InputKind::Integer, "1.5"), Err("A whole number.".to_owned()));
        assert_eq!(parsed(InputKind::Object, "[]"), Err("A JSON object: { … }".to_owned()));
        assert_eq!(parsed(InputKind::Array, "[1,"), Err("No JSON: line 1, column 3.".to_owned()));
        assert_eq!(parsed(InputKind::Float, "NaN"), Err("A number.".to_owned()));
    }
}
