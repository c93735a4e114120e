use super::*;
use reqwest::header::HeaderValue;

const NOW: MillisSinceEpoch = MillisSinceEpoch(1_700_000_000_000);

fn classified(status: u16, body: &str) -> ProviderError {
    from_response(status, &HeaderMap::new(), body.as_bytes(), NOW, None)
}

fn too_long(num_prompt_tokens: Option<u32>, max_tokens: Option<u32>) -> ErrorCategory {
    ErrorCategory::ContextTooLong { num_prompt_tokens, max_tokens }
}

#[test]
fn every_status_and_body_has_its_category() {
    let rate_limited = ErrorCategory::RateLimited { retry_after_millis: None };
    let overloaded = ErrorCategory::Overloaded { retry_after_millis: None };
    let cases = [
        (401, r#"{"error":{"message":"Incorrect API key provided","code":"invalid_api_key"}}"#, ErrorCategory::Auth),
        (403, r#"{"error":"forbidden"}"#, ErrorCategory::Auth),
        (
            400,
            r#"[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key."}}]"#,
            ErrorCategory::Auth,
        ),
        (429, r#"{"error":{"message":"Rate limit reached","code":"rate_limit_exceeded"}}"#, rate_limited.clone()),
        (
            429,
            r#"{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}"#,
            ErrorCategory::BadRequest,
        ),
        (402, r#"{"error":{"message":"Insufficient credits"}}"#, ErrorCategory::BadRequest),
        (
            413,
            r#"{"error":{"message":"Request too large on tokens per minute","code":"rate_limit_exceeded"}}"#,
            rate_limited,
        ),
        (503, "upstream connect error", overloaded.clone()),
        (529, r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, overloaded.clone()),
        (500, "<html><head><title>500 Oops</title></head></html>", overloaded),
        (501, "", ErrorCategory::BadRequest),
        (408, "", ErrorCategory::Timeout),
        (504, "", ErrorCategory::Timeout),
        (404, r#"{"error":{"message":"model \"x\" not found, try pulling it first"}}"#, ErrorCategory::BadRequest),
        (422, r#"{"detail":[{"msg":"Extra inputs are not permitted"}]}"#, ErrorCategory::BadRequest),
        (
            400,
            r#"{"error":{"message":"The response was filtered","code":"content_filter"}}"#,
            ErrorCategory::ContentRefused,
        ),
        (400, r#"{"error":{"message":"Refused as a result of our safety system."}}"#, ErrorCategory::ContentRefused),
        (500, r#"{"error":{"message":"the engine is gone","code":"engine_lost"}}"#, ErrorCategory::EngineLost),
    ];
    for (status, body, expected) in cases {
        assert_eq!(classified(status, body).category, expected, "{status} {body}");
    }
}

#[test]
fn context_failures_carry_their_counts() {
    let cases = [
        (
            r#"{"error":{"message":"This model's maximum context length is 4097 tokens. However, your messages resulted in 5,012 tokens.","code":"context_length_exceeded"}}"#,
            too_long(Some(5_012), Some(4_097)),
        ),
        (
            r#"{"object":"error","message":"This model's maximum context length is 2048 tokens. However, you requested 2100 tokens (2000 in the messages, 100 in the completion)."}"#,
            too_long(Some(2_000), Some(2_048)),
        ),
        (
            r#"{"error":{"message":"prompt is too long: 210000 tokens > 200000 maximum"}}"#,
            too_long(Some(210_000), Some(200_000)),
        ),
        (
            r#"{"error":{"code":400,"type":"exceed_context_size_error","message":"the request exceeds the available context size","n_prompt_tokens":9000,"n_ctx":8192}}"#,
            too_long(Some(9_000), Some(8_192)),
        ),
        (r#"{"error":{"message":"Please reduce the length of the messages or completion."}}"#, too_long(None, None)),
    ];
    for (body, expected) in cases {
        assert_eq!(classified(400, body).category, expected, "{body}");
    }
}

#[test]
fn words_are_found_wherever_servers_put_them() {
    let cases = [
        (r#"{"error":{"message":"a"}}"#, "a"),
        (r#"{"error":"a"}"#, "a"),
        (r#"{"message":"a"}"#, "a"),
        (r#"{"detail":"a"}"#, "a"),
        (r#"{"detail":[{"msg":"a"}]}"#, "a"),
        (r#"[{"error":{"message":"a"}}]"#, "a"),
        (r#"{"errors":["a"]}"#, "a"),
        ("a\n  b", "a b"),
        ("<html><title> Bad gateway </title>", "The server answered with a web page: Bad gateway"),
        ("", "The server answered without a reason, with status 400"),
        ("null", "The server answered without a reason, with status 400"),
    ];
    for (body, expected) in cases {
        assert_eq!(classified(400, body).message, expected, "{body}");
    }
    let long = classified(400, &"ä".repeat(5_000));
    assert_eq!(long.message.chars().count(), MAX_MESSAGE_CHARS + 1);
}

#[test]
fn status_and_code_of_the_server_are_kept() {
    let error = classified(400, r#"{"error":{"message":"x","code":42}}"#);
    assert_eq!((error.status, error.provider_code.as_deref()), (Some(400), Some("42")));
}

#[test]
fn server_delay_is_read_in_every_form() {
    let cases = [
        ("retry-after", "7", Some(7_000)),
        ("retry-after", "0.25", Some(250)),
        ("retry-after", "Tue, 14 Nov 2023 22:13:30 GMT", Some(10_000)),
        ("retry-after", "Tue, 14 Nov 2023 22:13:00 GMT", Some(0)),
        ("retry-after-ms", "1500", Some(1_500)),
        ("retry-after", "soon", None),
        ("retry-after", "-3", None),
        ("retry-after", "inf", None),
    ];
    for (name, value, expected) in cases {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_static(value));
        let error = from_response(429, &headers, b"", NOW, None);
        assert_eq!(error.category, ErrorCategory::RateLimited { retry_after_millis: expected }, "{name}: {value}");
    }
}

#[test]
fn missing_and_wrong_keys_offer_different_actions() {
    let wrong = classified(401, "");
    let missing = ProviderError { provider_code: Some(MISSING_KEY.to_owned()), ..wrong.clone() };
    let (wrong, missing) = (to_api_error(&wrong, "Asking failed"), to_api_error(&missing, "Asking failed"));
    assert_eq!([&*wrong.code, &*missing.code], ["provider.auth", "provider.auth"]);
    assert_eq!(wrong.message, "Asking failed");
    assert_ne!(wrong.action, missing.action);
    assert!(missing.action.unwrap().contains("keychain"));
}
