use super::*;
use crate::metrics::statistics::{CONFIDENCE, Draws};

const LANGUAGES: [&str; 4] = ["Deutsch", "English", "日本語", "Français"];
const TOPICS: [&str; 3] = ["bill", "order", "return"];

fn normal(draws: &mut Draws) -> f64 {
    (-2.0 * (1.0 - draws.unit()).ln()).sqrt() * (std::f64::consts::TAU * draws.unit()).cos()
}

/// A row's value from its language, topic and length.
type Value = fn(&mut Draws, &str, &str, f64) -> f64;

/// Rows with two texts and a number, and a value that may depend on them.
fn drawn(num_rows: usize, seed: u64, value: Value) -> Vec<SliceRow<'static>> {
    let mut draws = Draws::new(seed);
    let row = |_| {
        let (language, topic) = (LANGUAGES[draws.below(4)], TOPICS[draws.below(3)]);
        let length = (draws.unit() * 100.0).round();
        let value = value(&mut draws, language, topic, length);
        let texts = [("language", FeatureValue::Text(language)), ("topic", FeatureValue::Text(topic))];
        SliceRow { features: [texts[0], texts[1], ("length", FeatureValue::Number(length))].to_vec(), value }
    };
    (0..num_rows).map(row).collect()
}

fn texts(slice: &Slice) -> Vec<(&str, SliceValues)> {
    slice.conditions.iter().map(|condition| (condition.column.as_str(), condition.values.clone())).collect()
}

#[test]
fn a_planted_slice_is_found() {
    let rows = drawn(400, 1, |draws, language, _, _| normal(draws) - if language == "日本語" { 1.0 } else { 0.0 });
    let search = worst_slices(&rows, Direction::HigherIsBetter, CONFIDENCE);
    assert!(search.num_tested > 20, "{}", search.num_tested);
    let whole = search.slices.iter().find(|slice| slice.conditions.len() == 1).unwrap();
    assert_eq!(texts(whole), [("language", SliceValues::Text("日本語".to_owned()))]);
    assert!(whole.mean < whole.mean_of_rest - 0.6 && whole.adjusted_p_value < 0.001, "{whole:?}");
    let interval = whole.interval.unwrap();
    assert!(interval.low < whole.mean && whole.mean < interval.high && whole.adjusted_p_value > whole.p_value);
    assert!(search.slices.iter().all(|slice| slice.conditions.iter().any(|one| one.column == "language")));
}

#[test]
fn a_planted_pair_is_worse_than_its_parts() {
    let fails = |draws: &mut Draws, language: &str, topic: &str, _: f64| {
        let rate = if language == "English" && topic == "return" { 0.3 } else { 0.95 };
        f64::from(u8::from(draws.unit() < rate))
    };
    let search = worst_slices(&drawn(600, 2, fails), Direction::HigherIsBetter, CONFIDENCE);
    let worst = &search.slices[0];
    assert_eq!(worst.conditions.len(), 2, "{search:?}");
    let values = [SliceValues::Text("English".to_owned()), SliceValues::Text("return".to_owned())];
    assert!(worst.conditions.iter().zip(values).all(|(condition, value)| condition.values == value), "{worst:?}");
}

#[test]
fn numbers_are_cut_at_quartiles_and_lower_may_be_better() {
    let slow = |draws: &mut Draws, _: &str, _: &str, length: f64| {
        100.0 + 10.0 * normal(draws) + if length > 75.0 { 20.0 } else { 0.0 }
    };
    let search = worst_slices(&drawn(400, 3, slow), Direction::LowerIsBetter, CONFIDENCE);
    let whole = search.slices.iter().find(|slice| slice.conditions.len() == 1).unwrap();
    let [(column, SliceValues::Range { low, high })] = &texts(whole)[..] else { panic!("{whole:?}") };
    assert!(*column == "length" && *low > 70.0 && *high == 100.0, "{whole:?}");
    assert!(whole.mean > whole.mean_of_rest + 15.0 && whole.interval.unwrap().low > 100.0, "{whole:?}");
    assert!(search.slices.len() <= 20);
}

#[test]
fn noise_seldom_gives_a_slice() {
    // One in twenty of 200 is 10; the adjustment for any dependence leaves room.
    let worlds: [Value; 3] = [
        |draws, _, _, _| normal(draws),
        |draws, _, _, _| normal(draws).exp(),
        |draws, _, _, _| f64::from(u8::from(draws.unit() < 0.9)),
    ];
    for value in worlds {
        for direction in [Direction::HigherIsBetter, Direction::LowerIsBetter] {
            let is_found =
                |seed: &u64| !worst_slices(&drawn(300, *seed, value), direction, CONFIDENCE).slices.is_empty();
            let num_found = (0..200).filter(is_found).count();
            assert!(num_found <= 10, "{num_found} {direction:?}");
        }
    }
}

#[test]
fn small_and_empty_data_give_nothing() {
    let nothing = SliceSearch { slices: Vec::new(), num_tested: 0 };
    assert_eq!(worst_slices(&[], Direction::HigherIsBetter, CONFIDENCE), nothing);
    let few = drawn(15, 1, |draws, _, _, _| normal(draws));
    assert_eq!(worst_slices(&few, Direction::HigherIsBetter, CONFIDENCE), nothing);
    let equal = drawn(300, 1, |_, _, _, _| 0.5);
    assert_eq!(worst_slices(&equal, Direction::HigherIsBetter, CONFIDENCE), nothing);
    let unknown = drawn(300, 1, |_, _, _, _| f64::NAN);
    assert_eq!(worst_slices(&unknown, Direction::HigherIsBetter, CONFIDENCE), nothing);
}

#[test]
fn identifiers_and_missing_columns_are_no_slices() {
    let names: Vec<String> = (0..100).map(|row| format!("row {row}")).collect();
    let rows: Vec<SliceRow<'_>> = names
        .iter()
        .enumerate()
        .map(|(place, name)| SliceRow {
            features: if place % 2 == 0 { vec![("id", FeatureValue::Text(name))] } else { Vec::new() },
            value: (place % 7) as f64,
        })
        .collect();
    assert_eq!(worst_slices(&rows, Direction::HigherIsBetter, CONFIDENCE).num_tested, 0);
}

#[test]
fn two_columns_that_say_the_same_give_no_pairs() {
    let row = |place: usize| SliceRow {
        features: ["one", "two"].map(|column| (column, FeatureValue::Text(LANGUAGES[place % 2]))).to_vec(),
        value: (place % 5) as f64,
    };
    let rows: Vec<SliceRow<'_>> = (0..100).map(row).collect();
    assert_eq!(worst_slices(&rows, Direction::HigherIsBetter, CONFIDENCE).num_tested, 4);
}
