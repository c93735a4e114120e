//! The grid: rows × variants. Only what is in view is asked for and drawn, so that 100,000 rows scroll like ten.
//!
//! Head and row heads stay in place while cells scroll under them.

use super::cell::{paint_cell, paint_row_head, paint_skeleton};
use super::data::cell_look;
use super::head::{paint_corner, variant_heads_ui};
use super::state::ResultsState;
use crate::context::WorkspaceContext;
use crate::theme::{metrics::*, tokens};
use crate::widgets::paint;
use crate::words;
use atelier_types::api::{GridRequest, RunsGrid};
use atelier_types::experiment::{GridPage, GridRow, RunDetail};
use egui::accesskit::Role;
use egui::{EventFilter, Id, Key, Rect, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use std::collections::HashMap;
use std::rc::Rc;

/// Rows of one read.
const PAGE_ROWS: u32 = 64;
pub const ROW_HEAD: f32 = 184.0;
const MIN_VARIANT: f32 = 140.0;
const MAX_VARIANT: f32 = 320.0;
pub const HEAD: f32 = GRID_HEAD_PROMPT + GRID_HEAD_VARIANT;

/// What the grid is about in this frame.
pub struct Grid<'a> {
    pub ctx: &'a WorkspaceContext<'a>,
    pub detail: &'a RunDetail,
    pub find: &'a str,
}

/// Pages by number, as far as they have come.
pub struct Pages {
    pages: HashMap<u32, Rc<GridPage>>,
    pub num_rows: u32,
    pub error: Option<atelier_types::error::ApiError>,
    pub is_pending: bool,
}

impl Pages {
    pub fn row(&self, index: usize) -> Option<&GridRow> {
        let index = u32::try_from(index).ok()?;
        self.pages.get(&(index / PAGE_ROWS))?.rows.get((index % PAGE_ROWS) as usize)
    }
}

impl Grid<'_> {
    pub fn request(&self, state: &ResultsState, page: u32) -> GridRequest {
        GridRequest {
            run: self.detail.summary.id.clone(),
            baseline: state.baseline.clone(),
            filter: state.filter,
            find: self.find.to_owned(),
            offset: page * PAGE_ROWS,
            limit: PAGE_ROWS,
        }
    }

    /// Asks for the pages that hold these rows.
    pub fn pages(&self, state: &ResultsState, rows: std::ops::Range<usize>) -> Pages {
        let mut pages = Pages { pages: HashMap::new(), num_rows: self.num_rows(state), error: None, is_pending: false };
        let last = rows.end.saturating_sub(1).max(rows.start) as u32 / PAGE_ROWS;
        for page in rows.start as u32 / PAGE_ROWS..=last {
            let fetched = self.ctx.fetch::<RunsGrid>(&self.request(state, page));
            pages.is_pending |= fetched.value().is_none() && fetched.is_pending();
            pages.error = pages.error.or_else(|| fetched.error().cloned());
            if let Some(value) = fetched.shared() {
                pages.num_rows = value.num_rows;
                pages.pages.insert(page, value);
            }
        }
        pages
    }

    /// Rows under the filter, from the counts above the grid: the first page may not be here yet.
    fn num_rows(&self, state: &ResultsState) -> u32 {
        use atelier_types::experiment::RowFilter;
        let counts = &self.detail.filter_counts;
        match state.filter {
            RowFilter::All => counts.all.max(self.detail.num_rows),
            RowFilter::Failing => counts.failing,
            RowFilter::Flipped => counts.flipped,
            RowFilter::Unscored => counts.unscored,
        }
    }

    /// Draws the grid into `area`.
    pub fn show(&self, ui: &mut Ui, state: &mut ResultsState, area: Rect) -> Pages {
        let t = tokens(ui.ctx());
        let variants = self.detail.variants.len();
        let column = column_width(area.width(), variants);
        let first = self.pages(state, 0..1);
        let id = ui.scope_id().with("grid");
        let focus = ui.interact(area, id, Sense::click());
        let num_rows = words::counted(first.num_rows.into(), "row", "rows");
        let num_variants = words::counted(variants as u64, "variant", "variants");
        let name = format!("Results, {num_rows}, {num_variants}");
        focus.widget_info(|| WidgetInfo::labeled(Role::Grid, true, &name));
        take_keys(ui, &focus, state, first.num_rows as usize, variants);
        let body = area.with_min_y(area.top() + HEAD);
        let mut child = ui.new_child(UiBuilder::new().max_rect(body).id_salt("cells"));
        let mut scroll =
            ScrollArea::both().id_salt((&self.detail.summary.id, state.filter)).auto_shrink([false, false]);
        if let Some((row, _)) = state.selected.filter(|_| std::mem::take(&mut state.is_moved)) {
            scroll = scroll.vertical_scroll_offset(offset_for(ui, id, row, body.height()));
        }
        let output = scroll.show_viewport(&mut child, |ui, viewport| {
            let size = vec2(ROW_HEAD + column * variants as f32, first.num_rows as f32 * GRID_CELL);
            let origin = ui.max_rect().min;
            ui.allocate_rect(Rect::from_min_size(origin, size), Sense::hover());
            let from = (viewport.top() / GRID_CELL).floor().max(0.0) as usize;
            let to = ((viewport.bottom() / GRID_CELL).ceil() as usize).min(first.num_rows as usize);
            let pages = self.pages(state, from..to.max(from + 1));
            self.rows_ui(ui, state, &pages, from..to, (body, viewport, column));
            pages
        });
        ui.data_mut(|data| data.insert_temp(id.with("offset"), output.state.clamped_offset().y));
        let head = Rect::from_min_size(area.min, vec2(area.width(), HEAD));
        ui.painter().rect_filled(head, 0.0, t.canvas);
        let baseline = state.baseline.clone().or_else(|| self.detail.baseline.clone());
        variant_heads_ui(ui, self, state, head, column, output.state.clamped_offset().x, baseline.as_ref());
        paint_corner(ui, head.with_max_x(head.left() + ROW_HEAD), self.detail, output.inner.num_rows);
        paint::separator(ui.painter(), head, t.line);
        output.inner
    }

    fn rows_ui(
        &self,
        ui: &mut Ui,
        state: &mut ResultsState,
        pages: &Pages,
        rows: std::ops::Range<usize>,
        (body, viewport, column): (Rect, Rect, f32),
    ) {
        let t = tokens(ui.ctx());
        let cells_clip = body.with_min_x(body.left() + ROW_HEAD).intersect(ui.clip_rect());
        let base = ui.scope_id().with(&self.detail.summary.id);
        for index in rows {
            let top = body.top() + index as f32 * GRID_CELL - viewport.top();
            let row_rect = Rect::from_min_size(pos2(body.left(), top), vec2(body.width(), GRID_CELL));
            let row = pages.row(index);
            let mut cells = ui.new_child(UiBuilder::new().max_rect(row_rect).id_salt(index));
            cells.set_clip_rect(cells_clip);
            for variant in 0..self.detail.variants.len() {
                let left = body.left() + ROW_HEAD + variant as f32 * column - viewport.left();
                let rect = Rect::from_min_size(pos2(left, top), vec2(column, GRID_CELL));
                if rect.right() > cells_clip.left() && rect.left() < cells_clip.right() {
                    self.cell_ui(&cells, state, row, (index, variant), rect, base);
                }
            }
            match row {
                Some(row) => paint_row_head(ui, row_rect.with_max_x(row_rect.left() + ROW_HEAD), row),
                None => paint_skeleton(ui, row_rect.with_max_x(row_rect.left() + ROW_HEAD)),
            }
            paint::separator(ui.painter(), row_rect, t.line);
        }
    }

    fn cell_ui(
        &self,
        ui: &Ui,
        state: &mut ResultsState,
        row: Option<&GridRow>,
        (index, variant): (usize, usize),
        rect: Rect,
        base: Id,
    ) {
        let Some(row) = row else {
            paint_skeleton(ui, rect);
            return;
        };
        let Some(repeats) = row.cells.get(variant) else { return };
        let look = cell_look(repeats, self.detail.scorers.first());
        let is_selected = state.selected == Some((index, variant));
        let response = ui.interact(rect.intersect(ui.clip_rect()), base.with((index, variant)), Sense::click());
        let model = self.detail.variants.get(variant).map_or("", |head| head.variant.model.as_str());
        response.widget_info(|| {
            let name = format!("{}, {model}: {} {}", row.row, look.mark.word(), look.words);
            WidgetInfo::selected(Role::Cell, true, is_selected, name)
        });
        paint_cell(ui, rect, &look, is_selected, response.hovered());
        if response.clicked() {
            state.select(index, variant);
            state.is_detail_open = true;
            ui.memory_mut(|memory| memory.request_focus(grid_id(ui)));
        }
    }
}

/// The grid's own id is known to cells only through the `Ui` above them.
fn grid_id(ui: &Ui) -> Id {
    ui.data(|data| data.get_temp::<Id>(Id::unique("results grid"))).unwrap_or(Id::NULL)
}

/// Columns fill the room there is, between their least and their greatest width.
fn column_width(room: f32, variants: usize) -> f32 {
    ((room - ROW_HEAD) / variants.max(1) as f32).floor().clamp(MIN_VARIANT, MAX_VARIANT)
}

/// Scroll offset that shows the row, as little as needed from where the view is.
fn offset_for(ui: &Ui, id: Id, row: usize, height: f32) -> f32 {
    let offset = ui.data(|data| data.get_temp::<f32>(id.with("offset"))).unwrap_or(0.0);
    let top = row as f32 * GRID_CELL;
    offset.clamp((top + GRID_CELL - height).max(0.0), top.max(0.0).max(top + GRID_CELL - height))
}

/// Arrows move the selected cell; Enter opens it. Only while the grid has the keyboard.
fn take_keys(ui: &Ui, focus: &egui::Response, state: &mut ResultsState, num_rows: usize, variants: usize) {
    ui.data_mut(|data| data.insert_temp(Id::unique("results grid"), focus.id));
    let is_free = ui.memory(|memory| memory.focused().is_none());
    if !(focus.has_focus() || is_free) || num_rows == 0 || variants == 0 {
        return;
    }
    let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(focus.id, arrows));
    let pressed = |key: Key| ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, key));
    let (row, variant) = state.selected.unwrap_or((0, 0));
    let next = if pressed(Key::ArrowDown) {
        Some((row + usize::from(state.selected.is_some()), variant))
    } else if pressed(Key::ArrowUp) {
        Some((row.saturating_sub(1), variant))
    } else if pressed(Key::ArrowRight) {
        Some((row, variant + 1))
    } else if pressed(Key::ArrowLeft) {
        Some((row, variant.saturating_sub(1)))
    } else {
        None
    };
    if let Some((row, variant)) = next {
        state.select(row.min(num_rows - 1), variant.min(variants - 1));
        state.is_moved = true;
    }
    if state.selected.is_some() && pressed(Key::Enter) {
        state.is_detail_open = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_keep_their_least_width_and_scroll_sideways_instead() {
        assert_eq!(column_width(1024.0, 6), MIN_VARIANT);
        assert_eq!(column_width(1024.0, 3), 280.0);
        assert_eq!(column_width(2400.0, 2), MAX_VARIANT);
    }
}
