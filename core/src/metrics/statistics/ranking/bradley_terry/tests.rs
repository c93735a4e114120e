use super::*;

fn contests(counts: &[(usize, usize, Ordering, usize)]) -> Vec<Contest> {
    let repeated = counts.iter().map(|(first, second, outcome, count)| {
        vec![Contest { first: *first, second: *second, outcome: *outcome }; *count]
    });
    repeated.flatten().collect()
}

#[test]
fn two_players_have_the_odds_of_their_wins() {
    let fit = bradley_terry(&contests(&[(0, 1, Ordering::Greater, 30), (1, 0, Ordering::Greater, 10)]), 2).unwrap();
    assert!((fit.strengths[0] - fit.strengths[1] - 3.0_f64.ln()).abs() < 1e-9);
    assert_eq!(fit.tie, 0.0);
    // The log odds' variance is 1/30 + 1/10.
    let interval = fit.difference(0, 1, 0.95).unwrap();
    let half_width = 1.959_964 * (1.0_f64 / 30.0 + 0.1).sqrt();
    assert!((interval.high - interval.low - 2.0 * half_width).abs() < 1e-5, "{interval:?}");
    let [win, tie, loss] = fit.chances(0, 1).unwrap();
    assert!((win - 0.75).abs() < 1e-9 && tie == 0.0 && (loss - 0.25).abs() < 1e-9);
}

#[test]
fn ties_are_fitted_as_often_as_they_were() {
    let counts = [(0, 1, Ordering::Greater, 20), (1, 0, Ordering::Greater, 12), (0, 1, Ordering::Equal, 8)];
    let fit = bradley_terry(&contests(&counts), 2).unwrap();
    let [win, tie, loss] = fit.chances(0, 1).unwrap();
    assert!((win - 0.5).abs() < 1e-9 && (tie - 0.2).abs() < 1e-9 && (loss - 0.3).abs() < 1e-9);
}

#[test]
fn strengths_have_mean_zero_and_keep_their_order() {
    let counts = [
        (0, 1, Ordering::Greater, 9),
        (1, 0, Ordering::Greater, 4),
        (1, 2, Ordering::Greater, 8),
        (2, 1, Ordering::Greater, 3),
        (2, 0, Ordering::Greater, 1),
        (0, 2, Ordering::Equal, 2),
    ];
    let fit = bradley_terry(&contests(&counts), 3).unwrap();
    assert!(fit.strengths.iter().sum::<f64>().abs() < 1e-9);
    assert!(fit.strengths[0] > fit.strengths[1] && fit.strengths[1] > fit.strengths[2], "{fit:?}");
    assert!(fit.interval(0, 0.95).is_some() && fit.interval(3, 0.95).is_none());
}

#[test]
fn faults_say_why_there_are_no_strengths() {
    assert_eq!(bradley_terry(&[], 2), Err(RankingFault::NoContest));
    assert_eq!(bradley_terry(&contests(&[(1, 1, Ordering::Greater, 3)]), 2), Err(RankingFault::NoContest));
    assert_eq!(bradley_terry(&contests(&[(0, 1, Ordering::Equal, 3)]), 2), Err(RankingFault::OnlyTies));
    let swept = contests(&[(0, 1, Ordering::Greater, 3), (1, 2, Ordering::Greater, 1), (2, 1, Ordering::Greater, 1)]);
    assert_eq!(bradley_terry(&swept, 3), Err(RankingFault::NeverScored(vec![1, 2])));
    let apart = contests(&[(0, 1, Ordering::Greater, 3), (1, 0, Ordering::Greater, 3)]);
    assert_eq!(bradley_terry(&apart, 3), Err(RankingFault::NeverScored(vec![0, 1])));
}
