//! Home: what to open, what was found on this machine, where work was left.

use crate::commands::UiCommand;
use crate::context::AppContext;
use crate::theme::icons;
use crate::widgets::states::empty;
use atelier_types::workspace::WorkspaceInfo;
use egui::Ui;

#[derive(Default)]
pub struct HomeState {}

pub fn home_ui(ui: &mut Ui, ctx: &AppContext<'_>, workspace: Option<&WorkspaceInfo>, _state: &mut HomeState) {
    let title = workspace.map_or("Welcome to Atelier", |workspace| workspace.name.as_str());
    empty(ui, icons::HOUSE_SIMPLE, title, "Write prompts, run them side by side, see what really got better.", |ui| {
        if ui.button("Open the demo").clicked() {
            ctx.commands.send(UiCommand::OpenDemo);
        }
    });
}
