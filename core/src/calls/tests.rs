use super::*;
use crate::providers::puppet::{Puppet, delta, end};
use crate::providers::stand_in::{Reply, StandIn};
use crate::support::{SeededRandom, TickingClock};
use async_trait::async_trait;
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::model::{EndpointConfig, KeySource, ModelConfig, ModelSource};
use atelier_types::prompt::Role;
use atelier_types::provider::FinishReason;
use atelier_types::time::MillisSinceEpoch;
use std::collections::VecDeque;
use std::sync::Mutex;

struct NoKeys;

impl KeyStore for NoKeys {
    fn get(&self, _account: &str) -> Result<Option<String>, String> {
        Ok(None)
    }

    fn set(&self, _account: &str, _key: Option<&str>) -> Result<(), String> {
        Ok(())
    }
}

/// Serves where the test says, in turn.
#[derive(Default)]
struct Engine(Mutex<VecDeque<Result<ServedModel, ApiError>>>);

#[async_trait]
impl LocalEngine for Engine {
    async fn serve(&self, _weights: &Path) -> Result<ServedModel, ApiError> {
        self.0.lock().unwrap().pop_front().unwrap()
    }
}

struct Bench {
    caller: Caller,
    store: Arc<Store>,
    engine: Arc<Engine>,
    notices: Arc<Mutex<Vec<Notice>>>,
    _folder: tempfile::TempDir,
}

fn endpoint(base_url: &str, key: KeySource) -> EndpointConfig {
    EndpointConfig {
        dialect: Default::default(),
        base_url: base_url.to_owned(),
        key,
        max_concurrency: Some(4),
        requests_per_minute: None,
        tokens_per_minute: None,
        timeout_millis: None,
    }
}

/// A workspace with the model `remote` at `base_url`, `keyed` at an endpoint whose key is missing, `local` weights,
/// and `astray` on an endpoint that does not exist.
fn bench(base_url: &str) -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(Store::open(&folder.path().join("store.sqlite")).unwrap());
    let (engine, notices) = (Arc::new(Engine::default()), Arc::new(Mutex::new(Vec::new())));
    let told = notices.clone();
    let parts = Parts {
        http: http::client().unwrap(),
        loopback_http: http::loopback_client().unwrap(),
        clock: Arc::new(TickingClock::new(MillisSinceEpoch(1_000), 1)),
        random: Arc::new(SeededRandom::new(7)),
        keys: Arc::new(NoKeys),
        variables: Arc::new(|_| None),
        builtin_models: folder.path().join("builtin"),
        engine: engine.clone(),
        notify: Arc::new(move |notice| told.lock().unwrap().push(notice)),
    };
    let caller = Caller::new(parts, store.clone());
    let on = |endpoint: &str| ModelSource::Endpoint { endpoint: endpoint.into(), id: "puppet".to_owned() };
    let priced = Some(Price { input_usd_per_mtok: 1.0, output_usd_per_mtok: 10.0 });
    let model = |source, price| ModelConfig { source, params: Params { top_p: Some(0.9), ..Params::default() }, price };
    caller.set_manifest(Catalog {
        workspace: folder.path().to_owned(),
        endpoints: [
            ("server".into(), endpoint(base_url, KeySource::None)),
            ("locked".into(), endpoint(base_url, KeySource::Env("UNSET".to_owned()))),
        ]
        .into(),
        models: [
            ("remote".into(), model(on("server"), priced)),
            ("keyed".into(), model(on("locked"), None)),
            ("astray".into(), model(on("nowhere"), None)),
            ("local".into(), model(ModelSource::Local { path: "weights".to_owned() }, None)),
        ]
        .into(),
    });
    Bench { caller, store, engine, notices, _folder: folder }
}

impl Bench {
    async fn with(puppet: Arc<Puppet>) -> Self {
        let bench = bench("https://api.example.com/v1/");
        bench.caller.put_provider(&"remote".into(), puppet).await;
        bench
    }

    async fn call(&self, call: Call) -> Finished {
        self.caller.call(call, &|_| {}, &CancellationToken::new()).await
    }

    fn keep(&self, finished: &Finished) -> i64 {
        self.store.write(|transaction| outputs::insert(transaction, &finished.output, 0, &finished.trace)).unwrap()
    }
}

fn call_of(model: &str) -> Call {
    Call {
        prompt: Some("greet".into()),
        version: Some("ab".into()),
        model: model.into(),
        messages: vec![Message { role: Role::User, content: "Hi".to_owned() }],
        params: Params { temperature: Some(0.5), ..Params::default() },
        repeat: 0,
        use_cache: true,
    }
}

fn saying(text: &'static str) -> Arc<Puppet> {
    Arc::new(Puppet::answering(move |_| vec![Ok(delta(text)), Ok(end(3))]))
}

#[tokio::test]
async fn receipt_says_everything_that_is_needed_to_ask_again() {
    let bench = Bench::with(saying("Hello")).await;
    let output = bench.call(call_of("remote")).await.output;
    assert_eq!((output.text.as_str(), &output.error), ("Hello", &None));
    let receipt = output.receipt;
    assert_eq!(receipt.provider, "https://api.example.com/v1");
    assert_eq!((receipt.requested_model.as_str(), receipt.reported_model.as_deref()), ("puppet", Some("puppet-1")));
    assert_eq!((receipt.params.temperature, receipt.params.top_p), (Some(0.5), Some(0.9)));
    assert_eq!((receipt.finish, receipt.num_tries), (Some(FinishReason::Stop), 1));
    // 10 tokens in at 1 dollar, 3 out at 10 dollars a million.
    assert_eq!(receipt.cost_usd, Some(0.000_04));
    assert!(receipt.first_token_millis.unwrap() <= receipt.latency_millis);
    assert_eq!(receipt.started_at, MillisSinceEpoch(1_000));
    assert_eq!(receipt.request_hash.len(), 64);
}

#[tokio::test]
async fn span_names_follow_the_conventions() {
    let bench = Bench::with(saying("Hello")).await;
    let trace = bench.call(call_of("remote")).await.trace;
    let [span] = &trace.spans[..] else { panic!("{trace:?}") };
    assert_eq!((trace.trace_id.len(), span.span_id.len(), span.name.as_str()), (32, 16, "chat puppet"));
    let mut attributes = span.attributes.clone();
    assert!(attributes.remove("gen_ai.server.time_to_first_token").unwrap().as_f64().unwrap() >= 0.0);
    let expected = serde_json::json!({
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "puppet",
        "server.address": "https://api.example.com/v1",
        "gen_ai.request.temperature": 0.5,
        "gen_ai.request.top_p": 0.9,
        "gen_ai.response.model": "puppet-1",
        "gen_ai.response.finish_reasons": ["stop"],
        "gen_ai.usage.input_tokens": 10,
        "gen_ai.usage.output_tokens": 3,
    });
    assert_eq!(serde_json::Value::Object(attributes), expected);
}

#[tokio::test]
async fn stored_output_answers_the_same_request_and_repeat() {
    let puppet = saying("Hello");
    let bench = Bench::with(puppet.clone()).await;
    let first = bench.call(call_of("remote")).await;
    assert_eq!(first.stored, None);
    let id = bench.keep(&first);
    let second = bench.call(call_of("remote")).await;
    assert_eq!((second.stored, &second.output), (Some(id), &first.output));
    assert_eq!(bench.call(Call { repeat: 1, ..call_of("remote") }).await.stored, None);
    assert_eq!(bench.call(Call { use_cache: false, ..call_of("remote") }).await.stored, None);
    assert_eq!(puppet.requests().len(), 3);
}

#[tokio::test]
async fn failed_output_is_asked_again() {
    let puppet = Arc::new(Puppet::answering(|_| vec![Err(failure(ErrorCategory::BadRequest, "no"))]));
    let bench = Bench::with(puppet.clone()).await;
    let failed = bench.call(call_of("remote")).await;
    assert_eq!(failed.output.error.as_ref().unwrap().category, ErrorCategory::BadRequest);
    bench.keep(&failed);
    assert_eq!(bench.call(call_of("remote")).await.stored, None);
    assert_eq!(puppet.requests().len(), 2);
}

#[tokio::test]
async fn passing_failures_are_tried_again_and_every_try_has_its_span() {
    let limited = || Err(failure(ErrorCategory::RateLimited { retry_after_millis: Some(1) }, "slow down"));
    let replies = Mutex::new(VecDeque::from([vec![limited()], vec![limited()], vec![Ok(delta("Hello")), Ok(end(1))]]));
    let puppet = Arc::new(Puppet::answering(move |_| replies.lock().unwrap().pop_front().unwrap()));
    let finished = Bench::with(puppet).await.call(call_of("remote")).await;
    assert_eq!((finished.output.text.as_str(), finished.output.receipt.num_tries), ("Hello", 3));
    let errors: Vec<_> = finished.trace.spans.iter().map(|span| span.error_type.as_deref()).collect();
    assert_eq!(errors, [Some("provider.rate_limited"), Some("provider.rate_limited"), None]);
}

#[tokio::test]
async fn tries_are_bounded_and_the_last_failure_stays() {
    let limited = |_: &_| vec![Err(failure(ErrorCategory::Overloaded { retry_after_millis: Some(0) }, "busy"))];
    let puppet = Arc::new(Puppet::answering(limited));
    let output = Bench::with(puppet.clone()).await.call(call_of("remote")).await.output;
    assert_eq!((output.receipt.num_tries, puppet.requests().len()), (5, 5));
    assert_eq!(output.error.unwrap().message, "busy");
}

#[tokio::test]
async fn text_of_a_broken_try_is_kept_until_another_brings_its_own() {
    let busy = || Err(failure(ErrorCategory::Overloaded { retry_after_millis: Some(0) }, "busy"));
    let replies = Mutex::new(VecDeque::from([
        vec![Ok(delta("Half")), busy()],
        vec![busy()],
        vec![Ok(delta("Whole")), Ok(end(1))],
    ]));
    let puppet = Arc::new(Puppet::answering(move |_| replies.lock().unwrap().pop_front().unwrap_or(vec![busy()])));
    let bench = Bench::with(puppet).await;
    let shown = Mutex::new(String::new());
    let on_event = |event: &StreamEvent| {
        if let StreamEvent::Delta { text } = event {
            shown.lock().unwrap().push_str(text);
        }
    };
    let finished = bench.caller.call(call_of("remote"), &on_event, &CancellationToken::new()).await;
    assert_eq!(finished.output.text, "Whole");
    assert_eq!(*shown.lock().unwrap(), "Half", "the second try is not told into the first one's text");
}

#[tokio::test]
async fn cancelling_ends_the_call_at_once_and_keeps_its_text() {
    let puppet = Arc::new(Puppet::by_hand());
    let bench = Bench::with(puppet.clone()).await;
    let cancel = CancellationToken::new();
    let (told, mut arrived) = tokio::sync::mpsc::unbounded_channel();
    let on_event = move |_: &StreamEvent| told.send(()).unwrap();
    let call = bench.caller.call(call_of("remote"), &on_event, &cancel);
    let by_hand = async {
        let pending = puppet.next().await;
        pending.text("Half");
        arrived.recv().await.unwrap();
        cancel.cancel();
        pending.dropped().await;
    };
    let (finished, ()) = tokio::join!(call, by_hand);
    assert_eq!(finished.output.text, "Half");
    assert_eq!(finished.output.error.unwrap().category, ErrorCategory::Cancelled);
    assert_eq!(finished.trace.spans[0].error_type.as_deref(), Some("provider.cancelled"));
}

#[tokio::test]
async fn call_that_was_cancelled_before_is_never_sent() {
    let puppet = saying("Hello");
    let bench = Bench::with(puppet.clone()).await;
    let cancel = CancellationToken::new();
    cancel.cancel();
    let output = bench.caller.call(call_of("remote"), &|_| {}, &cancel).await.output;
    assert_eq!(output.error.unwrap().category, ErrorCategory::Cancelled);
    assert_eq!(puppet.requests().len(), 0);
}

#[tokio::test]
async fn waiting_for_a_limit_can_be_cancelled() {
    let puppet = Arc::new(Puppet::by_hand());
    let bench = Bench::with(puppet.clone()).await;
    let (never, cancel) = (CancellationToken::new(), CancellationToken::new());
    let running = futures_util::future::join_all(
        (0..4).map(|repeat| bench.caller.call(Call { repeat, use_cache: false, ..call_of("remote") }, &|_| {}, &never)),
    );
    let waiting = bench.caller.call(Call { repeat: 9, use_cache: false, ..call_of("remote") }, &|_| {}, &cancel);
    let by_hand = async {
        let mut pending = Vec::new();
        for _ in 0..4 {
            pending.push(puppet.next().await);
        }
        cancel.cancel();
        pending.iter().for_each(|one| one.end());
    };
    let (_, finished, ()) = tokio::join!(running, waiting, by_hand);
    assert_eq!(finished.output.error.unwrap().category, ErrorCategory::Cancelled);
    assert_eq!((finished.output.receipt.num_tries, puppet.requests().len()), (0, 4));
}

#[tokio::test]
async fn unknown_models_and_endpoints_are_named() {
    let bench = bench("http://localhost:1");
    for (model, expected) in [("nobody", "no model `nobody`"), ("astray", "endpoint `nowhere`")] {
        let error = bench.call(call_of(model)).await.output.error.unwrap();
        assert_eq!(
            (error.category, error.provider_code.as_deref()),
            (ErrorCategory::BadRequest, Some("unknown_model"))
        );
        assert!(error.message.contains(expected), "{}", error.message);
    }
}

#[tokio::test]
async fn missing_key_fails_before_anything_is_sent_and_shows_at_the_endpoint() {
    let stand_in = StandIn::start(Vec::new()).await;
    let bench = bench(&stand_in.base_url);
    let output = bench.call(call_of("keyed")).await.output;
    assert_eq!(output.error.unwrap().category, ErrorCategory::Auth);
    assert_eq!(stand_in.num_connections(), 0);
    let EndpointState::Failed { error, .. } = bench.caller.endpoint_state(&"locked".into()) else { panic!() };
    assert_eq!(error.code, "provider.auth");
    assert_eq!(*bench.notices.lock().unwrap(), [Notice::EndpointChanged]);
}

#[tokio::test]
async fn connections_to_other_machines_are_told() {
    let bench = Bench::with(saying("Hello")).await;
    bench.call(call_of("remote")).await;
    let hosts = |hosts: &[&str]| Notice::Connections(hosts.iter().map(|host| (*host).to_owned()).collect());
    assert_eq!(*bench.notices.lock().unwrap(), [hosts(&["api.example.com"]), hosts(&[]), Notice::EndpointChanged]);
}

#[tokio::test]
async fn local_model_is_asked_through_the_engine_and_says_what_it_is() {
    let body = r#"{"model":"w-1","choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":2,"completion_tokens":1}}"#;
    let stand_in = StandIn::start(vec![Reply::status("200 OK", "", body)]).await;
    let bench = bench("http://localhost:1");
    bench.engine.0.lock().unwrap().push_back(Ok(served(&stand_in.base_url)));
    let output = bench.call(call_of("local")).await.output;
    assert_eq!((output.text.as_str(), &output.error), ("Hi", &None));
    assert_eq!((output.receipt.provider.as_str(), output.receipt.cost_usd), ("weights", Some(0.0)));
    assert_eq!(output.receipt.identity["weights_sha256"], "ab");
    let seen = stand_in.seen();
    assert!(seen[0].head.contains("authorization: bearer engine-token"));
    assert!(seen[0].body.contains(r#""model":"w-1""#));
    assert_eq!(bench.caller.max_concurrency(&"local".into()), 1);
    assert!(bench.caller.is_local(&"local".into()) && !bench.caller.is_local(&"remote".into()));
}

fn served(base_url: &str) -> ServedModel {
    ServedModel {
        http: http::loopback_client().unwrap(),
        base_url: base_url.to_owned(),
        token: "engine-token".to_owned(),
        model_id: "w-1".to_owned(),
        identity: serde_json::from_str(r#"{"weights_sha256":"ab"}"#).unwrap(),
    }
}

#[tokio::test]
async fn lost_engine_is_asked_once_more() {
    let body = r#"{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}"#;
    let dying =
        StandIn::start(vec![Reply::raw(&["HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 9\r\n\r\n{"])]).await;
    let fresh = StandIn::start(vec![Reply::status("200 OK", "", body)]).await;
    let bench = bench("http://localhost:1");
    bench.engine.0.lock().unwrap().extend([Ok(served(&dying.base_url)), Ok(served(&fresh.base_url))]);
    let finished = bench.call(call_of("local")).await;
    assert_eq!((finished.output.text.as_str(), finished.output.receipt.num_tries), ("Hi", 2));
    assert_eq!(finished.trace.spans[0].error_type.as_deref(), Some("engine.lost"));
}

#[tokio::test]
async fn model_that_cannot_be_loaded_keeps_the_engines_words() {
    let bench = bench("http://localhost:1");
    let error = ApiError::new(ErrorKind::Invalid, "model.corrupt", "The weights are cut short");
    bench.engine.0.lock().unwrap().push_back(Err(error));
    let output = bench.call(call_of("local")).await.output;
    let error = output.error.unwrap();
    assert_eq!(error.provider_code.as_deref(), Some("model.corrupt"));
    assert_eq!((error.message.as_str(), output.receipt.num_tries), ("The weights are cut short", 1));
}

#[tokio::test]
async fn limits_hold_on_when_another_part_of_the_file_changes() {
    let bench = bench("http://localhost:1");
    let limiter = |caller: &Caller| caller.known(|known| known.target(&"remote".into())).unwrap().limiter().clone();
    let before = limiter(&bench.caller);
    let mut catalog = bench.caller.catalog();
    catalog.models.remove(&"local".into());
    bench.caller.set_manifest(catalog.clone());
    assert!(Arc::ptr_eq(&before, &limiter(&bench.caller)));
    catalog.endpoints.get_mut(&"server".into()).unwrap().max_concurrency = Some(9);
    bench.caller.set_manifest(catalog);
    assert_eq!(bench.caller.max_concurrency(&"remote".into()), 9);
}
