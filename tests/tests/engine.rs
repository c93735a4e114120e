//! The real `atelier-engine` with real mistral.rs below it, started and fed by the core's host, on models that are made
//! on the spot.

#![expect(clippy::panic, reason = "all of this is test code")]

use atelier_core::providers::Provider as _;
use atelier_core::providers::engine::EngineEndpoint;
use atelier_core::providers::openai_chat::OpenAiChat;
use atelier_core::providers::{http::Timeouts, secrets::Key};
use atelier_core::support::SystemClock;
use atelier_tests::engine::{PATIENCE, Studio, greedy, with};
use atelier_tests::programs::program;
use atelier_tests::tiny_model::{TEMPLATE_TOKENS, TinyModel};
use atelier_types::model::{EngineState, LoadState};
use atelier_types::prompt::{Message, Role};
use atelier_types::provider::{
    ChatRequest, EmbeddingRequest, ErrorCategory, FinishReason, Params, StreamEvent, VectorKind,
};
use futures_util::StreamExt as _;
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{BufRead as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

const CONTEXT_TOKENS: usize = 512;
/// An answer of this length takes far longer than any test waits.
const ENDLESS_CONTEXT_TOKENS: usize = 131_072;

fn tiny() -> TinyModel {
    TinyModel::new(1, CONTEXT_TOKENS)
}

/// Of one length: mistral.rs mixes up sequences that are equally long, and only those share a step.
const PROMPTS: [&str; 6] =
    ["alpha beta 1", "What is 2+2?", "Sort a,c,b,d", "Translate it", "A short list", "Zebra, quick"];

#[tokio::test(flavor = "multi_thread")]
async fn prompts_that_are_sent_together_answer_as_they_do_alone() {
    let studio = Studio::new();
    tiny().write_gguf(&studio.path("tiny.gguf"));
    let gguf = studio.load(&studio.path("tiny.gguf")).await.unwrap_or_else(|error| panic!("{error}"));
    for model in [studio.serve("tiny", &tiny()).await, gguf] {
        let requests =
            PROMPTS.map(|prompt| with(with(greedy(prompt, 32), "temperature", json!(1.5)), "seed", json!(1)));
        let mut alone = Vec::new();
        for request in &requests {
            alone.push(studio.text(&model, request).await);
        }
        assert!(PROMPTS.iter().all(|prompt| prompt.len() == PROMPTS[0].len()));
        let distinct: BTreeSet<&String> = alone.iter().collect();
        assert_eq!(distinct.len(), PROMPTS.len(), "the model must tell the prompts apart: {alone:?}");
        let together = join_all(requests.iter().map(|request| studio.text(&model, request))).await;
        assert_eq!(together, alone);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gguf_file_answers_as_the_folder_with_the_same_weights() {
    let studio = Studio::new();
    let folder = studio.serve("tiny", &tiny()).await;
    tiny().write_gguf(&studio.path("tiny.gguf"));
    let file = studio.load(&studio.path("tiny.gguf")).await.unwrap_or_else(|error| panic!("{error}"));
    let request = greedy("What is the capital?", 32);
    assert_eq!(studio.text(&file, &request).await, studio.text(&folder, &request).await);
    assert_eq!(file.context_tokens, folder.context_tokens);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seed_gives_the_same_text_whatever_else_was_asked_and_after_a_restart() {
    let studio = Studio::new();
    let model = studio.serve("tiny", &tiny()).await;
    let seeded = |seed: u64| with(with(greedy("Tell me", 48), "temperature", json!(1.2)), "seed", json!(seed));
    let first = studio.text(&model, &seeded(7)).await;
    let other = studio.text(&model, &seeded(8)).await;
    assert_ne!(first, other);
    assert_eq!(studio.text(&model, &seeded(7)).await, first);
    let filtered = with(with(seeded(7), "top_p", json!(0.5)), "top_k", json!(5));
    assert_ne!(studio.text(&model, &filtered).await, first, "the filters must reach the draw");

    studio.host.stop().await;
    let again = studio.load(&studio.path("tiny")).await.unwrap_or_else(|error| panic!("{error}"));
    assert_ne!(again.token, model.token);
    assert_eq!(studio.text(&again, &seeded(7)).await, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_nobody_reads_any_more_frees_the_queue() {
    let studio = Studio::new();
    let model = studio.serve("endless", &TinyModel::new(1, ENDLESS_CONTEXT_TOKENS)).await;
    let endless = greedy("Go on", ENDLESS_CONTEXT_TOKENS as u32);
    let mut running = studio.open_stream(&model, &endless).await;
    assert!(running.chunk().await.expect("a stream").is_some());
    // This one waits behind it, and its reader leaves as well.
    let waiting =
        tokio::time::timeout(std::time::Duration::from_millis(50), studio.open_stream(&model, &endless)).await;
    assert!(waiting.is_err(), "one generation at a time");
    drop(running);
    // The same for an answer that is not streamed.
    let patience = std::time::Duration::from_millis(200);
    assert!(tokio::time::timeout(patience, studio.ask_raw(&model, &endless)).await.is_err());
    assert_eq!(studio.ask(&model, &greedy("Hello", 4)).await["usage"]["completion_tokens"], 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_string_is_never_sent() {
    let studio = Studio::new();
    let model = studio.serve("tiny", &tiny()).await;
    let request = greedy("Sort these words", 60);
    let full = studio.stream(&model, &request).await;
    assert_eq!(full.text(), studio.text(&model, &request).await, "streamed and whole are the same");
    let characters: Vec<char> = full.text().chars().collect();
    let stop: String = characters[20..24].iter().collect();
    let expected = full.text().split(&stop).next().unwrap_or_default().to_owned();
    let stopped = studio.stream(&model, &with(request, "stop", json!([stop, "never said"]))).await;
    assert_eq!((stopped.text(), stopped.finish_reason.as_deref(), stopped.is_done), (expected, Some("stop"), true));
    let num_tokens = stopped.usage.expect("usage")["completion_tokens"].as_u64().expect("a count");
    assert!((4..60).contains(&num_tokens), "{num_tokens}");
}

#[tokio::test(flavor = "multi_thread")]
async fn usage_counts_the_template_the_prompt_and_the_answer() {
    let studio = Studio::new();
    let model = studio.serve("tiny", &tiny()).await;
    let expected = json!({
        "prompt_tokens": TEMPLATE_TOKENS + "Hello".len(),
        "completion_tokens": 11,
        "total_tokens": TEMPLATE_TOKENS + "Hello".len() + 11,
    });
    let whole = studio.ask(&model, &greedy("Hello", 11)).await;
    assert_eq!(whole["usage"], expected);
    assert_eq!(whole["choices"][0]["finish_reason"], "length");
    let streamed = studio.stream(&model, &greedy("Hello", 11)).await;
    assert_eq!(streamed.usage, Some(expected));
    let one = studio.ask(&model, &greedy("Hello", 1)).await;
    assert_eq!(one["usage"]["completion_tokens"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_ends_within_a_character_ends_well() {
    const LEAD_BYTE_OF_THREE: &str = "226";
    let studio = Studio::new();
    let model = studio.serve("tiny", &tiny()).await;
    let request = with(greedy("Hello", 6), "logit_bias", json!({LEAD_BYTE_OF_THREE: 100}));
    let answer = studio.ask(&model, &request).await;
    assert_eq!(answer["choices"][0]["finish_reason"], "length");
    assert_eq!(answer["usage"]["completion_tokens"], 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_beyond_the_context_is_refused_with_counts() {
    let studio = Studio::new();
    let model = studio.serve("tiny", &tiny()).await;
    let (status, body) = studio.ask_raw(&model, &greedy(&"x".repeat(600), 5)).await;
    assert_eq!(status, 400);
    assert_eq!(body["error"]["code"], "provider.context_too_long");

    let request = chat_request(&model.model_id, &"x".repeat(600), Params::default());
    let error = dialect(&studio, &model).stream(&request).await.err().expect("a refusal");
    let category = ErrorCategory::ContextTooLong {
        num_prompt_tokens: Some((TEMPLATE_TOKENS + 600) as u32),
        max_tokens: Some(CONTEXT_TOKENS as u32),
    };
    assert_eq!(error.category, category);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_ends_where_the_context_does() {
    let studio = Studio::new();
    let model = studio.serve("short", &TinyModel::new(1, 64)).await;
    let answer = studio.ask(&model, &greedy("Hello", 1000)).await;
    assert_eq!(answer["choices"][0]["finish_reason"], "length");
    assert_eq!(answer["usage"]["total_tokens"], 64);
}

fn dialect(studio: &Studio, model: &EngineEndpoint) -> OpenAiChat {
    let timeouts = Timeouts { total: PATIENCE, idle: PATIENCE };
    let key = Key::new(&model.token);
    OpenAiChat::new(studio.http.clone(), Arc::new(SystemClock), &model.base_url, key, timeouts)
        .unwrap_or_else(|error| panic!("{error}"))
}

fn chat_request(model: &str, content: &str, params: Params) -> ChatRequest {
    let messages = vec![Message { role: Role::User, content: content.to_owned() }];
    ChatRequest { model: model.to_owned(), messages, params }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_studios_dialect_gets_text_usage_and_the_weights_identity() {
    let studio = Studio::new();
    let model = studio.serve("tiny", &tiny()).await;
    let params = Params { temperature: Some(0.0), max_tokens: Some(9), ..Params::default() };
    let request = chat_request(&model.model_id, "Hello", params);
    let stream = dialect(&studio, &model).stream(&request).await.unwrap_or_else(|error| panic!("{error}"));
    let events: Vec<StreamEvent> = stream.map(|event| event.unwrap_or_else(|error| panic!("{error}"))).collect().await;
    let delta = |event: &StreamEvent| match event {
        StreamEvent::Delta { text } => text.clone(),
        _ => String::new(),
    };
    let text: String = events.iter().map(delta).collect();
    assert_eq!(text, studio.text(&model, &greedy("Hello", 9)).await);
    let Some(StreamEvent::End { finish, usage, reported_model, identity }) = events.last() else {
        panic!("no end: {events:?}")
    };
    assert_eq!(*finish, FinishReason::Length);
    assert_eq!(usage.map(|usage| usage.num_completion_tokens), Some(9));
    assert_eq!(reported_model.as_deref(), Some("tiny"));
    assert_eq!(identity["quantisation"], "F32");
    assert_eq!(identity["files"]["model.safetensors"].as_str().map(str::len), Some(64));
    assert_eq!(identity["files"], model.identity["files"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_studios_dialect_gets_the_log_probability_of_each_token_and_of_others() {
    let studio = Studio::new();
    let model = studio.serve("tiny", &tiny()).await;
    let dialect = dialect(&studio, &model);
    let params = Params { max_tokens: Some(6), temperature: Some(0.0), top_logprobs: Some(2), ..Params::default() };
    let stream = dialect.stream(&chat_request(&model.model_id, "Hello", params)).await;
    let events: Vec<StreamEvent> = match stream {
        Ok(stream) => stream.map(|event| event.unwrap_or_else(|error| panic!("{error}"))).collect().await,
        Err(error) => panic!("{error}"),
    };
    let tokens = events.iter().filter_map(|event| match event {
        StreamEvent::Logprobs { tokens } => Some(tokens.clone()),
        _ => None,
    });
    let tokens = tokens.flatten().collect::<Vec<_>>();
    assert_eq!(tokens.len(), 6, "{events:?}");
    for token in tokens {
        assert!(token.logprob <= 0.0 && token.alternatives.len() == 2, "{token:?}");
        assert!(
            token.alternatives.iter().all(|(_, logprob)| *logprob <= token.logprob),
            "the greedy choice is likeliest"
        );
    }
}

/// A tiny encoder whose vectors the engine's own tests hold to those of other programs.
const ENCODER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../app/engine/src/encoder/goldens/bert");

#[tokio::test(flavor = "multi_thread")]
async fn an_encoder_gives_vectors_of_texts_and_tokens_and_answers_no_messages() {
    let studio = Studio::new();
    let encoder = studio.load(Path::new(ENCODER)).await.unwrap_or_else(|error| panic!("{error}"));
    let tiny = studio.serve("tiny", &tiny()).await;
    let asked = dialect(&studio, &encoder);
    let request = |model: &EngineEndpoint, kind| EmbeddingRequest {
        model: model.model_id.clone(),
        texts: vec!["one two".to_owned(), String::new(), "one".to_owned()],
        kind,
    };
    let texts = asked.embed(&request(&encoder, VectorKind::Text)).await.unwrap_or_else(|error| panic!("{error}"));
    let widths: BTreeSet<usize> = texts.texts.iter().map(|text| text.vectors[0].len()).collect();
    assert_eq!((texts.texts.len(), widths.len()), (3, 1));
    assert_ne!(texts.texts[0].vectors, texts.texts[2].vectors);
    assert!(texts.num_tokens.is_some_and(|num_tokens| num_tokens > 6));
    let layer = VectorKind::Tokens { layer: Some(1) };
    let tokens = asked.embed(&request(&encoder, layer)).await.unwrap_or_else(|error| panic!("{error}"));
    assert!(tokens.texts.iter().all(|text| text.vectors.len() == text.ids.len()));
    assert_eq!(tokens.texts[1].ids.len(), tokens.texts[1].special_ids.len(), "an empty text is its special tokens");
    let beyond = VectorKind::Tokens { layer: Some(99) };
    for (model, kind, reason) in [(&encoder, beyond, "`layer` is 99"), (&tiny, VectorKind::Text, "gives no vectors")] {
        let Err(error) = asked.embed(&request(model, kind)).await else { panic!("{reason}") };
        assert_eq!(
            (error.category, error.message.contains(reason)),
            (ErrorCategory::BadRequest, true),
            "{}",
            error.message
        );
    }
    let chat = asked.stream(&chat_request(&encoder.model_id, "Hello", Params::default())).await;
    assert!(chat.is_err_and(|error| error.message.contains("answers no messages")));
}

/// Of the kind that mistral.rs runs.
const DECODER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../app/engine/src/encoder/goldens/qwen3");

#[tokio::test(flavor = "multi_thread")]
async fn a_decoder_gives_vectors_of_whole_texts_and_answers_no_messages() {
    let studio = Studio::new();
    let decoder = studio.load(Path::new(DECODER)).await.unwrap_or_else(|error| panic!("{error}"));
    let asked = dialect(&studio, &decoder);
    let request = |texts: &[&str], kind| EmbeddingRequest {
        model: decoder.model_id.clone(),
        texts: texts.iter().map(|text| (*text).to_owned()).collect(),
        kind,
    };
    let tokens = VectorKind::Tokens { layer: None };
    for (text, kind, reason) in [("one", tokens, "whole texts only"), ("", VectorKind::Text, "less than two tokens")] {
        let Err(error) = asked.embed(&request(&[text], kind)).await else { panic!("{reason}") };
        assert!(error.message.contains(reason), "{}", error.message);
    }
    let both = request(&["one two", "one"], VectorKind::Text);
    let texts = asked.embed(&both).await.unwrap_or_else(|error| panic!("{error}")).texts;
    assert_eq!((texts.len(), texts[0].vectors.len()), (2, 1));
    assert_ne!(texts[0].vectors, texts[1].vectors);
    let chat = asked.stream(&chat_request(&decoder.model_id, "Hello", Params::default())).await;
    assert!(chat.is_err_and(|error| error.message.contains("answers no messages")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_that_does_not_exist_is_looked_up_nowhere() {
    let studio = Studio::new();
    let error = studio.load(&studio.path("some-org/some-model")).await.err().expect("a failure");
    assert_eq!(error.code, "engine.no_such_path");
    // mistral.rs makes this folder before it asks a hub.
    assert!(!studio.path("home").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_models_say_what_is_wrong_and_the_engine_lives() {
    let studio = Studio::new();
    let good = studio.serve("good", &tiny()).await;
    let pid = studio.pid();
    let write = |name: &str, file: &str, content: &[u8]| {
        tiny().write_folder(&studio.path(name));
        std::fs::write(studio.path(name).join(file), content).expect("a file of the model");
    };
    tiny().write_folder(&studio.path("truncated"));
    let weights = std::fs::read(studio.path("truncated").join("model.safetensors")).expect("the weights");
    write("truncated", "model.safetensors", &weights[..weights.len() - 1]);
    write("corrupt", "model.safetensors", b"these are no weights at all");
    write("tokenizer", "tokenizer.json", b"{\"version\": \"1.0\", \"model\": {}}");
    write("config", "config.json", b"{");
    // Sound JSON, at which mistral.rs panics.
    write("panic", "tokenizer_config.json", b"{\"chat_template\": 5}");
    tiny().without("model.layers.1.mlp.up_proj.weight").write_folder(&studio.path("incomplete"));
    tiny().with_damaged("model.norm.weight").write_folder(&studio.path("damaged"));
    std::fs::create_dir(studio.path("empty")).expect("a folder");
    std::fs::write(studio.path("notes.txt"), "text").expect("a file");
    std::fs::write(studio.path("broken.gguf"), "GGUF").expect("a file");

    let cases = [
        ("missing", "engine.no_such_path"),
        ("notes.txt", "engine.not_weights"),
        ("empty", "engine.missing_file"),
        ("truncated", "engine.bad_weights"),
        ("corrupt", "engine.bad_weights"),
        ("broken.gguf", "engine.bad_weights"),
        ("tokenizer", "engine.bad_tokenizer"),
        ("config", "engine.bad_file"),
        ("incomplete", "engine.missing_tensors"),
        ("damaged", "engine.probe_failed"),
        ("panic", "engine.load_panicked"),
    ];
    for (name, code) in cases {
        let error = studio.load(&studio.path(name)).await.err().expect(name);
        assert_eq!(error.code, code, "{name}: {error}");
        assert!(error.action.is_some(), "{name}");
        assert_eq!(studio.host.load_state(&studio.path(name)), LoadState::Failed { error }, "{name}");
    }
    assert_eq!(studio.pid(), pid);
    assert_eq!(studio.ask(&good, &greedy("Hello", 3)).await["usage"]["completion_tokens"], 3);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_engine_is_noticed_and_the_next_call_starts_it_again() {
    let mut studio = Studio::new();
    let model = studio.serve("tiny", &tiny()).await;
    let before = studio.text(&model, &greedy("Hello", 20)).await;
    let pid = studio.pid();
    let killed = Command::new("kill").args(["-9", &pid.to_string()]).status().expect("kill runs");
    assert!(killed.success());
    let EngineState::Stopped { error } = studio.state(|state| matches!(state, EngineState::Stopped { .. })).await
    else {
        panic!("not stopped")
    };
    assert_eq!(error.code, ErrorCategory::EngineLost.code());
    assert!(error.causes.iter().any(|cause| cause.contains("signal: 9")), "{error:?}");
    assert_eq!(studio.host.load_state(&studio.path("tiny")), LoadState::Unloaded);

    let again = studio.load(&studio.path("tiny")).await.unwrap_or_else(|error| panic!("{error}"));
    assert_ne!(studio.pid(), pid);
    assert_eq!(studio.text(&again, &greedy("Hello", 20)).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn unloading_frees_one_model_and_the_last_one_ends_the_program() {
    let mut studio = Studio::new();
    let first = studio.serve("first", &tiny()).await;
    let second = studio.serve("second", &TinyModel::new(2, ENDLESS_CONTEXT_TOKENS)).await;
    assert!(matches!(studio.host.load_state(&studio.path("first")), LoadState::Loaded { .. }));
    let running = studio.open_stream(&second, &greedy("Go on", ENDLESS_CONTEXT_TOKENS as u32)).await;
    studio.host.unload(&studio.path("second")).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(studio.host.load_state(&studio.path("second")), LoadState::Unloaded);
    let rest = running.text().await.expect("a stream with an end");
    assert!(rest.contains("engine.unloaded") && !rest.contains("[DONE]"), "what ran on it was told");
    let (status, body) = studio.ask_raw(&second, &greedy("Hello", 3)).await;
    assert_eq!((status, &body["error"]["code"]), (404, &json!("engine.not_loaded")));
    assert_eq!(studio.ask(&first, &greedy("Hello", 3)).await["usage"]["completion_tokens"], 3);

    studio.host.unload(&studio.path("first")).await.unwrap_or_else(|error| panic!("{error}"));
    studio.state(|state| *state == EngineState::Idle).await;
    let url = format!("{}/models", first.base_url);
    assert!(studio.http.get(url).bearer_auth(&first.token).send().await.is_err(), "nobody listens any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_constrained_answer_is_compact_json_and_ends_by_itself() {
    let studio = Studio::new();
    let model = studio.serve("tiny", &tiny()).await;
    let schema = json!({
        "type": "object",
        "properties": {"is_ok": {"type": "boolean"}, "kind": {"enum": ["red", "green"]}},
        "required": ["is_ok", "kind"],
        "additionalProperties": false,
    });
    let format = |schema: Value| json!({"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}});
    let request = with(greedy("Hello", 200), "response_format", format(schema));
    let answer = studio.ask(&model, &request).await;
    assert_eq!(answer["choices"][0]["finish_reason"], "stop", "{answer}");
    let text = answer["choices"][0]["message"]["content"].as_str().expect("a text");
    let value: Value = serde_json::from_str(text).expect("JSON");
    assert!(value["is_ok"].is_boolean() && ["red", "green"].contains(&value["kind"].as_str().unwrap_or_default()));
    assert_eq!(text.replace(' ', ""), value.to_string());
    assert!(!text.contains("  "), "no run of blanks");

    let senseless = with(greedy("Hello", 5), "response_format", format(json!({"type": "nothing"})));
    let (status, body) = studio.ask_raw(&model, &senseless).await;
    assert_eq!((status, &body["error"]["param"]), (400, &json!("response_format")), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn log_probabilities_are_natural_logarithms_of_each_token() {
    let studio = Studio::new();
    let model = studio.serve("tiny", &tiny()).await;
    let request = with(with(greedy("Hello", 12), "logprobs", json!(true)), "top_logprobs", json!(20));
    let answer = studio.ask(&model, &request).await;
    let content = answer["choices"][0]["logprobs"]["content"].as_array().expect("a list");
    assert_eq!(content.len(), 12);
    let text: String = content.iter().filter_map(|token| token["token"].as_str()).collect();
    assert_eq!(text.trim_start(), answer["choices"][0]["message"]["content"].as_str().expect("a text"));
    for token in content {
        let top: Vec<f64> = token["top_logprobs"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|one| one["logprob"].as_f64())
            .collect();
        let sum: f64 = top.iter().map(|log| log.exp()).sum();
        assert!(top.len() == 20 && sum > 0.3 && sum <= 1.0 + 1e-5, "{sum}");
        assert!(top.is_sorted_by(|a, b| a >= b));
        assert_eq!(token["logprob"], token["top_logprobs"][0]["logprob"], "the most likely token was taken");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bias_moves_the_choice_and_impossible_values_are_refused() {
    let studio = Studio::new();
    let model = studio.serve("tiny", &tiny()).await;
    let biased = with(greedy("Hello", 5), "logit_bias", json!({u32::from(b'Z').to_string(): 100}));
    assert_eq!(studio.text(&model, &biased).await, "ZZZZZ");
    let (status, body) = studio.ask_raw(&model, &with(greedy("Hello", 5), "temperature", json!(-1))).await;
    assert_eq!((status, &body["error"]["param"]), (400, &json!("temperature")));
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_counted_by_the_models_own_tokenizer_where_it_is_loaded() {
    let studio = Studio::new();
    let path = studio.path("tiny");
    let texts = ["Hello".to_owned(), String::new(), "Grüße".to_owned()];
    assert_eq!(studio.host.count_tokens(&path, &texts).await, Ok(None));
    studio.serve("tiny", &tiny()).await;
    assert_eq!(studio.host.count_tokens(&path, &texts).await, Ok(Some(vec![5, 0, 7])));
    let messages = [Message { role: Role::User, content: "Hello".to_owned() }];
    let expected = (TEMPLATE_TOKENS + 5) as u32;
    assert_eq!(studio.host.count_message_tokens(&path, &messages).await, Ok(Some(expected)));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_holder_of_the_token_is_served_and_only_under_a_loopback_name() {
    let studio = Studio::new();
    let model = studio.serve("tiny", &tiny()).await;
    let url = format!("{}/models", model.base_url);
    let status = async |request: reqwest::RequestBuilder| request.send().await.expect("an answer").status().as_u16();
    let get = || studio.http.get(&url);
    assert_eq!(status(get().bearer_auth(&model.token)).await, 200);
    assert_eq!(status(get()).await, 401);
    assert_eq!(status(get().bearer_auth("0123456789abcdef0123456789abcdef")).await, 401);
    assert_eq!(status(get().bearer_auth(&model.token).header("host", "example.com")).await, 403);
    assert_eq!(status(studio.http.get(format!("{}/nothing", model.base_url)).bearer_auth(&model.token)).await, 404);
}

#[test]
fn the_engine_ends_when_its_parent_is_gone() {
    let mut child = Command::new(program("atelier-engine"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the engine starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    writeln!(stdin, "{}", json!({"token": "0123456789abcdef"})).expect("it reads");
    let mut greeting = String::new();
    let mut stdout = std::io::BufReader::new(child.stdout.take().expect("a pipe"));
    stdout.read_line(&mut greeting).expect("it greets");
    let greeting: Value = serde_json::from_str(&greeting).expect("a greeting in JSON");
    assert_eq!(greeting["pid"], child.id());
    assert!(greeting["address"].as_str().is_some_and(|address| address.starts_with("127.0.0.1:")));
    drop(stdin);
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn an_address_beyond_loopback_needs_a_word_of_consent() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("token");
    std::fs::write(&file, "0123456789abcdef\n").expect("a file");
    let output = Command::new(program("atelier-engine"))
        .args(["--listen", "0.0.0.0:0", "--token-file"])
        .arg(&file)
        .output()
        .expect("the engine starts");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("--insecure"));
}
