use super::*;
use crate::support::SeededRandom;
use crate::testing;
use atelier_types::JsonMap;
use atelier_types::ids::{CellId, ReviewItemId, VariantId};
use atelier_types::review::{Answer, PairChoice, ReviewMode, ReviewSource, Rubric};
use atelier_types::time::MillisSinceEpoch;
use std::collections::BTreeMap;

const SET: &str = "names";

fn source() -> ReviewSource {
    let variants = vec![("old".into(), "v1 on small".to_owned()), ("new".into(), "v2 on small".to_owned())];
    ReviewSource { run: "run-1".into(), experiment: "e".into(), variants }
}

fn candidates(num_rows: i64) -> Vec<Candidate> {
    let output =
        |variant: &str, row: i64, cell: i64| (VariantId::from(variant), CellId(cell), format!("{variant} {row}"));
    (0..num_rows)
        .map(|row| Candidate {
            row: format!("r{row}").into(),
            values: JsonMap::from_iter([("text".to_owned(), format!("question {row}").into())]),
            outputs: vec![output("old", row, 2 * row), output("new", row, 2 * row + 1)],
        })
        .collect()
}

fn new_set(mode: ReviewMode) -> NewSet {
    let rubric: Rubric = toml::from_str(
        "question = \"Which?\"\ncontext = [{ column = \"text\", title = \"Question\" }, { column = \"gone\", title = \"Gone\" }]\n\
         criteria = [{ key = \"tone\", title = \"Tone\" }]",
    )
    .unwrap();
    NewSet {
        name: SET.into(),
        title: String::new(),
        mode,
        rubric_name: "r".into(),
        rubric,
        source: source(),
        max_items: None,
        seed: Some(7),
        created_at: MillisSinceEpoch(0),
    }
}

struct Room {
    folder: tempfile::TempDir,
    workspace: Workspace,
    store: Store,
}

fn room(mode: ReviewMode, num_rows: i64) -> Room {
    let (folder, workspace) = testing::workspace();
    let store = Store::open(&folder.path().join("atelier.db")).unwrap();
    make(&workspace, &store, &SeededRandom::new(3), new_set(mode), candidates(num_rows)).unwrap();
    Room { folder, workspace, store }
}

impl Room {
    fn set(&self) -> SetFiles {
        SetFiles::read(&self.workspace, &SET.into()).unwrap()
    }

    fn mapping(&self) -> Mapping {
        mapping(&self.workspace, &self.store, &self.set()).unwrap().unwrap()
    }

    fn rate(&self, number: i64, item: &ReviewItemId, reviewer: &str, answer: Answer) -> Rating {
        let rating = Rating {
            id: format!("{reviewer}-{number}").into(),
            item: item.clone(),
            reviewer: reviewer.into(),
            at: MillisSinceEpoch(number),
            answer,
            comment: String::new(),
            duration_millis: None,
        };
        append(&self.workspace, &SET.into(), "device", &rating).unwrap();
        rating
    }

    fn counting(&self) -> Vec<Rating> {
        let ratings = ratings(&self.workspace, &self.store, &SET.into()).unwrap();
        counting(ratings).into_values().flat_map(BTreeMap::into_values).collect()
    }
}

fn pair(choice: PairChoice) -> Answer {
    Answer::Pair { choice }
}

#[test]
fn items_name_neither_model_nor_prompt_nor_side() {
    let room = room(ReviewMode::Pair, 40);
    let text = room.workspace.read("reviews/names/items.jsonl").unwrap();
    assert!(!text.contains("small") && !text.contains("run-1") && !text.contains("\"r1\""), "{text}");
    let set = room.set();
    let on_left = set.items.iter().filter(|item| item.texts[0].starts_with("new")).count();
    assert!((8..=32).contains(&on_left), "{on_left} of 40 on the left");
    let titles: Vec<&str> = set.items[0].context.iter().map(|(title, _)| title.as_str()).collect();
    assert_eq!(titles, ["Question"]);
}

#[test]
fn mapping_is_the_one_that_was_committed_to() {
    let room = room(ReviewMode::Pair, 5);
    for (item, shown) in room.mapping().items.iter().zip(room.set().items) {
        assert_eq!(item.item, shown.id);
        assert!(shown.texts[0].starts_with(item.variants[0].as_str()));
    }
    let mut set = room.set();
    set.header.mapping_commitment = "0".repeat(64);
    assert!(matches!(mapping(&room.workspace, &room.store, &set), Err(ReviewError::MappingChanged { .. })));
}

#[test]
fn set_that_is_there_is_not_made_again() {
    let room = room(ReviewMode::Pair, 2);
    let again = make(&room.workspace, &room.store, &SeededRandom::new(3), new_set(ReviewMode::Pair), candidates(2));
    assert!(matches!(again, Err(ReviewError::Exists { .. })));
    let none = make(&room.workspace, &room.store, &SeededRandom::new(3), new_set(ReviewMode::Pair), Vec::new());
    assert!(matches!(none, Err(ReviewError::NothingToReview { .. })));
}

#[test]
fn newest_answer_counts_and_can_be_taken_back() {
    let room = room(ReviewMode::Pair, 2);
    let item = room.set().items[0].id.clone();
    room.rate(1, &item, "ann", pair(PairChoice::Left));
    room.rate(2, &item, "ann", pair(PairChoice::Right));
    assert_eq!(room.counting()[0].answer, pair(PairChoice::Right));
    room.rate(3, &item, "ann", Answer::Undo);
    assert_eq!(room.counting()[0].answer, pair(PairChoice::Left));
    room.rate(4, &item, "ann", Answer::Undo);
    assert_eq!(room.counting(), []);
}

#[test]
fn index_follows_the_files_whatever_happens_to_them() {
    let room = room(ReviewMode::Pair, 2);
    let item = room.set().items[0].id.clone();
    let rating = room.rate(1, &item, "ann", pair(PairChoice::Left));
    assert_eq!(room.counting().len(), 1);
    // The same event came back through a merge, beside a line that a crash has torn.
    let line = serde_json::to_string(&rating).unwrap();
    room.workspace.write_atomic("reviews/names/ann.other.jsonl", format!("{line}\n{{\"id\":").as_bytes()).unwrap();
    assert_eq!(room.counting().len(), 1);
    room.workspace.remove("reviews/names/ann.device.jsonl").unwrap();
    room.workspace.remove("reviews/names/ann.other.jsonl").unwrap();
    assert_eq!(room.counting(), []);
    drop(room.folder);
}

#[test]
fn win_rates_of_both_sides_add_up_and_ties_count_half() {
    let room = room(ReviewMode::Pair, 10);
    let mapping = room.mapping();
    for (number, item) in (0..).zip(&mapping.items) {
        let new_is_left = item.variants[0].as_str() == "new";
        let choice = match number {
            0..=6 if new_is_left => PairChoice::Left,
            0..=6 => PairChoice::Right,
            7 => PairChoice::Same,
            8 => PairChoice::BothBad,
            _ if new_is_left => PairChoice::Right,
            _ => PairChoice::Left,
        };
        room.rate(number, &item.item, "ann", pair(choice));
    }
    let counting = room.counting();
    let (wins, _) = results(&mapping, &room.set().header.rubric, &counting.iter().collect::<Vec<_>>());
    let new = wins.iter().find(|win| win.variant.as_str() == "new").unwrap();
    assert_eq!((new.num_wins, new.num_losses, new.num_ties, new.num_items), (7, 1, 2, 10));
    assert!((new.rate - 0.8).abs() < 1e-12);
    assert_eq!(new.against_title, "v1 on small");
    let old = wins.iter().find(|win| win.variant.as_str() == "old").unwrap();
    assert!((new.rate + old.rate - 1.0).abs() < 1e-12);
}

#[test]
fn rubric_means_are_by_variant_and_reviewers_of_an_item_are_one_unit() {
    let room = room(ReviewMode::Rubric, 3);
    let mapping = room.mapping();
    assert_eq!(mapping.items.len(), 6);
    for (number, item) in (0..).zip(&mapping.items) {
        let value = if item.variants[0].as_str() == "new" { 5 } else { 2 };
        let answer = Answer::Rubric { values: BTreeMap::from([("tone".to_owned(), value)]) };
        room.rate(number, &item.item, "ann", answer.clone());
        room.rate(number, &item.item, "bob", answer);
    }
    let counting = room.counting();
    let (_, means) = results(&mapping, &room.set().header.rubric, &counting.iter().collect::<Vec<_>>());
    let new = means.iter().find(|mean| mean.variant.as_str() == "new").unwrap();
    assert_eq!((new.estimate.mean, new.estimate.num_rows, new.estimate.num_values), (5.0, 3, 6));
}

#[test]
fn answers_that_do_not_fit_are_refused() {
    let room = room(ReviewMode::Rubric, 1);
    let set = room.set();
    let item = set.items[0].id.clone();
    let values = |value: u8| Answer::Rubric { values: BTreeMap::from([("tone".to_owned(), value)]) };
    assert!(check(&set, &item, &values(5)).is_ok());
    assert!(matches!(check(&set, &item, &values(6)), Err(ReviewError::BadAnswer { .. })));
    assert!(matches!(check(&set, &item, &pair(PairChoice::Left)), Err(ReviewError::BadAnswer { .. })));
    assert!(matches!(check(&set, &"other".into(), &values(5)), Err(ReviewError::NoItem { .. })));
    assert!(check_reviewer(&"ann-2".into()).is_ok());
    for name in ["", "Ann", "a/b", "a b", "ä"] {
        assert!(check_reviewer(&name.into()).is_err(), "{name}");
    }
}
