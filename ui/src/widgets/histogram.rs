//! Small plots of rows: how many passed 0, 1, … k of k repeats, and the difference of each row, sorted.

use crate::theme::{metrics::*, tokens};
use egui::accesskit::Role;
use egui::{Color32, Painter, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};

const BAR_WIDTH: f32 = 8.0;
const BAR_GAP: f32 = 2.0;

/// Width of a histogram of `num_bars` bars.
pub fn pass_histogram_width(num_bars: usize) -> f32 {
    num_bars as f32 * (BAR_WIDTH + BAR_GAP)
}

/// k + 1 bars, the rightmost for rows that passed in every repeat.
pub fn paint_pass_histogram(painter: &Painter, rect: Rect, counts: &[u32], ink: Color32) {
    let highest = counts.iter().copied().max().unwrap_or(0).max(1) as f32;
    let left = rect.right() - pass_histogram_width(counts.len());
    for (index, count) in counts.iter().enumerate() {
        let height = (rect.height() * *count as f32 / highest).max(if *count > 0 { 2.0 } else { 1.0 });
        let x = left + index as f32 * (BAR_WIDTH + BAR_GAP) + BAR_GAP;
        let bar = Rect::from_min_size(pos2(x, rect.bottom() - height), vec2(BAR_WIDTH, height));
        painter.rect_filled(bar, 0.0, ink);
    }
}

/// One bar a row, sorted, around a zero line: what moved, by how much and in how many rows.
pub fn difference_plot(ui: &mut Ui, name: &str, differences: &[f64], is_higher_better: bool) -> Response {
    let t = tokens(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), SPACE_48), Sense::hover());
    let mut sorted: Vec<f64> = differences.iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let largest = sorted.iter().fold(0.0_f64, |largest, value| largest.max(value.abs())).max(1e-12);
    let width = rect.width() / sorted.len().max(1) as f32;
    let middle = rect.center().y;
    // With more rows than pixels a bar stands for several rows; the sort keeps neighbours alike.
    let stride = (1.0 / width).ceil().max(1.0) as usize;
    for (index, value) in sorted.iter().enumerate().step_by(stride) {
        let height = (value / largest) as f32 * rect.height() / 2.0;
        if height.abs() < 0.25 {
            continue;
        }
        let x = rect.left() + index as f32 * width;
        let bar = Rect::from_two_pos(pos2(x, middle), pos2(x + (width - 1.0).max(1.0), middle - height));
        let is_better = (*value > 0.0) == is_higher_better;
        ui.painter().rect_filled(bar, 0.0, if is_better { t.better } else { t.worse });
    }
    ui.painter().hline(rect.x_range(), middle, egui::Stroke::new(STROKE, t.edge));
    let improved = sorted.iter().filter(|value| **value != 0.0 && (**value > 0.0) == is_higher_better).count();
    let regressed = sorted.iter().filter(|value| **value != 0.0).count() - improved;
    let rows = crate::words::counted(improved as u64, "row", "rows");
    let words = format!("{name}: {rows} improved, {regressed} regressed, of {}", sorted.len());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &words));
    response.on_hover_text(words)
}
