//! Vectors of texts in OpenAI's dialect, and what our own engine adds to it: with `token_vectors` the vector of each token,
//! after `layer` layers.

use super::errors::failure;
use atelier_types::provider::{EmbeddingRequest, Embeddings, ErrorCategory, ProviderError, TextVectors, VectorKind};
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    input: &'a [String],
    encoding_format: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    token_vectors: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<u32>,
}

pub(super) fn encode(request: &EmbeddingRequest) -> serde_json::Result<Vec<u8>> {
    let (token_vectors, layer) = match request.kind {
        VectorKind::Text => (false, None),
        VectorKind::Tokens { layer } => (true, layer),
    };
    let EmbeddingRequest { model, texts, kind: _ } = request;
    serde_json::to_vec(&Body { model, input: texts, encoding_format: "float", token_vectors, layer })
}

#[derive(Deserialize)]
pub(super) struct Answer {
    data: Vec<Entry>,
    #[serde(default)]
    usage: Option<UsageBody>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    index: Option<usize>,
    #[serde(default)]
    embedding: Option<Vec<f32>>,
    #[serde(default)]
    tokens: Option<TextVectors>,
}

#[derive(Deserialize)]
struct UsageBody {
    #[serde(default)]
    prompt_tokens: Option<u32>,
}

/// One entry for each text, each of the kind that was asked for.
pub(super) fn decode(answer: Answer, request: &EmbeddingRequest) -> Result<Embeddings, ProviderError> {
    let protocol = |message: String| failure(ErrorCategory::Protocol, message);
    let num_texts = request.texts.len();
    if answer.data.len() != num_texts {
        return Err(protocol(format!("The server sent vectors of {} texts instead of {num_texts}", answer.data.len())));
    }
    let mut entries: Vec<(usize, Entry)> = answer.data.into_iter().enumerate().collect();
    entries.sort_by_key(|(place, entry)| entry.index.unwrap_or(*place));
    let vectors = |(_, entry): (usize, Entry)| match request.kind {
        VectorKind::Text => {
            let vector = entry.embedding.filter(|vector| !vector.is_empty());
            let vectors = vec![vector.ok_or_else(|| protocol("The server sent a text without a vector".to_owned()))?];
            Ok(TextVectors { vectors, ..TextVectors::default() })
        }
        VectorKind::Tokens { .. } => {
            let of_tokens = entry.tokens.filter(|tokens| tokens.ids.len() == tokens.vectors.len());
            of_tokens.ok_or_else(|| protocol("The server gives no vectors of tokens, only of whole texts".to_owned()))
        }
    };
    Ok(Embeddings {
        texts: entries.into_iter().map(vectors).collect::<Result<_, _>>()?,
        num_tokens: answer.usage.and_then(|usage| usage.prompt_tokens),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn request(kind: VectorKind) -> EmbeddingRequest {
        EmbeddingRequest { model: "m".to_owned(), texts: vec!["a".to_owned(), "é".to_owned()], kind }
    }

    fn read(answer: Value, kind: VectorKind) -> Result<Embeddings, ProviderError> {
        decode(serde_json::from_value(answer).unwrap(), &request(kind))
    }

    #[test]
    fn tokens_are_asked_for_only_where_they_are_wanted() {
        let body = |kind| serde_json::from_slice::<Value>(&encode(&request(kind)).unwrap()).unwrap();
        let plain = json!({"model": "m", "input": ["a", "é"], "encoding_format": "float"});
        assert_eq!(body(VectorKind::Text), plain);
        let of_tokens = body(VectorKind::Tokens { layer: Some(9) });
        assert_eq!((&of_tokens["token_vectors"], &of_tokens["layer"]), (&json!(true), &json!(9)));
    }

    #[test]
    fn vectors_come_back_in_the_order_of_the_texts() {
        let answer = json!({
            "object": "list",
            "data": [{"index": 1, "embedding": [3.0, 4.0]}, {"index": 0, "embedding": [1.0, 2.0]}],
            "usage": {"prompt_tokens": 5, "total_tokens": 5},
        });
        let read = read(answer, VectorKind::Text).unwrap();
        let vectors: Vec<_> = read.texts.iter().map(|text| text.vectors[0].clone()).collect();
        assert_eq!((vectors, read.num_tokens), (vec![vec![1.0, 2.0], vec![3.0, 4.0]], Some(5)));
    }

    #[test]
    fn answers_that_are_short_empty_or_of_another_kind_are_refused() {
        let entry = json!({"embedding": [1.0]});
        for (data, kind, reason) in [
            (json!([entry]), VectorKind::Text, "1 texts instead of 2"),
            (json!([entry, {"embedding": []}]), VectorKind::Text, "without a vector"),
            (json!([entry, entry]), VectorKind::Tokens { layer: None }, "no vectors of tokens"),
        ] {
            let error = read(json!({"data": data}), kind).unwrap_err();
            assert!(error.message.contains(reason), "{}", error.message);
            assert_eq!(error.category, ErrorCategory::Protocol);
        }
    }
}
