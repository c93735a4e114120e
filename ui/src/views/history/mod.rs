//! The versions of one prompt: what changed from any of them to any other, as written or as rendered; restore, labels.

mod data;
mod label;

use crate::commands::{AppCommand, Call, UiCommand};
use crate::context::WorkspaceContext;
use crate::state::Route;
use crate::state::route::PromptMode;
use crate::theme::{Tokens, icons, metrics, tokens, type_scale};
use crate::widgets::field::menu_row;
use crate::widgets::{Button, Choice, ListRow, Segment, diff_view, pane, segments, states, text};
use crate::words;
use atelier_types::api::{
    HistoryDiff, HistoryList, HistoryRestore, PromptAtRequest, PromptRequest, VersionDiffRequest,
};
use atelier_types::diff::DiffSection;
use atelier_types::ids::PromptName;
use atelier_types::prompt::{Inputs, Version, VersionRef};
use data::{default_pair, newer, older, version_words};
use egui::{Align, Layout, Rect, ScrollArea, Ui};
use label::LabelDialog;

const LIST_WIDTH: f32 = 344.0;
const CHOICE_WIDTH: f32 = 128.0;

#[derive(Default)]
pub struct HistoryState {
    is_rendered: bool,
    is_side_by_side: bool,
    label: Option<LabelDialog>,
}

/// `pair` is what is compared; without one the newest change is.
pub fn history_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    state: &mut HistoryState,
    name: &PromptName,
    pair: Option<(&VersionRef, &VersionRef)>,
) {
    let t = tokens(ui.ctx());
    let mut area = ui.max_rect();
    let head = pane::cut_top(&mut area, metrics::PANE_HEAD);
    pane::row(ui, "history head", pane::padded(head), |ui| head_ui(ui, ctx, name, t));
    pane::line_below(ui, head);
    let request = PromptRequest { name: name.clone() };
    let versions = ctx.fetch::<HistoryList>(&request);
    let Some(known) = versions.value() else {
        match versions.error() {
            Some(error) if states::failed(ui, error, Some("Try again")) => ctx.retry::<HistoryList>(&request),
            Some(_) => {}
            None => drop(states::loading(ui, "Reading the history", 2, metrics::LIST_ROW_TWO_LINES, false)),
        }
        return;
    };
    let (from, to) = match pair {
        Some((from, to)) => (from.clone(), to.clone()),
        None => default_pair(known),
    };
    handle_keys(ctx, name, known, &from, &to);
    pane::row_from_right(ui, "version actions", pane::padded(head), |ui| {
        actions_ui(ui, ctx, state, name, known, &from);
    });
    let list_width = LIST_WIDTH.min(area.width() * 0.4);
    let list = pane::cut_left(&mut area, list_width);
    pane::pane(ui, "versions", list, t.canvas, |ui| versions_ui(ui, ctx, state, name, known, &from));
    pane::line_left(ui, area);
    pane::pane(ui, "version diff", area, t.surface, |ui| diff_ui(ui, ctx, state, name, known, (&from, &to)));
    label::dialog_ui(ui, ctx, &mut state.label);
}

fn head_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, name: &PromptName, t: &Tokens) {
    if ui.add(Button::icon_only(icons::ARROW_LEFT, "Back to the editor")).clicked() {
        ctx.commands.send(Route::prompt(name.clone()));
    }
    let short = name.as_str().rsplit('/').next().unwrap_or(name.as_str());
    text::line(ui, type_scale::HEADING, short, t.ink);
    text::line(ui, type_scale::READING, "History", t.ink2);
}

/// What can be done with the version on the left.
fn actions_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    state: &mut HistoryState,
    name: &PromptName,
    versions: &[Version],
    from: &VersionRef,
) {
    let VersionRef::Number(number) = from else { return };
    ui.spacing_mut().item_spacing.x = metrics::SPACE_8;
    let restore_words = format!("Restore v{number}");
    let button = Button::new(&restore_words).name("Restore").icon(icons::ARROW_COUNTER_CLOCKWISE);
    if ui.add(button.hover("Write this version to the file.")).clicked() {
        restore(ctx, name, *number);
    }
    let version = versions.iter().find(|version| version.number == *number);
    if let Some(version) = version
        && ui.add(Button::new("Label…").icon(icons::TAG).quiet()).clicked()
    {
        state.label = Some(LabelDialog::new(name, version));
    }
}

fn go(ctx: &WorkspaceContext<'_>, name: &PromptName, from: VersionRef, to: VersionRef) {
    let mode = PromptMode::Diff { from, to };
    ctx.commands.send(AppCommand::Replace(Route::Prompts { name: Some(name.clone()), mode }));
}

fn handle_keys(
    ctx: &WorkspaceContext<'_>,
    name: &PromptName,
    versions: &[Version],
    from: &VersionRef,
    to: &VersionRef,
) {
    let next = if ctx.is_invoked(UiCommand::OlderVersion) {
        older(versions, from)
    } else if ctx.is_invoked(UiCommand::NewerVersion) {
        newer(versions, from)
    } else {
        None
    };
    if let Some(next) = next {
        go(ctx, name, next, to.clone());
    }
    if ctx.is_invoked(UiCommand::ShowHistory) {
        ctx.commands.send(Route::prompt(name.clone()));
    }
}

fn versions_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    state: &mut HistoryState,
    name: &PromptName,
    versions: &[Version],
    from: &VersionRef,
) {
    if versions.is_empty() {
        let words = "A commit makes the saved file a version that others see.";
        states::empty(ui, icons::GIT_COMMIT, "No version is committed yet", words, |_| {});
        return;
    }
    ScrollArea::vertical().id_salt("versions").auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        egui::Frame::NONE.inner_margin(egui::Margin::same(4)).show(ui, |ui| {
            for version in versions.iter().rev() {
                let labels: String = version.labels.iter().map(|label| format!(" {label}")).collect();
                let title = format!("v{}{labels}", version.number);
                let when = words::ago(version.committed_at, ctx.now);
                let second = format!("{}, {}", version.summary, version.author);
                let is_selected = *from == VersionRef::Number(version.number);
                let row = ListRow::new(&title).second_line(&second).detail(&when).selected(is_selected);
                let response = ui.add(row);
                if response.clicked() {
                    go(ctx, name, VersionRef::Number(version.number), VersionRef::Working);
                }
                response.context_menu(|ui| version_menu_ui(ui, ctx, state, name, version));
            }
        });
    });
}

fn version_menu_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    state: &mut HistoryState,
    name: &PromptName,
    version: &Version,
) {
    ui.spacing_mut().item_spacing.y = 0.0;
    if menu_row(ui, Some(icons::ARROW_COUNTER_CLOCKWISE), "Restore", "", false).clicked() {
        restore(ctx, name, version.number);
    }
    if menu_row(ui, Some(icons::TAG), "Label…", "", false).clicked() {
        state.label = Some(LabelDialog::new(name, version));
    }
    if menu_row(ui, Some(icons::COPY), "Copy the commit's id", "", false).clicked() {
        ui.ctx().copy_text(version.commit.0.clone());
    }
}

/// Writes an older version to the file; nothing is committed, and the version before is still in the history.
fn restore(ctx: &WorkspaceContext<'_>, name: &PromptName, number: u32) {
    let request = PromptAtRequest { name: name.clone(), version: VersionRef::Number(number) };
    let route = Route::prompt(name.clone());
    let call = Call::new::<HistoryRestore>(request).toast(format!("v{number} is in the file now, not committed"));
    ctx.commands.send(call.then(move |_| vec![route.into()]));
}

fn diff_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    state: &mut HistoryState,
    name: &PromptName,
    versions: &[Version],
    (from, to): (&VersionRef, &VersionRef),
) {
    let t = tokens(ui.ctx());
    let mut area = ui.max_rect();
    let bar = pane::cut_top(&mut area, metrics::FILTER_BAR);
    pane::row(ui, "diff bar", pane::padded(bar), |ui| bar_ui(ui, ctx, state, name, versions, (from, to)));
    pane::line_below(ui, bar);
    let request = VersionDiffRequest {
        name: name.clone(),
        from: from.clone(),
        to: to.clone(),
        rendered: state.is_rendered,
        inputs: Inputs::default(),
        row: None,
    };
    let diff = ctx.fetch::<HistoryDiff>(&request);
    pane::pane(ui, "diff", area, t.surface, |ui| match (diff.value(), diff.error()) {
        (_, Some(error)) => {
            egui::Frame::NONE.inner_margin(16).show(ui, |ui| {
                if states::failed(ui, error, Some("Try again")) {
                    ctx.retry::<HistoryDiff>(&request);
                }
            });
        }
        (Some(sections), None) => sections_ui(ui, sections, state.is_side_by_side, area, t),
        (None, None) => drop(states::loading(ui, "Comparing", 1, metrics::LIST_ROW, false)),
    });
}

fn bar_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    state: &mut HistoryState,
    name: &PromptName,
    versions: &[Version],
    (from, to): (&VersionRef, &VersionRef),
) {
    ui.spacing_mut().item_spacing.x = metrics::SPACE_8;
    if let Some(chosen) = version_choice(ui, "From", versions, from) {
        go(ctx, name, chosen, to.clone());
    }
    text::icon(ui, icons::ARROW_RIGHT, metrics::ICON_SMALL, tokens(ui.ctx()).ink3);
    if let Some(chosen) = version_choice(ui, "To", versions, to) {
        go(ctx, name, from.clone(), chosen);
    }
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let layouts = [Segment::new("Words"), Segment::new("Side by side")];
        if let Some(chosen) = segments(ui, "Layout", &layouts, usize::from(state.is_side_by_side)) {
            state.is_side_by_side = chosen == 1;
        }
        let kinds = [Segment::new("Template"), Segment::new("Rendered")];
        if let Some(chosen) = segments(ui, "What is compared", &kinds, usize::from(state.is_rendered)) {
            state.is_rendered = chosen == 1;
        }
    });
}

fn version_choice(ui: &mut Ui, caption: &str, versions: &[Version], chosen: &VersionRef) -> Option<VersionRef> {
    let mut answer = None;
    Choice::new(caption, &version_words(chosen)).width(CHOICE_WIDTH).show(ui, |ui| {
        for version in [VersionRef::Working, VersionRef::Committed] {
            if menu_row(ui, None, &version_words(&version), "", version == *chosen).clicked() {
                answer = Some(version);
            }
        }
        for version in versions.iter().rev() {
            let reference = VersionRef::Number(version.number);
            let words = format!("v{}  {}", version.number, version.summary);
            if menu_row(ui, None, &words, "", reference == *chosen).clicked() {
                answer = Some(reference);
            }
        }
    });
    answer
}

fn sections_ui(ui: &mut Ui, sections: &[DiffSection], is_side_by_side: bool, area: Rect, t: &Tokens) {
    let is_same = sections.iter().all(|section| diff_view::num_differences(&section.diff) == 0);
    if is_same {
        states::empty(ui, icons::CHECK, "No difference", "Both are the same, word for word.", |_| {});
        return;
    }
    ScrollArea::vertical().id_salt("sections").auto_shrink([false, false]).show(ui, |ui| {
        ui.set_width(area.width());
        ui.spacing_mut().item_spacing.y = 0.0;
        for (at, section) in sections.iter().enumerate() {
            ui.push_id(at, |ui| section_ui(ui, section, is_side_by_side, t));
        }
    });
}

fn section_ui(ui: &mut Ui, section: &DiffSection, is_side_by_side: bool, t: &Tokens) {
    let frame = egui::Frame::NONE.fill(t.canvas).inner_margin(egui::Margin::symmetric(16, 6));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            text::line(ui, type_scale::DENSE_MEDIUM, &section.title, t.ink);
            let diff = &section.diff;
            let words = format!("+{} −{} words", diff.num_inserted_words, diff.num_deleted_words);
            text::line(ui, type_scale::LABEL, words, t.ink2);
            if let (Some(before), Some(after)) = (section.num_tokens_before, section.num_tokens_after) {
                let words = format!("{} → {} tokens", words::count(before.into()), words::count(after.into()));
                text::line(ui, type_scale::LABEL, words, t.ink2);
            }
        });
    });
    egui::Frame::NONE.inner_margin(egui::Margin { left: 16, right: 16, top: 8, bottom: 24 }).show(ui, |ui| {
        let name = format!("Difference of {}", section.title);
        if is_side_by_side {
            diff_view::side_by_side(ui, &name, &section.diff);
        } else {
            diff_view::unified(ui, &name, &section.diff, None, false);
        }
    });
}
