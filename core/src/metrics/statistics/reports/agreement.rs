//! Ratings of items by raters: every coefficient of agreement that fits them.

use super::Names;
use crate::metrics::statistics::{
    Agreement, CONFIDENCE, Correlation, IntraclassForm, IntraclassUnit, KappaWeights, Scale, cohens_kappa,
    correlation_interval, fleiss_kappa, intraclass, kendall, krippendorff_alpha, pearson, spearman,
};
use atelier_types::statistics::{
    AgreementReport, AlphaByScale, Coefficient, IntraclassByForm, RaterPair, RatingRecord, RatingValue,
};
use std::collections::BTreeMap;

/// With more raters a report of all pairs is longer than anybody reads.
const MAX_PAIRED_RATERS: usize = 50;
/// With more different values they are measurements, not categories.
const MAX_CATEGORIES: usize = 200;

/// A rater said two things about one item.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the rater `{rater}` rated the item `{item}` twice")]
pub struct RatedTwice {
    pub item: String,
    pub rater: String,
}

/// All coefficients with intervals, clustered by item. Where one is undefined it says why. Values are places on a scale
/// where all are numbers; else they are categories.
pub fn agreement_report(records: &[RatingRecord]) -> Result<AgreementReport, RatedTwice> {
    let ratings = Ratings::of(records)?;
    let items: Vec<Vec<f64>> =
        ratings.items.iter().map(|item| item.iter().map(|(_, value)| *value).collect()).collect();
    let alpha = |scale: Scale| {
        if scale != Scale::Nominal && !ratings.are_numbers {
            return undefined("the values are not numbers");
        }
        coefficient(krippendorff_alpha(&items, scale), || match items.iter().any(|values| values.len() >= 2) {
            true => "all ratings are equal, so nobody could have disagreed",
            false => "no item was rated by two raters",
        })
    };
    Ok(AgreementReport {
        num_items: ratings.items.len() as u32,
        num_raters: ratings.raters.len() as u32,
        num_ratings: items.iter().map(Vec::len).sum::<usize>() as u32,
        krippendorff_alpha: AlphaByScale {
            nominal: alpha(Scale::Nominal),
            ordinal: alpha(Scale::Ordinal),
            interval: alpha(Scale::Interval),
        },
        fleiss_kappa: fleiss(&items, &ratings),
        intraclass: intraclass_by_form(&items, &ratings),
        pairs: rater_pairs(&ratings),
    })
}

struct Ratings<'a> {
    raters: Vec<&'a str>,
    /// Rater and value, by item. Categories are numbers in the order of their texts.
    items: Vec<Vec<(usize, f64)>>,
    are_numbers: bool,
    /// All different values, in order.
    values: Vec<f64>,
}

impl<'a> Ratings<'a> {
    fn of(records: &'a [RatingRecord]) -> Result<Self, RatedTwice> {
        let given = || records.iter().filter_map(|record| Some((record, record.value.as_ref()?)));
        let are_numbers = given().all(|(_, value)| !matches!(value, RatingValue::Text(_)));
        let texts: BTreeMap<String, usize> = if are_numbers {
            BTreeMap::new()
        } else {
            let sorted: std::collections::BTreeSet<String> = given().map(|(_, value)| in_words(value)).collect();
            sorted.into_iter().enumerate().map(|(place, text)| (text, place)).collect()
        };
        let number = |value: &RatingValue| match value {
            _ if !are_numbers => texts.get(&in_words(value)).map_or(0.0, |place| *place as f64),
            RatingValue::Number(number) => *number + 0.0,
            RatingValue::Flag(flag) => f64::from(u8::from(*flag)),
            RatingValue::Text(_) => 0.0,
        };
        let (mut item_names, mut rater_names) = (Names::default(), Names::default());
        let mut items: Vec<Vec<(usize, f64)>> = Vec::new();
        for (record, value) in given() {
            let (item, rater) = (item_names.number(&record.item), rater_names.number(&record.rater));
            items.resize_with(items.len().max(item + 1), Vec::new);
            items[item].push((rater, number(value)));
        }
        for (item, ratings) in items.iter_mut().enumerate() {
            ratings.sort_by_key(|(rater, _)| *rater);
            if let Some(twice) = ratings.windows(2).find(|pair| pair[0].0 == pair[1].0) {
                let (item, rater) = (item_names.names[item].to_owned(), rater_names.names[twice[0].0].to_owned());
                return Err(RatedTwice { item, rater });
            }
        }
        let mut values: Vec<f64> = items.iter().flatten().map(|(_, value)| *value).collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        Ok(Self { raters: rater_names.names, items, are_numbers, values })
    }

    fn category(&self, value: f64) -> usize {
        self.values.partition_point(|other| *other < value)
    }
}

fn in_words(value: &RatingValue) -> String {
    match value {
        RatingValue::Flag(flag) => flag.to_string(),
        RatingValue::Number(number) => number.to_string(),
        RatingValue::Text(text) => text.clone(),
    }
}

fn fleiss(items: &[Vec<f64>], ratings: &Ratings<'_>) -> Coefficient {
    if ratings.values.len() > MAX_CATEGORIES {
        return undefined("there are too many different values to be categories");
    }
    let num_ratings = items.first().map_or(0, Vec::len);
    if items.iter().any(|values| values.len() != num_ratings) {
        return undefined("items have differing numbers of ratings, which Krippendorff's alpha allows for");
    }
    let counted = items.iter().map(|values| {
        let mut counts = vec![0; ratings.values.len()];
        values.iter().for_each(|value| counts[ratings.category(*value)] += 1);
        counts
    });
    coefficient(fleiss_kappa(&counted.collect::<Vec<_>>()), || match num_ratings {
        0 | 1 => "no item was rated by two raters",
        _ => "all ratings are equal, so nobody could have disagreed",
    })
}

/// Each item's ratings stand in the order of the raters, so that complete items are a table.
fn intraclass_by_form(items: &[Vec<f64>], ratings: &Ratings<'_>) -> IntraclassByForm {
    let of = |form: IntraclassForm, unit: IntraclassUnit| {
        if !ratings.are_numbers {
            return undefined("the values are not numbers");
        }
        if items.iter().any(|values| values.len() != ratings.raters.len()) {
            return undefined("not every rater rated every item, which Krippendorff's alpha allows for");
        }
        match intraclass(items, form, unit, CONFIDENCE) {
            Some(found) => Coefficient { value: Some(found.value), interval: found.interval, reason: None },
            None if items.len() < 2 || ratings.raters.len() < 2 => {
                undefined("there are fewer than two items or raters")
            }
            None => undefined("the ratings do not vary enough to tell items apart"),
        }
    };
    let (one, mean) = (IntraclassUnit::One, IntraclassUnit::MeanOfAll);
    IntraclassByForm {
        one_way: of(IntraclassForm::OneWay, one),
        agreement: of(IntraclassForm::Agreement, one),
        consistency: of(IntraclassForm::Consistency, one),
        one_way_of_mean: of(IntraclassForm::OneWay, mean),
        agreement_of_mean: of(IntraclassForm::Agreement, mean),
        consistency_of_mean: of(IntraclassForm::Consistency, mean),
    }
}

fn rater_pairs(ratings: &Ratings<'_>) -> Vec<RaterPair> {
    if ratings.raters.len() > MAX_PAIRED_RATERS {
        return Vec::new();
    }
    let mut shared: BTreeMap<(usize, usize), (Vec<f64>, Vec<f64>)> = BTreeMap::new();
    for item in &ratings.items {
        for (place, (first, one)) in item.iter().enumerate() {
            for (second, other) in &item[place + 1..] {
                let values = shared.entry((*first, *second)).or_default();
                values.0.push(*one);
                values.1.push(*other);
            }
        }
    }
    shared.into_iter().map(|(raters, (first, second))| rater_pair(ratings, raters, &first, &second)).collect()
}

fn rater_pair(ratings: &Ratings<'_>, (one, other): (usize, usize), first: &[f64], second: &[f64]) -> RaterPair {
    let places = |values: &[f64]| values.iter().map(|value| ratings.category(*value)).collect::<Vec<_>>();
    let pairs: Vec<(usize, usize)> = places(first).into_iter().zip(places(second)).collect();
    let kappa = |weights: KappaWeights| {
        if weights != KappaWeights::Plain && !ratings.are_numbers {
            return undefined("the values are not numbers");
        }
        if ratings.values.len() > MAX_CATEGORIES {
            return undefined("there are too many different values to be categories");
        }
        coefficient(cohens_kappa(&pairs, weights), || "both raters gave one and the same value throughout")
    };
    let correlation = |kind: Correlation, correlate: fn(&[f64], &[f64]) -> Option<f64>| {
        if !ratings.are_numbers {
            return undefined("the values are not numbers");
        }
        let Some(value) = correlate(first, second) else {
            return undefined("a rater gave one and the same value throughout");
        };
        let interval = correlation_interval(kind, value, first.len(), CONFIDENCE);
        Coefficient { value: Some(value), interval, reason: None }
    };
    RaterPair {
        raters: [ratings.raters[one].to_owned(), ratings.raters[other].to_owned()],
        num_items: first.len() as u32,
        cohens_kappa: kappa(KappaWeights::Plain),
        linear_kappa: kappa(KappaWeights::Linear),
        quadratic_kappa: kappa(KappaWeights::Quadratic),
        pearson: correlation(Correlation::Pearson, pearson),
        spearman: correlation(Correlation::Spearman, spearman),
        kendall: correlation(Correlation::Kendall, kendall),
    }
}

fn coefficient(agreement: Option<Agreement>, reason: impl FnOnce() -> &'static str) -> Coefficient {
    match agreement {
        Some(found) => Coefficient { value: Some(found.value), interval: found.interval(CONFIDENCE), reason: None },
        None => undefined(reason()),
    }
}

fn undefined(reason: &str) -> Coefficient {
    Coefficient { value: None, interval: None, reason: Some(reason.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rating(item: &str, rater: &str, value: RatingValue) -> RatingRecord {
        RatingRecord { item: item.to_owned(), rater: rater.to_owned(), value: Some(value) }
    }

    #[test]
    fn numbers_get_every_coefficient() {
        let values = [("x", 1.0, 1.0), ("y", 2.0, 3.0), ("z", 3.0, 3.0), ("w", 5.0, 4.0)];
        let records = values.iter().flat_map(|(item, ann, bob)| {
            [rating(item, "ann", RatingValue::Number(*ann)), rating(item, "bob", RatingValue::Number(*bob))]
        });
        let report = agreement_report(&records.collect::<Vec<_>>()).unwrap();
        assert_eq!((report.num_items, report.num_raters, report.num_ratings), (4, 2, 8));
        let [pair] = report.pairs.as_slice() else { panic!("{report:?}") };
        assert_eq!(pair.raters, ["ann", "bob"]);
        for coefficient in
            [&report.krippendorff_alpha.ordinal, &report.fleiss_kappa, &pair.quadratic_kappa, &pair.kendall]
                .into_iter()
                .chain([&report.intraclass.agreement, &report.intraclass.consistency_of_mean])
        {
            assert!(coefficient.value.is_some() && coefficient.reason.is_none(), "{coefficient:?}");
        }
    }

    #[test]
    fn texts_have_no_order() {
        let records = ["a", "b"].map(|item| {
            [rating(item, "ann", RatingValue::Text(item.to_owned())), rating(item, "bob", RatingValue::Flag(true))]
        });
        let report = agreement_report(&records.concat()).unwrap();
        assert!(report.krippendorff_alpha.nominal.value.is_some());
        assert_eq!(report.krippendorff_alpha.ordinal.reason.as_deref(), Some("the values are not numbers"));
        assert_eq!(report.pairs[0].pearson.reason.as_deref(), Some("the values are not numbers"));
    }

    #[test]
    fn undefined_coefficients_say_why() {
        let one_rater = agreement_report(&[rating("x", "ann", RatingValue::Number(1.0))]).unwrap();
        assert_eq!(one_rater.fleiss_kappa.reason.as_deref(), Some("no item was rated by two raters"));
        assert!(one_rater.pairs.is_empty());
        let nothing = agreement_report(&[]).unwrap();
        assert_eq!(nothing.krippendorff_alpha.nominal.reason.as_deref(), Some("no item was rated by two raters"));
        assert_eq!(nothing.intraclass.agreement.reason.as_deref(), Some("there are fewer than two items or raters"));
        let hole = ["ann", "bob", "eve"]
            .map(|rater| rating(if rater == "eve" { "y" } else { "x" }, rater, RatingValue::Number(1.0)));
        let reason = agreement_report(&hole).unwrap().intraclass.one_way.reason.unwrap();
        assert!(reason.starts_with("not every rater rated every item"), "{reason}");
        let twice = [rating("x", "ann", RatingValue::Number(1.0)), rating("x", "ann", RatingValue::Number(2.0))];
        assert!(agreement_report(&twice).is_err());
    }
}
