//! Greedy answers of a model that is not exported yet, for examinations while it trains.

use crate::config::CONTEXT_TOKENS;
use crate::conversation::encode_prompt;
use crate::model::{Batch, Model};
use crate::tasks::Message;
use crate::tokenizer::{END, END_OF_TEXT, Tokenizer};

/// Longest answer in tokens.
const MAX_ANSWER_TOKENS: usize = 80;

/// The most likely answer to each of `prompts`, all of them side by side.
pub fn answers(model: &Model, tokenizer: &Tokenizer, prompts: &[&[Message]]) -> Vec<String> {
    let mut texts: Vec<Vec<u32>> = prompts.iter().map(|prompt| encode_prompt(prompt, tokenizer)).collect();
    let starts: Vec<usize> = texts.iter().map(Vec::len).collect();
    let mut open: Vec<usize> = (0..texts.len()).collect();
    while !open.is_empty() {
        let next = next_tokens(model, &texts, &open);
        for (&at, &token) in open.iter().zip(&next) {
            texts[at].push(token);
        }
        open.retain(|&at| {
            let ended = matches!(texts[at].last(), Some(&END | &END_OF_TEXT));
            !ended && texts[at].len() < CONTEXT_TOKENS && texts[at].len() - starts[at] < MAX_ANSWER_TOKENS
        });
    }
    texts.iter().zip(starts).map(|(text, start)| tokenizer.decode(&text[start..]).trim().to_owned()).collect()
}

fn next_tokens(model: &Model, texts: &[Vec<u32>], open: &[usize]) -> Vec<u32> {
    let mut batch = Batch::default();
    for &at in open {
        let start = batch.tokens.len();
        batch.tokens.extend(&texts[at]);
        batch.documents.push(start..batch.tokens.len());
        batch.answers.push(batch.tokens.len() - 1);
    }
    let scores = model.scores(&batch);
    let highest = |row: &[f32]| {
        let best = row.iter().enumerate().max_by(|one, other| one.1.total_cmp(other.1));
        best.map_or(END, |(token, _)| token as u32)
    };
    scores.chunks_exact(model.layout.sizes.vocabulary).map(highest).collect()
}
