//! Where things are: rail, top bar, status bar, and the screen between them.

use super::App;
use crate::context::{AppContext, WorkspaceContext};
use crate::state::route::Route;
use crate::state::{Fetched, Session};
use crate::theme::{metrics, tokens};
use crate::views::{self, ViewStates};
use crate::widgets::states;
use atelier_types::api::{Nothing, WorkspaceCurrent};
use atelier_types::workspace::WorkspaceInfo;
use egui::{CentralPanel, CornerRadius, Frame, Margin, Panel, Rect, Stroke, Ui};

impl App {
    /// Draws one frame.
    pub fn draw(&mut self, ui: &mut Ui) {
        let t = tokens(ui.ctx());
        self.take_shortcuts(ui.ctx());
        let workspace = self.cache.fetch::<WorkspaceCurrent>(&Nothing {});
        ui.painter().rect_filled(ui.max_rect(), 0.0, t.canvas);
        let bar = Frame::NONE.fill(t.canvas);
        Panel::top("top_bar")
            .exact_size(metrics::TOP_BAR)
            .resizable(false)
            .show_separator_line(false)
            .frame(bar)
            .show(ui, |ui| self.top_bar_ui(ui, workspace.value().and_then(Option::as_ref)));
        Panel::bottom("status_bar")
            .exact_size(metrics::STATUS_BAR)
            .resizable(false)
            .show_separator_line(false)
            .frame(bar)
            .show(ui, |ui| self.status_bar_ui(ui));
        if !self.is_focused() {
            Panel::left("rail")
                .exact_size(rail_width(ui))
                .resizable(false)
                .show_separator_line(false)
                .frame(bar)
                .show(ui, |ui| self.rail_ui(ui, is_open(&workspace)));
        }
        let corners = CornerRadius { nw: metrics::RADIUS_PANE, sw: metrics::RADIUS_PANE, ne: 0, se: 0 };
        let pane = Frame::NONE.fill(t.surface).corner_radius(corners).inner_margin(Margin {
            left: 1,
            top: 1,
            right: 0,
            bottom: 1,
        });
        CentralPanel::no_frame().frame(pane).show(ui, |ui| {
            let screen = ui.max_rect();
            self.screen_ui(ui, &workspace);
            outline(ui, screen, corners, Stroke::new(metrics::STROKE, t.line));
        });
        self.overlays_ui(ui, workspace.value().and_then(Option::as_ref));
        self.invoked.clear();
        if self.cache.has_wanted() {
            ui.ctx().request_repaint();
        }
    }

    /// While rating, the rooms are out of sight.
    fn is_focused(&self) -> bool {
        matches!(self.session.route(), Route::Review { set: Some(set) } if self.views.review.is_rating(set))
    }

    fn screen_ui(&mut self, ui: &mut Ui, workspace: &Fetched<Option<WorkspaceInfo>>) {
        let Self { cache, session, persisted, commands, views, invoked, clock, .. } = self;
        let ctx = AppContext { cache, session, settings: persisted.settings(), commands, now: clock(), invoked };
        match workspace.value().and_then(Option::as_ref) {
            Some(workspace) => {
                let ctx = WorkspaceContext { app: &ctx, workspace };
                workspace_screen_ui(ui, &ctx, session, views);
            }
            None => outer_screen_ui(ui, &ctx, session, views, workspace),
        }
    }
}

fn is_open(workspace: &Fetched<Option<WorkspaceInfo>>) -> bool {
    workspace.value().is_some_and(Option::is_some)
}

/// At 1280 and under, icons only.
pub(super) fn rail_width(ui: &Ui) -> f32 {
    if ui.ctx().content_rect().width() <= metrics::NARROW_WINDOW { metrics::RAIL_NARROW } else { metrics::RAIL }
}

/// The line between the frame and the screen, on three sides.
fn outline(ui: &Ui, screen: Rect, corners: CornerRadius, stroke: Stroke) {
    let outer = screen.expand(metrics::STROKE).with_max_x(screen.max.x + f32::from(metrics::RADIUS_PANE));
    ui.painter().rect_stroke(outer, corners, stroke, egui::StrokeKind::Inside);
}

/// Screens that need a workspace, and those that do not.
fn workspace_screen_ui(ui: &mut Ui, ctx: &WorkspaceContext<'_>, session: &Session, views: &mut ViewStates) {
    match session.route() {
        Route::Home => views::home::home_ui(ui, ctx.app, Some(ctx.workspace), &mut views.home),
        Route::Prompts { name, mode } => {
            views::prompt_editor::prompts_ui(ui, ctx, &mut views.prompts, name.as_ref(), mode);
        }
        Route::Experiments { name, run, cell } => {
            views::experiments::experiments_ui(ui, ctx, &mut views.experiments, name.as_ref(), run.as_ref(), *cell);
        }
        Route::Compare { baseline, candidate } => {
            views::compare::compare_ui(ui, ctx, &mut views.compare, baseline.as_ref(), candidate.as_ref());
        }
        Route::Review { set } => views::review::review_ui(ui, ctx, &mut views.review, set.as_ref()),
        Route::Datasets { name } => views::datasets::datasets_ui(ui, ctx, &mut views.datasets, name.as_ref()),
        Route::Models => views::models::models_ui(ui, ctx, &mut views.models),
        Route::Settings => views::settings::settings_ui(ui, ctx.app, &mut views.settings),
    }
}

/// Without a workspace there are Home and Settings; every other room leads home.
fn outer_screen_ui(
    ui: &mut Ui,
    ctx: &AppContext<'_>,
    session: &Session,
    views: &mut ViewStates,
    workspace: &Fetched<Option<WorkspaceInfo>>,
) {
    if let Some(error) = workspace.error() {
        if states::failed(ui, error, Some("Try again")) {
            ctx.retry::<WorkspaceCurrent>(&Nothing {});
        }
    } else if workspace.is_pending() {
        states::loading(ui, "Looking for the workspace", 1, metrics::LIST_ROW, false);
    } else if matches!(session.route(), Route::Settings) {
        views::settings::settings_ui(ui, ctx, &mut views.settings);
    } else {
        views::home::home_ui(ui, ctx, None, &mut views.home);
    }
}
