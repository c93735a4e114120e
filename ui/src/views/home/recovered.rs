//! What was typed and not saved, offered at the next start.

use super::prompt_route;
use crate::context::AppContext;
use crate::theme::{metrics, tokens, type_scale};
use crate::widgets::{ListRow, text};
use crate::words;
use atelier_types::api::{DraftsList, Nothing};
use egui::Ui;

pub fn recovered_ui(ui: &mut Ui, ctx: &AppContext<'_>) {
    let t = tokens(ui.ctx());
    let drafts = ctx.fetch::<DraftsList>(&Nothing {});
    let Some(drafts) = drafts.value().filter(|drafts| !drafts.is_empty()) else { return };
    let title = match drafts.len() {
        1 => "1 draft was kept".to_owned(),
        many => format!("{many} drafts were kept"),
    };
    text::label(ui, type_scale::EMPHASIS, title, t.ink);
    text::label(ui, type_scale::BODY, "What was typed and not saved is still there.", t.ink2);
    ui.add_space(metrics::SPACE_4);
    for draft in drafts {
        let lines = words::counted(draft.num_changed_lines.into(), "line", "lines");
        let second = format!("{lines} changed, {}", words::ago(draft.kept_at, ctx.now));
        if ui.add(ListRow::new(draft.name.as_str()).second_line(&second).dot(true)).clicked() {
            ctx.commands.send(prompt_route(&draft.name));
        }
    }
    ui.add_space(metrics::SPACE_16);
}
