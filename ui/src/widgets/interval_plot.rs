//! Intervals on one axis: what a difference is, how sure it is, and the band that is too small to matter.

use super::{Mark, paint};
use crate::theme::{metrics::*, tokens, type_scale as scale};
use egui::{Color32, Painter, Rangef, Rect, Stroke, Ui, pos2, vec2};

/// A stretch of numbers that is drawn over a stretch of pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    pub low: f64,
    pub high: f64,
    pub step: f64,
}

impl Axis {
    /// An axis that holds all of `values` and zero, with round ticks.
    pub fn around(values: impl IntoIterator<Item = f64>) -> Self {
        let (mut low, mut high) = (0.0_f64, 0.0_f64);
        for value in values.into_iter().filter(|value| value.is_finite()) {
            (low, high) = (low.min(value), high.max(value));
        }
        if high - low < 1e-9 {
            (low, high) = (-1.0, 1.0);
        }
        let step = round_step((high - low) / 4.0);
        Self { low: (low / step).floor() * step - step * 0.25, high: (high / step).ceil() * step + step * 0.25, step }
    }

    pub fn x(&self, value: f64, range: Rangef) -> f32 {
        let share = (value - self.low) / (self.high - self.low);
        range.min + range.span() * share.clamp(0.0, 1.0) as f32
    }

    pub fn ticks(&self) -> impl Iterator<Item = f64> {
        let first = (self.low / self.step).ceil() as i64;
        let last = (self.high / self.step).floor() as i64;
        let step = self.step;
        (first..=last).map(move |index| index as f64 * step)
    }
}

/// 1, 2 or 5 times a power of ten, not under `least`.
fn round_step(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|step| *step >= least).unwrap_or(power * 10.0)
}

/// A signed number as short as its axis allows: `+5`, `−0.2`, `0`.
pub fn signed(value: f64, step: f64) -> String {
    match plain(value, step) {
        text if value > 0.0 && text != "0" => format!("+{text}"),
        text => text,
    }
}

/// A number as short as its axis allows: `5`, `−0.2`, `0`.
pub fn plain(value: f64, step: f64) -> String {
    let decimals = if step >= 1.0 { 0 } else { (-step.log10()).ceil().clamp(0.0, 6.0) as usize };
    let text = format!("{:.decimals$}", value.abs());
    match value {
        value if value.abs() < step * 1e-6 => "0".to_owned(),
        value if value < 0.0 => format!("−{text}"),
        _ => text,
    }
}

/// Numbers above the plot.
pub fn paint_ticks(ui: &Ui, rect: Rect, axis: &Axis) {
    let t = tokens(ui.ctx());
    for tick in axis.ticks() {
        let x = axis.x(tick, rect.x_range());
        let galley = ui.painter().layout_job(scale::LABEL.job(signed(tick, axis.step), t.ink3, f32::INFINITY));
        let left = x - galley.size().x / 2.0;
        if left >= rect.left() && left + galley.size().x <= rect.right() {
            paint::galley_left(ui.painter(), left, rect.center().y, galley, t.ink3);
        }
    }
}

/// The zero line, and the band around it, over the height of one row.
pub fn paint_ground(ui: &Ui, rect: Rect, axis: &Axis, margin: f64) {
    let t = tokens(ui.ctx());
    let x = rect.x_range();
    if margin > 0.0 {
        let band = Rect::from_x_y_ranges(Rangef::new(axis.x(-margin, x), axis.x(margin, x)), rect.y_range());
        ui.painter().rect_filled(band, 0.0, t.tie_bg);
    }
    ui.painter().vline(axis.x(0.0, x), rect.y_range(), Stroke::new(STROKE, t.edge));
}

/// One interval with end caps and its mark at the mean.
pub fn paint_interval(painter: &Painter, rect: Rect, axis: &Axis, interval: (f64, f64, f64), mark: Mark, ink: Color32) {
    let (low, mean, high) = interval;
    let (x, y) = (rect.x_range(), rect.center().y);
    let stroke = Stroke::new(STROKE_STRONG, ink);
    let (left, right) = (axis.x(low, x), axis.x(high, x));
    painter.hline(Rangef::new(left, right), y, stroke);
    for end in [left, right] {
        painter.vline(end, Rangef::new(y - SPACE_4, y + SPACE_4), stroke);
    }
    let center = pos2(axis.x(mean, x), y);
    // The line must not run through a hollow shape.
    match mark {
        Mark::Undecided => {
            painter.circle_filled(center, SPACE_4, tokens(painter.ctx()).surface);
        }
        Mark::Tie => {
            let hole = Rect::from_center_size(center, vec2(SPACE_12, SPACE_8));
            painter.rect_filled(hole, 0.0, tokens(painter.ctx()).tie_bg);
        }
        _ => {}
    }
    mark.paint(painter, center, SPACE_12, ink);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_hold_zero_and_have_round_ticks() {
        let axis = Axis::around([1.9, 10.4]);
        let ticks: Vec<String> = axis.ticks().map(|tick| signed(tick, axis.step)).collect();
        assert_eq!(ticks, ["0", "+5", "+10", "+15"]);
        assert!(axis.low < 0.0 && axis.high > 10.4);
    }

    #[test]
    fn an_axis_without_values_still_has_a_width() {
        let axis = Axis::around([f64::NAN, 0.0]);
        assert!(axis.high > axis.low);
    }

    #[test]
    fn minus_is_a_minus_sign() {
        assert_eq!([signed(-0.25, 0.1), signed(0.5, 0.1), signed(-3.0, 1.0)], ["−0.2", "+0.5", "−3"]);
    }
}
