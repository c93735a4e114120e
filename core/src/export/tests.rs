//! Whole files, so that a change of a format is seen.

use super::*;
use serde_json::json;

fn cell(row: &str, variant: &str, text: &str, expected: Value) -> CellDetail {
    serde_json::from_value(json!({
        "id": 1,
        "run": "run-1",
        "row": row,
        "variant": {
            "id": variant, "prompt": "greet", "version": "abc", "version_title": "v1", "is_committed": true,
            "model": "small", "params": {}, "params_title": ""
        },
        "repeat": 0,
        "num_repeats": 1,
        "inputs": { "name": "{{ Ann }}", "expected": expected },
        "expected": expected,
        "output": {
            "text": text,
            "error": null,
            "receipt": {
                "prompt": "greet", "version": "abc",
                "messages": [{ "role": "user", "content": format!("Greet {{{{ Ann }}}} for {row}") }],
                "model": "small", "provider": "http://127.0.0.1:1/v1", "requested_model": "m-small",
                "reported_model": null, "params": {}, "request_hash": "00", "identity": {}, "finish": "stop",
                "usage": null, "started_at": 0, "first_token_millis": null, "latency_millis": 5.0, "num_tries": 1,
                "cost_usd": null, "atelier_version": "0"
            }
        },
        "scores": [
            { "name": "exact_match", "score": 1.0 },
            { "name": "json_schema", "score": { "unscored": "no schema" } }
        ]
    }))
    .unwrap()
}

fn opinion(preferred: Option<bool>) -> Opinion {
    let said = Said::Pair { against: "b".into(), preferred };
    Opinion { reviewer: "ann".into(), said, comment: "warmer, \"nicer\"".to_owned() }
}

fn material() -> Material {
    let first = cell("r1", "a", "Hello, Ann", json!("Hello, Ann"));
    let messages = first.output.receipt.messages.clone();
    Material {
        title: "Greetings".to_owned(),
        records: vec![
            Record { cell: first, ratings: vec![opinion(Some(true))] },
            Record { cell: cell("r2", "a", "Hi\nthere", Value::Null), ratings: vec![opinion(None)] },
        ],
        preferences: vec![Preference {
            row: "r1".into(),
            messages,
            chosen: "Hello, Ann".to_owned(),
            rejected: "Hey".to_owned(),
        }],
        scorers: vec![
            serde_json::from_value(json!({ "scorer": "exact_match" })).unwrap(),
            serde_json::from_value(json!({ "scorer": "contains", "values": ["Ann"], "ignore_case": true })).unwrap(),
        ],
    }
}

#[test]
fn jsonl_has_scores_ratings_and_receipt() {
    let written = write(ExportFormat::Jsonl, &material()).unwrap();
    assert_eq!(written.num_records, 2);
    let first: Value = serde_json::from_str(written.text.lines().next().unwrap()).unwrap();
    assert_eq!(first["id"], "r1/a/0");
    assert_eq!(first["scores"], json!({ "exact_match": 1.0, "json_schema": { "unscored": "no schema" } }));
    assert_eq!(first["ratings"][0]["preferred"], true);
    assert_eq!(first["receipt"]["requested_model"], "m-small");
}

#[test]
fn csv_quotes_lines_and_leaves_unscored_empty() {
    let written = write(ExportFormat::Csv, &material()).unwrap();
    insta::assert_snapshot!(written.text, @r#"
    row,prompt,version,model,params,repeat,expected,output,error,score.exact_match,score.json_schema,preferred,rejected,tied,input.name,input.expected
    r1,greet,v1,small,,0,"Hello, Ann","Hello, Ann",,1,,1,0,0,{{ Ann }},"Hello, Ann"
    r2,greet,v1,small,,0,,"Hi
    there",,1,,0,0,1,{{ Ann }},null
    "#);
}

#[test]
fn openai_evals_leaves_out_rows_that_expect_nothing() {
    let written = write(ExportFormat::OpenaiEvals, &material()).unwrap();
    let expected = json!({
        "input": [{ "role": "user", "content": "Greet {{ Ann }} for r1" }],
        "ideal": "Hello, Ann",
    });
    assert_eq!(written.num_records, 1);
    assert_eq!(serde_json::from_str::<Value>(&written.text).unwrap(), expected);
}

#[test]
fn promptfoo_is_yaml_whose_variables_are_no_templates() {
    let written = write(ExportFormat::Promptfoo, &material()).unwrap();
    let read: Value = serde_saphyr::from_str(&written.text).unwrap();
    assert_eq!(read["providers"][0]["config"]["apiBaseUrl"], "http://127.0.0.1:1/v1");
    assert_eq!(read["tests"][0]["assert"][0], json!({ "type": "equals", "value": "Hello, Ann" }));
    assert_eq!(read["tests"][0]["assert"][1], json!({ "type": "icontains-all", "value": ["Ann"] }));
    let messages = read["tests"][0]["vars"]["messages"].as_str().unwrap();
    assert!(messages.starts_with("{% raw %}[{") && messages.ends_with("{% endraw %}"), "{messages}");
}

#[test]
fn dpo_pairs_are_conversations() {
    let written = write(ExportFormat::TrlDpo, &material()).unwrap();
    let expected = json!({
        "prompt": [{ "role": "user", "content": "Greet {{ Ann }} for r1" }],
        "chosen": [{ "role": "assistant", "content": "Hello, Ann" }],
        "rejected": [{ "role": "assistant", "content": "Hey" }],
    });
    assert_eq!(serde_json::from_str::<Value>(&written.text).unwrap(), expected);
}

#[test]
fn nothing_to_export_is_said() {
    let empty = Material { title: String::new(), records: Vec::new(), preferences: Vec::new(), scorers: Vec::new() };
    for format in ExportFormat::ALL {
        assert!(matches!(write(format, &empty), Err(ExportError::Empty { .. })), "{format:?}");
    }
}
