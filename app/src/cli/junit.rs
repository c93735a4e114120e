//! `atelier run --junit FILE`: a run as a JUnit report, which build servers show without being taught.
//!
//! A suite is a variant and a case is a cell that was asked. A case fails where a check scored 0, has an error where the
//! call failed, and is skipped where its checks are unscored. Measures that are no checks are properties of the case. One
//! more suite is about the run: an error where cells were not asked, and the thresholds, which decide the exit status.

use super::context::Context;
use super::run::for_each_cell;
use super::runs::variant_title;
use atelier_core::api::Result;
use atelier_core::workspace::write_whole;
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::experiment::{CellDetail, RunDetail, ThresholdCheck};
use atelier_types::ids::RunId;
use atelier_types::score::{NamedScore, Score};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::path::Path;
use std::time::Duration;

/// Writes the report of a run. `cells` are all its stored cells.
pub(super) fn write(path: &Path, detail: &RunDetail, checks: &[ThresholdCheck], cells: &[CellDetail]) -> Result<()> {
    let text = report(detail, checks, cells).to_string().map_err(|err| {
        ApiError::new(ErrorKind::Internal, "cli.bad_answer", "The run cannot be written as JUnit XML").with_cause(err)
    })?;
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    Ok(write_whole(&path, text.as_bytes())?)
}

/// All cells of a run that were stored, with everything that a report says about them.
pub(super) async fn cells(context: &Context, run: &RunId) -> Result<Vec<CellDetail>> {
    let mut cells = Vec::new();
    for_each_cell(context, run, |cell| {
        cells.push(cell);
        Ok(())
    })
    .await?;
    Ok(cells)
}

fn report(detail: &RunDetail, checks: &[ThresholdCheck], cells: &[CellDetail]) -> Report {
    let mut report = Report::new(detail.summary.experiment.to_string());
    for summary in &detail.variants {
        let variant = &summary.variant;
        let mut suite = TestSuite::new(variant_title(variant));
        let stored = cells.iter().filter(|cell| cell.variant.id == variant.id);
        suite.add_test_cases(stored.map(|cell| case(detail, cell)));
        report.add_test_suite(suite);
    }
    let mut suite = TestSuite::new("run");
    suite.add_test_case(completeness(detail));
    suite.add_test_cases(checks.iter().map(|check| threshold(detail, check)));
    report.add_test_suite(suite);
    report
}

fn completeness(detail: &RunDetail) -> TestCase {
    let progress = &detail.summary.progress;
    let status = if progress.finished() == progress.total {
        TestCaseStatus::success()
    } else {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(format!("{} of {} cells were asked", progress.finished(), progress.total));
        status
    };
    TestCase::new("every cell was asked", status)
}

fn case(detail: &RunDetail, cell: &CellDetail) -> TestCase {
    let repeat = if cell.num_repeats > 1 { format!(", repeat {}", cell.repeat + 1) } else { String::new() };
    let mut case = TestCase::new(format!("row {}{repeat}", cell.row), status(detail, cell));
    case.set_classname(variant_title(&cell.variant));
    case.set_time(Duration::from_secs_f64(cell.output.receipt.latency_millis.max(0.0) / 1000.0));
    for score in cell.scores.iter().filter(|score| !is_check(detail, score)) {
        let value = match &score.score {
            Score::Number(number) => number.to_string(),
            Score::Unscored { unscored } => format!("unscored: {unscored}"),
        };
        case.add_property((score.name.to_string(), value));
    }
    case.set_system_out(cell.output.text.as_str());
    case
}

fn status(detail: &RunDetail, cell: &CellDetail) -> TestCaseStatus {
    if let Some(error) = &cell.output.error {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(error.to_string());
        return status;
    }
    let checks = || cell.scores.iter().filter(|score| is_check(detail, score));
    let failed: Vec<String> = checks().filter(|score| score.score == Score::check(false)).map(in_words).collect();
    if !failed.is_empty() {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(failed.join("; "));
        return status;
    }
    let mut reasons = checks().filter_map(|score| match &score.score {
        Score::Unscored { unscored } => Some(format!("{} is unscored: {unscored}", score.name)),
        Score::Number(_) => None,
    });
    reasons.next().map_or_else(TestCaseStatus::success, |reason| {
        let mut status = TestCaseStatus::skipped();
        status.set_message(reason);
        status
    })
}

fn is_check(detail: &RunDetail, score: &NamedScore) -> bool {
    detail.scorers.iter().any(|info| info.name == score.name && info.is_check)
}

fn in_words(score: &NamedScore) -> String {
    match &score.explanation {
        Some(explanation) => format!("{} failed: {explanation}", score.name),
        None => format!("{} failed", score.name),
    }
}

fn threshold(detail: &RunDetail, check: &ThresholdCheck) -> TestCase {
    let variant = detail.variants.iter().find(|summary| summary.variant.id == check.variant);
    let mean = check.mean.map_or_else(|| "unscored".to_owned(), |mean| format!("{mean:.4}"));
    let status = if check.passed {
        TestCaseStatus::success()
    } else {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(format!("The mean is {mean}, at least {} is wanted", check.min_mean));
        status
    };
    let mut case = TestCase::new(format!("{} at least {}", check.scorer, check.min_mean), status);
    case.set_classname(variant.map_or_else(|| check.variant.to_string(), |summary| variant_title(&summary.variant)));
    case
}
