//! The difference of two JSON values: the order of keys, blanks and line ends do not count.
//!
//! Both values are written as one indented text in which only what differs is marked: a key or an element that one side
//! has, a value that is another one, the words of a text that changed.

use atelier_types::diff::{Change, Piece, TextDiff};
use serde_json::{Map, Value};

const INDENT: &str = "  ";

/// Compares two values. What always holds: equal and deleted pieces joined are JSON that equals `before` up to the order
/// of keys and the commas between them, and the like for `after`.
pub fn diff_json(before: &Value, after: &Value) -> TextDiff {
    let mut writer = Writer::default();
    writer.both(before, after, 0);
    writer.diff
}

#[derive(Default)]
struct Writer {
    diff: TextDiff,
}

/// A key or an element with what each side has there; never nothing on both.
struct Entry<'a> {
    key: Option<&'a str>,
    before: Option<&'a Value>,
    after: Option<&'a Value>,
}

impl Writer {
    fn push(&mut self, change: Change, text: &str) {
        let num_words =
            || text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count() as u32;
        match change {
            Change::Equal => {}
            Change::Inserted => self.diff.num_inserted_words += num_words(),
            Change::Deleted => self.diff.num_deleted_words += num_words(),
        }
        match self.diff.unified.last_mut() {
            Some(last) if last.change == change => last.text.push_str(text),
            _ => self.diff.unified.push(Piece { change, text: text.to_owned() }),
        }
    }

    fn both(&mut self, before: &Value, after: &Value, depth: usize) {
        match (before, after) {
            (Value::Object(before), Value::Object(after)) if !before.is_empty() && !after.is_empty() => {
                self.entries("{", &entries_of_objects(before, after), "}", depth);
            }
            (Value::Array(before), Value::Array(after)) if !before.is_empty() && !after.is_empty() => {
                self.entries("[", &entries_of_lists(before, after), "]", depth);
            }
            (Value::String(_), Value::String(_)) if before != after => {
                for piece in super::diff(&before.to_string(), &after.to_string()).unified {
                    self.push(piece.change, &piece.text);
                }
            }
            _ if before == after => self.push(Change::Equal, &indented(before, depth)),
            _ => {
                self.push(Change::Deleted, &indented(before, depth));
                self.push(Change::Inserted, &indented(after, depth));
            }
        }
    }

    fn entries(&mut self, open: &str, entries: &[Entry<'_>], close: &str, depth: usize) {
        self.push(Change::Equal, open);
        for (index, entry) in entries.iter().enumerate() {
            let comma = if index + 1 < entries.len() { "," } else { "" };
            self.entry(entry, depth + 1, comma);
        }
        self.push(Change::Equal, &format!("\n{}{close}", INDENT.repeat(depth)));
    }

    fn entry(&mut self, entry: &Entry<'_>, depth: usize, comma: &str) {
        let key = entry.key.map(|key| format!("{}: ", Value::from(key))).unwrap_or_default();
        self.push(Change::Equal, &format!("\n{}", INDENT.repeat(depth)));
        match (entry.before, entry.after) {
            (Some(before), Some(after)) => {
                self.push(Change::Equal, &key);
                self.both(before, after, depth);
                self.push(Change::Equal, comma);
            }
            (Some(before), None) => self.push(Change::Deleted, &format!("{key}{}{comma}", indented(before, depth))),
            (None, Some(after)) => self.push(Change::Inserted, &format!("{key}{}{comma}", indented(after, depth))),
            (None, None) => {}
        }
    }
}

/// The keys of both: those before in their order, then those that only came after.
fn entries_of_objects<'a>(before: &'a Map<String, Value>, after: &'a Map<String, Value>) -> Vec<Entry<'a>> {
    let known = before.iter().map(|(key, value)| Entry { key: Some(key), before: Some(value), after: after.get(key) });
    let only_after = after.iter().filter(|(key, _)| !before.contains_key(*key));
    let new = only_after.map(|(key, value)| Entry { key: Some(key), before: None, after: Some(value) });
    known.chain(new).collect()
}

/// Equal elements beside each other; between them the first that left with the first that came, and so on.
fn entries_of_lists<'a>(before: &'a [Value], after: &'a [Value]) -> Vec<Entry<'a>> {
    let texts = |values: &[Value]| values.iter().map(Value::to_string).collect::<Vec<_>>();
    let (one, other) = (texts(before), texts(after));
    let mut entries = Vec::new();
    for op in similar::capture_diff_slices(similar::Algorithm::RawMyers, &one, &other) {
        let (_, old, new) = op.as_tag_tuple();
        for index in 0..old.len().max(new.len()) {
            let at = |values: &'a [Value], range: &std::ops::Range<usize>| {
                values.get(range.start + index).filter(|_| index < range.len())
            };
            entries.push(Entry { key: None, before: at(before, &old), after: at(after, &new) });
        }
    }
    entries
}

/// A value over several lines, each after the first behind `depth` indents.
fn indented(value: &Value, depth: usize) -> String {
    let text = format!("{value:#}");
    if depth == 0 { text } else { text.replace('\n', &format!("\n{}", INDENT.repeat(depth))) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Deletions in `[-…-]`, insertions in `{+…+}`.
    fn marked(before: &Value, after: &Value) -> String {
        let mark = |piece: &Piece| match piece.change {
            Change::Equal => piece.text.clone(),
            Change::Deleted => format!("[-{}-]", piece.text),
            Change::Inserted => format!("{{+{}+}}", piece.text),
        };
        diff_json(before, after).unified.iter().map(mark).collect()
    }

    #[test]
    fn the_order_of_keys_does_not_count() {
        let diff = diff_json(&json!({"a": 1, "b": [2, {}]}), &json!({"b": [2, {}], "a": 1}));
        assert!(diff.unified.iter().all(|piece| piece.change == Change::Equal));
        assert_eq!(diff.unified[0].text, "{\n  \"a\": 1,\n  \"b\": [\n    2,\n    {}\n  ]\n}");
    }

    #[test]
    fn only_what_differs_is_marked() {
        let before = json!({"queue": "billing", "urgency": "urgent now", "n": 1, "old": true});
        let after = json!({"queue": "billing", "urgency": "high now", "n": [2], "new": null});
        let expected = concat!(
            "{\n  \"queue\": \"billing\",\n  \"urgency\": \"[-urgent-]{+high+} now\",",
            "\n  \"n\": [-1-]{+[\n    2\n  ]+},\n  [-\"old\": true,-]\n  {+\"new\": null+}\n}"
        );
        assert_eq!(marked(&before, &after), expected);
    }

    #[test]
    fn elements_of_lists_are_found_again_where_others_came_or_left() {
        let words = marked(&json!(["a", "b", "c"]), &json!(["b", "c", "d"]));
        assert_eq!(words, "[\n  [-\"a\",-]\n  \"b\",\n  \"c\",\n  {+\"d\"+}\n]");
    }

    #[test]
    fn values_of_another_kind_are_replaced_whole() {
        assert_eq!(marked(&json!({}), &json!([1])), "[-{}-]{+[\n  1\n]+}");
        assert_eq!(marked(&json!("1"), &json!(1)), "[-\"1\"-]{+1+}");
    }
}
