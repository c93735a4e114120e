//! What is wrong with a drawn frame, judged by the shapes that were painted and by the accessibility tree.
//!
//! Text must not run out of its clip to the sides, nor over other text; it needs a contrast of 4.5 (icons 3); what can
//! be clicked is at least 24 points; heights and small gaps are on the 4-point grid. Cut at the top or bottom is what
//! scrolling does and no fault.

use atelier_ui::theme::contrast;
use egui::epaint::{ClippedShape, RectShape, TextShape};
use egui::{Color32, FontFamily, Rect, Role, Shape, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::NodeT as _;

const MIN_TARGET: f32 = 24.0;
const MIN_CONTRAST: f32 = 4.5;
const MIN_ICON_CONTRAST: f32 = 3.0;
/// Rounding to pixels moves edges by less than this.
const ROUNDING: f32 = 1.01;

/// A text or a filled rectangle, in the order of painting.
enum Painted<'a> {
    Text { shape: &'a TextShape, clip: Rect },
    Fill { rect: Rect, color: Color32 },
}

/// All faults of the frame that the harness shows, one sentence each.
pub fn faults<S>(harness: &Harness<'_, S>) -> Vec<String> {
    let mut painted = Vec::new();
    for ClippedShape { clip_rect, shape, .. } in &harness.output().shapes {
        collect(shape, *clip_rect, &mut painted);
    }
    let scrolls_sideways = sideways(harness);
    let mut faults = Vec::new();
    for (index, one) in painted.iter().enumerate() {
        let Painted::Text { shape, clip } = one else { continue };
        let Some(rect) = visible(shape, *clip) else { continue };
        clipped(shape, *clip, &scrolls_sideways, &mut faults);
        low_contrast(shape, rect, &painted[..index], &mut faults);
        off_grid(shape, &mut faults);
        overlaps(shape, rect, index, &painted, &mut faults);
    }
    small_targets(harness, &mut faults);
    gaps(harness, &mut faults);
    faults
}

fn collect<'a>(shape: &'a Shape, clip: Rect, painted: &mut Vec<Painted<'a>>) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, clip, painted)),
        Shape::Text(shape) if !shape.galley.is_empty() => painted.push(Painted::Text { shape, clip }),
        Shape::Rect(RectShape { rect, fill, .. }) if fill.a() > 0 => {
            painted.push(Painted::Fill { rect: rect.intersect(clip), color: *fill });
        }
        _ => {}
    }
}

fn bounds(shape: &TextShape) -> Rect {
    shape.galley.mesh_bounds.translate(shape.pos.to_vec2())
}

/// The part of a text that is in sight.
fn visible(shape: &TextShape, clip: Rect) -> Option<Rect> {
    let rect = bounds(shape).intersect(clip);
    (rect.width() > 1.0 && rect.height() > 1.0 && shape.opacity_factor > 0.0).then_some(rect)
}

fn words(shape: &TextShape) -> String {
    shape.galley.text().chars().take(48).collect()
}

fn is_icon(shape: &TextShape) -> bool {
    let is_icons = |family: &FontFamily| matches!(family, FontFamily::Name(name) if name.starts_with("icons"));
    shape.galley.job.sections.iter().all(|section| is_icons(&section.format.font_id.family))
}

/// Places whose content may be cut at the sides, since it scrolls under a fixed head, and fields that one types in.
fn sideways<S>(harness: &Harness<'_, S>) -> Vec<Rect> {
    let is_sideways =
        |role: Role| matches!(role, Role::Grid | Role::TextInput | Role::MultilineTextInput | Role::PasswordInput);
    let nodes = harness.root().children_recursive();
    nodes.filter(|node| is_sideways(node.accesskit_node().role())).map(|node| node.rect().expand(2.0)).collect()
}

fn clipped(shape: &TextShape, clip: Rect, sideways: &[Rect], faults: &mut Vec<String>) {
    let rect = bounds(shape);
    let is_cut = rect.left() < clip.left() - ROUNDING || rect.right() > clip.right() + ROUNDING;
    let may_be_cut = sideways.iter().any(|place| place.intersects(rect));
    if is_cut && !may_be_cut {
        let (left, right) = (clip.left() - rect.left(), rect.right() - clip.right());
        faults.push(format!("`{}` is cut by {:.0} points", words(shape), left.max(right)));
    }
}

/// The colour that lies under `rect`, from what was painted before.
fn ground(rect: Rect, before: &[Painted<'_>]) -> Color32 {
    let mut color = Color32::PLACEHOLDER;
    for painted in before {
        if let Painted::Fill { rect: filled, color: over } = painted
            && filled.contains(rect.center())
        {
            color = if over.a() == 255 || color == Color32::PLACEHOLDER { *over } else { color.blend(*over) };
        }
    }
    color
}

fn low_contrast(shape: &TextShape, rect: Rect, before: &[Painted<'_>], faults: &mut Vec<String>) {
    let under = ground(rect, before);
    let least = if is_icon(shape) { MIN_ICON_CONTRAST } else { MIN_CONTRAST };
    for section in &shape.galley.job.sections {
        let own = section.format.color;
        let ink =
            shape.override_text_color.unwrap_or(if own == Color32::PLACEHOLDER { shape.fallback_color } else { own });
        let ground = if section.format.background.a() == 255 { section.format.background } else { under };
        let contrast = contrast(ink, ground);
        if contrast < least {
            faults.push(format!("`{}` has a contrast of {contrast:.1}", words(shape)));
            return;
        }
    }
}

fn off_grid(shape: &TextShape, faults: &mut Vec<String>) {
    let is_off = |height: Option<f32>| height.is_some_and(|height| (height % 4.0).abs() > 0.01);
    if !is_icon(shape) && shape.galley.job.sections.iter().any(|section| is_off(section.format.line_height)) {
        faults.push(format!("`{}` has a line height off the 4-point grid", words(shape)));
    }
}

/// Two texts over each other, with nothing opaque between them.
fn overlaps(shape: &TextShape, rect: Rect, index: usize, painted: &[Painted<'_>], faults: &mut Vec<String>) {
    for (offset, other) in painted[index + 1..].iter().enumerate() {
        let Painted::Text { shape: over, clip } = other else { continue };
        let Some(over_rect) = visible(over, *clip) else { continue };
        let common = rect.intersect(over_rect);
        if common.width() < 2.0 || common.height() < 3.0 {
            continue;
        }
        let between = &painted[index + 1..index + 1 + offset];
        let is_covered = between.iter().any(|painted| {
            matches!(painted, Painted::Fill { rect, color } if color.a() > 60 && rect.contains_rect(common.shrink(1.0)))
        });
        if !is_covered {
            faults.push(format!("`{}` lies over `{}`", words(over), words(shape)));
        }
    }
}

fn is_target(role: Role) -> bool {
    matches!(
        role,
        Role::Button
            | Role::CheckBox
            | Role::ComboBox
            | Role::Link
            | Role::ListBoxOption
            | Role::MenuItem
            | Role::RadioButton
            | Role::Tab
            | Role::TextInput
            | Role::MultilineTextInput
    )
}

struct Target {
    name: String,
    rect: Rect,
}

fn targets<S>(harness: &Harness<'_, S>) -> Vec<Target> {
    let nodes = harness.root().children_recursive();
    let window = harness.ctx.content_rect();
    nodes
        .filter(|node| is_target(node.accesskit_node().role()) && !node.accesskit_node().is_disabled())
        .map(|node| Target { name: node.accesskit_node().label().unwrap_or_default(), rect: node.rect() })
        .filter(|target| window.contains_rect(target.rect))
        .collect()
}

fn small_targets<S>(harness: &Harness<'_, S>, faults: &mut Vec<String>) {
    for Target { name, rect } in targets(harness) {
        if rect.width() < MIN_TARGET - 0.1 || rect.height() < MIN_TARGET - 0.1 {
            faults.push(format!("`{name}` is a target of {:.0} × {:.0}", rect.width(), rect.height()));
        }
        if rect.height() < 80.0 && ((rect.height() + 0.1) % 4.0) > 0.2 {
            faults.push(format!("`{name}` is {:.1} high, off the 4-point grid", rect.height()));
        }
    }
}

/// Neighbours in a row that are near each other keep 0, 4, 8 or 12 points.
fn gaps<S>(harness: &Harness<'_, S>, faults: &mut Vec<String>) {
    let targets = targets(harness);
    for one in &targets {
        for other in &targets {
            let gap = other.rect.left() - one.rect.right();
            let is_neighbour = (one.rect.center().y - other.rect.center().y).abs() < 1.0 && (0.5..15.5).contains(&gap);
            let is_between = |third: &Target| {
                third.rect.intersects(Rect::from_min_size(one.rect.right_top() + vec2(0.2, 0.0), vec2(gap - 0.4, 4.0)))
            };
            if is_neighbour && !targets.iter().any(is_between) && ((gap + 0.5) % 4.0) > 1.0 {
                faults.push(format!("between `{}` and `{}` are {gap:.1} points", one.name, other.name));
            }
        }
    }
}

mod tests {
    use super::*;
    use atelier_ui::theme::{self, tokens, type_scale as scale};
    use egui::{Ui, UiBuilder, pos2};

    /// Faults of a surface on which `draw` has drawn.
    fn faults_of(draw: impl FnMut(&mut Ui) + 'static) -> Vec<String> {
        let mut draw = draw;
        let builder = Harness::builder().with_size(vec2(400.0, 200.0)).with_context_setup(theme::install);
        let mut harness = builder.build_ui(move |ui| {
            let surface = tokens(ui.ctx()).surface;
            ui.painter().rect_filled(ui.ctx().content_rect(), 0.0, surface);
            draw(ui);
        });
        harness.run();
        faults(&harness)
    }

    fn at(ui: &mut Ui, left: f32, top: f32, width: f32) -> Ui {
        ui.new_child(UiBuilder::new().max_rect(Rect::from_min_size(pos2(left, top), vec2(width, 40.0))))
    }

    #[test]
    fn good_text_has_no_fault() {
        let ok = faults_of(|ui| {
            let ink = tokens(ui.ctx()).ink;
            ui.label(scale::BODY.text("Everything is saved", ink));
        });
        assert_eq!(ok, Vec::<String>::new());
    }

    #[test]
    fn text_that_is_cut_at_the_side_is_found() {
        let cut = faults_of(|ui| {
            let ink = tokens(ui.ctx()).ink;
            let mut child = at(ui, 0.0, 0.0, 40.0);
            child.set_clip_rect(Rect::from_min_size(pos2(0.0, 0.0), vec2(40.0, 40.0)));
            child.add(egui::Label::new(scale::BODY.text("much too long for this", ink)).extend());
        });
        assert!(cut.len() == 1 && cut[0].contains("is cut by"), "{cut:?}");
    }

    #[test]
    fn text_over_text_is_found() {
        let over = faults_of(|ui| {
            let ink = tokens(ui.ctx()).ink;
            at(ui, 0.0, 0.0, 200.0).label(scale::BODY.text("one", ink));
            at(ui, 4.0, 4.0, 200.0).label(scale::BODY.text("two", ink));
        });
        assert_eq!(over, ["`two` lies over `one`"]);
    }

    #[test]
    fn faint_text_is_found() {
        let faint = faults_of(|ui| {
            let line = tokens(ui.ctx()).edge;
            ui.label(scale::BODY.text("faint", line));
        });
        assert!(faint.len() == 1 && faint[0].contains("contrast of 3."), "{faint:?}");
    }

    #[test]
    fn small_targets_and_odd_gaps_are_found() {
        let small = faults_of(|ui| {
            let button = |left: f32, size: f32, name: &'static str| {
                let rect = Rect::from_min_size(pos2(left, 20.0), vec2(size, size));
                let response = ui.interact(rect, egui::Id::unique(name), egui::Sense::click());
                response.widget_info(|| egui::WidgetInfo::labeled(Role::Button, true, name));
            };
            button(20.0, 20.0, "small");
            button(100.0, 28.0, "first");
            button(134.0, 28.0, "second");
        });
        assert_eq!(small, ["`small` is a target of 20 × 20", "between `first` and `second` are 6.0 points"]);
    }

    #[test]
    fn lines_off_the_grid_are_found() {
        let off = faults_of(|ui| {
            let ink = tokens(ui.ctx()).ink;
            ui.label(scale::BODY.text("off", ink).line_height(Some(18.0)));
        });
        assert_eq!(off, ["`off` has a line height off the 4-point grid"]);
    }
}
