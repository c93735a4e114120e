//! `POST /v1/embeddings`: vectors of texts in OpenAI's dialect.
//!
//! Beyond the dialect, `token_vectors` asks for the vector of each token, made ready as for BERTScore, and `layer` after which
//! of the encoder's layers they are taken; without it after the last. Each entry then has `tokens` with `vectors`, `ids` and
//! `special_ids` in place of `embedding`.

use crate::encoder::{Embedded, Encoder, TokenVectors};
use crate::error::EngineError;
use crate::model::{Models, VectorModel};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[derive(Deserialize)]
struct EmbeddingsRequest {
    model: String,
    input: Input,
    encoding_format: Option<String>,
    dimensions: Option<u32>,
    #[serde(default)]
    token_vectors: bool,
    layer: Option<usize>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Input {
    One(String),
    Several(Vec<String>),
}

pub async fn embed(State(models): State<Models>, body: Bytes) -> Result<Json<Value>, EngineError> {
    let request: EmbeddingsRequest = crate::server::parse(&body)?;
    refuse_what_cannot_be_done(&request)?;
    let texts = match request.input {
        Input::One(text) => vec![text],
        Input::Several(texts) => texts,
    };
    if texts.is_empty() {
        return Err(EngineError::bad_parameter("input", "`input` holds no text."));
    }
    let ready = models.vectors(&request.model)?;
    // One at a time: each pass uses all cores.
    let turn = ready.turn.clone().lock_owned().await;
    let (token_vectors, layer) = (request.token_vectors, request.layer);
    let Entries { data, num_tokens } = match &ready.model {
        VectorModel::Decoder(_) if token_vectors => {
            let message = "Decoders give vectors of whole texts only; name an encoder of the BERT family.";
            return Err(EngineError::bad_parameter("token_vectors", message));
        }
        VectorModel::Decoder(decoder) => of_texts(decoder.embed(&texts).await.map_err(EngineError::ModelFailed)?),
        VectorModel::Encoder(encoder) => {
            let encoder = encoder.clone();
            let work = move || {
                let _turn = turn;
                if token_vectors {
                    return of_tokens(&encoder, &texts, layer);
                }
                encoder.embed(&texts).map(of_texts).map_err(EngineError::ModelFailed)
            };
            tokio::task::spawn_blocking(work).await.map_err(|_| EngineError::Lost)??
        }
    };
    Ok(Json(json!({
        "object": "list",
        "model": request.model,
        "data": data,
        "usage": {"prompt_tokens": num_tokens, "total_tokens": num_tokens},
    })))
}

struct Entries {
    data: Vec<Value>,
    num_tokens: usize,
}

fn refuse_what_cannot_be_done(request: &EmbeddingsRequest) -> Result<(), EngineError> {
    if request.encoding_format.as_deref().is_some_and(|format| format != "float") {
        return Err(EngineError::bad_parameter("encoding_format", "Local encoders give `float` only."));
    }
    if request.dimensions.is_some() {
        return Err(EngineError::bad_parameter("dimensions", "Local encoders give all dimensions that they have."));
    }
    Ok(())
}

fn of_texts(embedded: Embedded) -> Entries {
    let entry = |(index, vector)| json!({"object": "embedding", "index": index, "embedding": vector});
    let data = embedded.vectors.into_iter().enumerate().map(entry).collect();
    Entries { data, num_tokens: embedded.num_tokens }
}

fn of_tokens(encoder: &Encoder, texts: &[String], layer: Option<usize>) -> Result<Entries, EngineError> {
    let layer = layer.unwrap_or(encoder.num_layers());
    if layer > encoder.num_layers() {
        let message = format!("`layer` is {layer}, and the encoder has {} layers.", encoder.num_layers());
        return Err(EngineError::bad_parameter("layer", message));
    }
    let mut entries = Entries { data: Vec::new(), num_tokens: 0 };
    for (index, text) in texts.iter().enumerate() {
        let TokenVectors { ids, is_special, vectors, .. } =
            encoder.bert_score_vectors(text, layer).map_err(EngineError::ModelFailed)?;
        let special_ids: BTreeSet<u32> =
            ids.iter().zip(is_special).filter_map(|(id, is_special)| is_special.then_some(*id)).collect();
        entries.num_tokens += ids.len();
        let tokens = json!({"ids": ids, "special_ids": special_ids, "vectors": vectors});
        entries.data.push(json!({"object": "embedding", "index": index, "tokens": tokens}));
    }
    Ok(entries)
}
