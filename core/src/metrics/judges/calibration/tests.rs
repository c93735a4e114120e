use super::*;
use crate::metrics::statistics::Draws;

fn item(scores: &[f64], ratings: &[f64], num_characters: u32) -> CalibrationItem {
    CalibrationItem {
        item: "x".to_owned(),
        scores: scores.to_vec(),
        ratings: ratings.to_vec(),
        num_characters: Some(num_characters),
    }
}

fn near(found: &Coefficient, wanted: f64) -> bool {
    found.value.is_some_and(|value| (value - wanted).abs() < 1e-9) && found.reason.is_none()
}

fn why(found: &Coefficient) -> &str {
    assert_eq!((found.value, found.interval), (None, None));
    found.reason.as_deref().unwrap_or_default()
}

#[test]
fn report_by_hand() {
    let items = [
        item(&[5.0, 5.0], &[4.0, 5.0], 100),
        item(&[5.0, 3.0], &[3.0, 3.0], 200),
        item(&[2.0, 2.0], &[2.0], 100),
        item(&[3.0, 1.0], &[4.0], 50),
    ];
    let report = calibrate(&items, &[], 4.0);
    assert_eq!(report.status, CalibrationStatus::Calibrated);
    let counts = report.agreement.confusion;
    assert_eq!(
        [counts.num_true_positives, counts.num_false_positives, counts.num_false_negatives, counts.num_true_negatives],
        [1, 1, 1, 1]
    );
    assert!(near(&report.agreement.accuracy, 0.5) && near(&report.agreement.cohens_kappa, 0.0));
    assert!(report.agreement.accuracy.interval.is_some());
    assert_eq!(report.consistency.num_items, 4);
    assert!(near(&report.consistency.equal_verdicts, 0.75));
    // Errors 0.5, 1, 0, −2 at lengths 100, 200, 100, 50: the first and third stand at the mean length.
    assert!(near(&report.length_bias.slope, 3.0 / (2.0 * 2.0_f64.ln())));
    assert_eq!(report.length_bias.num_items, 4);
}

#[test]
fn curve_says_what_people_gave_where_the_judge_gave_the_same() {
    let items = [item(&[2.0], &[1.0], 5), item(&[5.0], &[4.0, 5.0], 5), item(&[2.0], &[3.0], 5)];
    let points: Vec<_> =
        calibrate(&items, &[], 3.0).curve.iter().map(|point| (point.judged, point.num_items, point.people)).collect();
    assert_eq!(points, [(2.0, 2, 2.0), (5.0, 1, 4.5)]);
    let many: Vec<_> = (0..20).map(|score| item(&[f64::from(score)], &[f64::from(score)], 5)).collect();
    let curve = calibrate(&many, &[], 3.0).curve;
    assert_eq!(curve.iter().map(|point| point.num_items).collect::<Vec<_>>(), [4; 5]);
    assert!(curve.iter().all(|point| (point.judged - point.people).abs() < 1e-12));
}

#[test]
fn order_decides_where_the_same_place_wins_twice() {
    use Winner::{A, B, Tie};
    let pairs = [(A, A), (A, B), (B, A), (Tie, Tie), (A, Tie)];
    let pairs = pairs.map(|(a_first, b_first)| OrderedPair { a_first, b_first });
    let bias = calibrate(&[], &pairs, 0.5).position_bias;
    assert_eq!(bias.num_pairs, 5);
    assert!(near(&bias.order_decided, 0.4));
    assert!(near(&bias.preference_for_first, (0.5 + 1.0 + 0.0 + 0.5 + 0.75) / 5.0));
    let interval = bias.preference_for_first.interval.unwrap();
    assert!(interval.low < 0.5 && interval.high > 0.6);
}

#[test]
fn three_repeats_count_by_their_pairs() {
    let consistency = calibrate(&[item(&[1.0, 1.0, 0.0], &[], 1), item(&[1.0; 3], &[], 1)], &[], 0.5).consistency;
    assert!(near(&consistency.equal_verdicts, (1.0 / 3.0 + 1.0) / 2.0));
}

#[test]
fn judge_without_human_ratings_is_uncalibrated() {
    let report = calibrate(&[item(&[3.0, 4.0], &[], 10), item(&[2.0, 2.0], &[], 20)], &[], 3.0);
    assert_eq!(report.status, CalibrationStatus::Uncalibrated);
    let agreement = &report.agreement;
    for undefined in [
        &agreement.accuracy,
        &agreement.cohens_kappa,
        &agreement.krippendorff_alpha,
        &agreement.pearson,
        &agreement.spearman,
        &report.length_bias.slope,
        &report.length_bias.pearson,
    ] {
        assert_eq!(why(undefined), UNRATED);
    }
    assert!(near(&report.consistency.equal_verdicts, 1.0));
}

#[test]
fn undefined_numbers_say_why() {
    let nothing = calibrate(&[], &[], 0.5);
    assert_eq!(why(&nothing.consistency.equal_verdicts), "no output was judged more than once");
    assert_eq!(why(&nothing.consistency.krippendorff_alpha), "no output was judged more than once");
    assert_eq!(why(&nothing.position_bias.order_decided), "no pair was judged in both orders");
    assert_eq!(why(&nothing.position_bias.preference_for_first), "no pair was judged in both orders");
    let alike = calibrate(&[item(&[1.0], &[1.0], 10), item(&[1.0], &[1.0], 10)], &[], 0.5);
    assert_eq!(why(&alike.agreement.cohens_kappa), "the judge and people gave one and the same verdict throughout");
    assert!(why(&alike.agreement.krippendorff_alpha).starts_with("all scores and ratings are equal"));
    assert_eq!(why(&alike.agreement.spearman), CONSTANT);
    assert_eq!(why(&alike.length_bias.slope), "all outputs are equally long");
    let empty = calibrate(&[item(&[1.0], &[0.0], 0)], &[], 0.5);
    assert_eq!((empty.length_bias.num_items, why(&empty.length_bias.slope)), (0, "no rated output has a length"));
}

#[test]
fn numbers_that_are_not_finite_count_as_missing() {
    let items = [item(&[f64::NAN, 1.0], &[f64::INFINITY, 1.0], 5), item(&[f64::NAN], &[1.0], 5)];
    let report = calibrate(&items, &[], 0.5);
    assert_eq!(report.agreement.num_items, 1);
    assert!(near(&report.agreement.accuracy, 1.0));
    assert_eq!(report.consistency.num_items, 0);
}

#[test]
fn biases_that_were_put_in_are_found() {
    let mut draws = Draws::new(1);
    let mut noise = || draws.unit() - 0.5;
    let lengths = (0..2000).map(|place| 20 + 37 * (place % 50));
    let [slanted, fair] = [0.4, 0.0].map(|slope| {
        let judged = |num_characters: u32| {
            let people = 2.0 * noise();
            item(&[people + slope * f64::from(num_characters).ln() + noise()], &[people], num_characters)
        };
        lengths.clone().map(judged).collect::<Vec<_>>()
    });
    let ordered = |place_bias: f64, lead: f64| {
        let winner = |lead: f64, first, second| if lead + place_bias > 0.0 { first } else { second };
        OrderedPair { a_first: winner(lead, Winner::A, Winner::B), b_first: winner(-lead, Winner::B, Winner::A) }
    };
    let leads: Vec<f64> = (0..2000).map(|_| noise()).collect();
    let report = |items: &[CalibrationItem], place_bias| {
        calibrate(items, &leads.iter().map(|lead| ordered(place_bias, *lead)).collect::<Vec<_>>(), 0.0)
    };
    let biased = report(&slanted, 0.2);
    let slope = biased.length_bias.slope.interval.unwrap();
    assert!(slope.low > 0.35 && slope.high < 0.45, "{slope:?}");
    assert!(biased.position_bias.preference_for_first.interval.unwrap().low > 0.6);
    let unbiased = report(&fair, 0.0);
    assert!(unbiased.length_bias.slope.value.unwrap().abs() < 0.05);
    assert!(near(&unbiased.position_bias.preference_for_first, 0.5));
}
