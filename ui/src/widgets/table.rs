//! A table with a fixed head that draws only the rows in view. Text stands left, numbers right; no vertical lines.

use super::paint;
use crate::theme::{Tokens, Type, metrics::*, tokens, type_scale as scale};
use egui::accesskit::Role;
use egui::{Align, Color32, Key, Layout, Rect, Response, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use std::ops::Range;

#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub title: String,
    /// Points; a column without takes its part of what is left.
    pub width: Option<f32>,
    pub min_width: f32,
    pub is_number: bool,
}

impl Column {
    pub fn fixed(title: impl Into<String>, width: f32) -> Self {
        Self { title: title.into(), width: Some(width), min_width: width, is_number: false }
    }

    pub fn flexible(title: impl Into<String>, min_width: f32) -> Self {
        Self { title: title.into(), width: None, min_width, is_number: false }
    }

    pub fn number(mut self) -> Self {
        self.is_number = true;
        self
    }
}

#[must_use]
pub struct Table<'a> {
    name: &'a str,
    columns: &'a [Column],
    num_rows: usize,
    row_height: f32,
    selected: Option<usize>,
    scroll_to: Option<usize>,
}

/// What the user did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableOutput {
    /// Row that was clicked, or that the arrow keys lead to.
    pub selected: Option<usize>,
    /// Row that was double-clicked, or on which Enter was pressed.
    pub opened: Option<usize>,
    /// Rows that were drawn; they are the ones to fetch.
    pub visible: Range<usize>,
}

/// One row while it is drawn.
pub struct TableRow<'a> {
    pub index: usize,
    pub response: Response,
    rect: Rect,
    cells: &'a [Rect],
    columns: &'a [Column],
}

impl<'a> Table<'a> {
    pub fn new(name: &'a str, columns: &'a [Column], num_rows: usize) -> Self {
        Self { name, columns, num_rows, row_height: TABLE_ROW, selected: None, scroll_to: None }
    }

    pub fn row_height(mut self, height: f32) -> Self {
        self.row_height = height;
        self
    }

    pub fn selected(mut self, index: Option<usize>) -> Self {
        self.selected = index;
        self
    }

    pub fn scroll_to(mut self, index: Option<usize>) -> Self {
        self.scroll_to = index;
        self
    }

    /// Draws head and rows; `add_row` draws the cells of one row and gives back the row's name.
    pub fn show(self, ui: &mut Ui, mut add_row: impl FnMut(&mut Ui, &TableRow<'_>) -> String) -> TableOutput {
        let t = tokens(ui.ctx());
        let mut output = TableOutput::default();
        let widths = widths(self.columns, ui.available_width() - 2.0 * SPACE_8);
        let total = widths.iter().sum::<f32>() + 2.0 * SPACE_8;
        ui.spacing_mut().item_spacing.y = 0.0;
        let base = ui.scope_id().with(self.name);
        ScrollArea::horizontal().id_salt((self.name, "across")).auto_shrink([false, false]).show(ui, |ui| {
            ui.set_min_width(total);
            self.head(ui, &widths, total, t);
            let mut area = ScrollArea::vertical().id_salt(self.name).auto_shrink([false, false]);
            if let Some(index) = self.scroll_to {
                let room = ui.available_height();
                area = area.vertical_scroll_offset((index as f32 * self.row_height - room / 2.0).max(0.0));
            }
            area.show_rows(ui, self.row_height, self.num_rows, |ui, rows| {
                output.visible = rows.clone();
                for index in rows {
                    let (_, rect) = ui.allocate_space(vec2(total, self.row_height));
                    let response = ui.interact(rect, base.with(index), Sense::click());
                    let is_selected = self.selected == Some(index);
                    let fill = match (is_selected, response.hovered()) {
                        (true, _) => t.accent_bg,
                        (false, true) => t.hover,
                        (false, false) => Color32::TRANSPARENT,
                    };
                    ui.painter().rect_filled(rect, 0.0, fill);
                    let cells = cells(rect, &widths);
                    let row = TableRow { index, response, rect, cells: &cells, columns: self.columns };
                    let name = add_row(ui, &row);
                    row.response.widget_info(|| WidgetInfo::selected(Role::Row, true, is_selected, &name));
                    paint::inner_focus_ring(ui, &row.response, RADIUS_CHIP);
                    self.answer(ui, &row.response, index, base, &mut output);
                }
            });
        });
        output
    }

    fn head(&self, ui: &mut Ui, widths: &[f32], total: f32, t: &Tokens) {
        let (rect, response) = ui.allocate_exact_size(vec2(total, TABLE_HEAD), Sense::hover());
        ui.painter().rect_filled(rect, 0.0, t.canvas);
        for (column, cell) in self.columns.iter().zip(cells(rect, widths)) {
            let job = scale::LABEL_MEDIUM.elided(column.title.as_str(), t.ink3, cell.width(), 1);
            let galley = ui.painter().layout_job(job);
            if column.is_number {
                paint::galley_right(ui.painter(), cell.right(), cell.center().y, galley, t.ink3);
            } else {
                paint::galley_left(ui.painter(), cell.left(), cell.center().y, galley, t.ink3);
            }
        }
        paint::separator(ui.painter(), rect, t.line);
        let titles: Vec<&str> = self.columns.iter().map(|column| column.title.as_str()).collect();
        response.widget_info(|| WidgetInfo::labeled(Role::Row, true, format!("Columns: {}", titles.join(", "))));
    }

    fn answer(&self, ui: &Ui, response: &Response, index: usize, base: egui::Id, output: &mut TableOutput) {
        if response.clicked() {
            response.request_focus();
            output.selected = Some(index);
        }
        if response.double_clicked() {
            output.opened = Some(index);
        }
        if !response.has_focus() {
            return;
        }
        let (up, down, enter) =
            ui.input(|i| (i.key_pressed(Key::ArrowUp), i.key_pressed(Key::ArrowDown), i.key_pressed(Key::Enter)));
        let next = match (up, down) {
            (true, false) => index.checked_sub(1),
            (false, true) => Some(index + 1).filter(|next| *next < self.num_rows),
            _ => None,
        };
        if let Some(next) = next {
            ui.memory_mut(|memory| memory.request_focus(base.with(next)));
            let rect = response.rect.translate(vec2(0.0, (next as f32 - index as f32) * self.row_height));
            ui.scroll_to_rect(rect, None);
            output.selected = Some(next);
        }
        if enter {
            output.opened = Some(index);
        }
    }
}

impl TableRow<'_> {
    /// Place of a cell, without its padding.
    pub fn cell(&self, column: usize) -> Rect {
        self.cells.get(column).copied().unwrap_or(Rect::from_min_size(self.rect.max, vec2(0.0, 0.0)))
    }

    /// One line of text, cut with "…"; numbers stand right.
    pub fn text(&self, ui: &Ui, column: usize, step: Type, text: &str, ink: Color32) {
        let cell = self.cell(column);
        let galley = ui.painter().layout_job(step.elided(text, ink, cell.width().max(SPACE_8), 1));
        if self.columns.get(column).is_some_and(|column| column.is_number) {
            paint::galley_right(ui.painter(), cell.right(), cell.center().y, galley, ink);
        } else {
            paint::galley_left(ui.painter(), cell.left(), cell.center().y, galley, ink);
        }
    }

    /// A number and its interval, which has a width of its own so that the numbers line up.
    pub fn estimate(&self, ui: &Ui, column: usize, mean: &str, interval: &str) {
        const INTERVAL_WIDTH: f32 = 36.0;
        let t = tokens(ui.ctx());
        let cell = self.cell(column);
        let galley = ui.painter().layout_job(scale::LABEL.job(interval, t.ink3, f32::INFINITY));
        let left = cell.right() - INTERVAL_WIDTH;
        paint::galley_left(ui.painter(), left + SPACE_4, cell.center().y + 1.0, galley, t.ink3);
        let galley = ui.painter().layout_job(scale::BODY_MEDIUM.job(mean, t.ink, f32::INFINITY));
        paint::galley_right(ui.painter(), left, cell.center().y, galley, t.ink);
    }

    /// Widgets inside a cell.
    pub fn add<R>(&self, ui: &mut Ui, column: usize, add: impl FnOnce(&mut Ui) -> R) -> R {
        let is_number = self.columns.get(column).is_some_and(|column| column.is_number);
        let layout =
            if is_number { Layout::right_to_left(Align::Center) } else { Layout::left_to_right(Align::Center) };
        let builder = UiBuilder::new().max_rect(self.cell(column)).layout(layout).id_salt((self.index, column));
        add(&mut ui.new_child(builder))
    }
}

/// Gives each column its width; what is left goes to the flexible ones in equal parts.
fn widths(columns: &[Column], room: f32) -> Vec<f32> {
    let fixed: f32 = columns.iter().filter_map(|column| column.width).sum();
    let num_flexible = columns.iter().filter(|column| column.width.is_none()).count().max(1);
    let part = ((room - fixed) / num_flexible as f32).floor();
    columns.iter().map(|column| column.width.unwrap_or(part.max(column.min_width))).collect()
}

/// Cells inside a row, with 8 points of padding on both sides.
fn cells(row: Rect, widths: &[f32]) -> Vec<Rect> {
    let mut left = row.left() + SPACE_8;
    widths
        .iter()
        .map(|width| {
            let cell = Rect::from_min_max(
                pos2(left + SPACE_8, row.top()),
                pos2((left + width - SPACE_8).max(left + SPACE_8), row.bottom()),
            );
            left += width;
            cell
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flexible_columns_share_what_is_left_and_keep_their_least() {
        let columns = [Column::fixed("a", 100.0), Column::flexible("b", 40.0), Column::flexible("c", 40.0)];
        assert_eq!(widths(&columns, 500.0), [100.0, 200.0, 200.0]);
        assert_eq!(widths(&columns, 120.0), [100.0, 40.0, 40.0]);
    }
}
