//! What the results screen shows, computed from what the studio told. Pure.

use crate::state::session::LiveRun;
use crate::widgets::Mark;
use crate::words;
use atelier_types::experiment::{CellStatus, CellSummary, Progress, RunDetail, RunStatus, RunSummary, ScorerInfo};
use atelier_types::score::Score;

/// One repeat, as a dot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pip {
    Passed,
    Failed,
    Open,
}

/// What one cell of the grid shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellLook {
    pub preview: String,
    /// What follows on a line of its own, muted.
    pub second_line: String,
    pub mark: Mark,
    /// Beside the mark: `2 of 3`, `0.84`, `Timed out`.
    pub words: String,
    pub pips: Vec<Pip>,
    /// Nothing was answered yet.
    pub is_waiting: bool,
}

/// Looks at all repeats of one row for one variant.
pub fn cell_look(repeats: &[CellSummary], scorer: Option<&ScorerInfo>) -> CellLook {
    let num_running = repeats.iter().filter(|cell| cell.status == CellStatus::Running).count();
    let num_done = repeats.iter().filter(|cell| cell.status == CellStatus::Done).count();
    let shown = repeats.iter().find(|cell| cell.status == CellStatus::Done);
    let failure = repeats.iter().find_map(|cell| match &cell.status {
        CellStatus::Failed { code, message } => Some((code, message)),
        _ => None,
    });
    let (preview, second_line) = shown.map_or_else(
        || (failure.map_or_else(String::new, |(_, message)| one_line(message)), String::new()),
        |cell| two_lines(&cell.preview),
    );
    let pips = repeats.iter().map(|cell| pip(cell, scorer)).collect();
    let (mark, words) = match (num_running, num_done, failure) {
        (1.., ..) => (Mark::Running, format!("{num_done} of {}", repeats.len())),
        (0, 0, Some((code, _))) => (Mark::Problem, failure_words(code).to_owned()),
        (0, 0, None) => (Mark::None, "Queued".to_owned()),
        _ => score_words(repeats, scorer),
    };
    CellLook {
        preview,
        second_line,
        mark,
        words,
        pips,
        is_waiting: num_done == 0 && failure.is_none() && num_running == 0,
    }
}

fn first_score(cell: &CellSummary) -> Option<f64> {
    cell.scores.first().and_then(Score::number)
}

fn pip(cell: &CellSummary, scorer: Option<&ScorerInfo>) -> Pip {
    match (first_score(cell), scorer) {
        (Some(score), Some(scorer)) if scorer.is_check && score >= 1.0 => Pip::Passed,
        (Some(_), Some(scorer)) if scorer.is_check => Pip::Failed,
        _ => Pip::Open,
    }
}

fn score_words(repeats: &[CellSummary], scorer: Option<&ScorerInfo>) -> (Mark, String) {
    let scores: Vec<f64> = repeats.iter().filter_map(first_score).collect();
    match scorer {
        None => (Mark::None, "no scorer".to_owned()),
        Some(_) if scores.is_empty() => (Mark::Unscored, "unscored".to_owned()),
        Some(scorer) if scorer.is_check => {
            let num_passed = scores.iter().filter(|score| **score >= 1.0).count() as u32;
            let num_repeats = repeats.len() as u32;
            (crate::widgets::mark::passes(num_passed, num_repeats), format!("{num_passed} of {num_repeats}"))
        }
        Some(scorer) => {
            let mean = scores.iter().sum::<f64>() / scores.len() as f64;
            (Mark::None, crate::views::measures::value(scorer.unit, mean))
        }
    }
}

/// A failed call in two words.
pub fn failure_words(code: &str) -> &'static str {
    match code {
        "provider.auth" => "Key refused",
        "provider.rate_limited" => "Rate limited",
        "provider.overloaded" => "Overloaded",
        "provider.context_too_long" => "Too long",
        "provider.content_refused" => "Refused",
        "provider.network" => "No connection",
        "provider.timeout" => "Timed out",
        "provider.cancelled" => "Cancelled",
        "engine.lost" => "Engine lost",
        _ => "Call failed",
    }
}

/// The first line and the rest, where the first line says something by itself.
fn two_lines(text: &str) -> (String, String) {
    match text.trim().split_once('\n') {
        Some((first, rest)) if first.trim().chars().count() > 3 && !first.trim_end().ends_with(['{', '[', ',']) => {
            (one_line(first), one_line(rest))
        }
        _ => (one_line(text), String::new()),
    }
}

/// White space collapsed, so that a preview of JSON says something in two lines.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where a run stands: what its events said last, or what was read.
#[derive(Clone, Debug, PartialEq)]
pub struct RunState {
    pub status: RunStatus,
    pub progress: Progress,
    pub cost_usd: Option<f64>,
}

impl RunState {
    /// Events are newer than what was read, unless the run has ended for the reader already.
    pub fn of(summary: &RunSummary, live: Option<&LiveRun>) -> Self {
        match live {
            Some(live) if live.progress.finished() >= summary.progress.finished() => {
                Self { status: live.status, progress: live.progress, cost_usd: live.cost_usd }
            }
            _ => Self { status: summary.status, progress: summary.progress, cost_usd: summary.cost_usd },
        }
    }

    pub fn is_running(&self) -> bool {
        self.status == RunStatus::Running
    }

    pub fn can_resume(&self) -> bool {
        matches!(self.status, RunStatus::Cancelled | RunStatus::Interrupted | RunStatus::Failed)
            || (self.status == RunStatus::Done && self.progress.failed > 0)
    }
}

/// `1,482 of 2,160`
pub fn done_words(progress: &Progress) -> String {
    format!("{} of {}", words::count(progress.finished().into()), words::count(progress.total.into()))
}

/// Speed and the time that is left, as far as they are known.
pub fn pace_words(detail: &RunDetail) -> Vec<String> {
    let speed = detail.cells_per_second.map(|cells| format!("{cells:.1} cells/s"));
    let left = detail.millis_left.map(|millis| format!("About {} left", words::about(millis as f64)));
    speed.into_iter().chain(left).collect()
}

pub fn status_words(status: RunStatus) -> (Mark, &'static str) {
    match status {
        RunStatus::Running => (Mark::Running, "Running"),
        RunStatus::Cancelled => (Mark::Partly, "Paused"),
        RunStatus::Interrupted => (Mark::Problem, "Interrupted"),
        RunStatus::Done => (Mark::Passed, "Done"),
        RunStatus::Failed => (Mark::Failed, "Stopped"),
    }
}

/// How a variant is called where its column is not in sight.
pub fn variant_title(variant: &atelier_types::experiment::Variant) -> String {
    let params = if variant.params_title.is_empty() { String::new() } else { format!(", {}", variant.params_title) };
    format!("{} {}, {}{params}", variant.prompt, variant.version_title, variant.model)
}

#[cfg(test)]
mod tests {
    use super::*;
    use atelier_types::score::{Direction, Unit};

    fn scorer(is_check: bool) -> ScorerInfo {
        ScorerInfo { name: "s".into(), unit: Unit::Share, direction: Direction::HigherIsBetter, is_check }
    }

    fn cell(status: CellStatus, score: Option<f64>) -> CellSummary {
        let scores = score.map(Score::Number).into_iter().collect();
        CellSummary { id: None, repeat: 0, status, preview: "{\n  \"a\": 1".into(), scores }
    }

    #[test]
    fn repeats_are_counted_as_passes() {
        let repeats = [cell(CellStatus::Done, Some(1.0)), cell(CellStatus::Done, Some(0.0))];
        let look = cell_look(&repeats, Some(&scorer(true)));
        assert_eq!((look.mark, look.words.as_str(), look.preview.as_str()), (Mark::Partly, "1 of 2", "{ \"a\": 1"));
        assert_eq!(look.pips, [Pip::Passed, Pip::Failed]);
    }

    #[test]
    fn a_first_line_that_says_something_stands_alone() {
        assert_eq!(two_lines("billing, high\nCharged\n twice"), ("billing, high".into(), "Charged twice".into()));
        assert_eq!(two_lines("{\n  \"a\": 1\n}"), ("{ \"a\": 1 }".into(), String::new()));
    }

    #[test]
    fn a_cell_without_a_score_is_unscored_and_not_failed() {
        let look = cell_look(&[cell(CellStatus::Done, None)], Some(&scorer(true)));
        assert_eq!((look.mark, look.pips), (Mark::Unscored, vec![Pip::Open]));
    }

    #[test]
    fn a_failed_call_says_why() {
        let failed = CellStatus::Failed { code: "provider.timeout".into(), message: "after 60 s".into() };
        let look = cell_look(&[cell(failed, None)], Some(&scorer(true)));
        assert_eq!((look.mark, look.words.as_str(), look.preview.as_str()), (Mark::Problem, "Timed out", "after 60 s"));
    }

    #[test]
    fn waiting_and_running_differ() {
        let waiting = cell_look(&[cell(CellStatus::Waiting, None)], None);
        let running = cell_look(&[cell(CellStatus::Running, None), cell(CellStatus::Done, None)], None);
        assert_eq!((waiting.words.as_str(), waiting.is_waiting), ("Queued", true));
        assert_eq!((running.mark, running.words.as_str()), (Mark::Running, "1 of 2"));
    }

    #[test]
    fn numbers_that_are_no_checks_are_shown_as_they_are() {
        let look =
            cell_look(&[cell(CellStatus::Done, Some(0.5)), cell(CellStatus::Done, Some(0.7))], Some(&scorer(false)));
        assert_eq!((look.mark, look.words.as_str()), (Mark::None, "60.0"));
    }
}
