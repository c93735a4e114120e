use super::super::stand_in::{Reply, StandIn};
use super::*;
use crate::support::TickingClock;
use atelier_types::prompt::{Message, Role};
use atelier_types::provider::{FinishReason, Params, Usage};
use atelier_types::time::MillisSinceEpoch;

const KEY: &str = "tk-0123456789-very-secret";

fn timeouts(total_millis: u64, idle_millis: u64) -> Timeouts {
    Timeouts { total: Duration::from_millis(total_millis), idle: Duration::from_millis(idle_millis) }
}

fn provider_with(base_url: &str, timeouts: Timeouts) -> Result<OpenAiChat, ProviderError> {
    let clock = Arc::new(TickingClock::new(MillisSinceEpoch(1_700_000_000_000), 0));
    OpenAiChat::new(super::super::http::client().unwrap(), clock, base_url, Key::new(KEY), timeouts)
}

fn provider(base_url: &str) -> OpenAiChat {
    provider_with(base_url, timeouts(20_000, 20_000)).unwrap()
}

fn request() -> ChatRequest {
    let messages = vec![Message { role: Role::User, content: "Hi".to_owned() }];
    ChatRequest { model: "m".to_owned(), messages, params: Params { max_tokens: Some(5), ..Params::default() } }
}

/// Text, and the end or the failure.
async fn ask(provider: &OpenAiChat) -> (String, Result<StreamEvent, ProviderError>) {
    let mut text = String::new();
    let mut stream = match provider.stream(&request()).await {
        Ok(stream) => stream,
        Err(error) => return (text, Err(error)),
    };
    while let Some(event) = stream.next().await {
        match event {
            Ok(StreamEvent::Delta { text: more }) => text.push_str(&more),
            Ok(StreamEvent::Reasoning { .. }) => {}
            end => {
                assert!(stream.next().await.is_none(), "nothing comes after the end");
                return (text, end);
            }
        }
    }
    panic!("the stream has no end");
}

async fn ask_once(reply: Reply) -> (String, Result<StreamEvent, ProviderError>) {
    let stand_in = StandIn::start(vec![reply]).await;
    ask(&provider(&stand_in.base_url)).await
}

async fn failure_of(reply: Reply) -> ProviderError {
    ask_once(reply).await.1.unwrap_err()
}

fn is_stop(end: &Result<StreamEvent, ProviderError>) -> bool {
    matches!(end, Ok(StreamEvent::End { finish: FinishReason::Stop, .. }))
}

const HALF: &str = "data: {\"choices\":[{\"delta\":{\"content\":\"Hal\"}}]}\n\n";
const REST: &str = "data: {\"choices\":[{\"delta\":{\"content\":\"lo\"},\"finish_reason\":\"stop\"}]}\n\n";
const COUNTS: &str = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}\n\n";
const DONE: &str = "data: [DONE]\n\n";

#[tokio::test]
async fn stream_is_read_to_its_announced_end() {
    let pieces = [": hello\n\n", HALF, ": keep-alive\n\n", REST, COUNTS, DONE].map(str::as_bytes);
    let (text, end) = ask_once(Reply::events(&pieces)).await;
    assert_eq!(text, "Hallo");
    let Ok(StreamEvent::End { finish: FinishReason::Stop, usage: Some(usage), .. }) = end else { panic!("{end:?}") };
    assert_eq!(usage, Usage { num_prompt_tokens: 3, num_completion_tokens: 2, num_cached_tokens: 0 });
}

#[tokio::test]
async fn characters_that_are_split_between_packets_stay_whole() {
    let event = "data: {\"choices\":[{\"delta\":{\"content\":\"größer 日本\"},\"finish_reason\":\"stop\"}]}\r\n\r\n";
    let pieces: Vec<&[u8]> = event.as_bytes().chunks(1).collect();
    let (text, end) = ask_once(Reply::events(&pieces)).await;
    assert_eq!(text, "größer 日本");
    assert!(is_stop(&end), "{end:?}");
}

#[tokio::test]
async fn missing_done_and_missing_last_line_break_are_an_end_once_a_reason_was_given() {
    for last in [REST, REST.trim_end()] {
        let (text, end) = ask_once(Reply::events(&[HALF.as_bytes(), last.as_bytes()])).await;
        assert_eq!(text, "Hallo");
        assert!(is_stop(&end), "{end:?}");
    }
}

#[tokio::test]
async fn connection_that_ends_too_early_is_a_failure_after_the_text() {
    let (text, end) = ask_once(Reply::events(&[HALF.as_bytes()])).await;
    assert_eq!(text, "Hal");
    assert_eq!(end.unwrap_err().category, ErrorCategory::Network);
}

#[tokio::test]
async fn error_inside_the_stream_comes_after_the_text_before_it() {
    let error = "data: {\"error\":{\"message\":\"The model is overloaded\",\"type\":\"server_error\"}}\n\n";
    let (text, end) = ask_once(Reply::events(&[format!("{HALF}{error}").as_bytes()])).await;
    assert_eq!(text, "Hal");
    let error = end.unwrap_err();
    assert_eq!(error.category, ErrorCategory::Overloaded { retry_after_millis: None });
    assert_eq!(error.message, "The model is overloaded");
}

#[tokio::test]
async fn server_that_does_not_stream_is_read_whatever_it_calls_its_answer() {
    let body = r#"{"model":"m-1","choices":[{"message":{"content":"Hallo"},"finish_reason":"stop"}]}"#;
    for kind in ["application/json", "text/event-stream"] {
        let (text, end) = ask_once(Reply::status("200 OK", &format!("Content-Type: {kind}\r\n"), body)).await;
        assert_eq!(text, "Hallo");
        assert!(is_stop(&end), "{end:?}");
    }
}

#[tokio::test]
async fn what_is_no_chat_completion_is_a_protocol_failure() {
    let bodies =
        ["<html><title>Welcome</title></html>", "", "data: hello\n\n", "{\"choices\": 1}", "{", ": only comments\n\n"];
    for body in bodies {
        let error = failure_of(Reply::status("200 OK", "", body)).await;
        assert_eq!(error.category, ErrorCategory::Protocol, "{body}");
    }
}

#[tokio::test]
async fn redirect_is_refused_and_says_where_it_leads() {
    let stand_in = StandIn::start(vec![Reply::status("200 OK", "", "{}")]).await;
    let location = format!("Location: {}/chat/completions?token=x\r\n", stand_in.base_url);
    for status in ["301 Moved Permanently", "307 Temporary Redirect"] {
        let error = failure_of(Reply::status(status, &location, "")).await;
        assert_eq!(error.category, ErrorCategory::BadRequest);
        assert!(error.message.contains(&format!("`{}/chat/completions`", stand_in.base_url)), "{}", error.message);
    }
    assert_eq!(stand_in.seen().len(), 0, "nobody went there");
}

#[tokio::test]
async fn key_is_sent_and_never_shown() {
    let echo = format!(r#"{{"error":{{"message":"No such key: {KEY}","code":"bad {KEY}"}}}}"#);
    let stand_in = StandIn::start(vec![Reply::status("401 Unauthorized", "", &echo)]).await;
    let error = ask(&provider(&stand_in.base_url)).await.1.unwrap_err();
    assert!(stand_in.seen()[0].head.contains(&format!("authorization: bearer {KEY}")));
    assert_eq!(error.category, ErrorCategory::Auth);
    assert_eq!(error.message, "No such key: (secret)");
    assert!(!serde_json::to_string(&error).unwrap().contains("0123456789"));
    assert!(!format!("{error:?} {error}").contains("0123456789"));
}

#[tokio::test]
async fn key_that_no_header_can_carry_is_an_auth_failure() {
    let key = Key::new("line\nbreak");
    let client = super::super::http::client().unwrap();
    let clock = Arc::new(TickingClock::new(MillisSinceEpoch(0), 0));
    let made = OpenAiChat::new(client, clock, "http://localhost/v1", key, timeouts(1, 1));
    assert_eq!(made.err().unwrap().category, ErrorCategory::Auth);
}

#[tokio::test]
async fn request_is_written_as_the_server_wants_it_after_its_refusal() {
    let refusal =
        |message: &str| Reply::status("400 Bad Request", "", &format!(r#"{{"error":{{"message":"{message}"}}}}"#));
    let answer = Reply::status("200 OK", "", r#"{"choices":[{"message":{"content":"ok"},"finish_reason":"stop"}]}"#);
    let stand_in = StandIn::start(vec![
        refusal("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."),
        refusal("unknown field stream_options"),
        answer.clone(),
        answer,
    ])
    .await;
    let provider = provider(&stand_in.base_url);
    assert_eq!(ask(&provider).await.0, "ok");
    assert_eq!(ask(&provider).await.0, "ok");
    let bodies: Vec<Value> = stand_in.seen().iter().map(|seen| serde_json::from_str(&seen.body).unwrap()).collect();
    let has = |field: &str| -> Vec<bool> { bodies.iter().map(|body| body.get(field).is_some()).collect() };
    assert_eq!(has("max_tokens"), [true, false, false, false]);
    assert_eq!(has("max_completion_tokens"), [false, true, true, true]);
    assert_eq!(has("stream_options"), [true, true, false, false]);
}

#[tokio::test]
async fn server_that_is_not_there_is_a_network_failure_with_its_address() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = ask(&provider(&format!("http://{address}/v1"))).await.1.unwrap_err();
    assert_eq!(error.category, ErrorCategory::Network);
    assert!(error.message.contains(&address.to_string()), "{}", error.message);
}

#[tokio::test]
async fn silence_and_slowness_have_limits() {
    let cases = [
        (timeouts(30, 20_000), Reply::raw(&[]).held(), "No answer within 30 ms"),
        (timeouts(20_000, 30), Reply::events(&[HALF.as_bytes()]).held(), "fell silent for 30 ms"),
        (timeouts(60, 20_000), Reply::events(&[HALF.as_bytes()]).held(), "No answer within 60 ms"),
    ];
    for (timeouts, reply, expected) in cases {
        let stand_in = StandIn::start(vec![reply]).await;
        let error = ask(&provider_with(&stand_in.base_url, timeouts).unwrap()).await.1.unwrap_err();
        assert_eq!(error.category, ErrorCategory::Timeout);
        assert!(error.message.contains(expected), "{}", error.message);
    }
}

#[tokio::test]
async fn connection_is_used_again_after_a_stream() {
    let stream = format!("{HALF}{REST}{DONE}");
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", stream.len());
    let stand_in = StandIn::start(vec![Reply::raw(&[&head, &stream]), Reply::raw(&[&head, &stream])]).await;
    let provider = provider(&stand_in.base_url);
    for _ in 0..2 {
        assert_eq!(ask(&provider).await.0, "Hallo");
    }
    assert_eq!(stand_in.num_connections(), 1);
}

#[tokio::test]
async fn models_are_listed_in_the_forms_that_servers_use() {
    for body in [r#"{"data":[{"id":"a"},{"id":"b"}]}"#, r#"["a","b"]"#, r#"{"models":[{"name":"a"},{"name":"b"}]}"#] {
        let stand_in = StandIn::start(vec![Reply::status("200 OK", "", body)]).await;
        assert_eq!(provider(&stand_in.base_url).list_models().await.unwrap(), ["a", "b"]);
        assert!(stand_in.seen()[0].head.starts_with("get /v1/models http/1.1"));
    }
}

#[test]
fn address_is_joined_rightly() {
    let cases = [
        ("https://api.example.com/v1", "https://api.example.com/v1/chat/completions"),
        ("https://api.example.com/v1/", "https://api.example.com/v1/chat/completions"),
        ("http://localhost:11434", "http://localhost:11434/chat/completions"),
        ("https://x.example.com/v1/chat/completions", "https://x.example.com/v1/chat/completions"),
        ("https://x.example.com/d/gpt?api-version=1", "https://x.example.com/d/gpt/chat/completions?api-version=1"),
    ];
    for (base_url, expected) in cases {
        assert_eq!(provider(base_url).chat_url.as_str(), expected);
    }
}

#[test]
fn address_that_cannot_be_used_is_a_bad_request_without_its_secrets() {
    for base_url in ["", "localhost:8000", "ftp://example.com", "https://me:hunter2@example.com/v1"] {
        let error = provider_with(base_url, timeouts(1, 1)).err().unwrap();
        assert_eq!(error.category, ErrorCategory::BadRequest, "{base_url}");
        assert!(!error.message.contains("hunter2"), "{}", error.message);
    }
}
