//! What a module has to be, and what it may answer.

use super::*;

fn refusal(module: &[u8]) -> String {
    Program::new(module).err().unwrap()
}

fn refused_text(text: &str) -> String {
    refusal(&bytes(text))
}

fn answered(text: &str) -> (Score, Option<String>) {
    scored(&script(&answering(text, "")), "")
}

#[test]
fn answer_is_a_number_or_a_check_or_an_object() {
    assert_eq!(answered("0.25"), (Score::Number(0.25), None));
    assert_eq!(answered(" -3 "), (Score::Number(-3.0), None));
    assert_eq!(answered("true"), (Score::check(true), None));
    assert_eq!(answered("false"), (Score::check(false), None));
    assert_eq!(answered(r#"{"score": 2}"#), (Score::Number(2.0), None));
    assert_eq!(answered(r#"{"score": true, "reason": " "}"#), (Score::check(true), None));
    assert_eq!(answered(r#"{"score": 1, "reason": "schön"}"#), (Score::Number(1.0), Some("schön".to_owned())));
    assert_eq!(answered(r#"{"reason": null, "score": 1}"#), (Score::Number(1.0), None));
}

#[test]
fn tests_that_passed_of_all_that_ran_are_a_pass_rate() {
    let rate = (Score::Number(0.75), Some("3 of 4 passed".to_owned()));
    assert_eq!(answered(r#"{"passed": 3, "total": 4}"#), rate);
    assert_eq!(answered(r#"{"passed": 0, "total": 0}"#), unscored("No test was run"));
    assert_eq!(answered(r#"{"passed": 5, "total": 4}"#), unscored("5 of 4 is no count of tests that passed"));
}

#[test]
fn null_is_unscored_for_the_given_reason() {
    assert_eq!(answered("null"), unscored("The script gave no score"));
    assert_eq!(answered(r#"{"score": null}"#), unscored("The script gave no score"));
    assert_eq!(answered(r#"{"score": null, "reason": "no text"}"#), unscored("no text"));
}

#[test]
fn any_other_answer_is_unscored_with_a_sentence() {
    assert_eq!(answered("\"1\""), unscored("The script's score is neither a number nor true or false"));
    assert_eq!(answered("[1]"), unscored("The script's score is neither a number nor true or false"));
    assert_eq!(answered("{}"), unscored("The script's answer has no `score`"));
    assert_eq!(answered(r#"{"score": 1, "reason": 2}"#), unscored("The script's reason is not a text"));
    assert_eq!(
        answered(r#"{"score": 1, "why": ""}"#),
        unscored("The script's answer has `why`, and may have `score` and `reason`, or `passed` and `total`")
    );
    for no_json in ["", "NaN", "1e999", "1 2", "\u{0}", &"[".repeat(60_000)] {
        let Score::Unscored { unscored } = answered(no_json).0 else { panic!("{no_json} is no answer") };
        assert!(unscored.starts_with("The script's answer is not JSON: "), "{unscored}");
    }
    let latin = module(r#"(data (i32.const 0) "\ff")"#, "i64.const 1");
    assert_eq!(scored(&script(&latin), ""), unscored("The script's answer is not UTF-8"));
}

#[test]
fn answer_must_lie_in_memory_and_be_short() {
    let at = |pointer: u64, len: u64| {
        let body = format!("i64.const {}", (pointer << 32 | len).cast_signed());
        scored(&script(&module(r#"(data (i32.const 65535) "7")"#, &body)), "")
    };
    assert_eq!(at(65_535, 1), (Score::Number(7.0), None));
    for (pointer, len) in [(65_535, 2), (65_537, 0), (u64::from(u32::MAX), 1), (1, 65_536)] {
        assert_eq!(at(pointer, len), unscored("The script's answer lies outside its memory"));
    }
    assert_eq!(at(0, 65_537), unscored("The script's answer is longer than 64 KiB"));
    assert_eq!(at(0, u64::from(u32::MAX)), unscored("The script's answer is longer than 64 KiB"));
}

#[test]
fn argument_is_the_output_the_expected_value_and_the_row() {
    // It gives its argument back as a reason.
    let echo = r#"(i32.store8 (i32.add (local.get $at) (local.get $len)) (i32.const 0))
        (i64.or (i64.shl (i64.extend_i32_u (local.get $at)) (i64.const 32)) (i64.extend_i32_u (local.get $len)))"#;
    let program = Program::new(&module("", echo)).unwrap();
    let script = Script::new(Arc::new(program), Some("ignored".to_owned()));
    let row = json!({"a": [1, null]}).as_object().unwrap().clone();
    let argument = json_of(&Argument { output: "ö\0", expected: None, row: &row, source: script.source() }).unwrap();
    let text = r#"{"output":"ö\u0000","expected":null,"row":{"a":[1,null]},"script":"ignored"}"#;
    assert_eq!(String::from_utf8(argument.clone()).unwrap(), text);
    assert_eq!(script.program.score(&argument).unwrap(), argument);
    let without = Argument { output: "", expected: Some(&json!("x")), row: &JsonMap::new(), source: None };
    assert_eq!(json_of(&without).unwrap(), br#"{"output":"","expected":"x","row":{}}"#);
}

#[test]
fn module_with_an_import_is_refused_by_its_name() {
    let import = refused_text(r#"(module (import "env" "clock" (func)))"#);
    assert_eq!(import, "The module imports `env.clock`, and a scorer may import nothing");
    let memory = refused_text(r#"(module (import "js" "mem" (memory 1)))"#);
    assert_eq!(memory, "The module imports `js.mem`, and a scorer may import nothing");
}

#[test]
fn module_without_a_needed_export_is_refused() {
    let score = r#"(func (export "score") (param i32 i32) (result i64) i64.const 0)"#;
    assert_eq!(refused_text("(module)"), "The module does not export its `memory`");
    assert_eq!(
        refused_text(&format!("(module {MEMORY} {score})")),
        "The module does not export `allocate(len: i32) -> i32`"
    );
    let wrong = r#"(func (export "score") (param i32) (result i64) i64.const 0)"#;
    for score in ["", wrong, r#"(global (export "score") i64 (i64.const 0))"#] {
        let refusal = refused_text(&format!("(module {MEMORY} {ALLOCATE} {score})"));
        assert_eq!(refusal, "The module does not export `score(pointer: i32, len: i32) -> i64`");
    }
}

#[test]
fn what_is_no_module_or_too_large_is_refused() {
    let no_module = "This is no WebAssembly module that can be run: ";
    for bytes in [b"".as_slice(), b"\0asm", b"(module)", &[0xff; 100]] {
        assert!(refusal(bytes).starts_with(no_module));
    }
    assert_eq!(refusal(&vec![0; (8 << 20) + 1]), "The module is larger than 8 MiB");
    assert!(refusal(&vec![0; 8 << 20]).starts_with(no_module));
}

#[test]
fn extensions_that_are_not_metered_are_refused() {
    let refused = |fields: &str, body: &str| {
        let refusal = refusal(&module(fields, body));
        assert!(refusal.starts_with("This is no WebAssembly module that can be run: "), "{refusal}");
    };
    refused("", "(drop (v128.const i32x4 0 0 0 0)) i64.const 0");
    refused("", "(drop (i32.atomic.load (i32.const 0))) i64.const 0");
    refused("(memory 1)", "i64.const 0");
    refused("(memory i64 1)", "i64.const 0");
    refused("(tag)", "i64.const 0");
    let large = format!(r#"(module (memory (export "memory") i64 1) {ALLOCATE})"#);
    assert!(refused_text(&large).starts_with("This is no WebAssembly module that can be run: "));
}

#[test]
fn function_with_very_many_variables_is_refused() {
    let with = |num_locals: usize| answering("1", &format!("(func (local {}))", "i32 ".repeat(num_locals)));
    assert_eq!(scored(&script(&with(256)), ""), (Score::Number(1.0), None));
    assert_eq!(refusal(&with(257)), "A function of the module has 257 local variables; 256 are taken");
}
