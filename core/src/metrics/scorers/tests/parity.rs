//! The references' own scores, made by `core/tests/goldens/scorers.py`.

use super::*;
use crate::metrics::scorers::porter::stem;
use crate::metrics::scorers::references::texts_of;

const GOLDEN: &str = include_str!("../../../../tests/goldens/scorers.json");
/// Goldens are rounded to ten digits.
const TOLERANCE: f64 = 1e-6;

fn golden() -> Value {
    serde_json::from_str(GOLDEN).unwrap()
}

fn array(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

#[test]
fn generated_texts_score_as_the_references_score_them() {
    let golden = golden();
    let scorers: Vec<Scorer> = array(&golden["specs"]).iter().cloned().map(scorer).collect();
    let mut faults = Vec::new();
    for row in array(&golden["rows"]) {
        let output = row[0].as_str().unwrap();
        let texts = json!({"expected": row[1]});
        for ((scorer, spec), expected) in scorers.iter().zip(array(&golden["specs"])).zip(array(&row[2])) {
            let ours = number(scorer, output, texts.clone());
            if (ours - expected.as_f64().unwrap()).abs() > TOLERANCE {
                faults.push(format!("{spec}: ours {ours}, reference {expected}\n  {output:?}\n  {}", row[1]));
            }
        }
    }
    assert!(array(&golden["rows"]).len() >= 2_000);
    let shown: Vec<&str> = faults.iter().take(20).map(String::as_str).collect();
    assert!(faults.is_empty(), "{} differ:\n{}", faults.len(), shown.join("\n"));
}

#[test]
fn corpus_scores_and_signatures_are_those_of_the_reference() {
    let golden = golden();
    for case in array(&golden["corpus"]) {
        let scorer = scorer(case["spec"].clone());
        let mut corpus = scorer.corpus().unwrap();
        for row in array(&golden["rows"]) {
            let texts = texts_of(Some(&row[1]));
            corpus.add(row[0].as_str().unwrap(), &texts.iter().map(AsRef::as_ref).collect::<Vec<_>>());
        }
        let expected = case["score"].as_f64().unwrap();
        assert!((corpus.score() - expected).abs() < TOLERANCE, "{}: {} {expected}", case["spec"], corpus.score());
        assert_eq!(scorer.signature(None).as_deref(), case["signature"].as_str());
    }
}

#[test]
fn stems_are_those_of_nltk() {
    let golden = golden();
    for pair in array(&golden["stems"]) {
        assert_eq!(stem(pair[0].as_str().unwrap()), pair[1].as_str().unwrap(), "{}", pair[0]);
    }
}
