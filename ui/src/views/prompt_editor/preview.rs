//! The rendered messages of what is in the editor, asked when no key came for a moment.

use super::document::Document;
use crate::context::WorkspaceContext;
use crate::state::Key;
use crate::theme::{Tokens, icons, metrics, tokens, type_scale};
use crate::widgets::text_view::TextView;
use crate::widgets::text_view::spans::{Look, Span};
use crate::widgets::{paint, states, text};
use crate::words;
use atelier_types::api::{PromptsRender, RenderRequest};
use atelier_types::error::{ApiError, Diagnostic, Severity};
use atelier_types::ids::ModelName;
use atelier_types::prompt::{Origin, Rendered, RenderedMessage, VersionRef};
use egui::{Rect, ScrollArea, Sense, Ui, WidgetInfo, vec2};
use std::rc::Rc;

const ASK_AFTER_SECS: f64 = 0.15;

#[derive(Default)]
pub struct Preview {
    asked: Option<Key>,
    wanted: Option<(RenderRequest, f64)>,
    shown: Option<Rc<Rendered>>,
    /// The newest answer without an error.
    last_good: Option<Rc<Rendered>>,
    error: Option<Rc<ApiError>>,
}

impl Preview {
    pub fn rendered(&self) -> Option<&Rendered> {
        self.shown.as_deref()
    }

    /// The answer whose messages are shown, and whether it is from before an error that left none.
    fn standing(&self) -> Option<(&Rendered, bool)> {
        let newest = self.shown.as_deref()?;
        match self.last_good.as_deref() {
            Some(last) if newest.messages.is_empty() && has_error(newest) => Some((last, true)),
            _ => Some((newest, false)),
        }
    }

    fn take(&mut self, rendered: Rc<Rendered>) {
        if !has_error(&rendered) {
            self.last_good = Some(Rc::clone(&rendered));
        }
        self.shown = Some(rendered);
    }

    /// Asks for what is in the editor now, and takes in what was answered.
    pub fn update(&mut self, ctx: &WorkspaceContext<'_>, request: RenderRequest, egui_ctx: &egui::Context) {
        let now_secs = ctx.now_secs();
        if self.wanted.as_ref().map(|(wanted, _)| wanted) != Some(&request) {
            // The first one is asked at once: nobody is typing yet.
            let due_secs = if self.asked.is_none() { now_secs } else { now_secs + ASK_AFTER_SECS };
            self.wanted = Some((request, due_secs));
        }
        if let Some((request, due_secs)) = &self.wanted {
            if *due_secs <= now_secs {
                let key = Key::of::<PromptsRender>(request);
                if self.asked.as_ref() != Some(&key) {
                    self.asked = Some(key);
                }
            } else {
                egui_ctx.request_repaint_after_secs((due_secs - now_secs) as f32);
            }
        }
        let Some(key) = &self.asked else { return };
        let fetched = ctx.cache.fetch_key::<PromptsRender>(key);
        self.error = fetched.error().map(|error| Rc::new(error.clone()));
        if fetched.error().is_none()
            && let Some(rendered) = fetched.shared()
        {
            self.take(rendered);
        }
    }
}

fn has_error(rendered: &Rendered) -> bool {
    rendered.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}

/// What the preview asks for.
pub fn request(document: &Document, model: Option<ModelName>) -> RenderRequest {
    RenderRequest {
        name: document.name.clone(),
        version: VersionRef::Working,
        text: Some(document.text.clone()),
        inputs: document.inputs.values().clone(),
        row: document.inputs.row.clone(),
        model,
    }
}

/// The pane. Gives back the diagnostic that was clicked.
pub fn messages_ui(ui: &mut Ui, preview: &Preview) -> Option<Diagnostic> {
    let t = tokens(ui.ctx());
    let mut clicked = None;
    head_ui(ui, preview, t);
    if let Some(error) = &preview.error {
        ui.add_space(metrics::SPACE_8);
        egui::Frame::NONE.inner_margin(egui::Margin::symmetric(16, 0)).show(ui, |ui| {
            states::failure_banner(ui, error, None);
        });
    }
    let Some(rendered) = preview.rendered() else {
        if preview.error.is_none() {
            states::loading(ui, "Rendering", 1, metrics::LIST_ROW, false);
        }
        return None;
    };
    ScrollArea::vertical().id_salt("messages").auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for diagnostic in &rendered.diagnostics {
            if diagnostic_ui(ui, diagnostic, t) {
                clicked = Some(diagnostic.clone());
            }
        }
        let Some((standing, is_old)) = preview.standing() else { return };
        if is_old {
            old_ui(ui, t);
        }
        for (at, message) in standing.messages.iter().enumerate() {
            message_ui(ui, at, message, t);
        }
    });
    clicked
}

fn head_ui(ui: &mut Ui, preview: &Preview, t: &Tokens) {
    let (head, _) = ui.allocate_exact_size(vec2(ui.available_width(), metrics::SUB_HEAD), Sense::hover());
    let padded = head.shrink2(vec2(metrics::SPACE_16, 0.0));
    let title = ui.painter().layout_job(type_scale::BODY_SEMIBOLD.job("Messages", t.ink, f32::INFINITY));
    paint::galley_left(ui.painter(), padded.left(), padded.center().y, title, t.ink);
    let Some((rendered, _)) = preview.standing() else { return };
    let count = words::counted(rendered.num_tokens.into(), "token", "tokens");
    let galley = ui.painter().layout_job(type_scale::DENSE.job(&count, t.ink2, f32::INFINITY));
    paint::galley_right(ui.painter(), padded.right(), padded.center().y, galley, t.ink2);
    let counted = ui.interact(padded.with_min_x(padded.right() - 80.0), ui.scope_id().with("tokens"), Sense::hover());
    counted.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, format!("All messages, {count}")));
    counted.on_hover_text(format!("Counted by {}", rendered.counted_by));
}

/// Says that the messages below are older than the text.
fn old_ui(ui: &mut Ui, t: &Tokens) {
    let margin = egui::Margin { left: 16, right: 16, top: 8, bottom: 8 };
    egui::Frame::NONE.inner_margin(margin).show(ui, |ui| {
        ui.set_width(ui.available_width());
        text::label(ui, type_scale::LABEL, "The messages are as of before the error.", t.ink2);
    });
}

/// One line a problem, where it is and what to do; a click leads there.
fn diagnostic_ui(ui: &mut Ui, diagnostic: &Diagnostic, t: &Tokens) -> bool {
    let (icon, color, ground) = match diagnostic.severity {
        Severity::Error => (icons::X_CIRCLE, t.worse, t.worse_bg),
        Severity::Warning => (icons::WARNING, t.warn, t.warn_bg),
    };
    let frame = egui::Frame::NONE.fill(ground).inner_margin(egui::Margin::symmetric(16, 8));
    let shown = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            text::icon(ui, icon, metrics::ICON, color);
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                text::label(ui, type_scale::DENSE, &diagnostic.message, t.ink);
                text::label(ui, type_scale::LABEL, place_words(diagnostic), t.ink2);
                if let Some(action) = &diagnostic.action {
                    text::label(ui, type_scale::LABEL, action, t.ink2);
                }
            });
        });
    });
    let response = ui.interact(shown.response.rect, ui.scope_id().with(&diagnostic.message), Sense::click());
    let name = format!("{}, {}", diagnostic.message, place_words(diagnostic));
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &name));
    response.clicked()
}

fn place_words(diagnostic: &Diagnostic) -> String {
    let place = &diagnostic.location;
    match (place.line, place.column) {
        (Some(line), Some(column)) => format!("Line {line}, column {column}"),
        (Some(line), None) => format!("Line {line}"),
        _ => place.file.clone(),
    }
}

fn message_ui(ui: &mut Ui, at: usize, message: &RenderedMessage, t: &Tokens) {
    let (band, _) = ui.allocate_exact_size(vec2(ui.available_width(), metrics::LIST_ROW), Sense::hover());
    ui.painter().rect_filled(band, 0.0, t.canvas);
    let padded: Rect = band.shrink2(vec2(metrics::SPACE_16, 0.0));
    let role = message.role.word();
    let count = words::counted(message.num_tokens.into(), "token", "tokens");
    let galley = ui.painter().layout_job(type_scale::DENSE_MEDIUM.job(role, t.ink, f32::INFINITY));
    paint::galley_left(ui.painter(), padded.left(), padded.center().y, galley, t.ink);
    let galley = ui.painter().layout_job(type_scale::LABEL.job(count, t.ink2, f32::INFINITY));
    paint::galley_right(ui.painter(), padded.right(), padded.center().y, galley, t.ink2);
    let spans: Vec<Span> = message.spans.iter().filter_map(span).collect();
    egui::Frame::NONE.inner_margin(egui::Margin { left: 16, right: 16, top: 8, bottom: 16 }).show(ui, |ui| {
        ui.push_id(at, |ui| {
            let name = format!("Message {}, {role}", at + 1);
            TextView::new(&name, &message.content).spans(&spans).step(type_scale::CODE_SKIM).show(ui);
        });
    });
}

fn span(span: &atelier_types::prompt::Span) -> Option<Span> {
    let look = match span.origin {
        Origin::Template => return None,
        Origin::Fragment { .. } => Look::Fragment,
        Origin::Value => Look::Value,
    };
    Some(Span { range: span.start..span.end, look })
}

#[cfg(test)]
mod tests {
    use super::*;
    use atelier_types::error::Location;
    use atelier_types::prompt::Role;

    fn rendered(content: Option<&str>, is_broken: bool) -> Rc<Rendered> {
        let messages = content.map(|content| RenderedMessage {
            role: Role::System,
            content: content.to_owned(),
            spans: Vec::new(),
            num_tokens: 1,
        });
        let diagnostic = is_broken.then(|| Diagnostic {
            severity: Severity::Error,
            code: "prompt.syntax".to_owned(),
            message: "unexpected end of input".to_owned(),
            location: Location { file: "prompts/a.prompty".to_owned(), line: Some(2), column: Some(1) },
            action: None,
        });
        Rc::new(Rendered {
            messages: messages.into_iter().collect(),
            diagnostics: diagnostic.into_iter().collect(),
            ..Rendered::default()
        })
    }

    fn shown(preview: &Preview) -> Option<(Option<&str>, bool)> {
        let (rendered, is_old) = preview.standing()?;
        Some((rendered.messages.first().map(|message| message.content.as_str()), is_old))
    }

    #[test]
    fn messages_outlast_an_error_that_leaves_none_until_the_text_is_whole_again() {
        let mut preview = Preview::default();
        assert_eq!(shown(&preview), None);
        preview.take(rendered(Some("good"), false));
        preview.take(rendered(None, true));
        assert_eq!(shown(&preview), Some((Some("good"), true)));
        preview.take(rendered(Some("part"), true));
        assert_eq!(shown(&preview), Some((Some("part"), false)));
        preview.take(rendered(None, false));
        assert_eq!(shown(&preview), Some((None, false)), "an empty prompt has no messages");
    }
}
