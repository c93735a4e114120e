//! `atelier stats …`: JSONL in, one JSON object out. Needs no workspace.

use super::Outcome;
use super::answers::print_json;
use super::context::{Context, bad_argument, read_text};
use crate::statuses;
use atelier_core::api::{self, Result};
use atelier_types::api::{
    StatsAgreement, StatsAgreementRequest, StatsCompare, StatsCompareRequest, StatsPower, StatsPowerRequest, StatsRank,
    StatsRankRequest,
};
use atelier_types::error::{ApiError, ErrorKind, Location};
use atelier_types::score::{Direction, Unit};
use atelier_types::statistics::{ContestRecord, PairRecord, PairSettings, PowerSettings, RatingRecord};
use serde::Deserialize as _;
use serde::de::{DeserializeOwned, IntoDeserializer as _};
use std::collections::HashMap;
use std::path::PathBuf;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// How far raters agree, from lines `{"item": …, "rater": …, "value": …}`
    Agreement(Input),
    /// Players in order of strength, from lines `{"a": …, "b": …, "winner": "a"|"b"|"tie"}`
    Rank(Input),
    /// Candidate b against baseline a, from lines `{"id": …, "a": …, "b": …}`; several lines with one id are repeats
    Compare(CompareOptions),
    /// How many rows a comparison needs, and what so many rows can find, from a pilot's lines `{"id": …, "a": …, "b": …}`
    Power(PowerOptions),
}

#[derive(clap::Args)]
pub(super) struct Input {
    /// A JSONL file; `-` reads standard input
    #[arg(long = "in", value_name = "FILE", default_value = "-")]
    input: PathBuf,
}

#[derive(clap::Args)]
pub(super) struct CompareOptions {
    #[command(flatten)]
    input: Input,
    /// What scores are measured in; default: share where all lie in [0, 1], else number
    #[arg(long, value_parser = unit)]
    unit: Option<Unit>,
    /// Lower scores are better
    #[arg(long)]
    lower_is_better: bool,
    /// Smallest difference that matters, in the unit (0.01 is one point of a share)
    #[arg(long)]
    margin: Option<f64>,
    /// Seed of resamples and permutations
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

#[derive(clap::Args)]
pub(super) struct PowerOptions {
    #[command(flatten)]
    input: Input,
    /// What scores are measured in; default: share where all lie in [0, 1], else number
    #[arg(long, value_parser = unit)]
    unit: Option<Unit>,
    /// The difference that should be found, in the unit; default: the margin
    #[arg(long)]
    difference: Option<f64>,
    /// Smallest difference that matters, in the unit (0.01 is one point of a share)
    #[arg(long)]
    margin: Option<f64>,
    /// The chance of finding it
    #[arg(long, default_value_t = 0.8)]
    power: f64,
    #[arg(long, default_value_t = 0.95)]
    confidence: f64,
    /// Rows that are planned; default: those of the pilot
    #[arg(long)]
    rows: Option<u32>,
}

pub(super) async fn run(context: &Context, command: Command) -> Outcome {
    match command {
        Command::Agreement(input) => {
            let lines: Vec<(u32, RatingRecord)> = input.records()?;
            check_rated_once(&input, &lines)?;
            let request = StatsAgreementRequest { ratings: without_lines(lines) };
            print_json(&api::call::<StatsAgreement>(&context.studio, request).await?)?;
        }
        Command::Rank(input) => {
            let lines: Vec<(u32, ContestRecord)> = input.records()?;
            if let Some((line, record)) = lines.iter().find(|(_, record)| record.a == record.b) {
                return Err(input.malformed(*line, format!("`{}` meets itself", record.a)));
            }
            let request = StatsRankRequest { contests: without_lines(lines) };
            print_json(&api::call::<StatsRank>(&context.studio, request).await?)?;
        }
        Command::Compare(options) => {
            let pairs = without_lines(options.input.records::<PairRecord>()?);
            let request = StatsCompareRequest { pairs, settings: options.settings()? };
            print_json(&api::call::<StatsCompare>(&context.studio, request).await?)?;
        }
        Command::Power(options) => {
            let pairs = without_lines(options.input.records::<PairRecord>()?);
            let request = StatsPowerRequest { pairs, settings: options.settings()? };
            print_json(&api::call::<StatsPower>(&context.studio, request).await?)?;
        }
    }
    Ok(statuses::DONE)
}

impl CompareOptions {
    fn settings(&self) -> Result<PairSettings> {
        check_margin(self.margin)?;
        let direction = if self.lower_is_better { Direction::LowerIsBetter } else { Direction::HigherIsBetter };
        Ok(PairSettings { unit: self.unit, direction, margin: self.margin, seed: self.seed })
    }
}

impl PowerOptions {
    fn settings(&self) -> Result<PowerSettings> {
        check_margin(self.margin)?;
        for (name, chance) in [("power", self.power), ("confidence", self.confidence)] {
            if !(chance > 0.0 && chance < 1.0) {
                return Err(bad_argument(format!("The {name} is not between 0 and 1")));
            }
        }
        let Self { unit, difference, margin, power, confidence, rows, .. } = *self;
        Ok(PowerSettings { unit, difference, margin, power, confidence, num_rows: rows })
    }
}

fn check_margin(margin: Option<f64>) -> Result<()> {
    match margin {
        Some(margin) if !(margin >= 0.0 && margin.is_finite()) => {
            Err(bad_argument("The margin is below 0 or no number"))
        }
        _ => Ok(()),
    }
}

/// By the name that experiment files use. The error lists them all.
fn unit(name: &str) -> std::result::Result<Unit, serde::de::value::Error> {
    Unit::deserialize(name.into_deserializer())
}

impl Input {
    /// Each line that holds something, with its number. At least one.
    fn records<T: DeserializeOwned>(&self) -> Result<Vec<(u32, T)>> {
        let text = read_text(&self.input)?;
        let numbered = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
        let parsed = numbered.map(|(number, line)| match serde_json::from_str(line) {
            Ok(record) => Ok((number, record)),
            Err(err) => Err(self.malformed(number, in_line(&err))),
        });
        let records = parsed.collect::<Result<Vec<_>>>()?;
        if records.is_empty() {
            return Err(ApiError::new(ErrorKind::Invalid, "stats.no_records", "There is not one record")
                .at(self.location(None))
                .with_action("Give one JSON object a line, on standard input or with `--in FILE`."));
        }
        Ok(records)
    }

    fn malformed(&self, line: u32, reason: String) -> ApiError {
        ApiError::new(ErrorKind::Invalid, "stats.malformed_record", format!("Line {line} is no such record"))
            .with_cause(reason)
            .at(self.location(Some(line)))
            .with_action("Run the command with `--help` for what a line holds.")
    }

    fn location(&self, line: Option<u32>) -> Location {
        let is_standard_input = self.input.as_os_str() == "-";
        let file = if is_standard_input { "standard input".to_owned() } else { self.input.display().to_string() };
        Location { file, line, column: None }
    }
}

/// The parser's own place is of no use: each line is parsed by itself.
fn in_line(err: &serde_json::Error) -> String {
    let message = err.to_string();
    message.split(" at line ").next().unwrap_or(&message).to_owned()
}

fn check_rated_once(input: &Input, lines: &[(u32, RatingRecord)]) -> Result<()> {
    let mut seen: HashMap<(&str, &str), u32> = HashMap::with_capacity(lines.len());
    for (line, record) in lines.iter().filter(|(_, record)| record.value.is_some()) {
        if let Some(before) = seen.insert((&record.item, &record.rater), *line) {
            let message = format!("Line {line} rates `{}` again for the rater `{}`", record.item, record.rater);
            return Err(ApiError::new(ErrorKind::Invalid, "stats.rated_twice", message)
                .with_cause(format!("line {before} rates it first"))
                .at(input.location(Some(*line)))
                .with_action("Keep one rating for each item and rater."));
        }
    }
    Ok(())
}

fn without_lines<T>(lines: Vec<(u32, T)>) -> Vec<T> {
    lines.into_iter().map(|(_, record)| record).collect()
}
