//! `atelier score`

use super::Outcome;
use super::context::{Context, bad_argument};
use crate::statuses;
use atelier_core::api::Result;
use atelier_core::experiments::scorer_names;
use atelier_core::metrics::scorers::{Corpus, Line, Scorer, scorer_of_lines};
use atelier_types::JsonMap;
use atelier_types::api::{ScoreLinesRequest, ScoresLines};
use atelier_types::error::{ApiError, ErrorKind, Location};
use atelier_types::score::{ScoredLine, ScorerSpec};
use serde_json::json;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

const BUFFER_BYTES: usize = 64 * 1024;
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
/// Lines that are handed in at a time where scorers ask models.
const LINES_AT_ONCE: usize = 64;

#[derive(clap::Args)]
pub(super) struct Options {
    /// A scorer's name, or a JSON object as in an experiment file: '{"scorer": "bleu", "tokenize": "intl"}'
    #[arg(long = "metric", value_name = "NAME", required = true, num_args = 1..)]
    metrics: Vec<String>,
    /// JSONL with one {"id", "output", "expected": […]} a line; standard input without it
    #[arg(long = "in", value_name = "FILE")]
    input: Option<PathBuf>,
    /// Where {"id", "scores"} goes, a line for each; standard output without it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Also say the score of all lines together, for bleu, chrf, chrf++ and ter
    #[arg(long)]
    corpus: bool,
}

pub(super) async fn run(context: &Context, options: &Options) -> Outcome {
    let specs = options.metrics.iter().map(|metric| spec(metric)).collect::<Result<Vec<ScorerSpec>>>()?;
    refuse_equal_names(&specs)?;
    if specs.iter().any(|spec| Scorer::names().all(|name| name != spec.scorer.as_str())) {
        return asking(context, options, specs).await;
    }
    let scorers = specs.into_iter().map(|spec| scorer_of_lines(spec).map_err(bad_argument));
    let scorers = scorers.collect::<Result<Vec<Scorer>>>()?;
    let mut summary = Summary::new(&scorers, options.corpus);
    let input = input(options.input.as_deref())?;
    match &options.out {
        None => score_lines(input, &mut io::stdout().lock(), &scorers, &mut summary)?,
        Some(path) => write_whole(path, |file| score_lines(input, file, &scorers, &mut summary))?,
    }
    summary.print(context.is_json);
    Ok(statuses::DONE)
}

fn spec(metric: &str) -> Result<ScorerSpec> {
    let spec = if metric.trim_start().starts_with('{') {
        serde_json::from_str(metric)
            .map_err(|err| bad_argument(format!("`{metric}` is not a scorer")).with_cause(err))?
    } else {
        let options = JsonMap::new();
        ScorerSpec { scorer: metric.into(), name: None, expected: None, options, min_mean: None }
    };
    if !scorer_names().any(|name| name == spec.scorer.as_str()) {
        let names: Vec<&str> = scorer_names().collect();
        return Err(bad_argument(format!("There is no scorer `{}`; there are {}", spec.scorer, names.join(", "))));
    }
    Ok(spec)
}

/// With scorers that need more than the line: models, or what the workspace and this machine have for them.
async fn asking(context: &Context, options: &Options, scorers: Vec<ScorerSpec>) -> Outcome {
    if options.corpus {
        return Err(bad_argument("`--corpus` goes with scorers that only compute"));
    }
    let mut input = input(options.input.as_deref())?;
    let (mut scored, mut number) = (Vec::new(), 0);
    loop {
        let lines = read_fields(&mut input, &mut number)?;
        if lines.is_empty() {
            break;
        }
        let request = ScoreLinesRequest { scorers: scorers.clone(), lines };
        let more = context.call::<ScoresLines>(request).await?;
        match &options.out {
            None => write_scored(&mut io::stdout().lock(), &more)?,
            Some(_) => scored.extend(more),
        }
    }
    if let Some(path) = &options.out {
        write_whole(path, |file| write_scored(file, &scored))?;
    }
    Ok(statuses::DONE)
}

fn write_scored(out: &mut dyn Write, lines: &[ScoredLine]) -> Result<()> {
    let write = |line: &ScoredLine| writeln!(out, "{}", serde_json::to_string(line)?);
    lines.iter().try_for_each(write).and_then(|()| out.flush()).map_err(unwritable)
}

/// The next lines as objects; none at the end of the input. `number` is that of the line before.
fn read_fields(input: &mut Input, number: &mut u32) -> Result<Vec<JsonMap>> {
    let (mut found, mut bytes) = (Vec::new(), Vec::new());
    while found.len() < LINES_AT_ONCE && input.next_line(&mut bytes, number)? {
        let fields: JsonMap = serde_json::from_slice(&bytes)
            .map_err(|err| bad_line(&input.name, *number, format!("The line is not a JSON object: {err}")))?;
        if !fields.contains_key("id") {
            return Err(bad_line(&input.name, *number, "The line has no `id`".to_owned()));
        }
        found.push(fields);
    }
    Ok(found)
}

fn refuse_equal_names(specs: &[ScorerSpec]) -> Result<()> {
    let names: Vec<_> = specs.iter().map(ScorerSpec::result_name).collect();
    match names.iter().enumerate().find(|(at, name)| names[..*at].contains(name)) {
        Some((_, name)) => {
            Err(bad_argument(format!("Two metrics are called `{name}`")).with_action("Give one of them a `name`."))
        }
        None => Ok(()),
    }
}

/// Where lines come from, and what it is called in messages.
struct Input {
    reader: BufReader<Box<dyn Read>>,
    name: String,
}

impl Input {
    /// Reads the next line that is not blank, without the mark that some editors put at a file's beginning. `false` at the
    /// end. `number` is that of the line before.
    fn next_line(&mut self, bytes: &mut Vec<u8>, number: &mut u32) -> Result<bool> {
        loop {
            bytes.clear();
            if self.reader.read_until(b'\n', bytes).map_err(|err| unreadable(&self.name, err))? == 0 {
                return Ok(false);
            }
            *number += 1;
            if bytes.starts_with(BYTE_ORDER_MARK) {
                bytes.drain(..BYTE_ORDER_MARK.len());
            }
            if !bytes.trim_ascii().is_empty() {
                return Ok(true);
            }
        }
    }
}

fn input(path: Option<&Path>) -> Result<Input> {
    let (reader, name): (Box<dyn Read>, String) = match path.filter(|path| *path != Path::new("-")) {
        None => (Box::new(io::stdin().lock()), "standard input".to_owned()),
        Some(path) => {
            let name = path.display().to_string();
            (Box::new(File::open(path).map_err(|err| unreadable(&name, err))?), name)
        }
    };
    Ok(Input { reader: BufReader::with_capacity(BUFFER_BYTES, reader), name })
}

/// Lines are written before more input is waited for, so that whoever writes and reads through pipes is answered.
fn score_lines(mut input: Input, out: &mut dyn Write, scorers: &[Scorer], summary: &mut Summary<'_>) -> Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER_BYTES, out);
    let (mut bytes, mut number) = (Vec::new(), 0);
    while input.next_line(&mut bytes, &mut number)? {
        let written = match score_line(&bytes, scorers, summary) {
            Ok(text) => writeln!(out, "{text}"),
            // What was scored before a line that is wrong is still the reader's.
            Err(reason) => return out.flush().map_err(unwritable).and(Err(bad_line(&input.name, number, reason))),
        };
        let written = if input.reader.buffer().is_empty() { written.and_then(|()| out.flush()) } else { written };
        match written {
            // A reader that went away (`atelier score … | head`) is no error.
            Err(err) if err.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            other => other.map_err(unwritable)?,
        }
    }
    out.flush().map_err(unwritable)
}

/// The error is a sentence about the line.
fn score_line(bytes: &[u8], scorers: &[Scorer], summary: &mut Summary<'_>) -> std::result::Result<String, String> {
    let text = std::str::from_utf8(bytes).map_err(|err| format!("The line is not UTF-8: {err}"))?;
    let line = Line::parse(text)?;
    summary.add(&line);
    serde_json::to_string(&line.score(scorers)).map_err(|err| err.to_string())
}

/// Writes beside the file and puts it in place when it is whole, so that neither a line that is wrong nor an input of
/// the same name costs what was there.
fn write_whole(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let failed = |err: io::Error| {
        let message = format!("Failed to write {}", path.display());
        ApiError::new(ErrorKind::Unavailable, "cli.unwritable_file", message).with_cause(err)
    };
    if path.exists() && !path.is_file() {
        return write(&mut File::create(path).map_err(failed)?);
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let mut file = File::create_new(&part).map_err(failed)?;
    let written = write(&mut file).and_then(|()| file.sync_all().map_err(failed));
    let placed = written.and_then(|()| std::fs::rename(&part, path).map_err(failed));
    if placed.is_err() {
        let _was_never_made = std::fs::remove_file(&part);
    }
    placed
}

/// What is said on standard error at the end: how sacreBLEU's measures were taken, and the corpus.
struct Summary<'a> {
    measures: Vec<Measure<'a>>,
}

struct Measure<'a> {
    scorer: &'a Scorer,
    corpus: Option<Box<dyn Corpus + 'a>>,
    num_references: NumReferences,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum NumReferences {
    Unknown,
    Always(usize),
    Varies,
}

impl<'a> Summary<'a> {
    fn new(scorers: &'a [Scorer], has_corpus: bool) -> Self {
        let measure = |scorer: &'a Scorer| Measure {
            scorer,
            corpus: scorer.corpus().filter(|_| has_corpus),
            num_references: NumReferences::Unknown,
        };
        let measures = scorers.iter().filter(|scorer| scorer.signature(None).is_some()).map(measure);
        Self { measures: measures.collect() }
    }

    fn add(&mut self, line: &Line) {
        for measure in &mut self.measures {
            measure.add(line);
        }
    }

    fn print(&self, is_json: bool) {
        for measure in &self.measures {
            eprintln!("{}", measure.words(is_json));
        }
    }
}

impl Measure<'_> {
    fn add(&mut self, line: &Line) {
        let references = line.references(self.scorer);
        let num = references.len();
        self.num_references = match self.num_references {
            NumReferences::Unknown => NumReferences::Always(num),
            NumReferences::Always(before) if before == num => NumReferences::Always(num),
            _ => NumReferences::Varies,
        };
        if let (Some(corpus), Some(output)) = (&mut self.corpus, line.output()) {
            corpus.add(output, &references.iter().map(AsRef::as_ref).collect::<Vec<_>>());
        }
    }

    fn words(&self, is_json: bool) -> String {
        let num = match self.num_references {
            NumReferences::Always(num) => Some(num),
            NumReferences::Unknown | NumReferences::Varies => None,
        };
        let name = &self.scorer.info().name;
        let signature = self.scorer.signature(num).unwrap_or_default();
        match self.corpus.as_ref().map(|corpus| corpus.score()) {
            None if is_json => json!({"metric": name, "signature": signature}).to_string(),
            None => format!("{name}: {signature}"),
            Some(score) if is_json => json!({"metric": name, "corpus": score, "signature": signature}).to_string(),
            Some(score) => format!("{name}: {score:.2} over the corpus, {signature}"),
        }
    }
}

fn bad_line(file: &str, number: u32, reason: String) -> ApiError {
    ApiError::new(ErrorKind::Invalid, "score.malformed", reason)
        .at(Location { file: file.to_owned(), line: Some(number), column: None })
        .with_action("Each line is one JSON object with `id`, `output` and `expected`.")
}

fn unreadable(name: &str, err: io::Error) -> ApiError {
    ApiError::new(ErrorKind::Unavailable, "cli.unreadable_file", format!("Failed to read {name}")).with_cause(err)
}

fn unwritable(err: io::Error) -> ApiError {
    ApiError::new(ErrorKind::Unavailable, "cli.unwritable_file", "Failed to write the scores").with_cause(err)
}
