//! Differences of two texts: as one running text by words, or side by side by lines. Both draw only what is in view.

use super::text_view::spans::{DiffText, Look, Span, json_spans, row_job};
use super::text_view::{TextView, wrap};
use crate::theme::{Tokens, Type, metrics::*, tokens, type_scale as scale};
use atelier_types::diff::{Change, DiffLine, TextDiff};
use egui::accesskit::Role;
use egui::{Color32, Id, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};
use std::ops::Range;
use std::sync::Arc;

const NUMBER_WIDTH: f32 = 40.0;
/// Keys, texts and numbers of longer JSON stay uncoloured, since they are looked for in every frame.
const MAX_COLOURED_BYTES: usize = 16 * 1024;

/// Draws the unified form. `current` is outlined, counted from 0; it is scrolled to when `is_moved`.
pub fn unified(ui: &mut Ui, name: &str, diff: &TextDiff, current: Option<usize>, is_moved: bool) -> Response {
    let mut whole = DiffText::new(&diff.unified);
    if whole.text.len() <= MAX_COLOURED_BYTES && whole.text.trim_start().starts_with(['{', '[']) {
        whole.spans = with_json(&whole);
    }
    let place = current.and_then(|index| whole.differences.get(index)).cloned();
    let scroll_to = place.as_ref().filter(|_| is_moved).map(|place| place.start);
    TextView::new(name, &whole.text).spans(&whole.spans).outlined(place).scroll_to(scroll_to).show(ui)
}

/// The diff's spans, and between them those of JSON: what changed is said louder than what it is made of.
fn with_json(whole: &DiffText) -> Vec<Span> {
    let mut spans = whole.spans.clone();
    let mut offset = 0;
    for line in whole.text.split_inclusive('\n') {
        spans.extend(json_spans(line, offset).into_iter().filter(|span| {
            let next = whole.spans.partition_point(|known| known.range.end <= span.range.start);
            whole.spans.get(next).is_none_or(|known| known.range.start >= span.range.end)
        }));
        offset += line.len();
    }
    spans.sort_by_key(|span| span.range.start);
    spans
}

/// How many differences the unified form has.
pub fn num_differences(diff: &TextDiff) -> usize {
    let mut previous = Change::Equal;
    let mut count = 0;
    for piece in &diff.unified {
        if piece.change != Change::Equal && previous == Change::Equal {
            count += 1;
        }
        previous = piece.change;
    }
    count
}

/// Where each line of a side-by-side diff starts, in rows as drawn.
#[derive(Default)]
struct Layout {
    starts: Vec<u32>,
    num_rows: u32,
}

/// Draws both texts beside each other, line by line.
pub fn side_by_side(ui: &mut Ui, name: &str, diff: &TextDiff) -> Response {
    let t = tokens(ui.ctx());
    let step = scale::CODE_READ;
    let column = ui.fonts_mut(|fonts| fonts.glyph_width(&step.font(), '0')).max(1.0);
    let width = ui.available_width();
    let side = ((width - SPACE_16) / 2.0).floor();
    let max_columns = ((side - NUMBER_WIDTH) / column).floor().max(8.0) as usize;
    let layout = layout(ui, ui.next_auto_id(), diff, max_columns);
    let size = vec2(width, layout.num_rows as f32 * step.line);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| {
        let inserted = crate::words::counted(diff.num_inserted_words.into(), "word", "words");
        let words = format!("{name}: {inserted} inserted, {} deleted", diff.num_deleted_words);
        WidgetInfo::labeled(Role::Document, true, words)
    });
    let clip = ui.clip_rect();
    let first_row = ((clip.top() - rect.top()) / step.line).floor().max(0.0) as u32;
    let first = layout.starts.partition_point(|start| *start <= first_row).saturating_sub(1);
    for (index, row) in diff.rows.iter().enumerate().skip(first) {
        let Some(start) = layout.starts.get(index) else { break };
        let top = rect.top() + *start as f32 * step.line;
        if top > clip.bottom() {
            break;
        }
        let end = layout.starts.get(index + 1).copied().unwrap_or(layout.num_rows);
        let height = (end - start) as f32 * step.line;
        let left = Rect::from_min_size(pos2(rect.left(), top), vec2(side, height));
        let right = left.translate(vec2(side + SPACE_16, 0.0));
        paint_side(ui, left, row.left.as_ref(), Change::Deleted, row.right.is_none(), max_columns, t);
        paint_side(ui, right, row.right.as_ref(), Change::Inserted, row.left.is_none(), max_columns, t);
    }
    response
}

fn layout(ui: &Ui, salt: Id, diff: &TextDiff, max_columns: usize) -> Arc<Layout> {
    let id = salt.with("side by side");
    let key = (egui::util::hash((diff.rows.len(), ends(diff))), max_columns);
    let known = ui.data(|data| data.get_temp::<((u64, usize), Arc<Layout>)>(id));
    if let Some((_, layout)) = known.filter(|(known, _)| *known == key) {
        return layout;
    }
    let mut fresh = Layout::default();
    for row in &diff.rows {
        fresh.starts.push(fresh.num_rows);
        let rows_of = |line: &Option<DiffLine>| line.as_ref().map_or(1, |line| num_rows(line, max_columns));
        fresh.num_rows += rows_of(&row.left).max(rows_of(&row.right));
    }
    let fresh = Arc::new(fresh);
    ui.data_mut(|data| data.insert_temp(id, (key, fresh.clone())));
    fresh
}

/// What tells one diff from another at the same place, without reading all of it in every frame.
fn ends(diff: &TextDiff) -> (u32, u32, usize, Vec<String>) {
    let length = diff.unified.iter().map(|piece| piece.text.len()).sum();
    let some = diff.rows.iter().take(64).filter_map(|row| row.left.as_ref().or(row.right.as_ref())).map(text_of);
    (diff.num_inserted_words, diff.num_deleted_words, length, some.collect())
}

fn text_of(line: &DiffLine) -> String {
    line.pieces.iter().map(|piece| piece.text.as_str()).collect()
}

fn num_rows(line: &DiffLine, max_columns: usize) -> u32 {
    let num_bytes: usize = line.pieces.iter().map(|piece| piece.text.len()).sum();
    if num_bytes <= max_columns { 1 } else { wrap::wrap(&text_of(line), max_columns).rows.len() as u32 }
}

fn paint_side(
    ui: &Ui,
    rect: Rect,
    line: Option<&DiffLine>,
    change: Change,
    is_alone: bool,
    max_columns: usize,
    t: &Tokens,
) {
    let step: Type = scale::CODE_READ;
    let Some(line) = line else {
        ui.painter().rect_filled(rect, 0.0, t.canvas);
        return;
    };
    let text = text_of(line);
    let mut spans: Vec<Span> = Vec::new();
    let mut at = 0;
    for piece in &line.pieces {
        let range: Range<usize> = at..at + piece.text.len();
        at = range.end;
        if piece.change == change {
            let look = if change == Change::Inserted { Look::Inserted } else { Look::Deleted };
            spans.push(Span { range, look });
        }
    }
    let is_changed = is_alone || !spans.is_empty();
    let number_ink = match (is_changed, change) {
        (false, _) => t.ink3,
        (true, Change::Deleted) => t.worse,
        (true, _) => t.better,
    };
    let number = scale::CODE_LABEL.job(line.number.to_string(), Color32::PLACEHOLDER, f32::INFINITY);
    let galley = ui.painter().layout_job(number);
    let right = rect.left() + NUMBER_WIDTH - SPACE_12;
    super::paint::galley_right(ui.painter(), right, rect.top() + step.line / 2.0, galley, number_ink);
    for (index, row) in wrap::wrap(&text, max_columns).rows.into_iter().enumerate() {
        let galley = ui.painter().layout_job(row_job(&text, row, &spans, step, t.ink, t));
        let top = rect.top() + index as f32 * step.line;
        ui.painter().galley(pos2(rect.left() + NUMBER_WIDTH, top), galley, t.ink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use atelier_types::diff::Piece;

    #[test]
    fn keys_of_json_are_coloured_where_nothing_changed() {
        let pieces =
            [(Change::Equal, "{\"a\": "), (Change::Deleted, "1"), (Change::Inserted, "2"), (Change::Equal, "}")];
        let pieces: Vec<_> = pieces.into_iter().map(|(change, text)| Piece { change, text: text.into() }).collect();
        let looks: Vec<Look> = with_json(&DiffText::new(&pieces)).into_iter().map(|span| span.look).collect();
        assert_eq!(looks, [Look::Key, Look::Deleted, Look::Inserted]);
    }

    #[test]
    fn differences_are_counted_as_they_are_walked() {
        let pieces = [(Change::Equal, "a"), (Change::Deleted, "b"), (Change::Inserted, "c"), (Change::Equal, "d")];
        let unified = pieces.into_iter().map(|(change, text)| Piece { change, text: text.into() }).collect();
        let diff = TextDiff { unified, ..TextDiff::default() };
        assert_eq!((num_differences(&diff), DiffText::new(&diff.unified).differences.len()), (1, 1));
    }
}
