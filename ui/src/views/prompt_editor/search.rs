//! Find and replace in the text that is edited.

use super::document::Document;
use crate::theme::{icons, metrics, tokens, type_scale};
use crate::widgets::{Button, Field, pane, text};
use egui::{Align, Id, Key, Layout, Ui};
use std::ops::Range;

/// Matches that are marked; more would only slow typing down.
const MAX_FOUND: usize = 5_000;
const FIELD_WIDTH: f32 = 200.0;

#[derive(Default)]
pub struct Search {
    pub is_open: bool,
    has_replace: bool,
    query: String,
    replacement: String,
    current: usize,
    wants_focus: bool,
}

impl Search {
    pub fn open(&mut self, has_replace: bool) {
        self.is_open = true;
        self.has_replace |= has_replace;
        self.wants_focus = true;
    }

    /// Replacing takes a row of its own.
    pub fn height(&self) -> f32 {
        if self.has_replace { metrics::FILTER_BAR + metrics::SUB_HEAD } else { metrics::FILTER_BAR }
    }

    /// Byte ranges of all matches and the current one; nothing while the bar is closed.
    pub fn found(&self, text: &str) -> (Vec<Range<usize>>, Option<usize>) {
        if !self.is_open || self.query.is_empty() {
            return (Vec::new(), None);
        }
        let found = find_all(text, &self.query);
        let current = (!found.is_empty()).then(|| self.current.min(found.len() - 1));
        (found, current)
    }
}

/// Matches without regard to case, as long as the text and the query are ASCII; exact ones otherwise.
fn find_all(text: &str, query: &str) -> Vec<Range<usize>> {
    let fold = |text: &str| if query.is_ascii() { text.to_ascii_lowercase() } else { text.to_owned() };
    let (text, query) = (fold(text), fold(query));
    text.match_indices(&query).take(MAX_FOUND).map(|(at, hit)| at..at + hit.len()).collect()
}

/// The bar above the editor. Gives back whether it changed the text.
pub fn search_bar_ui(ui: &mut Ui, document: &mut Document) -> bool {
    let (found, current) = document.search.found(&document.text);
    let mut area = ui.max_rect();
    let row = pane::padded(pane::cut_top(&mut area, metrics::FILTER_BAR));
    pane::row(ui, "find", row, |ui| find_ui(ui, document, &found, current));
    if !document.search.has_replace {
        return false;
    }
    let row = pane::padded(pane::cut_top(&mut area, metrics::CONTROL));
    pane::row(ui, "replace", row, |ui| replace_ui(ui, &mut document.search, &mut document.text, &found, current))
}

fn find_ui(ui: &mut Ui, document: &mut Document, found: &[Range<usize>], current: Option<usize>) {
    let t = tokens(ui.ctx());
    let search = &mut document.search;
    ui.spacing_mut().item_spacing.x = metrics::SPACE_8;
    let field = Field::new("Find", &mut search.query).hint("Find").icon(icons::MAGNIFYING_GLASS).width(FIELD_WIDTH);
    let field = ui.add(field.id(Id::unique("find in prompt")));
    if std::mem::take(&mut search.wants_focus) {
        field.request_focus();
    }
    if field.changed() {
        search.current = 0;
    }
    let is_entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    let is_back = is_entered && ui.input(|input| input.modifiers.shift);
    let previous = ui.add(Button::icon_only(icons::CARET_UP, "Previous match")).clicked();
    let next = ui.add(Button::icon_only(icons::CARET_DOWN, "Next match")).clicked();
    if let Some(at) = current {
        let step = if previous || is_back { found.len() - 1 } else { usize::from(next || is_entered) };
        if step > 0 {
            search.current = (at + step) % found.len();
            document.go_to = Some(found[search.current].clone());
        }
    }
    if is_entered {
        field.request_focus();
    }
    text::line(ui, type_scale::DENSE, count_words(search, found.len(), current), t.ink3);
    let is_left = field.has_focus() && ui.input(|input| input.key_pressed(Key::Escape));
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if ui.add(Button::icon_only(icons::X, "Close the search")).clicked() || is_left {
            search.is_open = false;
        }
    });
}

fn count_words(search: &Search, count: usize, current: Option<usize>) -> String {
    match current {
        Some(current) => format!("{} of {count}", current + 1),
        None if search.query.is_empty() => String::new(),
        None => "Not found".to_owned(),
    }
}

fn replace_ui(
    ui: &mut Ui,
    search: &mut Search,
    text: &mut String,
    found: &[Range<usize>],
    current: Option<usize>,
) -> bool {
    ui.spacing_mut().item_spacing.x = metrics::SPACE_8;
    ui.add(Field::new("Replace with", &mut search.replacement).hint("Replace with").width(FIELD_WIDTH));
    let why = current.is_none().then_some("Nothing was found.");
    let one = ui.add(Button::new("Replace").quiet().disabled_because(why)).clicked();
    let all = ui.add(Button::new("Replace all").quiet().disabled_because(why)).clicked();
    match current {
        Some(at) if one => text.replace_range(found[at].clone(), &search.replacement),
        Some(_) if all => {
            for range in found.iter().rev() {
                text.replace_range(range.clone(), &search.replacement);
            }
        }
        _ => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_ignore_case_and_do_not_overlap() {
        assert_eq!(find_all("Aa aA", "aa"), [0..2, 3..5]);
        assert_eq!(find_all("aaa", "aa"), vec![0..2]);
    }

    #[test]
    fn matches_behind_other_letters_stay_on_their_bytes() {
        let text = "İß aa";
        for range in find_all(text, "AA") {
            assert_eq!(&text[range], "aa");
        }
        assert_eq!(find_all("Größe größe", "größe").len(), 1);
    }

    #[test]
    fn a_closed_search_marks_nothing() {
        let search = Search { query: "a".to_owned(), ..Search::default() };
        assert_eq!(search.found("aaa"), (Vec::new(), None));
    }
}
