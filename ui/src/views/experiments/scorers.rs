//! The scorers of an experiment: which, on which column, with which settings.

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

/// A scorer that can be chosen, with its settings that are switches.
struct Kind {
    name: &'static str,
    words: &'static str,
    /// Name of the text setting, and its hint.
    setting: Option<(&'static str, &'static str, &'static str)>,
    /// Key, words, default.
    flags: &'static [(&'static str, &'static str, bool)],
    /// The prompts that it asks a model with; empty for a scorer that asks none.
    prompts: &'static [&'static str],
}

/// A scorer whose settings are switches only.
const fn plain(name: &'static str, words: &'static str, flags: &'static [(&'static str, &'static str, bool)]) -> Kind {
    Kind { name, words, setting: None, flags, prompts: &[] }
}

/// A judge: a scorer that asks a model.
const fn judge(
    name: &'static str,
    words: &'static str,
    setting: (&'static str, &'static str, &'static str),
    flags: &'static [(&'static str, &'static str, bool)],
    prompts: &'static [&'static str],
) -> Kind {
    Kind { name, words, setting: Some(setting), flags, prompts }
}

const QUESTION_COLUMN: (&str, &str, &str) = ("question_column", "Column with the question", "question");
const CONTEXT_COLUMN: (&str, &str, &str) = ("context_column", "Column with the context", "context");
const CLAIMS: &[&str] = &["judges/claims", "judges/claim-verdicts"];

/// A scorer with one text setting.
const fn setting(
    name: &'static str,
    words: &'static str,
    setting: (&'static str, &'static str, &'static str),
    flags: &'static [(&'static str, &'static str, bool)],
) -> Kind {
    Kind { name, words, setting: Some(setting), flags, prompts: &[] }
}

const FENCE: &[(&str, &str, bool)] = &[("allow_fence", "Allow a Markdown fence", false)];

const IGNORE_CASE: &[(&str, &str, bool)] = &[("ignore_case", "Ignore case", false)];
const STEMS: &[(&str, &str, bool)] = &[("use_stemmer", "Compare stems", false)];
const LOWER: &[(&str, &str, bool)] = &[("lowercase", "Ignore case", false)];
const FEWER: &[(&str, &str, bool)] = &[("lower_is_better", "Fewer is better", false)];

const KINDS: [Kind; 49] = [
    Kind {
        name: "exact_match",
        words: "The output is what was expected",
        setting: None,
        flags: &[
            ("ignore_case", "Ignore case", false),
            ("ignore_punctuation", "Ignore punctuation", false),
            ("trim", "Ignore space at the ends", true),
        ],
        prompts: &[],
    },
    Kind {
        name: "contains",
        words: "The output has certain texts in it",
        setting: Some(("values", "Texts", "one, two (else the expected column)")),
        flags: &[("ignore_case", "Ignore case", false), ("any", "One of them is enough", false)],
        prompts: &[],
    },
    Kind {
        name: "regex",
        words: "A regular expression matches",
        setting: Some(("pattern", "Pattern", "(else the expected column)")),
        flags: &[("ignore_case", "Ignore case", false), ("full", "Must match the whole output", false)],
        prompts: &[],
    },
    Kind {
        name: "json_schema",
        words: "The output is JSON of a schema",
        setting: Some(("schema", "Schema", "{ … } (else the prompt's own)")),
        flags: FENCE,
        prompts: &[],
    },
    Kind {
        name: "numeric",
        words: "The output is the number that was expected",
        setting: Some(("abs_tolerance", "Tolerance", "0 (exactly the number)")),
        flags: &[("extract", "Take the last number of the output", false)],
        prompts: &[],
    },
    plain(
        "json_match",
        "Share of a JSON value's fields that are right",
        &[
            ("ignore_extra", "Allow more fields", false),
            ("ignore_order", "Ignore the order of lists", false),
            ("allow_fence", "Allow a Markdown fence", false),
            ("alternatives", "A list holds alternatives", false),
        ],
    ),
    plain("set_match", "Items in common, in any order", IGNORE_CASE),
    plain("list_match", "Items in the same places", IGNORE_CASE),
    plain("levenshtein", "Characters to change; lower is better", IGNORE_CASE),
    plain("levenshtein_ratio", "Likeness by characters, 0 to 100", IGNORE_CASE),
    plain("jaro_winkler", "Likeness of names, 0 to 1", IGNORE_CASE),
    plain("token_sort_ratio", "Likeness with the words sorted, 0 to 100", IGNORE_CASE),
    plain("token_set_ratio", "Likeness of the sets of words, 0 to 100", IGNORE_CASE),
    plain("token_f1", "Words in common with a short answer", &[]),
    Kind {
        name: "bleu",
        words: "n-grams in common with translations, 0 to 100",
        setting: Some(("tokenize", "Tokenizer", "13a, intl, zh, char or none")),
        flags: LOWER,
        prompts: &[],
    },
    plain("chrf", "Character n-grams in common, 0 to 100", LOWER),
    plain("chrf++", "Character and word n-grams in common, 0 to 100", LOWER),
    plain(
        "ter",
        "Words to edit, in percent of the reference; lower is better",
        &[("case_sensitive", "Mind case", false), ("no_punct", "Ignore punctuation", false)],
    ),
    plain("rouge1", "Words in common with a summary", STEMS),
    plain("rouge2", "Pairs of words in common with a summary", STEMS),
    plain("rougeL", "Longest common subsequence of words", STEMS),
    plain("rougeLsum", "Longest common subsequences, line by line", STEMS),
    plain("meteor", "Words and stems in common, in order", &[]),
    plain("word_count", "Words of the output", FEWER),
    plain("sentence_count", "Sentences of the output", FEWER),
    plain(
        "character_count",
        "Characters of the output",
        &[("lower_is_better", "Fewer is better", false), ("ignore_spaces", "Ignore spaces", false)],
    ),
    plain("flesch_reading_ease", "How easy English is to read, up to about 120", &[]),
    plain("flesch_kincaid_grade", "School years that English takes to read; lower is better", &[]),
    plain(
        "nonletter_share",
        "Share of characters that are no letters",
        &[("lower_is_better", "Lower is better", true)],
    ),
    setting("repetition", "Share of word sequences that stood before", ("n", "Words", "4"), IGNORE_CASE),
    setting("language", "The output is in a language", ("language", "Language", "en (else the expected column)"), &[]),
    plain("json", "The output is JSON", FENCE),
    plain("xml", "The output is well-formed XML", FENCE),
    setting("sql", "The output parses as SQL", ("dialect", "Dialect", "generic, postgresql, sqlite …"), FENCE),
    setting(
        "syntax",
        "The output is code that parses",
        ("language", "Language", "python, javascript, rust …"),
        &[("fences", "Only code fences", false)],
    ),
    setting("code_fences", "Code fences are closed", ("language", "Language of one of them", "(any)"), &[]),
    setting(
        "required_fields",
        "JSON that has certain fields",
        ("fields", "Fields", "name, address.city (else the expected column)"),
        FENCE,
    ),
    setting(
        "allowed_words",
        "Only words of a list",
        ("words", "Words", "yes, no (else the expected column)"),
        IGNORE_CASE,
    ),
    setting(
        "forbidden_words",
        "No word of a list",
        ("words", "Words", "sorry (else the expected column)"),
        IGNORE_CASE,
    ),
    plain("url_in_context", "Every address stands in the context column", &[]),
    setting("citations", "Every [1] is a passage of the context column", ("min", "At least", "0"), &[]),
    judge(
        "judge",
        "A model rates the output, 1 to 5",
        ("question", "What the model is asked", "Is the answer polite and to the point?"),
        &[("reference", "Compare with what is expected", false)],
        &["judges/rubric"],
    ),
    judge(
        "pairwise",
        "A model compares it with the first variant's output, in both orders",
        ("question", "What the model is asked", "Which answer is clearer?"),
        &[("reference", "Compare with what is expected", false)],
        &["judges/pairwise"],
    ),
    judge("faithfulness", "Share of its claims that the context supports", CONTEXT_COLUMN, &[], CLAIMS),
    judge(
        "hallucination",
        "Share of its claims that the context does not back; lower is better",
        CONTEXT_COLUMN,
        &[("only_contradicted", "Count only what the context contradicts", false)],
        CLAIMS,
    ),
    judge(
        "answer_relevancy",
        "Share of its statements that belong to an answer",
        QUESTION_COLUMN,
        &[],
        &["judges/statements", "judges/statement-relevance"],
    ),
    judge(
        "context_precision",
        "Whether useful passages stand first in the context",
        CONTEXT_COLUMN,
        &[],
        &["judges/passage-usefulness"],
    ),
    judge("context_recall", "Share of the expected answer that the context supports", CONTEXT_COLUMN, &[], CLAIMS),
    judge(
        "task_completion",
        "How far the output does what was asked, 0 to 1",
        ("task", "Task", "(else the messages say it)"),
        &[],
        &["judges/task-completion"],
    ),
];

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
        for (is_judge, title) in [(false, "Without a model"), (true, "Ask a model")] {
            ui.add_space(SPACE_8);
            text::caption(ui, title);
            for kind in KINDS.iter().filter(|kind| kind.prompts.is_empty() != is_judge) {
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
        if kind.prompts.is_empty() {
            expected_ui(ui, spec, columns);
        } else {
            judge_ui(ui, ctx, spec, kind);
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
    if let Some((key, name, hint)) = kind.setting {
        let mut words = setting_text(&spec.options, key);
        if ui.add(Field::new(name, &mut words).hint(hint).mono()).changed() {
            set_setting(&mut spec.options, key, &words);
        }
    }
    ui.add_space(SPACE_8);
    is_removed
}

/// Which model judges, and the way to its prompts.
fn judge_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, spec: &mut ScorerSpec, kind: &Kind) {
    let overview = ctx.fetch::<ModelsList>(&Nothing {});
    let known = overview.value();
    let local = known.iter().flat_map(|known| known.local.iter().map(|model| &model.name));
    let models: Vec<&ModelName> =
        local.chain(known.iter().flat_map(|known| known.remote.iter().map(|model| &model.name))).collect();
    let shown = setting_text(&spec.options, if spec.options.contains_key("models") { "models" } else { "model" });
    let mut chosen = None;
    let words = if shown.is_empty() { "Choose a model" } else { &shown };
    Choice::new("Judging model", words).note("judges").width(184.0).show(ui, |ui| {
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
        "schema" | "abs_tolerance" | "n" | "min" => {
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
