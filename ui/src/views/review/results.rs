//! What reviewers said: who wins and how sure that is, how high outputs were rated, what was written.

use super::ReviewState;
use super::judges::judges_ui;
use crate::commands::Call;
use crate::context::WorkspaceContext;
use crate::state::Route;
use crate::theme::{icons, metrics::*, tokens, type_scale as scale};
use crate::views::export::ExportState;
use crate::widgets::interval_plot::{Axis, paint_ground, paint_interval};
use crate::widgets::modal::{buttons, dialog};
use crate::widgets::{Button, Chip, Column, Mark, Table, pane, states, text};
use crate::words;
use atelier_types::api::{ExportSource, ReviewSetRequest, ReviewsClose, ReviewsResults};
use atelier_types::ids::ReviewSetName;
use atelier_types::review::{ReviewResults, WinRate};
use egui::{Rect, ScrollArea, Ui, vec2};

pub fn results_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut ReviewState, set: &ReviewSetName) {
    let t = tokens(ui.ctx());
    let mut area = ui.max_rect();
    let head = pane::cut_top(&mut area, PANE_HEAD);
    let request = ReviewSetRequest { set: set.clone() };
    let fetched = ctx.fetch::<ReviewsResults>(&request);
    head_ui(ui, ctx, state, set, fetched.value(), head);
    pane::pane(ui, "review results", area, t.surface, |ui| match (fetched.value(), fetched.error()) {
        (Some(results), _) => {
            ScrollArea::vertical().id_salt("review results").auto_shrink([false, false]).show(ui, |ui| {
                body_ui(ui, state, results);
            });
        }
        (None, Some(error)) => {
            pane::pane(ui, "results failed", area.shrink(SPACE_16), t.surface, |ui| {
                if states::failed(ui, error, Some("Try again")) {
                    ctx.retry::<ReviewsResults>(&request);
                }
            });
        }
        (None, None) => {
            states::loading(ui, "Counting ratings", 4, LIST_ROW_TWO_LINES, false);
        }
    });
}

fn head_ui(
    ui: &mut Ui,
    ctx: &WorkspaceContext<'_>,
    state: &mut ReviewState,
    set: &ReviewSetName,
    results: Option<&ReviewResults>,
    head: Rect,
) {
    let t = tokens(ui.ctx());
    let inner = pane::padded(head);
    let is_closed = results.is_some_and(|results| results.summary.is_closed);
    let left = pane::row_from_right(ui, "results actions", inner, |ui| {
        if !is_closed && ui.add(Button::new("Rate").primary()).clicked() {
            state.is_result_shown = false;
        }
        if !is_closed && results.is_some() && ui.add(Button::new("Close set…").icon(icons::LOCK_SIMPLE)).clicked() {
            state.closing = Some(set.clone());
        }
        let why = results.is_none_or(|results| results.summary.num_ratings == 0).then_some("Nothing was rated yet.");
        if ui.add(Button::new("Export…").icon(icons::EXPORT).quiet().disabled_because(why)).clicked() {
            state.export = Some(ExportState::new(ExportSource::Review(set.clone()), set.as_str()));
        }
        ui.min_rect().left()
    });
    pane::row(ui, "results title", inner.with_max_x(left - SPACE_8), |ui| {
        if ui.add(Button::icon_only(icons::ARROW_LEFT, "All review sets")).clicked() {
            ctx.commands.send(Route::Review { set: None });
        }
        let title = results.map_or(set.as_str(), |results| results.summary.title.as_str());
        text::elided(ui, scale::HEADING, if title.is_empty() { set.as_str() } else { title }, t.ink);
        if is_closed {
            ui.add(Chip::new("closed").icon(icons::LOCK_SIMPLE));
        }
    });
    pane::line_below(ui, head);
}

fn body_ui(ui: &mut Ui, state: &mut ReviewState, results: &ReviewResults) {
    let t = tokens(ui.ctx());
    if results.summary.num_ratings == 0 {
        states::empty(ui, icons::SCALES, "Nothing was rated yet", "Results come with the first answer.", |ui| {
            if ui.add(Button::new("Start rating").primary()).clicked() {
                state.is_result_shown = false;
            }
        });
        return;
    }
    egui::Frame::new().inner_margin(egui::Margin::same(16)).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = SPACE_8;
        let summary = &results.summary;
        let words = format!(
            "{} of {} rated, {} by {}.",
            words::count(summary.num_rated.into()),
            words::counted(summary.num_items.into(), "item", "items"),
            words::counted(summary.num_ratings.into(), "rating", "ratings"),
            words::counted(summary.reviewers.len() as u64, "reviewer", "reviewers")
        );
        text::label(ui, scale::BODY, words, t.ink2);
        if results.source.is_none() {
            let words = "Which output came from where is known on the machine that made the set, until it is closed.";
            text::label(ui, scale::BODY, words, t.warn);
        }
        if !results.wins.is_empty() {
            section(ui, "Win rates");
            wins_ui(ui, &results.wins);
        }
        if !results.rubric_means.is_empty() {
            section(ui, "Means, 1 to 5");
            means_ui(ui, results);
        }
        judges_ui(ui, &results.judges);
        if !results.comments.is_empty() {
            section(ui, "Comments");
            comments_ui(ui, results);
        }
    });
}

pub fn section(ui: &mut Ui, title: &str) {
    let ink = tokens(ui.ctx()).ink;
    ui.add_space(SPACE_16);
    text::line(ui, scale::BODY_SEMIBOLD, title, ink);
}

/// What a win rate says: over or under one half by more than chance, or not decided.
fn win_mark(win: &WinRate) -> (Mark, &'static str) {
    match win.interval {
        Some(interval) if interval.low > 0.5 => (Mark::Better, "Preferred"),
        Some(interval) if interval.high < 0.5 => (Mark::Worse, "Not preferred"),
        _ => (Mark::Undecided, "Not decided"),
    }
}

fn wins_ui(ui: &mut Ui, wins: &[WinRate]) {
    let t = tokens(ui.ctx());
    let columns = [
        Column::flexible("Variant", 200.0),
        Column::flexible("Against", 200.0),
        Column::fixed("Won", 64.0).number(),
        Column::fixed("Lost", 64.0).number(),
        Column::fixed("Tied", 64.0).number(),
        Column::fixed("Win rate, %", 120.0).number(),
        Column::fixed("95 % interval", 128.0).number(),
        Column::fixed("", 216.0),
        Column::fixed("", 160.0),
    ];
    // Everything from 0 to 100 % with one half as the zero line.
    let axis = Axis { low: -52.0, high: 52.0, step: 25.0 };
    table_of(ui, "Win rates", &columns, wins.len(), |ui, row| {
        let win = &wins[row.index];
        row.text(ui, 0, scale::BODY_MEDIUM, &win.title, t.ink);
        row.text(ui, 1, scale::BODY, &win.against_title, t.ink2);
        for (column, count) in [win.num_wins, win.num_losses, win.num_ties].into_iter().enumerate() {
            row.text(ui, column + 2, scale::BODY, &count.to_string(), t.ink2);
        }
        row.text(ui, 5, scale::BODY_MEDIUM, &format!("{:.0}", win.rate * 100.0), t.ink);
        let (mark, words) = win_mark(win);
        let interval = win.interval.map(|interval| (interval.low * 100.0, interval.high * 100.0));
        let interval_words =
            interval.map_or_else(|| "too few".to_owned(), |(low, high)| format!("{low:.0} to {high:.0}"));
        row.text(ui, 6, scale::LABEL, &interval_words, t.ink3);
        let plot = row.cell(7);
        paint_ground(ui, plot, &axis, 0.0);
        if let Some((low, high)) = interval {
            let ends = (low - 50.0, win.rate * 100.0 - 50.0, high - 50.0);
            paint_interval(ui.painter(), plot, &axis, ends, mark, mark.color(t));
        }
        row.add(ui, 8, |ui| crate::widgets::mark::mark_label(ui, mark, scale::BODY, words));
        format!("{} against {}: {words}", win.title, win.against_title)
    });
}

fn means_ui(ui: &mut Ui, results: &ReviewResults) {
    let t = tokens(ui.ctx());
    let columns = [
        Column::flexible("Variant", 240.0),
        Column::flexible("Question", 160.0),
        Column::fixed("Mean", 120.0).number(),
        Column::fixed("Items", 72.0).number(),
    ];
    table_of(ui, "Means", &columns, results.rubric_means.len(), |ui, row| {
        let mean = &results.rubric_means[row.index];
        row.text(ui, 0, scale::BODY_MEDIUM, &mean.title, t.ink);
        row.text(ui, 1, scale::BODY, &mean.criterion, t.ink2);
        let estimate = &mean.estimate;
        let interval = estimate
            .interval
            .map(|interval| format!("±{:.2}", (interval.high - interval.low) / 2.0))
            .unwrap_or_default();
        row.estimate(ui, 2, &format!("{:.2}", estimate.mean), &interval);
        row.text(ui, 3, scale::BODY, &estimate.num_rows.to_string(), t.ink2);
        format!("{}, {}: {:.2}", mean.title, mean.criterion, estimate.mean)
    });
}

/// A table of few rows inside a page that scrolls as a whole.
pub fn table_of(
    ui: &mut Ui,
    name: &str,
    columns: &[Column],
    num_rows: usize,
    add_row: impl FnMut(&mut Ui, &crate::widgets::table::TableRow<'_>) -> String,
) {
    let size = vec2(ui.available_width(), TABLE_HEAD + num_rows as f32 * TABLE_ROW);
    ui.allocate_ui(size, |ui| {
        ui.set_min_size(size);
        Table::new(name, columns, num_rows).show(ui, add_row);
    });
}

fn comments_ui(ui: &mut Ui, results: &ReviewResults) {
    let t = tokens(ui.ctx());
    for (item, reviewer, comment) in results.comments.iter().take(200) {
        text::selectable(ui, scale::BODY, comment.as_str(), t.ink);
        text::line(ui, scale::LABEL, format!("{reviewer}, item {item}"), t.ink3);
        ui.add_space(SPACE_4);
    }
}

/// Closing publishes which output came from where, so it is asked for twice.
pub fn closing_dialog(ui: &Ui, ctx: &WorkspaceContext<'_>, state: &mut ReviewState) {
    let Some(set) = &state.closing else { return };
    let t = tokens(ui.ctx());
    let shown = dialog(ui.ctx(), "close set", "Close this set?", 440.0, |ui| {
        let words =
            "It is published which output came from where, and no more ratings are taken. This cannot be undone.";
        text::label(ui, scale::BODY, words, t.ink2);
        buttons(ui, |ui| {
            let is_confirmed = ui.add(Button::new("Close set").destructive()).clicked();
            (is_confirmed, ui.add(Button::new("Cancel").quiet()).clicked())
        })
    });
    let (is_confirmed, is_left) = shown.inner;
    if is_confirmed {
        let call = Call::new::<ReviewsClose>(ReviewSetRequest { set: set.clone() });
        ctx.commands.send(call.toast("Closed; the mapping is published"));
    }
    if is_confirmed || is_left || shown.is_left {
        state.closing = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use atelier_types::statistics::Interval;

    #[test]
    fn a_variant_is_preferred_only_where_the_interval_leaves_one_half() {
        let win = |low, high| WinRate {
            variant: "a".into(),
            title: String::new(),
            against: "b".into(),
            against_title: String::new(),
            num_wins: 0,
            num_losses: 0,
            num_ties: 0,
            rate: 0.6,
            interval: Some(Interval { low, high, confidence: 0.95 }),
            p_value: None,
            num_items: 0,
        };
        let marks = [(0.51, 0.8), (0.4, 0.7), (0.1, 0.49)].map(|(low, high)| win_mark(&win(low, high)).0);
        assert_eq!(marks, [Mark::Better, Mark::Undecided, Mark::Worse]);
    }
}
