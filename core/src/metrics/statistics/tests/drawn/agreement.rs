//! Agreement, strengths and classification: krippendorff, scikit-learn, statsmodels, choix and pingouin.

use super::*;
use std::cmp::Ordering;

#[test]
fn alpha_equals_krippendorff() {
    compare_all("alpha", 101, |cases| {
        let (raters, items) = (2 + cases.below(4), 2 + cases.below(11));
        let item = |_| {
            let truth = 1 + cases.below(5);
            let ratings = (0..raters).filter_map(|_| match cases.below(10) {
                0 | 1 => None,
                2..7 => Some(truth as f64),
                _ => Some(1.0 + cases.below(5) as f64),
            });
            ratings.collect()
        };
        let items: Vec<Vec<f64>> = (0..items).map(item).collect();
        let alpha = |scale| krippendorff_alpha(&items, scale).map(|agreement| agreement.value);
        [Scale::Nominal, Scale::Ordinal, Scale::Interval].map(alpha).to_vec()
    });
}

/// All of the first rater's, then all of the second's, who often says the same.
fn rated_twice(cases: &mut Cases, categories: usize, items: usize) -> Vec<(usize, usize)> {
    let first: Vec<usize> = (0..items).map(|_| cases.below(categories)).collect();
    first.into_iter().map(|one| (one, if cases.below(10) < 6 { one } else { cases.below(categories) })).collect()
}

#[test]
fn kappas_equal_scikit_learn_and_statsmodels() {
    compare_all("kappa", 102, |cases| {
        let (categories, items) = (2 + cases.below(4), 2 + cases.below(29));
        let pairs = rated_twice(cases, categories, items);
        let kappa = |weights| cohens_kappa(&pairs, weights).map(|agreement| agreement.value);
        [KappaWeights::Plain, KappaWeights::Linear, KappaWeights::Quadratic].map(kappa).to_vec()
    });
    compare_all("fleiss", 103, |cases| {
        let (categories, raters, items) = (2 + cases.below(4), 2 + cases.below(6), 2 + cases.below(14));
        let item = |_| {
            let favourite = cases.below(categories);
            let mut counts = vec![0; categories];
            (0..raters)
                .for_each(|_| counts[if cases.below(2) == 0 { favourite } else { cases.below(categories) }] += 1);
            counts
        };
        let items: Vec<Vec<u32>> = (0..items).map(item).collect();
        vec![fleiss_kappa(&items).map(|agreement| agreement.value)]
    });
}

#[test]
fn strengths_equal_choix() {
    compare_all("bradley_terry", 104, |cases| {
        let players = 2 + cases.below(4);
        let mut contests = Vec::new();
        for first in 0..players {
            for second in first + 1..players {
                let contest = |outcome| Contest { first, second, outcome };
                contests.extend([Ordering::Greater, Ordering::Less].map(contest));
                let (chance, count) = (30 + cases.below(41), 4 + cases.below(9));
                let outcome = |_| if cases.below(100) < chance { Ordering::Greater } else { Ordering::Less };
                contests.extend((0..count).map(outcome).map(contest));
            }
        }
        bradley_terry(&contests, players).unwrap().strengths.into_iter().map(Some).collect()
    });
}

#[test]
fn classification_equals_scikit_learn() {
    compare_all("classification", 105, |cases| {
        let (classes, items) = (2 + cases.below(4), 1 + cases.below(30));
        let report = classification(&rated_twice(cases, classes, items), classes).unwrap();
        let (plain, weighted) = (report.macro_average, report.weighted_average);
        let averages = [plain.precision, plain.recall, plain.f1, weighted.recall, weighted.f1];
        [&averages[..], &[Some(report.accuracy), Some(report.balanced_accuracy), report.matthews]].concat()
    });
}

#[test]
fn intraclass_correlations_equal_pingouin() {
    compare_all("intraclass", 106, |cases| {
        let (items, raters) = (3 + cases.below(10), 2 + cases.below(4));
        let (has_kindness, noise, step) = (cases.below(2) == 1, cases.among(&[20, 100, 300]), cases.among(&[1, 100]));
        let kindness: Vec<usize> = (0..raters).map(|_| cases.below(201)).collect();
        let item = |_| {
            let truth = 200 + cases.below(601);
            let rating = |kind: &usize| {
                let kind = if has_kindness { *kind as i64 - 100 } else { 0 };
                let hundredths = (truth + cases.below(2 * noise + 1)) as i64 + kind - noise as i64;
                (hundredths.div_euclid(step) * step) as f64 / 100.0
            };
            kindness.iter().map(rating).collect()
        };
        let items: Vec<Vec<f64>> = (0..items).map(item).collect();
        let forms = [IntraclassForm::OneWay, IntraclassForm::Agreement, IntraclassForm::Consistency];
        let units = [IntraclassUnit::One, IntraclassUnit::MeanOfAll];
        let all = units.into_iter().flat_map(|unit| forms.map(|form| intraclass(&items, form, unit, CONFIDENCE)));
        all.map(|found| Some(found?.value)).collect()
    });
}
