//! The playground: the messages of the preview, sent to several models at once, their answers side by side.

use super::document::Document;
use crate::commands::{Call, Reply, UiCommand};
use crate::context::WorkspaceContext;
use crate::state::playground::Pane;
use crate::theme::{Tokens, icons, metrics, tokens, type_scale};
use crate::widgets::field::menu_row;
use crate::widgets::text_view::TextView;
use crate::widgets::{Button, pane, states, text};
use crate::words;
use atelier_types::api::{
    DiffTextsRequest, HistoryDiffTexts, ModelsList, Nothing, PlaygroundCancel, PlaygroundCancelRequest,
    PlaygroundRequest, PlaygroundRun,
};
use atelier_types::error::ApiError;
use atelier_types::ids::{ModelName, PlaygroundId};
use atelier_types::model::ModelsOverview;
use atelier_types::output::Output;
use atelier_types::provider::{ErrorCategory, FinishReason, Params};
use egui::{Align, Layout, Popup, Rect, ScrollArea, Ui, pos2};

/// While answers stream, times are shown that go on.
const CLOCK_TICK_SECS: f32 = 0.1;

#[derive(Default)]
pub struct PlaygroundState {
    /// `None` until the user chose or a default is known.
    models: Option<Vec<ModelName>>,
    starting: Option<Reply<PlaygroundId>>,
    round: Option<Started>,
    error: Option<ApiError>,
    has_diff: bool,
    pub is_folded: bool,
}

/// A round that is under way or done.
struct Started {
    id: Option<PlaygroundId>,
    models: Vec<ModelName>,
    started_secs: f64,
}

impl PlaygroundState {
    pub fn is_running(&self, ctx: &WorkspaceContext<'_>) -> bool {
        let Some(round) = &self.round else { return false };
        round.models.iter().any(|model| self.pane(ctx, model).is_none_or(|pane| pane.output.is_none()))
    }

    fn pane<'c>(&self, ctx: &'c WorkspaceContext<'_>, model: &ModelName) -> Option<&'c Pane> {
        ctx.session.playground.get(self.round.as_ref()?.id.as_ref()?)?.panes.get(model)
    }

    /// The prompt's own model where the workspace has it, else the first that runs on this machine.
    fn choose_default(&mut self, wanted: Option<&ModelName>, models: &ModelsOverview) {
        if self.models.is_some() {
            return;
        }
        let known = names(models);
        let own = wanted.filter(|name| known.contains(name)).cloned();
        self.models = Some(own.or_else(|| known.first().cloned()).into_iter().collect());
    }

    fn take_started(&mut self) {
        match Reply::take_from(&mut self.starting) {
            Some(Ok(id)) => {
                if let Some(round) = &mut self.round {
                    round.id = Some(id);
                }
            }
            Some(Err(error)) => {
                self.round = None;
                self.error = Some(error);
            }
            None => {}
        }
    }

    /// Models that are chosen, for the head of the editor.
    pub fn num_models(&self) -> usize {
        self.models.as_ref().map_or(0, Vec::len)
    }
}

fn names(models: &ModelsOverview) -> Vec<ModelName> {
    let local = models.local.iter().map(|model| model.name.clone());
    local.chain(models.remote.iter().map(|model| model.name.clone())).collect()
}

/// Sends what is in the editor to the chosen models.
pub fn run(ctx: &WorkspaceContext<'_>, document: &mut Document) {
    let models = document.playground.models.clone().unwrap_or_default();
    if models.is_empty() || document.playground.is_running(ctx) {
        return;
    }
    let request = PlaygroundRequest {
        name: document.name.clone(),
        text: document.text.clone(),
        inputs: document.inputs.values().clone(),
        row: document.inputs.row.clone(),
        models: models.clone(),
        params: Params::default(),
    };
    let state = &mut document.playground;
    ctx.commands.send(Call::new::<PlaygroundRun>(request).reply_into(&mut state.starting));
    state.round = Some(Started { id: None, models, started_secs: ctx.now_secs() });
    state.error = None;
    state.has_diff = false;
    state.is_folded = false;
}

pub fn stop(ctx: &WorkspaceContext<'_>, document: &Document) {
    let Some(id) = document.playground.round.as_ref().and_then(|round| round.id.clone()) else { return };
    if document.playground.is_running(ctx) {
        ctx.commands.send(Call::new::<PlaygroundCancel>(PlaygroundCancelRequest { playground: id, model: None }));
    }
}

/// Takes in answers and commands; also while the pane is folded.
pub fn update(ctx: &WorkspaceContext<'_>, document: &mut Document, wanted: Option<&ModelName>) {
    let models = ctx.fetch::<ModelsList>(&Nothing {});
    if let Some(models) = models.value() {
        document.playground.choose_default(wanted, models);
    }
    document.playground.take_started();
    if ctx.is_invoked(UiCommand::RunPlayground) {
        run(ctx, document);
    }
    if ctx.is_invoked(UiCommand::StopPlayground) {
        stop(ctx, document);
    }
}

pub fn playground_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, document: &mut Document) {
    let t = tokens(ui.ctx());
    let mut area = ui.max_rect();
    let head = pane::cut_top(&mut area, metrics::SUB_HEAD);
    ui.painter().rect_filled(head, 0.0, t.canvas);
    pane::row(ui, "playground head", pane::padded(head), |ui| head_ui(ui, ctx, document, t));
    if document.playground.is_folded || area.height() < 1.0 {
        return;
    }
    if document.playground.is_running(ctx) {
        ui.ctx().request_repaint_after_secs(CLOCK_TICK_SECS);
    }
    pane::pane(ui, "playground", area, t.surface, |ui| body_ui(ui, ctx, document, area, t));
}

fn head_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, document: &mut Document, t: &Tokens) {
    let icon = if document.playground.is_folded { icons::CARET_UP } else { icons::CARET_DOWN };
    let name = if document.playground.is_folded { "Unfold the playground" } else { "Fold the playground" };
    text::line(ui, type_scale::BODY_SEMIBOLD, "Playground", t.ink);
    let what = match &document.inputs.row {
        Some(row) => format!("row {} of {}", u64::from(row.index) + 1, row.dataset),
        None => "typed inputs".to_owned(),
    };
    let state = if document.is_dirty() { "draft" } else { "as saved" };
    text::line(ui, type_scale::DENSE, format!("{what}, {state}"), t.ink2);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if ui.add(Button::icon_only(icon, name)).clicked() {
            document.playground.is_folded ^= true;
        }
        let texts = outputs(ctx, document);
        let why = (texts.len() < 2).then_some("Two finished answers are needed.");
        let compare = Button::new("Compare outputs").icon(icons::GIT_DIFF).quiet().disabled_because(why);
        if ui.add(compare.selected(document.playground.has_diff)).clicked() {
            document.playground.has_diff ^= true;
        }
        models_menu_ui(ui, ctx, &mut document.playground);
    });
}

fn models_menu_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, state: &mut PlaygroundState) {
    let button = ui.add(Button::new("Model").icon(icons::PLUS).quiet().name("Choose models"));
    let models = ctx.fetch::<ModelsList>(&Nothing {});
    Popup::menu(&button).width(metrics::MENU_WIDTH).close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside).show(
        |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let Some(models) = models.value() else { return };
            let chosen = state.models.get_or_insert_default();
            for name in names(models) {
                let at = chosen.iter().position(|known| *known == name);
                let icon = if at.is_some() { icons::CHECK } else { icons::CUBE };
                if menu_row(ui, Some(icon), name.as_str(), "", at.is_some()).clicked() {
                    match at {
                        Some(at) => drop(chosen.remove(at)),
                        None => chosen.push(name),
                    }
                }
            }
        },
    );
}

/// Finished texts, in the order of the models.
fn outputs<'c>(ctx: &'c WorkspaceContext<'_>, document: &Document) -> Vec<&'c str> {
    let round = document.playground.round.as_ref();
    let models = round.map_or(&[][..], |round| &round.models);
    let panes = models.iter().filter_map(|model| document.playground.pane(ctx, model));
    panes.filter(|pane| pane.output.is_some()).map(|pane| pane.text.as_str()).collect()
}

fn body_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, document: &Document, area: Rect, t: &Tokens) {
    let state = &document.playground;
    if let Some(error) = &state.error {
        egui::Frame::NONE.inner_margin(16).show(ui, |ui| states::failure_banner(ui, error, None));
        return;
    }
    let round = state.round.as_ref();
    let models = round.map_or_else(|| state.models.clone().unwrap_or_default(), |round| round.models.clone());
    if models.is_empty() {
        let words = "Choose one or more models to see what they answer.";
        states::empty(ui, icons::CUBE, "No model is chosen", words, |_| {});
        return;
    }
    if let [before, after, ..] = outputs(ctx, document).as_slice()
        && state.has_diff
    {
        return diff_ui(ui, ctx, before, after);
    }
    let width = area.width() / models.len() as f32;
    for (at, model) in models.iter().enumerate() {
        let left = area.left() + width * at as f32;
        let rect = Rect::from_min_max(pos2(left, area.top()), pos2(left + width, area.bottom()));
        if at > 0 {
            pane::line_left(ui, rect);
        }
        pane::pane(ui, model.as_str(), pane::padded(rect), t.surface, |ui| {
            answer_ui(ui, ctx, document, model, t);
        });
    }
}

fn diff_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, before: &str, after: &str) {
    let request = DiffTextsRequest { before: before.to_owned(), after: after.to_owned() };
    let diff = ctx.fetch::<HistoryDiffTexts>(&request);
    let Some(diff) = diff.value() else {
        return match diff.error() {
            Some(error) => drop(states::failed(ui, error, None)),
            None => drop(states::loading(ui, "Comparing", 1, metrics::LIST_ROW, false)),
        };
    };
    ScrollArea::vertical().id_salt("output diff").auto_shrink([false, false]).show(ui, |ui| {
        egui::Frame::NONE.inner_margin(16).show(ui, |ui| {
            crate::widgets::diff_view::unified(ui, "Difference of the outputs", diff, None, false);
        });
    });
}

fn answer_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, document: &Document, model: &ModelName, t: &Tokens) {
    let state = &document.playground;
    let pane = state.pane(ctx, model);
    let is_asked = state.round.as_ref().is_some_and(|round| round.models.contains(model));
    ui.spacing_mut().item_spacing = egui::vec2(metrics::SPACE_8, 0.0);
    ui.add_space(metrics::SPACE_4);
    ui.horizontal(|ui| {
        ui.set_min_height(metrics::CONTROL);
        let place = place_words(ctx, model);
        text::icon(ui, if place.is_local { icons::HARD_DRIVES } else { icons::GLOBE_SIMPLE }, metrics::ICON, t.ink2);
        text::line(ui, type_scale::BODY_SEMIBOLD, model.as_str(), t.ink);
        text::line(ui, type_scale::DENSE, place.words, t.ink3);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| state_ui(ui, pane, is_asked, t));
    });
    let figures = figures(pane, state.round.as_ref().map(|round| round.started_secs), ctx.now_secs());
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = metrics::SPACE_4;
        for (name, value) in &figures {
            text::line(ui, type_scale::DENSE, *name, t.ink3);
            text::line(ui, type_scale::DENSE_MEDIUM, value, t.ink);
            ui.add_space(metrics::SPACE_8);
        }
    });
    ui.add_space(metrics::SPACE_8);
    let Some(pane) = pane else {
        let words = if is_asked { "Waiting for the first token" } else { "Not asked yet" };
        text::label(ui, type_scale::DENSE, words, t.ink3);
        return;
    };
    ScrollArea::vertical().id_salt("answer").auto_shrink([false, false]).stick_to_bottom(true).show(ui, |ui| {
        let error = pane.output.as_ref().and_then(|output| output.error.as_ref());
        if let Some(error) = error.filter(|error| error.category != ErrorCategory::Cancelled) {
            text::label(ui, type_scale::BODY_MEDIUM, error.to_string(), t.worse);
            text::label(ui, type_scale::CODE_LABEL, error.category.code(), t.ink3);
            ui.add_space(metrics::SPACE_8);
        }
        let is_running = pane.output.is_none();
        TextView::new(&format!("Answer of {model}"), &pane.text).caret(is_running).show(ui);
        ui.add_space(metrics::SPACE_16);
    });
}

struct Place {
    is_local: bool,
    words: String,
}

/// Where a model runs: its quantisation, or the host that is asked.
fn place_words(ctx: &WorkspaceContext<'_>, model: &ModelName) -> Place {
    let models = ctx.fetch::<ModelsList>(&Nothing {});
    let Some(models) = models.value() else { return Place { is_local: false, words: String::new() } };
    if let Some(local) = models.local.iter().find(|local| local.name == *model) {
        let quantisation = local.quantisation.as_deref().map(|name| format!("{name}, ")).unwrap_or_default();
        return Place { is_local: true, words: format!("{quantisation}local") };
    }
    let remote = models.remote.iter().find(|remote| remote.name == *model);
    let endpoint = remote.and_then(|remote| models.endpoints.iter().find(|known| known.name == remote.endpoint));
    let words = endpoint.map(|endpoint| host_of(&endpoint.config.base_url).to_owned()).unwrap_or_default();
    Place { is_local: false, words }
}

/// `api.openai.com` of `https://api.openai.com/v1`
pub fn host_of(base_url: &str) -> &str {
    let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

fn state_ui(ui: &mut Ui, pane: Option<&Pane>, is_asked: bool, t: &Tokens) {
    let output = pane.and_then(|pane| pane.output.as_ref());
    let (icon, words, color) = match (output, is_asked) {
        (None, false) => return,
        (None, true) if pane.is_none() => (icons::CIRCLE_DASHED, "Waiting".to_owned(), t.ink2),
        (None, true) => (icons::SPINNER, "Streaming".to_owned(), t.accent),
        (Some(output), _) => ending(output, t),
    };
    text::line(ui, type_scale::DENSE_MEDIUM, words, color);
    text::icon(ui, icon, metrics::ICON_SMALL, color);
}

fn ending(output: &Output, t: &Tokens) -> (crate::theme::Icon, String, egui::Color32) {
    match (&output.error, &output.receipt.finish) {
        (Some(error), _) if error.category == ErrorCategory::Cancelled => (icons::STOP, "Stopped".to_owned(), t.ink2),
        (Some(_), _) => (icons::WARNING_CIRCLE, "Failed".to_owned(), t.warn),
        (None, Some(FinishReason::Length)) => (icons::WARNING, "Cut off at the limit".to_owned(), t.warn),
        (None, Some(FinishReason::ContentFilter)) => (icons::PROHIBIT, "Refused".to_owned(), t.warn),
        _ => (icons::CHECK, "Done".to_owned(), t.ink2),
    }
}

/// The same figures in the same order for every model.
fn figures(pane: Option<&Pane>, started_secs: Option<f64>, now_secs: f64) -> Vec<(&'static str, String)> {
    let Some(started_secs) = started_secs else { return Vec::new() };
    if let Some(output) = pane.and_then(|pane| pane.output.as_ref()) {
        return final_figures(output);
    }
    let mut figures = Vec::new();
    if let Some(first) = pane.and_then(|pane| pane.first_text_secs) {
        figures.push(("First token", words::duration((first - started_secs) * 1e3)));
    }
    figures.push(("Elapsed", words::duration((now_secs - started_secs) * 1e3)));
    figures
}

fn final_figures(output: &Output) -> Vec<(&'static str, String)> {
    let receipt = &output.receipt;
    let mut figures = Vec::new();
    if let Some(first) = receipt.first_token_millis {
        figures.push(("First token", words::duration(first)));
    }
    figures.push(("Total", words::duration(receipt.latency_millis)));
    if let Some(usage) = &receipt.usage {
        let writing_millis = receipt.latency_millis - receipt.first_token_millis.unwrap_or_default();
        if writing_millis > 0.0 && usage.num_completion_tokens > 1 {
            let speed = f64::from(usage.num_completion_tokens) / (writing_millis / 1e3);
            figures.push(("Speed", format!("{speed:.1} tok/s")));
        }
        figures.push(("Tokens", words::count(usage.num_completion_tokens.into())));
    }
    figures.push(("Cost", words::usd_or_unknown(receipt.cost_usd)));
    figures
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_without_path_and_scheme() {
        assert_eq!(host_of("https://api.openai.com/v1"), "api.openai.com");
        assert_eq!(host_of("http://localhost:11434"), "localhost:11434");
    }

    #[test]
    fn figures_go_on_while_an_answer_streams() {
        let pane = Pane { text: "a".to_owned(), first_text_secs: Some(10.7), output: None };
        let shown = figures(Some(&pane), Some(10.0), 12.5);
        assert_eq!(shown, [("First token", "0.70 s".to_owned()), ("Elapsed", "2.50 s".to_owned())]);
        assert_eq!(figures(None, None, 1.0), []);
    }
}
