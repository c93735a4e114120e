//! Where two texts part: what they share from the start, and how each goes on.

use super::words::{is_word, split_both};
use atelier_types::diff::Divergence;

/// What is shown of a text on each side of the place.
const MAX_CHARS: usize = 2_000;

/// `None` where the texts are equal. Words are compared whole, so that no word is cut in two.
pub fn divergence(before: &str, after: &str) -> Option<Divergence> {
    if before == after {
        return None;
    }
    let (one, other) = split_both(before, after);
    let num_equal = one.ids.iter().zip(&other.ids).take_while(|(one, other)| one == other).count();
    let shared = one.join(&(0..num_equal));
    let num_words = (0..num_equal).filter(|index| is_word(one.text_of(*index))).count();
    let rest = |text: &str| text.get(shared.len()..).unwrap_or_default().chars().take(MAX_CHARS).collect();
    Some(Divergence {
        word: num_words as u32 + 1,
        shared: ending(shared).to_owned(),
        before: rest(before),
        after: rest(after),
    })
}

/// The last characters of a text.
fn ending(text: &str) -> &str {
    let start = text.char_indices().rev().nth(MAX_CHARS - 1).map_or(0, |(at, _)| at);
    text.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_part_at_the_first_word_that_differs() {
        let found = divergence("The queue is billing, urgent.", "The queue is billings, high.").unwrap();
        assert_eq!((found.word, found.shared.as_str()), (4, "The queue is "));
        assert_eq!((found.before.as_str(), found.after.as_str()), ("billing, urgent.", "billings, high."));
    }

    #[test]
    fn one_text_may_end_where_the_other_goes_on() {
        let found = divergence("Größe", "Größe: 7").unwrap();
        assert_eq!((found.word, found.before.as_str(), found.after.as_str()), (2, "", ": 7"));
        assert_eq!(divergence("same", "same"), None);
    }

    #[test]
    fn long_texts_are_shown_around_the_place() {
        let shared = "é ".repeat(3_000);
        let found = divergence(&format!("{shared}a"), &format!("{shared}b")).unwrap();
        assert_eq!((found.word, found.shared.chars().count()), (3_001, MAX_CHARS));
    }
}
