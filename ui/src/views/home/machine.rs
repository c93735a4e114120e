//! What was found on this machine, and that nothing was sent anywhere.

use crate::context::AppContext;
use crate::theme::{Icon, Tokens, icons, metrics, tokens, type_scale};
use crate::widgets::{states, text};
use atelier_types::api::{Nothing, SettingsMachine};
use atelier_types::workspace::{CheckState, MachineCheck};
use egui::{Color32, Ui};

pub fn machine_ui(ui: &mut Ui, ctx: &AppContext<'_>) {
    let t = tokens(ui.ctx());
    let checks = ctx.fetch::<SettingsMachine>(&Nothing {});
    match (checks.value(), checks.error()) {
        (Some(checks), _) => {
            for check in checks {
                check_ui(ui, check, t);
                ui.add_space(metrics::SPACE_16);
            }
        }
        (None, Some(error)) => {
            if states::failure_banner(ui, error, Some("Look again")) {
                ctx.retry::<SettingsMachine>(&Nothing {});
            }
        }
        (None, None) => {
            text::label(ui, type_scale::DENSE, "Looking around", t.ink3);
        }
    }
}

fn check_ui(ui: &mut Ui, check: &MachineCheck, t: &Tokens) {
    let (icon, color) = sign(check, t);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = metrics::SPACE_12;
        ui.vertical(|ui| {
            ui.add_space(2.0);
            text::icon(ui, icon, metrics::ICON, color);
        });
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            text::label(ui, type_scale::BODY_MEDIUM, &check.title, t.ink);
            text::label(ui, type_scale::DENSE, &check.detail, t.ink2);
        });
    });
}

fn sign(check: &MachineCheck, t: &Tokens) -> (Icon, Color32) {
    match (check.state, check.key.as_str()) {
        (CheckState::Good, _) => (icons::CHECK, t.ink2),
        (CheckState::Problem, _) => (icons::WARNING_CIRCLE, t.warn),
        (CheckState::Note, "environment_keys") => (icons::KEY, t.ink2),
        (CheckState::Note, "network") => (icons::WIFI_SLASH, t.ink2),
        (CheckState::Note, _) => (icons::INFO, t.ink2),
    }
}
