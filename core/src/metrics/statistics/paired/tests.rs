use super::*;

const SCORE: Comparison = Comparison { unit: Unit::Share, direction: Direction::HigherIsBetter, margin: 0.01 };

fn checks(pairs: &[(f64, f64, usize)]) -> Vec<(Vec<f64>, Vec<f64>)> {
    let rows = pairs.iter().flat_map(|(before, after, count)| vec![(vec![*before], vec![*after]); *count]);
    rows.collect()
}

fn verdict(rows: &[(Vec<f64>, Vec<f64>)], comparison: Comparison) -> Verdict {
    let rows: Vec<PairedRow<'_>> = rows.iter().map(|(baseline, candidate)| PairedRow { baseline, candidate }).collect();
    compare(&rows, comparison)
}

#[test]
fn clear_gain_is_better_in_plain_words() {
    let verdict = verdict(&checks(&[(0.0, 1.0, 20), (1.0, 0.0, 3), (1.0, 1.0, 97)]), SCORE);
    assert_eq!(verdict.judgement, Judgement::Better);
    assert_eq!(verdict.headline, "Better: +14.2 points");
    assert_eq!(
        verdict.sentence,
        "95 % sure between +6.5 and +21.4, 120 rows, 23 rows flipped: 20 improved, 3 regressed."
    );
    assert_eq!(verdict.method, "Paired by row, exact McNemar test, p < 0.001");
}

#[test]
fn lower_is_better_turns_the_judgement_around() {
    let slower: Vec<_> = (0..40).map(|i| (vec![100.0 + f64::from(i)], vec![150.0 + f64::from(i * 2)])).collect();
    let latency = Comparison { unit: Unit::Millis, direction: Direction::LowerIsBetter, margin: 0.0 };
    let verdict = verdict(&slower, latency);
    assert_eq!(verdict.judgement, Judgement::Worse);
    assert!(verdict.headline.starts_with("Slower: +"), "{}", verdict.headline);
    assert_eq!(verdict.num_regressed, 40);
}

#[test]
fn few_flips_are_not_enough_data_and_say_how_many_rows_are_missing() {
    let verdict = verdict(&checks(&[(0.0, 1.0, 4), (1.0, 0.0, 1), (1.0, 1.0, 45)]), SCORE);
    assert_eq!(verdict.judgement, Judgement::NotEnoughData);
    let needed = verdict.num_rows_needed.unwrap();
    assert!((20..200).contains(&needed), "{needed}");
    assert!(verdict.headline.starts_with("Not enough data: about"), "{}", verdict.headline);
}

#[test]
fn many_equal_rows_are_no_practical_difference() {
    let verdict = verdict(&checks(&[(1.0, 1.0, 2000)]), SCORE);
    assert_eq!(verdict.judgement, Judgement::NoPracticalDifference);
}

#[test]
fn ten_equal_rows_prove_nothing() {
    assert_eq!(verdict(&checks(&[(1.0, 1.0, 10)]), SCORE).judgement, Judgement::NotEnoughData);
}

#[test]
fn repeats_count_as_one_row() {
    let thrice: Vec<_> = (0..10).map(|i| (vec![0.0; 3], vec![if i < 5 { 1.0 } else { 0.0 }; 3])).collect();
    let verdict = verdict(&thrice, SCORE);
    assert_eq!((verdict.num_rows, verdict.num_improved, verdict.num_unchanged), (10, 5, 5));
}

#[test]
fn rows_without_a_score_on_both_sides_are_counted_as_missing() {
    let rows = [(vec![1.0], vec![]), (vec![], vec![])];
    let verdict = verdict(&rows, SCORE);
    assert_eq!((verdict.judgement, verdict.num_missing), (Judgement::Unscored, 2));
    assert_eq!(verdict.sentence, "2 rows without a score on both sides.");
}

#[test]
fn rare_changes_that_were_not_seen_may_matter() {
    let points = Comparison { unit: Unit::Points, direction: Direction::HigherIsBetter, margin: 1.0 };
    let still: Vec<_> = (0..100).map(|_| (vec![40.0], vec![40.0])).collect();
    let verdict_of_still = verdict(&still, points);
    assert_eq!(verdict_of_still.judgement, Judgement::NotEnoughData);
    assert!(verdict_of_still.interval.unwrap().high > 1.0, "{verdict_of_still:?}");
    assert!((200..350).contains(&verdict_of_still.num_rows_needed.unwrap()), "{verdict_of_still:?}");
    let once: Vec<_> = (0..100).map(|row| (vec![40.0], vec![if row == 7 { 60.0 } else { 40.0 }])).collect();
    assert_eq!(verdict(&once, points).judgement, Judgement::NotEnoughData);
    // Where every row moves a little, their spread says enough.
    let noisy: Vec<_> = (0..100).map(|row| (vec![40.0], vec![39.0 + f64::from(row % 3)])).collect();
    assert_eq!(verdict(&noisy, points).judgement, Judgement::NoPracticalDifference);
}

#[test]
fn equal_numbers_without_a_largest_difference_need_many_rows() {
    let tokens = Comparison { unit: Unit::Tokens, direction: Direction::LowerIsBetter, margin: 0.0 };
    let still = |count: usize| vec![(vec![12.0], vec![12.0]); count];
    let few = verdict(&still(50), tokens);
    assert_eq!((few.judgement, few.interval, few.num_rows_needed), (Judgement::NotEnoughData, None, Some(249)));
    assert_eq!(verdict(&still(299), tokens).judgement, Judgement::NoPracticalDifference);
}

#[test]
fn few_rows_that_move_alike_prove_nothing() {
    let number = Comparison { unit: Unit::Number, direction: Direction::HigherIsBetter, margin: 0.0 };
    let alike = |count: usize| vec![(vec![1.0], vec![2.0]); count];
    let three = verdict(&alike(3), number);
    assert_eq!((three.judgement, three.num_rows_needed), (Judgement::NotEnoughData, Some(3)));
    assert_eq!(verdict(&alike(6), number).judgement, Judgement::Better);
}
