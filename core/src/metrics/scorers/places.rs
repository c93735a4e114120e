//! Where in an output something is, in words, and as much of it as an explanation has room for.

/// "line 3, column 7", both from 1; a column is a character. An offset within a character or past the end is moved back.
pub(super) fn place_of(text: &str, offset: usize) -> String {
    let before = text.get(..text.floor_char_boundary(offset)).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line {line}, column {column}")
}

/// Where in `text` its part `part` starts, in bytes.
pub(super) fn offset_of(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

/// The start of a part that may be as long as the output.
pub(super) fn shortened(text: &str) -> String {
    const LONGEST: usize = 120;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        let text = "ab\né漢x";
        assert_eq!(place_of(text, 0), "line 1, column 1");
        assert_eq!(place_of(text, text.len() - 1), "line 2, column 3");
        assert_eq!(place_of(text, 4), "line 2, column 1");
        assert_eq!(place_of(text, 99), "line 2, column 4");
        assert_eq!(offset_of(text, &text[3..]), 3);
    }

    #[test]
    fn long_parts_are_cut_between_characters() {
        assert_eq!(shortened("é"), "é");
        assert_eq!(shortened(&"é".repeat(121)), format!("{}…", "é".repeat(120)));
    }
}
