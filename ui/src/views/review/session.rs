//! One reviewer in one set: bar with progress, the item, the way to the next.

use super::ReviewState;
use super::data::{Standing, time_left_words};
use super::{pair, rubric};
use crate::commands::{AppCommand, Call, UiCommand};
use crate::context::WorkspaceContext;
use crate::state::{Reply, Route};
use crate::theme::{icons, metrics::*, tokens, type_scale as scale};
use crate::widgets::progress::thin_bar;
use crate::widgets::{Button, Field, Mark, key_caps, mark, pane, states, text};
use atelier_types::api::{RateRequest, ReviewSessionRequest, ReviewsRate, ReviewsSession};
use atelier_types::error::ApiError;
use atelier_types::ids::{ReviewItemId, ReviewSetName, ReviewerName};
use atelier_types::review::{Answer, Rating, ReviewMode, ReviewSession};
use egui::{Key, Rect, Ui, pos2, vec2};
use std::collections::BTreeMap;
use std::rc::Rc;

const BAR: f32 = 56.0;

/// What is being rated.
pub struct Session {
    pub set: ReviewSetName,
    pub reviewer: ReviewerName,
    pub data: Rc<ReviewSession>,
    pub standing: Standing,
    /// The item that is shown.
    pub at: Option<usize>,
    pub comment: String,
    pub is_comment_open: bool,
    pub values: BTreeMap<String, u8>,
    /// Criterion that the keys go to.
    pub criterion: usize,
    pub is_guidance_shown: bool,
    /// A text had the keyboard in the frame before: Esc leaves the text and not the set.
    was_typing: bool,
    shown_since_secs: f64,
    rating: Option<Reply<Rating>>,
    pub error: Option<ApiError>,
}

impl Session {
    fn new(set: &ReviewSetName, data: Rc<ReviewSession>, now_secs: f64) -> Self {
        let standing = Standing::of(&data);
        let mut session = Self {
            set: set.clone(),
            reviewer: data.reviewer.clone(),
            at: standing.next(&data.items, 0),
            data,
            standing,
            comment: String::new(),
            is_comment_open: false,
            values: BTreeMap::new(),
            criterion: 0,
            is_guidance_shown: false,
            was_typing: false,
            shown_since_secs: now_secs,
            rating: None,
            error: None,
        };
        session.begin(now_secs);
        session
    }

    /// A fresh item, or one whose answer was taken back.
    fn begin(&mut self, now_secs: f64) {
        self.comment.clear();
        self.is_comment_open = false;
        self.values.clear();
        self.criterion = 0;
        self.shown_since_secs = now_secs;
    }

    pub fn is_busy(&self) -> bool {
        self.rating.is_some()
    }

    /// The command that rates the shown item.
    pub fn rate(&mut self, answer: Answer, now_secs: f64) -> Option<AppCommand> {
        let item = self.at.and_then(|at| self.data.items.get(at))?.id.clone();
        let duration_millis = Some(((now_secs - self.shown_since_secs) * 1e3).max(0.0) as u64);
        let comment = self.comment.trim().to_owned();
        self.send(item, answer, comment, duration_millis)
    }

    /// The command that takes the last answer back.
    pub fn undo(&mut self) -> Option<AppCommand> {
        let item = self.standing.given.last()?.clone();
        self.send(item, Answer::Undo, String::new(), None)
    }

    fn send(
        &mut self,
        item: ReviewItemId,
        answer: Answer,
        comment: String,
        duration_millis: Option<u64>,
    ) -> Option<AppCommand> {
        if self.is_busy() {
            return None;
        }
        let request = RateRequest {
            set: self.set.clone(),
            item,
            reviewer: self.reviewer.clone(),
            answer,
            comment,
            duration_millis,
        };
        Some(Call::new::<ReviewsRate>(request).reply_into(&mut self.rating).into())
    }

    /// Goes on when the answer is on disk. Until then the item stays, so that a failure loses nothing.
    fn take_answer(&mut self, now_secs: f64) {
        match Reply::take_from(&mut self.rating) {
            Some(Ok(rating)) => {
                let is_undo = rating.answer == Answer::Undo;
                let item = rating.item.clone();
                let kept = rating_before(&self.standing, &item);
                self.standing.take(rating);
                self.error = None;
                self.begin(now_secs);
                self.at = if is_undo {
                    self.restore(kept);
                    self.data.items.iter().position(|known| known.id == item)
                } else {
                    self.standing.next(&self.data.items, self.at.map_or(0, |at| at + 1))
                };
            }
            Some(Err(error)) => self.error = Some(error),
            None => {}
        }
    }

    /// After an undo the answer is still in sight, to be changed and not to be given again from nothing.
    fn restore(&mut self, rating: Option<Rating>) {
        let Some(rating) = rating else { return };
        self.is_comment_open = !rating.comment.is_empty();
        self.comment = rating.comment;
        if let Answer::Rubric { values } = rating.answer {
            self.values = values;
        }
    }
}

fn rating_before(standing: &Standing, item: &ReviewItemId) -> Option<Rating> {
    standing.answers.get(item).cloned()
}

pub fn session_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut ReviewState, set: &ReviewSetName) {
    let t = tokens(ui.ctx());
    let area = ui.max_rect();
    ui.painter().rect_filled(area, 0.0, t.canvas);
    let Some(reviewer) = ctx.settings.reviewer.clone() else {
        reviewer_ui(ui, ctx, state);
        return;
    };
    if state.session.as_ref().is_none_or(|session| session.set != *set || session.reviewer != reviewer) {
        let request = ReviewSessionRequest { set: set.clone(), reviewer };
        let fetched = ctx.fetch::<ReviewsSession>(&request);
        match fetched.shared() {
            Some(data) => state.session = Some(Session::new(set, data, ctx.now_secs())),
            None => {
                unread_ui(ui, ctx, &request, fetched.error());
                return;
            }
        }
    }
    let Some(session) = &mut state.session else { return };
    session.take_answer(ctx.now_secs());
    take_keys(ui, ctx, session);
    let is_typing = ui.ctx().text_edit_focused();
    let mut rest = area;
    let bar = pane::cut_top(&mut rest, BAR);
    if bar_ui(ui, session, bar) {
        state.session = None;
        ctx.commands.send(Route::Review { set: None });
        return;
    }
    session.was_typing = is_typing;
    match session.at {
        None => done_ui(ui, ctx, state, rest),
        Some(at) if session.data.header.mode == ReviewMode::Pair => pair::pair_ui(ui, ctx, session, at, rest),
        Some(at) => rubric::rubric_ui(ui, ctx, session, at, rest),
    }
}

/// Who rates is asked once and remembered on this machine.
fn reviewer_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut ReviewState) {
    let words = "Your ratings go into a file of your own. Lower-case letters, digits and dashes.";
    states::empty(ui, icons::USER, "What are you called?", words, |ui| {
        let field = Field::new("Your name as a reviewer", &mut state.reviewer).hint("ada").width(160.0).large();
        let field = ui.add(field);
        if ui.memory(|memory| memory.focused().is_none()) {
            field.request_focus();
        }
        let name = state.reviewer.trim().to_owned();
        let is_valid = !name.is_empty()
            && name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-');
        let why = (!is_valid).then_some("Use lower-case letters, digits and dashes.");
        let is_entered = is_valid && ui.input(|input| input.key_pressed(Key::Enter));
        if ui.add(Button::new("Start").primary().large().disabled_because(why)).clicked() || is_entered {
            ctx.commands.send(AppCommand::change_settings(move |settings| {
                settings.reviewer = Some(ReviewerName::new(name));
            }));
        }
    });
}

fn unread_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, request: &ReviewSessionRequest, error: Option<&ApiError>) {
    let t = tokens(ui.ctx());
    let area = ui.max_rect().shrink(SPACE_24);
    pane::pane(ui, "session unread", area, t.canvas, |ui| match error {
        Some(error) => {
            if states::failed(ui, error, Some("Try again")) {
                ctx.retry::<ReviewsSession>(request);
            }
        }
        None => {
            states::loading(ui, "Reading the set", 2, 120.0, false);
        }
    });
}

/// Title, progress, Leave. True when the reviewer leaves.
fn bar_ui(ui: &mut Ui, session: &Session, bar: Rect) -> bool {
    let t = tokens(ui.ctx());
    let inner = bar.shrink2(vec2(SPACE_24, 0.0));
    let num_items = session.data.items.len();
    let num_answered = session.standing.num_answered(&session.data.items);
    let is_left = pane::row_from_right(ui, "review right", inner, |ui| {
        key_caps(ui, "Esc");
        let is_left = ui.add(Button::new("Leave").quiet()).clicked();
        match &session.error {
            Some(error) => {
                mark::mark_label(ui, Mark::Problem, scale::DENSE, &error.message).on_hover_text(error.to_string())
            }
            None if session.is_busy() => text::line(ui, scale::DENSE, "Saving…", t.ink3),
            None => {
                // Not the colour of "passed": nothing here is praised.
                let words = text::line(ui, scale::DENSE, "Every answer is saved", t.ink2);
                text::icon(ui, icons::CHECK, ICON_SMALL, t.ink2);
                words
            }
        };
        is_left
    });
    let title = &session.data.header.title;
    let title = if title.is_empty() { session.set.as_str() } else { title.as_str() };
    let left = inner.with_max_x(inner.center().x - 240.0);
    pane::row(ui, "review title", left, |ui| text::elided(ui, scale::BODY_MEDIUM, title, t.ink));
    let middle = Rect::from_center_size(inner.center(), vec2(440.0, BAR));
    pane::row(ui, "review progress", middle, |ui| {
        ui.spacing_mut().item_spacing.x = SPACE_12;
        let place = session.at.map_or(num_items, |_| num_answered + 1);
        text::line(ui, scale::BODY_MEDIUM, format!("{place} of {num_items}"), t.ink);
        let share = num_answered as f32 / num_items.max(1) as f32;
        thin_bar(ui, "Rated", share, 200.0, t.accent);
        if let Some(words) = time_left_words(session.data.millis_per_item, num_items - num_answered) {
            text::elided(ui, scale::BODY, words, t.ink2);
        }
    });
    let is_escaped = !session.was_typing && ui.input(|input| input.key_pressed(Key::Escape));
    is_left || is_escaped
}

fn take_keys(ui: &Ui, ctx: &WorkspaceContext<'_>, session: &mut Session) {
    let now_secs = ctx.now_secs();
    if session.at.is_some()
        && ctx.is_invoked(UiCommand::SkipItem)
        && let Some(command) = session.rate(Answer::Skip, now_secs)
    {
        ctx.commands.send(command);
    }
    if ctx.is_invoked(UiCommand::UndoRating)
        && let Some(command) = session.undo()
    {
        ctx.commands.send(command);
    }
    if session.at.is_some() && ctx.is_invoked(UiCommand::CommentItem) {
        session.is_comment_open = true;
        ui.memory_mut(|memory| memory.request_focus(comment_id()));
    }
    let is_asked =
        ui.input(|input| input.events.iter().any(|event| matches!(event, egui::Event::Text(text) if text == "?")));
    if is_asked && !ui.ctx().text_edit_focused() {
        session.is_guidance_shown = !session.is_guidance_shown;
    }
}

pub fn comment_id() -> egui::Id {
    egui::Id::unique("review comment")
}

/// The comment to the shown item.
pub fn comment_ui(ui: &mut Ui, session: &mut Session, caption: &'static str, num_rows: usize) {
    let field = Field::new(caption, &mut session.comment).captioned().rows(num_rows).id(comment_id());
    if ui.add(field).lost_focus() {
        session.is_comment_open = !session.comment.is_empty();
    }
}

/// What to look for, behind `?`.
pub fn guidance_ui(ui: &mut Ui, session: &Session) {
    let t = tokens(ui.ctx());
    let words = session.data.header.rubric.guidance.trim();
    if session.is_guidance_shown && !words.is_empty() {
        text::label(ui, scale::BODY, words, t.ink2);
    }
}

fn done_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut ReviewState, area: Rect) {
    let t = tokens(ui.ctx());
    let Some(session) = &mut state.session else { return };
    let num_rated = session.standing.num_answered(&session.data.items);
    let words = match num_rated {
        0 => "There is nothing in this set.".to_owned(),
        num => format!("You have looked at all {num}. Every answer is saved in a file of your own."),
    };
    let mut wants_results = false;
    let mut is_undone = false;
    pane::pane(ui, "review done", area, t.canvas, |ui| {
        states::empty(ui, icons::CHECK_CIRCLE, "All done, thank you", &words, |ui| {
            wants_results = ui.add(Button::new("Show results").primary()).clicked();
            is_undone = ui.add(Button::new("Undo last answer").quiet()).clicked();
        });
    });
    if is_undone && let Some(command) = session.undo() {
        ctx.commands.send(command);
    }
    state.is_result_shown |= wants_results;
}

/// Keys and what they do, centred below the item.
pub fn hints_ui(ui: &mut Ui, salt: &str, area: Rect, hints: &[(&str, &str)]) {
    let t = tokens(ui.ctx());
    pane::pane(
        ui,
        salt,
        Rect::from_min_size(pos2(area.left(), area.top()), vec2(area.width(), SPACE_24)),
        t.canvas,
        |ui| {
            states::centered_row(ui, salt, |ui| {
                ui.spacing_mut().item_spacing.x = SPACE_24;
                for (keys, words) in hints {
                    crate::widgets::key_hint(ui, keys, words);
                }
            });
        },
    );
}
