//! Judges against the reviewers of a set: how far they agree, and what a judge's error goes with.

use super::results::{section, table_of};
use crate::theme::{metrics::*, tokens, type_scale as scale};
use crate::widgets::interval_plot::{Axis, paint_interval};
use crate::widgets::{Column, Mark, text};
use atelier_types::ids::ScorerName;
use atelier_types::judge::{CalibrationPoint, CalibrationStatus, ConfusionMatrix, CorrectedMean, JudgeCalibration};
use atelier_types::statistics::Coefficient;
use egui::{Stroke, Ui, pos2};

pub fn judges_ui(ui: &mut Ui, judges: &[JudgeCalibration]) {
    if judges.is_empty() {
        return;
    }
    let t = tokens(ui.ctx());
    section(ui, "Judges against reviewers");
    let words = "A judge is only worth what it agrees with people. Kappa is agreement beyond chance: 1 is perfect, 0 is \
                 guessing. A slope on length that leaves 0 says that long answers are judged too well, or too badly.";
    text::label(ui, scale::BODY, words, t.ink2);
    let columns = [
        Column::flexible("Judge", 140.0),
        Column::flexible("Question", 140.0),
        Column::fixed("Items", 56.0).number(),
        Column::fixed("Same verdict, %", 144.0).number(),
        Column::fixed("Kappa", 136.0).number(),
        Column::fixed("Spearman", 136.0).number(),
        Column::fixed("Slope on length", 144.0).number(),
        Column::fixed("", 168.0),
    ];
    table_of(ui, "Judges", &columns, judges.len(), |ui, row| {
        let judge = &judges[row.index];
        let agreement = &judge.report.agreement;
        row.text(ui, 0, scale::BODY_MEDIUM, judge.scorer.as_str(), t.ink);
        row.text(ui, 1, scale::BODY, &judge.criterion, t.ink2);
        row.text(ui, 2, scale::BODY, &agreement.num_items.to_string(), t.ink2);
        let numbers = [
            (&agreement.accuracy, 100.0),
            (&agreement.cohens_kappa, 1.0),
            (&agreement.spearman, 1.0),
            (&judge.report.length_bias.slope, 1.0),
        ];
        for (column, (coefficient, factor)) in numbers.into_iter().enumerate() {
            let (value, interval) = figures(coefficient, factor);
            row.estimate(ui, column + 3, &value, &interval);
        }
        let (mark, words) = standing(judge);
        row.add(ui, 7, |ui| crate::widgets::mark::mark_label(ui, mark, scale::BODY, words));
        format!("{}, {}: {words}", judge.scorer, judge.criterion)
    });
    // Both orders are asked whatever people rated, so each judge says it once.
    let mut told: Vec<&ScorerName> = Vec::new();
    for judge in judges.iter().filter(|judge| judge.report.position_bias.num_pairs > 0) {
        if !told.contains(&&judge.scorer) {
            told.push(&judge.scorer);
            ui.add_space(SPACE_8);
            text::label(ui, scale::BODY, order_words(judge), t.ink2);
        }
    }
    for judge in judges.iter().filter(|judge| judge.report.consistency.num_items > 0) {
        ui.add_space(SPACE_8);
        text::label(ui, scale::BODY, consistency_words(judge), t.ink2);
    }
    for judge in judges.iter().filter(|judge| judge.report.status == CalibrationStatus::Calibrated) {
        ui.add_space(SPACE_8);
        text::caption(
            ui,
            format!("{}, {}: verdicts, good from the middle of the scale on", judge.scorer, judge.criterion),
        );
        confusion_ui(ui, &judge.report.agreement.confusion);
        ui.add_space(SPACE_8);
        text::caption(ui, "What people gave where the judge gave the same; the ring is the judge");
        curve_ui(ui, &judge.report.curve);
        ui.add_space(SPACE_8);
        text::caption(ui, "What people would say on average, from few ratings and many judgements");
        corrected_ui(ui, &judge.corrected);
    }
}

/// What the order in which a judge sees a pair decides.
fn order_words(judge: &JudgeCalibration) -> String {
    let bias = &judge.report.position_bias;
    let share = |coefficient: &Coefficient| {
        let (value, interval) = figures(coefficient, 100.0);
        if interval.is_empty() { value } else { format!("{value} ({interval})") }
    };
    let decided = share(&bias.order_decided);
    let first = share(&bias.preference_for_first);
    format!(
        "{}: asked in both orders about {} pairs, the order decided {decided} %, and the first place won {first} % of the \
         time; 50 is no preference.",
        judge.scorer, bias.num_pairs
    )
}

/// How far a judge that judged more than once agrees with itself.
fn consistency_words(judge: &JudgeCalibration) -> String {
    let consistency = &judge.report.consistency;
    let (equal, interval) = figures(&consistency.equal_verdicts, 100.0);
    format!(
        "{}, {}: two judgements of one output have the same verdict {equal} % ({interval}) of the time, over {} outputs.",
        judge.scorer, judge.criterion, consistency.num_items
    )
}

/// The calibration curve, a line for each point.
fn curve_ui(ui: &mut Ui, points: &[CalibrationPoint]) {
    let t = tokens(ui.ctx());
    let columns = [
        Column::fixed("Judge", 72.0).number(),
        Column::fixed("Items", 56.0).number(),
        Column::fixed("People", 136.0).number(),
        Column::fixed("", 320.0),
    ];
    let ends = |point: &CalibrationPoint| {
        let interval = point.interval.map_or((point.people, point.people), |interval| (interval.low, interval.high));
        [point.judged, interval.0, interval.1]
    };
    let axis = Axis::around(points.iter().flat_map(ends));
    table_of(ui, "Calibration curve", &columns, points.len(), |ui, row| {
        let point = &points[row.index];
        row.text(ui, 0, scale::BODY_MEDIUM, &format!("{:.2}", point.judged), t.ink);
        row.text(ui, 1, scale::BODY, &point.num_items.to_string(), t.ink2);
        let half = point.interval.map(|interval| format!("±{:.2}", (interval.high - interval.low) / 2.0));
        row.estimate(ui, 2, &format!("{:.2}", point.people), &half.unwrap_or_default());
        let (plot, [judged, low, high]) = (row.cell(3), ends(point));
        paint_interval(ui.painter(), plot, &axis, (low, point.people, high), Mark::None, t.ink2);
        let center = |value: f64| pos2(axis.x(value, plot.x_range()), plot.center().y);
        ui.painter().circle_filled(center(point.people), SPACE_4, t.ink2);
        ui.painter().circle_stroke(center(judged), SPACE_4 + 2.0, Stroke::new(STROKE_STRONG, t.accent));
        format!("Judge {:.2}: people {:.2}", point.judged, point.people)
    });
}

fn corrected_ui(ui: &mut Ui, means: &[CorrectedMean]) {
    let t = tokens(ui.ctx());
    let columns = [
        Column::flexible("Variant", 240.0),
        Column::fixed("Rated", 72.0).number(),
        Column::fixed("Only judged", 96.0).number(),
        Column::fixed("Judge alone", 96.0).number(),
        Column::fixed("Corrected", 136.0).number(),
        Column::flexible("", 200.0),
    ];
    table_of(ui, "Corrected means", &columns, means.len(), |ui, row| {
        let mean = &means[row.index];
        row.text(ui, 0, scale::BODY_MEDIUM, &mean.title, t.ink);
        row.text(ui, 1, scale::BODY, &mean.num_rated.to_string(), t.ink2);
        row.text(ui, 2, scale::BODY, &mean.num_judged.to_string(), t.ink2);
        let judged = mean.judged.map_or_else(|| "none".to_owned(), |judged| format!("{judged:.2}"));
        row.text(ui, 3, scale::BODY, &judged, t.ink2);
        let (value, interval) = figures(&mean.corrected, 1.0);
        row.estimate(ui, 4, &value, &interval);
        row.text(ui, 5, scale::LABEL, mean.corrected.reason.as_deref().unwrap_or_default(), t.ink2);
        format!("{}: {value} {interval}", mean.title)
    });
}

/// A number and half the width of its interval, or words for both.
fn figures(coefficient: &Coefficient, factor: f64) -> (String, String) {
    let decimals = if factor > 1.0 { 0 } else { 2 };
    let number = |value: f64| format!("{:.decimals$}", value * factor);
    let value = coefficient.value.map_or_else(|| "none".to_owned(), number);
    let half = coefficient.interval.map(|interval| format!("±{}", number((interval.high - interval.low) / 2.0)));
    (value, half.unwrap_or_default())
}

/// Whether a judge agrees with people beyond chance.
fn standing(judge: &JudgeCalibration) -> (Mark, &'static str) {
    let kappa = judge.report.agreement.cohens_kappa.interval;
    match (judge.report.status, kappa) {
        (CalibrationStatus::Uncalibrated, _) => (Mark::Unscored, "Not calibrated"),
        (CalibrationStatus::Calibrated, Some(kappa)) if kappa.low > 0.0 => (Mark::Better, "Agrees with people"),
        (CalibrationStatus::Calibrated, Some(kappa)) if kappa.high < 0.0 => (Mark::Worse, "Contradicts people"),
        (CalibrationStatus::Calibrated, _) => (Mark::Undecided, "Not enough ratings"),
    }
}

fn confusion_ui(ui: &mut Ui, confusion: &ConfusionMatrix) {
    let t = tokens(ui.ctx());
    let columns = [
        Column::fixed("", 160.0),
        Column::fixed("People: good", 112.0).number(),
        Column::fixed("People: bad", 112.0).number(),
    ];
    let rows = [
        ("Judge: good", confusion.num_true_positives, confusion.num_false_positives),
        ("Judge: bad", confusion.num_false_negatives, confusion.num_true_negatives),
    ];
    table_of(ui, "Verdicts", &columns, rows.len(), |ui, row| {
        let (name, good, bad) = rows[row.index];
        row.text(ui, 0, scale::BODY, name, t.ink2);
        row.text(ui, 1, scale::BODY_MEDIUM, &good.to_string(), t.ink);
        row.text(ui, 2, scale::BODY_MEDIUM, &bad.to_string(), t.ink);
        format!("{name}: {good} that people found good, {bad} bad")
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::canned::reviews::calibration;
    use atelier_types::statistics::Interval;

    #[test]
    fn a_judge_agrees_with_people_only_where_kappa_leaves_zero() {
        let with = |low, high| {
            let mut judge = calibration();
            judge.report.agreement.cohens_kappa.interval = Some(Interval { low, high, confidence: 0.95 });
            standing(&judge).1
        };
        assert_eq!(with(0.2, 0.6), "Agrees with people");
        assert_eq!(with(-0.2, 0.6), "Not enough ratings");
        let mut judge = calibration();
        judge.report.status = CalibrationStatus::Uncalibrated;
        assert_eq!(standing(&judge).1, "Not calibrated");
    }
}
