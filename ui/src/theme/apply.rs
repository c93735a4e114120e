//! Turns tokens and metrics into egui's own style, so that stock widgets look like ours.

use super::metrics::*;
use super::{Tokens, fonts, type_scale as scale};
use egui::style::{ScrollStyle, Selection, TextCursorStyle, WidgetVisuals, Widgets};
use egui::{Color32, CornerRadius, Margin, Shadow, Stroke, Style, TextStyle, Theme, Visuals, vec2};

/// Sets fonts and both themes. Called once for a context; egui then follows the theme that the user prefers.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(fonts::definitions());
    for theme in [Theme::Light, Theme::Dark] {
        ctx.set_style_of(theme, style(theme));
    }
}

/// The shadow of things that float.
pub fn shadow(t: &Tokens) -> Shadow {
    Shadow { offset: [0, 8], blur: 24, spread: 0, color: t.shadow }
}

/// Moves nothing, for systems that ask for no motion and for tests.
pub fn still(ctx: &egui::Context) {
    ctx.all_styles_mut(|style| style.animation_time = 0.0);
}

fn style(theme: Theme) -> Style {
    let t = Tokens::of(theme);
    let mut style = Style { visuals: visuals(theme, t), animation_time: ANIMATION_SECONDS, ..Style::default() };
    style.text_styles = [
        (TextStyle::Small, scale::LABEL),
        (TextStyle::Body, scale::BODY),
        (TextStyle::Button, scale::BODY_MEDIUM),
        (TextStyle::Heading, scale::HEADING),
        (TextStyle::Monospace, scale::CODE_READ),
    ]
    .into_iter()
    .map(|(name, step)| (name, step.font()))
    .collect();
    spacing(&mut style);
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.4;
    style.interaction.resize_grab_radius_side = 4.0;
    style
}

fn spacing(style: &mut Style) {
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(SPACE_8, SPACE_8);
    spacing.button_padding = vec2(SPACE_12, SPACE_4);
    spacing.interact_size = vec2(CONTROL, CONTROL);
    spacing.menu_margin = Margin::same(4);
    spacing.window_margin = Margin::same(16);
    spacing.indent = SPACE_16;
    spacing.icon_width = ICON;
    spacing.icon_width_inner = SPACE_8;
    spacing.icon_spacing = SPACE_8;
    spacing.tooltip_width = 360.0;
    spacing.combo_height = 280.0;
    spacing.scroll = ScrollStyle {
        bar_width: SPACE_8,
        floating_width: SPACE_4,
        bar_inner_margin: 0.0,
        bar_outer_margin: 2.0,
        handle_min_length: SPACE_24,
        foreground_color: false,
        ..ScrollStyle::floating()
    };
    spacing.scroll.fade.strength = 0.0;
}

fn visuals(theme: Theme, t: &Tokens) -> Visuals {
    let base = match theme {
        Theme::Light => Visuals::light(),
        Theme::Dark => Visuals::dark(),
    };
    Visuals {
        override_text_color: None,
        weak_text_color: Some(t.ink3),
        widgets: widgets(t),
        selection: Selection { bg_fill: t.accent_bg, stroke: Stroke::new(STROKE_STRONG, t.accent) },
        hyperlink_color: t.accent,
        faint_bg_color: t.canvas,
        extreme_bg_color: t.surface,
        text_edit_bg_color: Some(t.surface),
        code_bg_color: t.tie_bg,
        warn_fg_color: t.warn,
        error_fg_color: t.worse,
        window_corner_radius: CornerRadius::same(RADIUS_PANE),
        window_shadow: shadow(t),
        window_fill: t.surface,
        window_stroke: Stroke::new(STROKE, t.line),
        menu_corner_radius: CornerRadius::same(RADIUS_PANE),
        panel_fill: t.canvas,
        popup_shadow: shadow(t),
        text_cursor: TextCursorStyle { stroke: Stroke::new(STROKE_STRONG, t.accent), ..base.text_cursor.clone() },
        striped: false,
        disabled_alpha: 1.0,
        ..base
    }
}

fn widgets(t: &Tokens) -> Widgets {
    let state = |fill: Color32, border: Stroke, text: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: border,
        corner_radius: CornerRadius::same(RADIUS_CONTROL),
        fg_stroke: Stroke::new(STROKE, text),
        expansion: 0.0,
    };
    Widgets {
        noninteractive: state(t.surface, Stroke::new(STROKE, t.line), t.ink),
        inactive: state(t.btn, Stroke::new(STROKE, t.edge), t.ink),
        hovered: state(t.hover, Stroke::new(STROKE, t.edge), t.ink),
        active: state(t.line, Stroke::new(STROKE, t.edge), t.ink),
        open: state(t.hover, Stroke::new(STROKE, t.edge), t.ink),
    }
}
