//! Scorers beside the packages whose numbers they give: 10,000 pairs, one thread each, no process counted on either
//! side. `references.py` says how the packages are called; the Python that has them is named by
//! `ATELIER_BENCH_PYTHON`.

use super::pairs::{Pair, pairs};
use super::quickest;
use crate::Figure;
use atelier_core::metrics::scorers::{ScoreContext, Scorer};
use atelier_types::JsonMap;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::Command;

const NUM_PAIRS: usize = 10_000;
const NUM_PASSES: usize = 20;

/// How many times as quick as its reference a scorer is to be.
struct Promise {
    ratio: f64,
    words: &'static str,
}

const OF_TEXTS: Promise = Promise { ratio: 50.0, words: "≥ 50 ×" };
/// rapidfuzz is compiled code too.
const OF_DISTANCES: Promise = Promise { ratio: 1.0, words: "≥ 1 ×" };

pub fn figures() -> Vec<Figure> {
    let pairs = pairs(NUM_PAIRS);
    let references = times_of_references(&pairs);
    let rows: Vec<JsonMap> = pairs.iter().map(|pair| JsonMap::from_iter([expected(pair)])).collect();
    let figure = |(name, spec, promise): (String, Value, Promise)| {
        let scorer = Scorer::new(&serde_json::from_value(spec).expect("a spec")).expect("a scorer");
        let ours = quickest(NUM_PASSES, || {
            for (pair, row) in pairs.iter().zip(&rows) {
                let context = ScoreContext { output: &pair.output, row, output_schema: None, logprobs: &[] };
                std::hint::black_box(scorer.score(&context));
            }
        });
        let reference = references.get(&name).copied().unwrap_or(f64::NAN);
        let ratio = reference / ours.as_secs_f64();
        Figure {
            what: format!("{name}: {:.1} ms, reference {:.1} ms", ours.as_secs_f64() * 1e3, reference * 1e3),
            measured: format!("{ratio:.1} ×"),
            promised: promise.words,
            is_met: ratio >= promise.ratio,
        }
    };
    scorers().map(figure).collect()
}

fn expected(pair: &Pair) -> (String, Value) {
    ("expected".to_owned(), Value::String(pair.reference.clone()))
}

fn scorers() -> impl Iterator<Item = (String, Value, Promise)> {
    let plain = |name: &str| (name.to_owned(), json!({"scorer": name}));
    let rouge = ["rouge1", "rouge2", "rougeL", "rougeLsum"].into_iter().flat_map(move |name| {
        [plain(name), (format!("{name} with stems"), json!({"scorer": name, "use_stemmer": true}))]
    });
    let texts = ["bleu", "chrf", "ter"].into_iter().map(plain).chain(rouge);
    let names = ["levenshtein", "levenshtein_ratio", "jaro_winkler", "token_sort_ratio", "token_set_ratio"];
    let distances = names.into_iter().map(plain);
    let texts = texts.map(|(name, spec)| (name, spec, OF_TEXTS));
    texts.chain(distances.map(|(name, spec)| (name, spec, OF_DISTANCES)))
}

/// Seconds by name. Empty, so that no promise is met, where the packages are not there.
fn times_of_references(pairs: &[Pair]) -> BTreeMap<String, f64> {
    let python = std::env::var("ATELIER_BENCH_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let lines: Vec<String> = pairs.iter().map(|pair| json!([pair.output, pair.reference]).to_string()).collect();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (script, file) = (folder.path().join("references.py"), folder.path().join("pairs.jsonl"));
    std::fs::write(&script, include_str!("references.py")).expect("the folder is ours");
    std::fs::write(&file, lines.join("\n")).expect("the folder is ours");
    let output = Command::new(python).args([script, file]).output();
    match output {
        Ok(output) if output.status.success() => serde_json::from_slice(&output.stdout).expect("times are numbers"),
        Ok(output) => missing(&String::from_utf8_lossy(&output.stderr)),
        Err(err) => missing(&err.to_string()),
    }
}

fn missing(why: &str) -> BTreeMap<String, f64> {
    println!("  no reference was measured: {}", why.trim_end().lines().last().unwrap_or_default());
    BTreeMap::new()
}
