use super::super::Store;
use super::super::traces::SpanRecord;
use super::*;
use atelier_types::JsonMap;
use atelier_types::prompt::{Message, Role};
use atelier_types::provider::{ErrorCategory, Params, ProviderError, TokenLogprobs};

fn store(folder: &tempfile::TempDir) -> Store {
    Store::open(&folder.path().join("outputs.sqlite")).unwrap()
}

fn full_output() -> Output {
    let identity: JsonMap = serde_json::from_str(r#"{"weights_sha256":"ab","quantisation":"F16"}"#).unwrap();
    Output {
        text: "Größe 10\r\n".to_owned(),
        reasoning: "First, …".to_owned(),
        logprobs: vec![TokenLogprobs {
            token: "Gr".to_owned(),
            logprob: -0.25,
            alternatives: vec![("Kl".to_owned(), -1.75)],
        }],
        error: None,
        receipt: Receipt {
            prompt: Some("billing/extract".into()),
            version: Some("5f".into()),
            messages: vec![Message { role: Role::User, content: "How big?".to_owned() }],
            model: "small".into(),
            provider: "https://api.example.com/v1".to_owned(),
            requested_model: "small-1".to_owned(),
            reported_model: Some("small-1-2026".to_owned()),
            params: Params { temperature: Some(0.1), stop: vec!["\n\n".to_owned()], ..Params::default() },
            request_hash: "c0ffee".to_owned(),
            identity,
            finish: Some(FinishReason::Other("pause".to_owned())),
            usage: Some(Usage { num_prompt_tokens: 7, num_completion_tokens: 3, num_cached_tokens: 2 }),
            started_at: MillisSinceEpoch(1_700_000_000_123),
            first_token_millis: Some(12.5),
            latency_millis: 40.25,
            num_tries: 2,
            cost_usd: Some(0.000_012),
            atelier_version: "0.1.0".to_owned(),
        },
    }
}

fn trace_of(name: &str) -> TraceRecord {
    let span = SpanRecord {
        span_id: "1".repeat(16),
        parent_span_id: None,
        name: name.to_owned(),
        started_at: MillisSinceEpoch(5),
        duration_millis: 1.5,
        error_type: Some("provider.timeout".to_owned()),
        attributes: serde_json::from_str(r#"{"gen_ai.operation.name":"chat"}"#).unwrap(),
    };
    TraceRecord { trace_id: "2".repeat(32), spans: vec![span.clone(), SpanRecord { error_type: None, ..span }] }
}

#[test]
fn output_and_trace_come_back_as_they_were_stored() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let (output, record) = (full_output(), trace_of("chat small"));
    let id = store.write(|transaction| insert(transaction, &output, 4, &record)).unwrap();
    assert_eq!(store.read(|connection| get(connection, id)).unwrap(), Some(output));
    assert_eq!(store.read(|connection| find(connection, "c0ffee", 4)).unwrap(), Some(id));
    assert_eq!(store.read(|connection| trace(connection, id)).unwrap(), Some(record));
}

#[test]
fn failed_output_is_stored_and_never_answers_another_call() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let mut output = full_output();
    output.receipt.usage = None;
    output.receipt.finish = None;
    output.error = Some(ProviderError {
        category: ErrorCategory::RateLimited { retry_after_millis: Some(1_500) },
        status: Some(429),
        provider_code: Some("rate_limit_exceeded".to_owned()),
        message: "Slow down".to_owned(),
    });
    let id = store.write(|transaction| insert(transaction, &output, 0, &trace_of("chat"))).unwrap();
    assert_eq!(store.read(|connection| get(connection, id)).unwrap(), Some(output));
    assert_eq!(store.read(|connection| find(connection, "c0ffee", 0)).unwrap(), None);
}

#[test]
fn each_repeat_has_its_own_answer_and_the_newest_wins() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let mut newer = full_output();
    newer.text = "newer".to_owned();
    let ids = store
        .write(|transaction| {
            insert(transaction, &full_output(), 0, &trace_of("chat"))?;
            Ok([
                insert(transaction, &newer, 0, &trace_of("chat"))?,
                insert(transaction, &full_output(), 1, &trace_of("chat"))?,
            ])
        })
        .unwrap();
    let found = |repeat| store.read(|connection| find(connection, "c0ffee", repeat)).unwrap();
    assert_eq!([found(0), found(1), found(2)], [Some(ids[0]), Some(ids[1]), None]);
}

#[test]
fn deleted_output_takes_its_trace_along() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let id = store.write(|transaction| insert(transaction, &full_output(), 0, &trace_of("chat"))).unwrap();
    store.write(|transaction| delete(transaction, id)).unwrap();
    let count = |table: &str| -> i64 {
        let sql = format!("SELECT count(*) FROM {table}");
        store.read(|connection| connection.query_row(&sql, [], |row| row.get(0))).unwrap()
    };
    assert_eq!([count("outputs"), count("traces"), count("spans")], [0, 0, 0]);
}

#[test]
fn speed_samples_are_the_newest_counted_calls_of_the_model() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let mut other = full_output();
    other.receipt.model = "other".into();
    let mut uncounted = full_output();
    uncounted.receipt.usage = None;
    let mut newest = full_output();
    newest.receipt.latency_millis = 99.0;
    store
        .write(|transaction| {
            for output in [&full_output(), &other, &uncounted, &newest] {
                insert(transaction, output, 0, &trace_of("chat"))?;
            }
            Ok(())
        })
        .unwrap();
    let samples = store.read(|connection| speed_samples(connection, &"small".into(), 10)).unwrap();
    let latencies: Vec<f64> = samples.iter().map(|sample| sample.latency_millis).collect();
    assert_eq!(latencies, [99.0, 40.25]);
    let last_used = |model: &str| store.read(|connection| last_used_at(connection, &model.into())).unwrap();
    assert_eq!(last_used("small"), Some(MillisSinceEpoch(1_700_000_000_123)));
    assert_eq!(last_used("nobody"), None);
}
