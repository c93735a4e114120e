//! Predicted against true classes: what a confusion matrix says.

/// One class of a report. A ratio without a denominator is `None` and left out of averages.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassReport {
    /// Share of the predictions of the class that were right. `None` where it was never predicted.
    pub precision: Option<f64>,
    /// Share of the items of the class that were found. `None` where it has no item.
    pub recall: Option<f64>,
    /// 2 TP / (2 TP + FP + FN). `None` where the class was neither predicted nor true.
    pub f1: Option<f64>,
    /// Items of the class.
    pub num_true: u64,
    pub num_predicted: u64,
}

/// Precision, recall and F1 averaged over classes that have them; `None` where none has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Averages {
    pub precision: Option<f64>,
    pub recall: Option<f64>,
    pub f1: Option<f64>,
}

/// What can be said about a classifier on labelled items.
#[derive(Clone, Debug, PartialEq)]
pub struct Classification {
    pub classes: Vec<ClassReport>,
    /// Share of the items that were right; with one class an item this is also micro-averaged precision, recall and F1.
    pub accuracy: f64,
    /// Mean recall of the classes that have items.
    pub balanced_accuracy: f64,
    /// Each class counts the same.
    pub macro_average: Averages,
    /// Each class counts as often as it has items.
    pub weighted_average: Averages,
    /// Matthews' correlation for any number of classes (Gorodkin 2004). `None` where all items have one true or one predicted
    /// class.
    pub matthews: Option<f64>,
}

/// Report of (true class, predicted class) pairs, one an item; classes are numbers below `num_classes`.
///
/// Sources: van Rijsbergen, *Information Retrieval* (1979), chapter 7; Gorodkin, Computational Biology and Chemistry 28
/// (2004). `None` without items, and where a class is not below `num_classes`.
pub fn classification(pairs: &[(usize, usize)], num_classes: usize) -> Option<Classification> {
    if pairs.is_empty() || pairs.iter().any(|(truth, predicted)| *truth.max(predicted) >= num_classes) {
        return None;
    }
    let mut counts = vec![(0_u64, 0_u64, 0_u64); num_classes];
    for (truth, predicted) in pairs {
        counts[*truth].0 += 1;
        counts[*predicted].1 += 1;
        counts[*truth].2 += u64::from(truth == predicted);
    }
    let classes: Vec<ClassReport> = counts.iter().map(|counts| class_report(*counts)).collect();
    let num_right: u64 = counts.iter().map(|(_, _, right)| right).sum();
    let once = |_: &ClassReport| 1.0;
    Some(Classification {
        accuracy: num_right as f64 / pairs.len() as f64,
        balanced_accuracy: average(&classes, |class| class.recall, once)?,
        macro_average: averages(&classes, once),
        weighted_average: averages(&classes, |class| class.num_true as f64),
        matthews: matthews(&classes, num_right as f64, pairs.len() as f64),
        classes,
    })
}

fn class_report((num_true, num_predicted, num_right): (u64, u64, u64)) -> ClassReport {
    let ratio = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
    ClassReport {
        precision: ratio(num_right, num_predicted),
        recall: ratio(num_right, num_true),
        f1: ratio(2 * num_right, num_true + num_predicted),
        num_true,
        num_predicted,
    }
}

fn averages(classes: &[ClassReport], weight: impl Fn(&ClassReport) -> f64) -> Averages {
    Averages {
        precision: average(classes, |class| class.precision, &weight),
        recall: average(classes, |class| class.recall, &weight),
        f1: average(classes, |class| class.f1, &weight),
    }
}

fn average(
    classes: &[ClassReport],
    value: impl Fn(&ClassReport) -> Option<f64>,
    weight: impl Fn(&ClassReport) -> f64,
) -> Option<f64> {
    let known = classes.iter().filter_map(|class| Some((value(class)?, weight(class))));
    let (sum, weights) = known.fold((0.0, 0.0), |(sum, all), (value, weight)| (sum + value * weight, all + weight));
    (weights > 0.0).then(|| sum / weights)
}

fn matthews(classes: &[ClassReport], num_right: f64, num_items: f64) -> Option<f64> {
    let sum = |term: fn(&ClassReport) -> f64| classes.iter().map(term).sum::<f64>();
    let both = sum(|class| class.num_true as f64 * class.num_predicted as f64);
    let truths = num_items * num_items - sum(|class| (class.num_true as f64).powi(2));
    let predictions = num_items * num_items - sum(|class| (class.num_predicted as f64).powi(2));
    let scale = truths.sqrt() * predictions.sqrt();
    (scale > 0.0).then(|| (num_right * num_items - both) / scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn report_by_hand() {
        let report = classification(&[(0, 0), (0, 1), (1, 1), (1, 1), (2, 0)], 4).unwrap();
        assert_eq!(report.accuracy, 0.6);
        assert_eq!(report.classes[0].precision, Some(0.5));
        assert_eq!((report.classes[2].precision, report.classes[2].recall), (None, Some(0.0)));
        assert_eq!(report.classes[2].f1, Some(0.0));
        assert_eq!(report.classes[3].f1, None);
        assert_eq!(report.balanced_accuracy, 0.5);
        assert_eq!(report.macro_average.recall, Some(0.5));
    }

    #[test]
    fn undefined_cases_are_none() {
        assert_eq!(classification(&[], 2), None);
        assert_eq!(classification(&[(2, 0)], 2), None);
        assert_eq!(classification(&[(0, 0), (0, 1)], 2).unwrap().matthews, None);
    }
}
