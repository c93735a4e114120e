//! The reference's own scores, made by `core/tests/goldens/bert_score_cases.py`, and what is undefined.

use super::*;
use serde_json::Value;

const CLS: u32 = 0;
const SEP: u32 = 1;
const SPECIAL: &[u32] = &[CLS, SEP];
const EQUAL: TokenWeights<'_> = TokenWeights { special: SPECIAL, idf: None };
const TOLERANCE: f64 = 1e-6;

fn ids(value: &Value) -> Vec<u32> {
    serde_json::from_value(value.clone()).unwrap()
}

/// Goldens have their vectors one after the other, in thousandths.
fn vectors(value: &Value, width: usize) -> Vec<Vec<f32>> {
    let thousandths: Vec<f32> = serde_json::from_value(value.clone()).unwrap();
    thousandths.chunks(width).map(|vector| vector.iter().map(|value| value / 1_000.0).collect()).collect()
}

fn idf_of(texts: &Value) -> InverseDocumentFrequencies {
    let texts: Vec<Vec<u32>> = serde_json::from_value(texts.clone()).unwrap();
    InverseDocumentFrequencies::of_references(texts.iter().map(Vec::as_slice))
}

/// The three numbers, or none where the reference's are not numbers.
fn ours(case: &Value, idf: Option<&InverseDocumentFrequencies>) -> Option<[f64; 3]> {
    let width = case[1].as_u64().unwrap() as usize;
    let (candidate, reference) = (ids(&case[2]), ids(&case[4]));
    let (of_candidate, of_reference) = (vectors(&case[3], width), vectors(&case[5], width));
    let candidate = TokenVectors { ids: &candidate, vectors: &of_candidate };
    let reference = TokenVectors { ids: &reference, vectors: &of_reference };
    let score = bert_score(candidate, reference, TokenWeights { special: SPECIAL, idf }).ok()?;
    Some([score.precision, score.recall, score.f1])
}

#[test]
fn generated_vectors_score_as_the_reference_scores_them() {
    let golden: Value = serde_json::from_str(include_str!("../../../tests/goldens/bert_score.json")).unwrap();
    let corpora: Vec<InverseDocumentFrequencies> = golden["corpora"].as_array().unwrap().iter().map(idf_of).collect();
    let cases = golden["cases"].as_array().unwrap();
    let mut num_scored = [0; 3];
    for case in cases {
        let idf = case[0].as_u64().map(|at| &corpora[at as usize]);
        let expected: Option<[f64; 3]> = serde_json::from_value(case[6].clone()).unwrap();
        let ours = ours(case, idf);
        let is_equal = match (ours, expected) {
            (Some(ours), Some(expected)) => {
                ours.iter().zip(expected).all(|(one, other)| (one - other).abs() < TOLERANCE)
            }
            (None, None) => true,
            _ => false,
        };
        assert!(is_equal, "ours {ours:?}, reference {expected:?}\n{case}");
        num_scored[if ours.is_none() { 2 } else { usize::from(idf.is_some()) }] += 1;
    }
    assert!(cases.len() >= 2_000);
    assert!(num_scored.iter().all(|count| *count >= 10), "plain, by idf and undefined: {num_scored:?}");
}

#[test]
fn idf_weights_are_those_of_the_reference() {
    let golden: Value = serde_json::from_str(include_str!("../../../tests/goldens/bert_score.json")).unwrap();
    for (corpus, expected) in golden["corpora"].as_array().unwrap().iter().zip(golden["idf"].as_array().unwrap()) {
        let idf = idf_of(corpus);
        for (id, weight) in expected.as_array().unwrap().iter().enumerate() {
            assert!((idf.weight(id as u32) - weight.as_f64().unwrap()).abs() < TOLERANCE, "{id} in {corpus}");
        }
    }
}

fn score_of(candidate: (&[u32], &[Vec<f32>]), reference: (&[u32], &[Vec<f32>])) -> Result<BertScore, String> {
    let candidate = TokenVectors { ids: candidate.0, vectors: candidate.1 };
    let reference = TokenVectors { ids: reference.0, vectors: reference.1 };
    bert_score(candidate, reference, EQUAL)
}

fn axes() -> Vec<Vec<f32>> {
    vec![vec![2.0, 0.0, 0.0], vec![0.0, 3.0, 0.0], vec![0.0, 0.0, 4.0]]
}

#[test]
fn bert_score_by_hand() {
    // Of the candidate's two words one is in the reference, whose only word is found.
    let score = score_of((&[7, 8], &axes()[..2]), (&[7], &axes()[..1])).unwrap();
    assert_eq!(score, BertScore { precision: 0.5, recall: 1.0, f1: 2.0 / 3.0 });
}

#[test]
fn special_tokens_weigh_nothing_and_can_be_matched() {
    let score =
        score_of((&[CLS, 7, SEP], &axes()), (&[CLS, 7, SEP], &[axes()[1].clone(), vec![1.0; 3], axes()[0].clone()]));
    let score = score.unwrap();
    assert_eq!(score.precision, 1.0, "the word is matched with the other's [CLS]");
    assert!((score.recall - 1.0 / 3.0_f64.sqrt()).abs() < 1e-7, "{score:?}");
}

#[test]
fn a_candidate_without_words_scores_0_and_a_reference_without_is_unscored() {
    let (empty, word) = ((&[CLS, SEP][..], &axes()[..2]), (&[CLS, 7, SEP][..], &axes()[..]));
    assert_eq!(score_of(empty, word), Ok(BertScore { precision: 0.0, recall: 0.0, f1: 0.0 }));
    assert_eq!(score_of((&[], &[]), word).map(|score| score.f1), Ok(0.0));
    let refused = Err("The reference has no token".to_owned());
    assert_eq!(score_of(word, empty), refused);
    assert_eq!(score_of(empty, empty), refused);
    assert_eq!(score_of(word, (&[], &[])), refused);
}

#[test]
fn two_words_without_special_tokens_are_a_text() {
    let two = (&[7, 8][..], &axes()[..2]);
    assert_eq!(score_of(two, two).map(|score| score.f1), Ok(1.0));
}

#[test]
fn undefined_scores_have_reasons() {
    let word = (&[7][..], &axes()[..1]);
    let reason = |candidate: (&[u32], &[Vec<f32>])| score_of(candidate, word).unwrap_err();
    assert_eq!(reason((&[7], &[vec![0.0; 3]])), "A vector is zero and has no direction");
    assert_eq!(reason((&[7], &[vec![f32::NAN, 1.0, 0.0]])), "A vector has a number that is not finite");
    assert_eq!(reason((&[7], &[vec![1.0, 0.0]])), "One vector has 2 numbers and another 3");
    assert_eq!(reason((&[7, 8], &axes()[..1])), "A text has 2 tokens and 1 vectors");
    let everywhere = InverseDocumentFrequencies::of_references([&[7_u32][..]]);
    let text = TokenVectors { ids: word.0, vectors: word.1 };
    let score = bert_score(text, text, TokenWeights { special: SPECIAL, idf: Some(&everywhere) });
    assert_eq!(score.unwrap_err(), "All tokens of a text weigh 0, because each stands in every reference");
}

#[test]
fn f1_of_opposite_precision_and_recall_is_undefined_and_of_two_zeros_0() {
    let right = vec![1.0, 0.0];
    assert_eq!(
        score_of((&[7], std::slice::from_ref(&right)), (&[7], &[vec![0.0, 1.0]])).map(|score| score.f1),
        Ok(0.0)
    );
    // The candidate's word is matched with the other's [CLS]; the reference's word finds only its opposite.
    let score = score_of((&[CLS, 7], &[right.clone(), right.clone()]), (&[CLS, 8], &[right, vec![-1.0, 0.0]]));
    assert_eq!(score.unwrap_err(), "Precision and recall cancel each other out");
}

#[test]
fn each_number_has_its_own_baseline() {
    let score = BertScore { precision: 0.9, recall: 0.8, f1: 0.75 };
    let rescaled = score.rescaled(Baseline { precision: 0.8, recall: 0.5, f1: 0.5 }).unwrap();
    assert!((rescaled.precision - 0.5).abs() < 1e-12 && (rescaled.recall - 0.6).abs() < 1e-12);
    assert!((rescaled.f1 - 0.5).abs() < 1e-12);
    assert_eq!(score.rescaled(Baseline { precision: 1.0, recall: 0.5, f1: 0.5 }), None);
    assert_eq!(score.rescaled(Baseline { precision: f64::NAN, recall: 0.5, f1: 0.5 }), None);
}

#[test]
fn cosine_by_hand() {
    assert!((cosine(&[1.0, 0.0], &[1.0, 1.0]).unwrap() - 0.5_f64.sqrt()).abs() < 1e-12);
    assert!((cosine(&[3.0], &[-2.0]).unwrap() + 1.0).abs() < 1e-12);
    assert!((cosine(&[1e-45, 0.0], &[1e-45, 0.0]).unwrap() - 1.0).abs() < 1e-12, "the smallest number");
    assert!((cosine(&[f32::MAX; 2], &[f32::MAX; 2]).unwrap() - 1.0).abs() < 1e-12, "the largest number");
    let vector: Vec<f32> = (1..1_000_u16).map(|at| 0.1 / f32::from(at)).collect();
    assert!(cosine(&vector, &vector).unwrap() <= 1.0);
}

#[test]
fn cosine_is_unscored_where_it_is_undefined() {
    assert_eq!(cosine(&[1.0], &[1.0, 2.0]).unwrap_err(), "One vector has 1 numbers and the other 2");
    assert_eq!(cosine(&[0.0, -0.0], &[1.0, 2.0]).unwrap_err(), "A vector is zero and has no direction");
    assert_eq!(cosine(&[], &[]).unwrap_err(), "A vector is zero and has no direction");
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        assert_eq!(cosine(&[1.0, 1.0], &[bad, 1.0]).unwrap_err(), "A vector has a number that is not finite");
    }
}
