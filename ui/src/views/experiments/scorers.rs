//! The scorers of an experiment: which, on which column, with which settings.

use super::scorer_kinds::{Group, KINDS, Kind};
use crate::commands::Call;
use crate::context::WorkspaceContext;
use crate::state::Route;
use crate::theme::{icons, metrics::*, tokens, type_scale as scale};
use crate::widgets::field::{Choice, check, described_row, menu_row};
use crate::widgets::{Button, Field, text};
use atelier_types::JsonMap;
use atelier_types::api::{ModelsList, Nothing, PromptRequest, PromptsAdopt};
use atelier_types::ids::{ModelName, ScorerName};
use atelier_types::prompt::PromptSource;
use atelier_types::score::ScorerSpec;
use egui::Ui;
use serde_json::Value;

/// The menu of all scorers, and where their words start in it.
const MENU: f32 = 560.0;
const MENU_WORDS: f32 = 168.0;

fn kind_of(scorer: &ScorerName) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == scorer.as_str())
}

pub fn scorers_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, scorers: &mut Vec<ScorerSpec>, columns: &[String]) {
    let mut removed = None;
    for (index, spec) in scorers.iter_mut().enumerate() {
        ui.push_id(index, |ui| {
            if scorer_ui(ui, ctx, spec, columns) {
                removed = Some(index);
            }
        });
    }
    if let Some(index) = removed {
        scorers.remove(index);
    }
    let mut added = None;
    Choice::new("Add a scorer", "Add a scorer").icon(icons::PLUS).width(200.0).show(ui, |ui| {
        ui.set_min_width(MENU);
        for group in Group::ALL {
            ui.add_space(SPACE_8);
            text::caption(ui, group.title());
            for kind in KINDS.iter().filter(|kind| kind.group == group) {
                if described_row(ui, kind.name, kind.words, MENU_WORDS).clicked() {
                    added = Some(kind);
                }
            }
        }
    });
    if let Some(kind) = added {
        let (scorer, options) = (ScorerName::new(kind.name), JsonMap::new());
        scorers.push(ScorerSpec { scorer, name: None, expected: None, options, min_mean: None });
    }
}

/// One scorer; true when it is to be removed.
fn scorer_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, spec: &mut ScorerSpec, columns: &[String]) -> bool {
    let t = tokens(ui.ctx());
    let kind = kind_of(&spec.scorer);
    let is_removed = ui
        .horizontal(|ui| {
            text::line(ui, scale::BODY_MEDIUM, spec.result_name().as_str(), t.ink);
            text::elided(ui, scale::DENSE, kind.map_or("Not known to this version", |kind| kind.words), t.ink3);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let name = format!("Remove {}", spec.result_name());
                ui.add(Button::icon_only(icons::X, &name)).clicked()
            })
            .inner
        })
        .inner;
    let Some(kind) = kind else { return is_removed };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE_16;
        if kind.group != Group::Judge {
            expected_ui(ui, spec, columns);
        }
        if kind.group.asks_model() {
            model_ui(ui, ctx, spec, kind.group);
        }
        if !kind.prompts.is_empty() {
            prompts_ui(ui, ctx, kind);
        }
        for (key, words, default) in kind.flags {
            let mut is_on = spec.options.get(*key).and_then(Value::as_bool).unwrap_or(*default);
            if check(ui, &mut is_on, words).changed() {
                if is_on == *default {
                    spec.options.shift_remove(*key);
                } else {
                    spec.options.insert((*key).to_owned(), Value::Bool(is_on));
                }
            }
        }
    });
    for (key, name, hint) in kind.settings {
        // Of several fields a filled one would not say what it is.
        if kind.settings.len() > 1 {
            text::caption(ui, *name);
        }
        let mut words = setting_text(&spec.options, key);
        if ui.add(Field::new(name, &mut words).hint(hint).mono()).changed() {
            set_setting(&mut spec.options, key, &words);
        }
    }
    ui.add_space(SPACE_8);
    is_removed
}

/// Which model judges or gives the vectors.
fn model_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, spec: &mut ScorerSpec, group: Group) {
    let overview = ctx.fetch::<ModelsList>(&Nothing {});
    let known = overview.value();
    let local = known.iter().flat_map(|known| known.local.iter().map(|model| &model.name));
    let models: Vec<&ModelName> =
        local.chain(known.iter().flat_map(|known| known.remote.iter().map(|model| &model.name))).collect();
    let shown = setting_text(&spec.options, if spec.options.contains_key("models") { "models" } else { "model" });
    let mut chosen = None;
    let words = if shown.is_empty() { "Choose a model" } else { &shown };
    let (name, note) = if group == Group::Judge { ("Judging model", "judges") } else { ("Encoder", "encodes") };
    Choice::new(name, words).note(note).width(184.0).show(ui, |ui| {
        for model in models {
            if menu_row(ui, None, model.as_str(), "", model.as_str() == shown).clicked() {
                chosen = Some(model.to_string());
            }
        }
    });
    if let Some(model) = chosen {
        spec.options.shift_remove("models");
        spec.options.insert("model".to_owned(), Value::String(model));
    }
}

/// The way to a judge's prompts.
fn prompts_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, kind: &Kind) {
    let edit = Button::new("Edit its prompts").quiet();
    if ui.add(edit).on_hover_text("Write them into the workspace, as files of your own").clicked() {
        for name in kind.prompts.iter().rev() {
            let open = |adopted: &PromptSource| vec![Route::prompt(adopted.name.clone()).into()];
            ctx.commands.send(Call::new::<PromptsAdopt>(PromptRequest { name: (*name).into() }).then(open));
        }
    }
}

fn expected_ui(ui: &mut Ui, spec: &mut ScorerSpec, columns: &[String]) {
    let shown = spec.expected.clone().unwrap_or_else(|| "expected".to_owned());
    let mut chosen = None;
    Choice::new("Expected column", &shown).note("column").width(184.0).show(ui, |ui| {
        for column in columns {
            if menu_row(ui, None, column, "", *column == shown).clicked() {
                chosen = Some(column.clone());
            }
        }
    });
    if let Some(column) = chosen {
        spec.expected = (column != "expected").then_some(column);
    }
}

/// A setting as it is typed: lists with commas, anything else that is no text as JSON.
fn setting_text(options: &JsonMap, key: &str) -> String {
    match options.get(key) {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        Some(value) => value.to_string(),
    }
}

fn set_setting(options: &mut JsonMap, key: &str, words: &str) {
    let value = match key {
        _ if words.is_empty() => {
            options.shift_remove(key);
            return;
        }
        "values" | "words" | "fields" => {
            let items = words.split(',').map(|item| Value::String(item.trim_start().to_owned()));
            Value::Array(items.collect())
        }
        // Half-typed JSON is kept as text, so that nothing that was typed is lost.
        "schema" | "abs_tolerance" | "n" | "min" | "repeats" | "layer" | "baseline" => {
            serde_json::from_str(words).unwrap_or_else(|_| Value::String(words.to_owned()))
        }
        _ => Value::String(words.to_owned()),
    };
    options.insert(key.to_owned(), value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_back_as_they_were_typed() {
        let mut options = JsonMap::new();
        for (key, typed) in [("values", "refund, sorry"), ("pattern", r"^\d+$"), ("schema", r#"{"type":"object"}"#)] {
            set_setting(&mut options, key, typed);
            assert_eq!(setting_text(&options, key), typed);
        }
        assert!(options["schema"].is_object() && options["values"].is_array());
    }

    #[test]
    fn half_typed_json_is_kept_and_an_empty_setting_is_none() {
        let mut options = JsonMap::new();
        set_setting(&mut options, "schema", "{\"ty");
        assert_eq!(setting_text(&options, "schema"), "{\"ty");
        set_setting(&mut options, "schema", "");
        assert!(options.is_empty());
    }
}
