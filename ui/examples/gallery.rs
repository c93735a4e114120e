//! Draws every widget and every screen with canned data, in both themes, into a folder of pictures.
//!
//! `cargo run -p atelier-ui --example gallery -- FOLDER [NAME [2560x1440]]` — without a name, all of them. It needs no
//! display.

use atelier_types::event::Event;
use atelier_types::experiment::RunStatus;
use atelier_ui::state::Route;
use atelier_ui::state::route::PromptMode;
use atelier_ui::testing::canned::{experiments, reviews};
use atelier_ui::testing::{AppHarness, SIZE, Setup, save_picture};
use atelier_ui::theme::{self, Tokens, icons, metrics::*, tokens, type_scale as scale};
use atelier_ui::widgets::field::{check, menu_row};
use atelier_ui::widgets::interval_plot::{Axis, paint_ground, paint_interval, paint_ticks};
use atelier_ui::widgets::mark::mark_label;
use atelier_ui::widgets::progress::{legend, segmented_bar};
use atelier_ui::widgets::table::Column;
use atelier_ui::widgets::verdict::small_banner;
use atelier_ui::widgets::{
    Button, Chip, Choice, CodeEditor, Field, ListRow, Mark, Segment, Table, diff_view, key_hint, pane, rating_scale,
    segments, tabs, text,
};
use egui::{Key, Modifiers, Rect, Role, Theme, Ui, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use std::path::{Path, PathBuf};

type Steps = fn(&mut AppHarness);

/// The screens, and what is done on each before its picture is taken.
fn screens() -> Vec<(&'static str, Route, Steps)> {
    let experiment = || Route::Experiments { name: Some("ticket-triage".into()), run: None, cell: None };
    let set = |name: &str| Route::Review { set: Some(name.into()) };
    vec![
        ("home", Route::Home, nothing),
        ("prompts", Route::prompt("billing/invoice-extract"), nothing),
        ("playground", Route::prompt("billing/invoice-extract"), stream),
        ("palette", Route::Home, |harness| press(harness, Modifiers::COMMAND, Key::K)),
        ("tour", Route::prompt("billing/invoice-extract"), |harness| press(harness, Modifiers::NONE, Key::F1)),
        (
            "history",
            Route::Prompts { name: Some("billing/invoice-extract".into()), mode: PromptMode::History },
            nothing,
        ),
        ("experiments", Route::Experiments { name: None, run: None, cell: None }, nothing),
        ("results", experiment(), open_cell),
        ("setup", experiment(), |harness| click(harness, Role::Tab, "Setup")),
        ("charts", experiment(), |harness| click(harness, Role::Tab, "Charts")),
        ("labels", experiment(), |harness| {
            click(harness, Role::Tab, "Charts");
            scroll_to_the_end(harness);
        }),
        ("runs", experiment(), |harness| click(harness, Role::Tab, "Runs")),
        ("export", experiment(), |harness| click(harness, Role::Button, "Export…")),
        ("new-set", experiment(), |harness| click(harness, Role::Button, "Send to review…")),
        ("compare", Route::Compare { baseline: None, candidate: None }, nothing),
        ("review", Route::Review { set: None }, nothing),
        ("pair", set(reviews::PAIRS), nothing),
        ("scales", set(reviews::SCALES), rate_two),
        ("review-results", Route::Review { set: None }, |harness| {
            click(harness, Role::Button, "Results of replies-march");
        }),
        ("datasets", Route::Datasets { name: None }, nothing),
        ("models", Route::Models, nothing),
        ("settings", Route::Settings, nothing),
    ]
}

fn nothing(_: &mut AppHarness) {}

fn click(harness: &mut AppHarness, role: Role, words: &str) {
    harness.get_by_role_and_label(role, words).click();
    harness.run();
}

fn press(harness: &mut AppHarness, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(4);
}

/// Of what lies under the middle of the window.
fn scroll_to_the_end(harness: &mut AppHarness) {
    harness.event(egui::Event::PointerMoved((SIZE * 0.6).to_pos2()));
    for _ in 0..12 {
        let delta = egui::vec2(0.0, -400.0);
        harness.event(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta,
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Wheel,
            modifiers: Modifiers::NONE,
        });
        harness.run_steps(4);
    }
}

/// A round of the playground in the middle of an answer, on a row of a dataset.
fn stream(harness: &mut AppHarness) {
    press(harness, Modifiers::COMMAND, Key::J);
    press(harness, Modifiers::COMMAND, Key::Enter);
    harness.state().studio().push_event(Event::PlaygroundDelta {
        playground: "play-1".into(),
        model: "gpt-4.1-mini".into(),
        text: "{\n  \"supplier\": \"Nordwind Logistik GmbH\",\n  \"number\": \"2025-08817\",\n  \"vat\": 25".to_owned(),
    });
    harness.run_steps(4);
}

fn open_cell(harness: &mut AppHarness) {
    for key in [Key::ArrowDown, Key::ArrowDown, Key::ArrowRight, Key::ArrowRight, Key::ArrowRight, Key::Enter] {
        harness.key_press(key);
        harness.run();
    }
}

fn rate_two(harness: &mut AppHarness) {
    for key in [Key::Num4, Key::Num5] {
        harness.key_press(key);
        harness.run();
    }
}

fn size_of(text: &str) -> Result<egui::Vec2, String> {
    let sides = text.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    sides.map(|(width, height)| vec2(width, height)).ok_or_else(|| format!("`{text}` is no size such as 1280x720"))
}

fn main() -> Result<(), String> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("name a folder for the pictures")?);
    let wanted = arguments.next();
    let size = arguments.next().map_or(Ok(SIZE), |size| size_of(&size))?;
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    for (theme, suffix) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        let path = |name: &str| folder.join(format!("{name}-{suffix}.png"));
        if wanted.as_deref().is_none_or(|wanted| wanted == "widgets") {
            widgets_picture(theme, &path("widgets"))?;
        }
        for (name, route, steps) in screens() {
            if wanted.as_deref().is_some_and(|wanted| wanted != name) {
                continue;
            }
            let setup = Setup { theme, size, ..Setup::at(route) };
            // Labels are counted when a run has ended.
            let status = if name == "labels" { RunStatus::Done } else { RunStatus::Running };
            experiments::answer_run(&setup.studio, status, experiments::NUM_ROWS);
            let mut harness = setup.build();
            steps(&mut harness);
            harness.run_steps(8);
            save_picture(&mut harness, &path(name))?;
        }
    }
    Ok(())
}

fn widgets_picture(theme: Theme, path: &Path) -> Result<(), String> {
    let mut code = PROMPT.to_owned();
    let mut harness =
        Harness::builder().with_size(SIZE).with_theme(theme).with_context_setup(theme::install).build_ui(move |ui| {
            let t = tokens(ui.ctx());
            let area = ui.ctx().content_rect();
            ui.painter().rect_filled(area, 0.0, t.surface);
            let mut right = area.shrink(SPACE_24);
            let left = pane::cut_left(&mut right, 640.0);
            pane::pane(ui, "left", left, t.surface, left_ui);
            pane::pane(ui, "right", right.with_min_x(right.left() + SPACE_32), t.surface, |ui| right_ui(ui, &mut code));
        });
    harness.run_steps(8);
    harness.render()?.save(path).map_err(|error| error.to_string())
}

const PROMPT: &str = "---\nname: invoice-extract\nmodel:\n  id: gpt-4.1-mini\n  options: { temperature: 0 }\n---\nsystem:\n\
Dates follow {{ locale }}. Write ISO 8601.\n{% include \"json-only.md\" %} {# comment #}\n";

fn swatches_ui(ui: &mut Ui, t: &Tokens) {
    ui.horizontal_wrapped(|ui| {
        for (name, color) in t.list().into_iter().take(24) {
            let (rect, _) = ui.allocate_exact_size(vec2(SPACE_16, SPACE_16), egui::Sense::hover());
            ui.painter().rect_filled(rect, 2.0, color);
            text::line(ui, scale::LABEL, name, t.ink2);
        }
    });
}

fn left_ui(ui: &mut Ui) {
    let t = tokens(ui.ctx());
    swatches_ui(ui, t);
    ui.horizontal(|ui| {
        for (step, words) in [
            (scale::TITLE, "24 title"),
            (scale::HEADING, "18 title"),
            (scale::EMPHASIS, "15 emphasis"),
            (scale::BODY, "13 body"),
            (scale::DENSE, "12 dense"),
            (scale::LABEL, "11 label"),
            (scale::CODE, "13 prompt"),
            (scale::CODE_READ, "12 output"),
        ] {
            text::line(ui, step, words, t.ink);
        }
    });
    ui.horizontal(|ui| {
        ui.add(Button::new("Run").primary().icon_filled(icons::PLAY).keys("Ctrl Enter"));
        ui.add(Button::new("Commit…"));
        ui.add(Button::new("Diff").quiet());
        ui.add(Button::icon_only(icons::PLUS, "Add"));
        ui.add(Button::new("Not ready").disabled_because(Some("Nothing was changed.")));
        ui.add(Button::new("Delete 3 runs").destructive());
    });
    let (mut typed, mut empty, mut wrong, mut is_on) = ("locale".to_owned(), String::new(), "a b".to_owned(), true);
    ui.horizontal_top(|ui| {
        Choice::new("Locale", "de-DE").width(136.0).show(ui, |_| {});
        ui.add(Field::new("Input", &mut typed).width(136.0));
        ui.add(Field::new("Name", &mut empty).hint("Name").width(136.0));
        ui.add(Field::new("Wrong", &mut wrong).error(Some("A name has no spaces.")).width(160.0));
    });
    ui.horizontal(|ui| {
        tabs(ui, &[("Results", None), ("Charts", None), ("Runs", Some(7))], 0);
        let items =
            [Segment::new("All").count(120), Segment::new("Failing").count(31), Segment::new("Flipped").count(22)];
        segments(ui, "Rows", &items, 0);
        ui.add(Chip::new("production v12").icon(icons::TAG));
        ui.add(Chip::new("Not committed").warning());
    });
    ui.horizontal(|ui| {
        ui.add(Chip::new("+6.2").mark(Mark::Better));
        ui.add(Chip::new("−3.1").mark(Mark::Worse));
        ui.add(Chip::new("0.0").mark(Mark::Tie));
        mark_label(ui, Mark::Undecided, scale::DENSE, "+4.7 undecided");
        mark_label(ui, Mark::Unscored, scale::DENSE, "unscored");
        mark_label(ui, Mark::Passed, scale::DENSE, "3 of 3");
        mark_label(ui, Mark::Failed, scale::DENSE, "0 of 3");
        mark_label(ui, Mark::Partly, scale::DENSE, "1 of 3");
        mark_label(ui, Mark::Running, scale::DENSE, "running");
    });
    small_banner(ui, Mark::Better, "Better: +6.2 points", "95 % sure between +1.9 and +10.4, 120 rows");
    small_banner(ui, Mark::Worse, "Worse: −5.0 points", "95 % sure between −8.8 and −1.2, 120 rows");
    small_banner(ui, Mark::Tie, "No difference of practical size", "between −0.8 and +0.6, 400 rows");
    small_banner(ui, Mark::Undecided, "Not enough data", "about 160 more rows would decide");
    small_banner(ui, Mark::Unscored, "Unscored", "12 rows: the judge's answer was cut off");
    segmented_bar(ui, "Progress", &[(240, t.edge), (1229, t.ink3), (13, t.warn), (24, t.accent)], 2160);
    ui.horizontal(|ui| {
        legend(ui, t.ink3, "1,229 new");
        legend(ui, t.edge, "240 from store");
        check(ui, &mut is_on, "Take equal requests from the store");
    });
    key_hint(ui, "Ctrl K", "All commands");
    let anchors = ["Gone at once", "Perhaps", "Certainly"].map(str::to_owned);
    rating_scale::rating_scale(ui, "Sticks", &anchors, Some(4));
}

fn right_ui(ui: &mut Ui, code: &mut String) {
    let t = tokens(ui.ctx());
    let columns = [
        Column::flexible("Model", 160.0),
        Column::fixed("exact_match", 128.0).number(),
        Column::fixed("Cost", 96.0).number(),
    ];
    let rows = [
        ("gpt-4.1-mini", "91.2", "±3.5", "$0.24"),
        ("claude-haiku-4.5", "92.6", "±3.3", "$0.69"),
        ("Qwen2.5-7B", "84.7", "±4.4", "none"),
    ];
    let size = vec2(ui.available_width(), 124.0);
    ui.allocate_ui(size, |ui| {
        ui.set_min_size(size);
        Table::new("Models", &columns, rows.len()).selected(Some(1)).show(ui, |ui, row| {
            let (model, mean, interval, cost) = rows[row.index];
            row.text(ui, 0, scale::BODY_MEDIUM, model, t.ink);
            row.estimate(ui, 1, mean, interval);
            row.text(ui, 2, scale::BODY, cost, if cost == "none" { t.ink3 } else { t.ink });
            model.to_owned()
        });
    });
    ui.add(ListRow::new("invoice-extract").icon(icons::FILE_TEXT).dot(true).selected(true));
    ui.add(ListRow::new("dunning-letter").icon(icons::FILE_TEXT).detail("v9"));
    ui.add(ListRow::new("T-1078").id_above().second_line("Card declined").detail("3 → 0 of 3").mark(Mark::Worse));
    menu_row(ui, Some(icons::ARROW_COUNTER_CLOCKWISE), "Run again", "R", false);
    menu_row(ui, Some(icons::COPY), "Copy output", "Ctrl C", true);
    plot_ui(ui);
    diff_view::unified(ui, "Difference", &experiments::diff(), Some(0), false);
    let rest = ui.available_rect_before_wrap();
    pane::pane(ui, "code", rest, t.surface, |ui| {
        CodeEditor::new("Prompt", egui::Id::unique("gallery code"), code).changed_lines(&[8]).show(ui);
    });
}

fn plot_ui(ui: &mut Ui) {
    let t = tokens(ui.ctx());
    let axis = Axis::around([-7.0, 11.0]);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 120.0), egui::Sense::hover());
    let row = |index: usize| Rect::from_min_size(rect.min + vec2(0.0, 24.0 * index as f32), vec2(rect.width(), 24.0));
    let intervals = [
        ((1.9, 6.2, 10.4), Mark::Better),
        ((-6.0, -3.5, -1.2), Mark::Worse),
        ((-0.8, 0.0, 0.6), Mark::Tie),
        ((-1.5, 2.2, 7.0), Mark::Undecided),
    ];
    for (index, (interval, mark)) in intervals.into_iter().enumerate() {
        paint_ground(ui, row(index), &axis, 1.0);
        paint_interval(ui.painter(), row(index), &axis, interval, mark, mark.color(t));
    }
    paint_ticks(ui, row(4), &axis);
}
