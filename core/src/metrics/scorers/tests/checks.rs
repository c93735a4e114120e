//! Checks of what an output is made of.

use super::*;

fn reason(scorer: &Scorer, output: &str, row: Value) -> Option<String> {
    let scored = score(scorer, output, row);
    assert_eq!(scored.score, Score::check(scored.explanation.is_none()), "{output:?}");
    scored.explanation
}

fn faults(spec: Value, output: &str) -> Option<String> {
    reason(&scorer(spec), output, json!({}))
}

fn is_unscored(spec: Value, output: &str, row: Value) -> bool {
    matches!(score(&scorer(spec), output, row).score, Score::Unscored { .. })
}

#[test]
fn json_is_taken_as_the_grammar_has_it() {
    let json = || json!({"scorer": "json"});
    for right in ["null", " [1e999, \"\\ud800\"] ", "{\"a\": 1, \"a\": 2}", "[]"] {
        assert_eq!(faults(json(), right), None);
    }
    for wrong in ["", "{'a': 1}", "[1,]", "[1] x", "NaN", "\0", "```\n1\n```"] {
        assert!(faults(json(), wrong).unwrap().starts_with("The output is not JSON: "), "{wrong:?}");
    }
    assert_eq!(faults(json!({"scorer": "json", "allow_fence": true}), "```json\n[1]\n```"), None);
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    assert_eq!(faults(json(), &deep), None);
    assert!(faults(json(), &deep[1..]).unwrap().contains("trailing characters"));
}

#[test]
fn required_fields_are_reached_by_paths_and_pointers() {
    let output = r#"{"items": [{"price": 1}, {"price": null}], "a.b": {"c/d": false}, "~": 0}"#;
    let fields = |paths: Value| json!({"scorer": "required_fields", "fields": paths});
    assert_eq!(faults(fields(json!(["items", "items.0.price", "/a.b/c~1d", "~"])), output), None);
    let missing = faults(fields(json!(["items.1.price", "items.2", "a.b", "/~0"])), output);
    assert_eq!(missing.as_deref(), Some("Missing: items.1.price, items.2, a.b"));
    assert!(faults(fields(json!("a")), &"[".repeat(200_000)).unwrap().starts_with("The output is not JSON"));
    let from_row = scorer(json!({"scorer": "required_fields", "allow_fence": true}));
    assert_eq!(reason(&from_row, "```\n{\"a\": 1}\n```", json!({"expected": "a"})), None);
    let refused = Scorer::new(&serde_json::from_value(fields(json!([]))).unwrap());
    assert_eq!(refused.err().unwrap(), "`fields` must be a path or a list of paths");
}

#[test]
fn forbidden_words_are_whole_and_may_be_phrases() {
    let list =
        |ignore: bool| json!({"scorer": "forbidden_words", "words": ["art", "as an AI", "C++"], "ignore_case": ignore});
    assert_eq!(faults(list(false), "Start the party; C+ and Art."), None);
    assert_eq!(faults(list(true), "Start\nof Art").as_deref(), Some("Forbidden: `Art` at line 2, column 4"));
    assert_eq!(faults(list(false), "as  an\nAI").as_deref(), Some("Forbidden: `as  an\nAI` at line 1, column 1"));
    assert_eq!(faults(list(false), "in C++.").as_deref(), Some("Forbidden: `C++` at line 1, column 4"));
    let folded = json!({"scorer": "forbidden_words", "words": "ÜBER", "ignore_case": true});
    assert!(faults(folded, "überall über").is_some());
    assert!(is_unscored(json!({"scorer": "forbidden_words"}), "x", json!({"expected": [" "]})));
}

#[test]
fn every_word_is_allowed_or_within_an_allowed_phrase() {
    let list = json!({"scorer": "allowed_words", "words": ["yes", "no", "New York", "York City", "don't"]});
    assert_eq!(faults(list.clone(), "yes, no: don't — New\nYork!"), None);
    assert_eq!(faults(list.clone(), "yes to York").as_deref(), Some("Not allowed: `to` at line 1, column 5"));
    assert_eq!(faults(list.clone(), "Yes").as_deref(), Some("Not allowed: `Yes` at line 1, column 1"));
    assert_eq!(faults(list, " \0 🎉"), None);
    let from_row = scorer(json!({"scorer": "allowed_words", "ignore_case": true}));
    assert_eq!(reason(&from_row, "YES", json!({"expected": ["yes"]})), None);
    let many: Vec<String> = (0..5_000).map(|number| format!("word{number}")).collect();
    assert_eq!(reason(&from_row, &many.join(" "), json!({"expected": many})), None);
}

#[test]
fn fences_close_with_as_many_of_the_same_marks() {
    let plain = || json!({"scorer": "code_fences"});
    for right in
        ["", "no code", "```\na\n```", "~~~~ python\n```\n~~~\n~~~~\n", "- x\n   ```js\n   y\n   ```", "```a```"]
    {
        assert_eq!(faults(plain(), right), None, "{right:?}");
    }
    assert_eq!(faults(plain(), "x\n````\na\n```").as_deref(), Some("The code fence of line 2 is not closed"));
    assert!(faults(plain(), "```\n~~~\n").is_some());
    assert!(faults(plain(), "```\na\n``` b\n").is_some());
    let wanted = |settings: Value, output: &str| {
        let mut spec = plain();
        spec.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
        faults(spec, output)
    };
    let text = "```Rust title\n```\n```\n```";
    assert_eq!(wanted(json!({"language": "rust", "count": 2}), text), None);
    assert_eq!(wanted(json!({"language": "sql"}), text).as_deref(), Some("There is no code fence of `sql`"));
    assert_eq!(wanted(json!({"count": 1}), text).as_deref(), Some("Code fences: 2 instead of 1"));
    assert!(wanted(json!({"count": 0}), text).is_some());
}

#[test]
fn addresses_have_to_be_those_of_the_context() {
    let urls = scorer(json!({"scorer": "url_in_context", "expected": "context"}));
    let row = json!({"context": ["See https://a.example/x_(y)?q=1.", {"url": "http://b.example"}]});
    let output = "From [one](https://a.example/x_(y)?q=1), (http://b.example), <http://b.example>!";
    assert_eq!(reason(&urls, output, row.clone()), None);
    assert_eq!(reason(&urls, "no address", row.clone()), None);
    let unknown = reason(&urls, "é https://a.example/x_(y)?q=12", row.clone());
    assert_eq!(unknown.as_deref(), Some("Not in the context: https://a.example/x_(y)?q=12 at line 1, column 3"));
    assert!(reason(&urls, "https://a.example/", row).is_some());
    assert_eq!(score(&urls, "x", json!({})).score, Score::unscored("The row has no column `context`"));
}

#[test]
fn citations_have_to_have_their_passages() {
    let any = scorer(json!({"scorer": "citations", "expected": "context"}));
    let list = json!({"context": ["a", "b", {"text": "c"}]});
    assert_eq!(reason(&any, "So [1], and [2, 03] and [1–3]; a[x] [link](y).", list.clone()), None);
    let wrong = reason(&any, "So [1]\nand [2;4].", list.clone());
    assert_eq!(wrong.as_deref(), Some("There is no passage 4, cited at line 2, column 6"));
    assert!(reason(&any, "[0]", list.clone()).is_some());
    assert!(reason(&any, "[99999999999999999999999]", list.clone()).is_some());
    let text = json!({"context": "[1] one\ntwo 7. x\n\n 3) three\n05: five"});
    assert_eq!(reason(&any, "[1, 3, 5]", text.clone()), None);
    assert!(reason(&any, "[7]", text).is_some());
    let two = scorer(json!({"scorer": "citations", "expected": "context", "min": 2}));
    assert_eq!(reason(&two, "[1]", list.clone()).as_deref(), Some("Citations: 1 instead of at least 2"));
    assert_eq!(reason(&two, "[1][1]", list), None);
    assert!(is_unscored(json!({"scorer": "citations"}), "[1]", json!({"expected": "no numbers"})));
}

#[test]
fn a_megabyte_of_anything_comes_to_an_end() {
    let units =
        ["(", "[", "<a>", "\0", "```\n", "https://a.b/", "[1]", "a ", "&", "'", "{\"a\":", "e\u{301}", "SELECT "];
    let names = [
        "json",
        "required_fields",
        "xml",
        "sql",
        "code_fences",
        "url_in_context",
        "citations",
        "allowed_words",
        "forbidden_words",
        "repetition",
        "nonletter_share",
        "character_count",
        "language",
    ];
    for name in names {
        let expected = if name == "language" { json!("en") } else { json!(["a", "https://a.b"]) };
        let scorer = scorer(json!({"scorer": name}));
        for unit in units {
            let output = unit.repeat(1_000_000 / unit.len());
            let scored = score(&scorer, &output, json!({"expected": expected.clone()}));
            assert!(scored.explanation.is_none_or(|text| text.len() < 300), "{name} {unit:?}");
        }
    }
}
