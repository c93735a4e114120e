use super::*;
use atelier_types::diff::{DiffLine, DiffRow};
use proptest::prelude::*;

fn side(diff: &TextDiff, dropped: Change) -> String {
    diff.unified.iter().filter(|piece| piece.change != dropped).map(|piece| piece.text.as_str()).collect()
}

fn lines<'a>(lines: impl Iterator<Item = &'a DiffLine>, dropped: Change) -> Vec<(u32, String)> {
    let text = |line: &DiffLine| {
        assert!(line.pieces.iter().all(|piece| piece.change != dropped), "a side shows what only the other has");
        line.pieces.iter().map(|piece| piece.text.as_str()).collect::<String>()
    };
    lines.map(|line| (line.number, text(line))).collect()
}

fn numbered(text: &str) -> Vec<(u32, String)> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut lines: Vec<&str> = text.split('\n').collect();
    if lines.last() == Some(&"") {
        lines.pop();
    }
    lines.into_iter().zip(1..).map(|(line, number)| (number, line.to_owned())).collect()
}

fn assert_joins_back(before: &str, after: &str) {
    let diff = diff(before, after);
    assert_eq!(side(&diff, Change::Inserted), before);
    assert_eq!(side(&diff, Change::Deleted), after);
    assert_eq!(lines(diff.rows.iter().filter_map(|row| row.left.as_ref()), Change::Inserted), numbered(before));
    assert_eq!(lines(diff.rows.iter().filter_map(|row| row.right.as_ref()), Change::Deleted), numbered(after));
    assert!(diff.rows.iter().all(|row| row.left.is_some() || row.right.is_some()));
}

fn piece(change: Change, text: &str) -> Piece {
    Piece { change, text: text.to_owned() }
}

#[test]
fn changed_word_is_marked_alone_in_both_layouts() {
    let diff = diff("Answer in one word.\nBe kind.\n", "Answer in two words.\nBe kind.\n");
    assert_eq!(
        diff.unified,
        [
            piece(Change::Equal, "Answer in "),
            piece(Change::Deleted, "one"),
            piece(Change::Inserted, "two"),
            piece(Change::Equal, " "),
            piece(Change::Deleted, "word"),
            piece(Change::Inserted, "words"),
            piece(Change::Equal, ".\nBe kind.\n"),
        ]
    );
    assert_eq!((diff.num_deleted_words, diff.num_inserted_words), (2, 2));
    assert_eq!(diff.rows.len(), 2);
    let left = diff.rows[0].left.as_ref().unwrap();
    assert_eq!(
        left.pieces,
        [
            piece(Change::Equal, "Answer in "),
            piece(Change::Deleted, "one"),
            piece(Change::Equal, " "),
            piece(Change::Deleted, "word"),
            piece(Change::Equal, "."),
        ]
    );
}

#[test]
fn inserted_line_stands_beside_nothing() {
    let diff = diff("a\nb\n", "a\nnew\nb\n");
    let line = |number, change, text| Some(DiffLine { number, pieces: vec![piece(change, text)] });
    assert_eq!(
        diff.rows,
        [
            DiffRow { left: line(1, Change::Equal, "a"), right: line(1, Change::Equal, "a") },
            DiffRow { left: None, right: line(2, Change::Inserted, "new") },
            DiffRow { left: line(2, Change::Equal, "b"), right: line(3, Change::Equal, "b") },
        ]
    );
    assert_eq!(num_changed_lines("a\nb\n", "a\nnew\nb\n"), 1);
    assert_eq!(num_changed_lines("a\n", "a\n"), 0);
}

#[test]
fn words_of_other_scripts_are_cut_by_unicode_rules() {
    let diff = diff("Größe über 5 km", "Größe unter 5 km");
    assert_eq!((diff.num_deleted_words, diff.num_inserted_words), (1, 1));
    assert_eq!(diff.unified[1], piece(Change::Deleted, "über"));
}

#[test]
fn empty_and_equal_texts_have_no_changes() {
    assert_eq!(diff("", ""), TextDiff::default());
    assert_eq!(diff("same\n", "same\n").unified, [piece(Change::Equal, "same\n")]);
    assert_eq!(diff("", "new").unified, [piece(Change::Inserted, "new")]);
}

/// Text of words that a seed draws, with the words at every `step`-th place replaced.
fn long_text(num_words: u32, vocabulary: u32, changed_every: Option<u32>) -> String {
    let mut state = 12_345_u32;
    let mut text = String::new();
    for index in 0..num_words {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let is_changed = changed_every.is_some_and(|every| index % every == 0);
        let word = (state >> 8) % vocabulary + if is_changed { 1_000_000 } else { 0 };
        text.push_str(&format!("w{word}{}", if index % 11 == 10 { '\n' } else { ' ' }));
    }
    text
}

#[test]
fn long_text_with_changed_words_keeps_all_others_equal() {
    let before = long_text(40_000, 5_000, None);
    let after = long_text(40_000, 5_000, Some(5));
    let diff = diff(&before, &after);
    let least = 40_000 / 5;
    assert!(diff.num_deleted_words >= least);
    assert!(f64::from(diff.num_deleted_words) <= f64::from(least) * 1.1, "{} words", diff.num_deleted_words);
    assert_eq!(diff.num_deleted_words, diff.num_inserted_words);
}

#[test]
fn long_texts_with_nothing_in_common_or_nothing_unique_join_back() {
    let one = long_text(30_000, 3_000, None);
    assert_joins_back(&one, &one.replace('w', "x"));
    assert_joins_back(&"a ".repeat(20_000), &"b a ".repeat(10_000));
    assert_joins_back(&one, &long_text(20_000, 50, None));
}

proptest! {
    #[test]
    fn pieces_join_to_both_texts(
        before in "([abc éß日]|\n|\r\n|[.,_-]| ){0,60}",
        after in "([abc éß日]|\n|\r\n|[.,_-]| ){0,60}",
    ) {
        assert_joins_back(&before, &after);
    }

    #[test]
    fn any_text_joins_back(before in "\\PC{0,40}", after in any::<String>()) {
        let diff = diff(&before, &after);
        prop_assert_eq!(side(&diff, Change::Inserted), before);
        prop_assert_eq!(side(&diff, Change::Deleted), after);
    }
}
