//! Wrapping of monospaced text by counting columns, so that a text of a megabyte is laid out in milliseconds and only
//! the lines in view are given to the font machinery.

use std::ops::Range;

/// Byte ranges of the lines as drawn, in order. A line end belongs to no line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wrapped {
    pub rows: Vec<Range<usize>>,
}

/// Columns that a character takes in a monospaced font: none for a combining mark, two for CJK.
fn columns(character: char) -> usize {
    match character as u32 {
        0x09 => 4,
        0x0300..=0x036F | 0x200B..=0x200F | 0xFE00..=0xFE0F => 0,
        0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFE30..=0xFE4F | 0xFF00..=0xFF60 => 2,
        0x1F300..=0x1FAFF | 0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}

/// Breaks `text` into rows of at most `max_columns`, at spaces where there are some.
pub fn wrap(text: &str, max_columns: usize) -> Wrapped {
    let max_columns = max_columns.max(8);
    let mut rows = Vec::with_capacity(text.len() / 40 + 1);
    let mut start = 0;
    for line in text.split('\n') {
        let shown = line.strip_suffix('\r').unwrap_or(line);
        wrap_line(shown, start, max_columns, &mut rows);
        start += line.len() + 1;
    }
    Wrapped { rows }
}

fn wrap_line(line: &str, offset: usize, max_columns: usize, rows: &mut Vec<Range<usize>>) {
    // Most lines are short, and bytes are never fewer than columns but for wide characters, which take three.
    if line.len() <= max_columns && line.is_ascii() && !line.contains('\t') {
        rows.push(offset..offset + line.len());
        return;
    }
    let (mut row_start, mut used, mut break_at) = (0, 0, None);
    for (index, character) in line.char_indices() {
        let width = columns(character);
        if used + width > max_columns && index > row_start {
            let end = break_at.unwrap_or(index);
            rows.push(offset + row_start..offset + end);
            row_start = end;
            used = line[row_start..index].chars().map(columns).sum();
            break_at = None;
        }
        used += width;
        if character == ' ' || character == '\t' {
            break_at = Some(index + character.len_utf8());
        }
    }
    rows.push(offset + row_start..offset + line.len());
}

impl Wrapped {
    /// The row that holds the byte at `offset`.
    pub fn row_of(&self, offset: usize) -> usize {
        self.rows.partition_point(|row| row.start <= offset).saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str, max_columns: usize) -> Vec<&str> {
        wrap(text, max_columns).rows.into_iter().map(|row| &text[row]).collect()
    }

    #[test]
    fn lines_break_after_spaces() {
        assert_eq!(pieces("one two three four", 10), ["one two ", "three four"]);
    }

    #[test]
    fn words_without_a_space_are_cut() {
        assert_eq!(pieces("abcdefghijklmnop", 8), ["abcdefgh", "ijklmnop"]);
    }

    #[test]
    fn every_line_end_starts_a_row() {
        assert_eq!(pieces("a\r\n\nb", 8), ["a", "", "b"]);
    }

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(pieces("日本語日本語", 8), ["日本語日", "本語"]);
    }

    #[test]
    fn rows_are_found_by_offset() {
        let wrapped = wrap("ab\ncd\nef", 8);
        assert_eq!([0, 2, 3, 7, 99].map(|offset| wrapped.row_of(offset)), [0, 0, 1, 2, 2]);
    }
}
