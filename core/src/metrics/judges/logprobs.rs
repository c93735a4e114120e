//! The score behind a score: the mean over the numbers that could have been written, by their probability.
//!
//! Source: Liu et al., "G-Eval", EMNLP 2023, section 2.

use atelier_types::provider::TokenLogprobs;
use std::ops::RangeInclusive;

/// What could have stood in place of the score: the alternatives of the token with the first digit after the answer's last
/// `"score":`. `None` where there is none, or the provider said nothing about alternatives.
pub fn score_logprobs(tokens: &[TokenLogprobs]) -> Option<Vec<(String, f64)>> {
    const KEY: &str = "\"score\"";
    let text: String = tokens.iter().map(|token| token.token.as_str()).collect();
    let after_key = text.rfind(KEY)? + KEY.len();
    let value = text.get(after_key..)?.trim_start().strip_prefix(':')?.trim_start();
    value.starts_with(|letter: char| letter.is_ascii_digit()).then_some(())?;
    let place = text.len() - value.len();
    let mut end = 0;
    let found = tokens.iter().find(|token| {
        end += token.token.len();
        place < end
    });
    found.map(|token| token.alternatives.clone()).filter(|alternatives| !alternatives.is_empty())
}

/// Σ p(s) · s / Σ p(s) over the numbers of a scale with one digit. Tokens that are no such number are left out; blanks
/// and marks around the digit are not looked at.
///
/// `None` for scales with numbers of two digits (a token may hold half of one), and where the number that was written is
/// not among the tokens: then they belong to another place of the answer.
pub(super) fn expected_score(scale: &RangeInclusive<u8>, written: f64, top: &[(String, f64)]) -> Option<f64> {
    (*scale.end() <= 9).then_some(())?;
    let scores: Vec<(f64, f64)> = top
        .iter()
        .filter_map(|(token, logprob)| {
            let score = digit(token).filter(|score| scale.contains(score))?;
            logprob.is_finite().then(|| (f64::from(score), logprob.min(0.0).exp()))
        })
        .collect();
    scores.iter().any(|(score, _)| *score == written).then_some(())?;
    let mass: f64 = scores.iter().map(|(_, probability)| probability).sum();
    (mass > 0.0).then(|| scores.iter().map(|(score, probability)| score * probability).sum::<f64>() / mass)
}

fn digit(token: &str) -> Option<u8> {
    let inside = token.trim_matches(|letter: char| !letter.is_alphanumeric());
    let mut letters = inside.chars();
    let digit = letters.next()?.to_digit(10)?;
    letters.next().is_none().then(|| u8::try_from(digit).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn top(tokens: &[(&str, f64)]) -> Vec<(String, f64)> {
        tokens.iter().map(|(token, probability)| ((*token).to_owned(), probability.ln())).collect()
    }

    #[test]
    fn expected_score_is_the_mean_by_probability_within_the_scale() {
        let tokens = top(&[("4", 0.5), (" 5", 0.25), ("3", 0.05), ("9", 0.1), ("four", 0.1)]);
        let expected = expected_score(&(1..=5), 4.0, &tokens).unwrap();
        assert!((expected - (4.0 * 0.5 + 5.0 * 0.25 + 3.0 * 0.05) / 0.8).abs() < 1e-12, "{expected}");
        assert_eq!(expected_score(&(1..=5), 2.0, &tokens), None, "the written number is not among them");
        assert_eq!(expected_score(&(1..=10), 4.0, &tokens), None, "a token may be half of 10");
        assert_eq!(expected_score(&(1..=5), 4.0, &[]), None);
        let impossible = [("4".to_owned(), f64::NEG_INFINITY)];
        assert_eq!(expected_score(&(1..=5), 4.0, &impossible), None);
    }

    #[test]
    fn score_token_is_the_one_after_the_last_key() {
        let token = |token: &str, mark: &str| TokenLogprobs {
            token: token.to_owned(),
            logprob: 0.0,
            alternatives: vec![(mark.to_owned(), 0.0)],
        };
        let answer = [
            token("{\"reason\": \"The \\\"score\\\": 2 é", "no"),
            token("\", \"score\":", "no"),
            token(" 4", "yes"),
            token("}", "no"),
        ];
        assert_eq!(score_logprobs(&answer).unwrap(), [("yes".to_owned(), 0.0)]);
        assert_eq!(score_logprobs(&answer[..2]), None);
        assert_eq!(score_logprobs(&[]), None);
        assert_eq!(score_logprobs(&[token("{\"score\": null}", "no")]), None);
    }
}
