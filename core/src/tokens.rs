//! Token counts, for sizes and costs that are shown before anything is sent. What a provider counts is what it bills.

/// Which tokenizer counts here.
pub const COUNTED_BY: &str = "o200k_base";

/// The tokenizer's pattern backtracks over long texts; it sees no more than this at once. A cut adds one token at most.
const MAX_CHUNK_BYTES: usize = 32 << 10;

/// Tokens of a text. The first call loads a table for a few tenths of a second: call it from a blocking thread.
pub fn count(text: &str) -> u32 {
    let tokenizer = tiktoken_rs::o200k_base_singleton();
    let mut num_tokens = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at(chunk_end(rest));
        num_tokens += tokenizer.count_ordinary(chunk);
        rest = after;
    }
    u32::try_from(num_tokens).unwrap_or(u32::MAX)
}

/// Before the last blank that fits, or at the last letter that does.
fn chunk_end(text: &str) -> usize {
    if text.len() <= MAX_CHUNK_BYTES {
        return text.len();
    }
    let end = text.floor_char_boundary(MAX_CHUNK_BYTES);
    text[..end].rfind([' ', '\n']).filter(|end| *end > 0).unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_those_of_the_table() {
        assert_eq!(count(""), 0);
        assert_eq!(count("hello world"), 2);
        assert_eq!(count("<|endoftext|>"), 7);
    }

    #[test]
    fn long_text_is_counted_in_parts() {
        let text = "hello world ".repeat(20_000);
        let num_parts = u32::try_from(text.len().div_ceil(MAX_CHUNK_BYTES)).unwrap();
        assert!((40_000..=40_001 + num_parts).contains(&count(&text)));
        assert!(count(&"\u{3000}".repeat(30_000)) > 0);
    }
}
