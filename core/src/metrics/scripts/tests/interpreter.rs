//! Scripts in the interpreter. These tests want it built: `cargo xtask test` does so, and puts it where they look.

use super::*;
use std::path::PathBuf;
use std::sync::LazyLock;

/// Compiled once; each score has an instance of its own. Its steps are soon spent.
static QUICK: LazyLock<Arc<Program>> =
    LazyLock::new(|| program(Limits { fuel: 150_000_000, ..Limits::of_interpreter() }));
/// With the steps that it has in use.
static PATIENT: LazyLock<Arc<Program>> = LazyLock::new(|| program(Limits::of_interpreter()));

fn program(limits: Limits) -> Arc<Program> {
    let module = std::fs::read(interpreter()).expect("the interpreter is not built: run `cargo xtask test`");
    Arc::new(Program::with_limits(&module, limits).unwrap())
}

/// The path in `ATELIER_SCRIPT_WASM`, or where the programs look for it.
fn interpreter() -> PathBuf {
    let beside = |test: PathBuf| Some(test.parent()?.parent()?.join("resources/script.wasm"));
    let named = std::env::var_os("ATELIER_SCRIPT_WASM").map(PathBuf::from);
    named.or_else(|| beside(std::env::current_exe().ok()?)).unwrap()
}

fn rhai(source: &str) -> Script {
    Script::new(Arc::clone(&QUICK), Some(source.to_owned()))
}

/// The score that a script with this body gives to "hello".
fn of_body(body: &str) -> (Score, Option<String>) {
    of_source(&format!("fn score(output, expected, row) {{ {body} }}"))
}

fn of_source(source: &str) -> (Score, Option<String>) {
    let row = json!({"words": ["a", "b"], "limit": 3, "nested": {"deep": [1.5, null]}, "large": u64::MAX});
    rhai(source).score("hello", Some(&json!("Hello")), row.as_object().unwrap())
}

fn reason(source: &str) -> String {
    let (Score::Unscored { unscored }, None) = of_source(source) else { panic!("{source} is scored") };
    unscored
}

fn reason_of_body(body: &str) -> String {
    reason(&format!("fn score(output, expected, row) {{ {body} }}"))
}

/// After each hostile script the next is right.
fn hostile(source: &str) -> String {
    let reason = reason(source);
    assert_eq!(of_body("output.len"), (Score::Number(5.0), None));
    reason
}

fn hostile_body(body: &str) -> String {
    hostile(&format!("fn score(output, expected, row) {{ {body} }}"))
}

const STEPS: &str = "The script did not end within its limit of steps";
const MEMORY: &str = "The script wanted more than 64 MiB";
const DEEP: &str = "The script called itself too deep";

#[test]
fn script_gives_a_number_or_a_check_or_a_map_with_a_reason() {
    assert_eq!(of_source("fn score(o, e, r) { if o.len() <= 200 { 1.0 } else { 0.5 } }"), (Score::Number(1.0), None));
    assert_eq!(of_body("7"), (Score::Number(7.0), None));
    assert_eq!(of_body("output == expected.to_lower()"), (Score::check(true), None));
    assert_eq!(of_body("return output == expected;"), (Score::check(false), None));
    let reasoned = of_body(r#"#{ score: 0.5, reason: "half of " + output }"#);
    assert_eq!(reasoned, (Score::Number(0.5), Some("half of hello".to_owned())));
    assert_eq!(of_body("#{ score: true }"), (Score::check(true), None));
    assert_eq!(of_body("#{ score: 1, reason: 2 }"), (Score::Number(1.0), Some("2".to_owned())));
}

#[test]
fn script_reads_the_row_and_has_its_own_functions() {
    assert_eq!(of_body("row.words.len() + row.limit"), (Score::Number(5.0), None));
    assert_eq!(of_body("row.nested.deep[0] + row[`nested`].deep.len()"), (Score::Number(3.5), None));
    assert_eq!(
        of_body("if row.nested.deep[1] == () { row.large / 2.0 } else { 0 }"),
        (Score::Number(2f64.powi(63)), None)
    );
    let helper = "fn share(text, letter) { text.split(``).filter(|c| c == letter).len().to_float() / text.len }";
    let source = format!("{helper} fn score(output, expected, row) {{ share(output, `l`) }}");
    assert_eq!(of_source(&source), (Score::Number(0.4), None));
    let script = rhai("fn score(output, expected, row) { if expected == () { output.len } else { 0 } }");
    assert_eq!(scored(&script, "naïve 🦀 日本"), (Score::Number(10.0), None));
    assert_eq!(scored(&script, "a\0b"), (Score::Number(3.0), None));
    assert_eq!(scored(&script, ""), (Score::Number(0.0), None));
}

#[test]
fn unit_is_unscored() {
    assert_eq!(reason_of_body("()"), "The script gave no score");
    assert_eq!(reason_of_body(""), "The script gave no score");
    assert_eq!(reason_of_body("#{ score: (), reason: `no words` }"), "no words");
}

#[test]
fn any_other_result_is_unscored_with_a_sentence() {
    assert_eq!(reason_of_body("`1`"), "The script's score is no number but of the type `string`");
    assert_eq!(reason_of_body("[1]"), "The script's score is no number but of the type `array`");
    assert_eq!(reason_of_body("#{}"), "The script's answer has no `score`");
    assert_eq!(
        reason_of_body("#{ score: 1, why: 2 }"),
        "The script's answer has `why`, and knows only `score` and `reason`"
    );
    assert_eq!(reason_of_body("0.0 / 0.0"), "The script's score is no finite number: NaN");
    assert_eq!(reason_of_body("-1.0 / 0.0"), "The script's score is no finite number: -inf");
    assert_eq!(
        reason_of_body("let s = `a`; while s.len < 70000 { s += s; } #{ score: 1, reason: s }"),
        "The script's answer is longer than 64 KiB"
    );
}

#[test]
fn fault_of_a_script_is_said_with_its_line() {
    assert_eq!(
        reason("fn score(output, expected, row) {\n  throw `no luck`\n}"),
        "The script stopped with an error: Runtime error: no luck (line 2, position 3)"
    );
    assert_eq!(
        reason_of_body("1 / 0"),
        "The script stopped with an error: Division by zero: 1 / 0 (line 1, position 37)"
    );
    assert_eq!(
        reason_of_body("nothing(1)"),
        "The script stopped with an error: Function not found: nothing (i64) (line 1, position 35)"
    );
    let overflow = reason_of_body("9223372036854775807 + row.limit");
    assert!(overflow.starts_with("The script stopped with an error: "), "{overflow}");
}

#[test]
fn check_says_before_a_run_what_would_be_wrong() {
    let check = |source: &str| rhai(source).check();
    assert_eq!(check("fn score(output, expected, row) { 1 }"), Ok(()));
    let wrong = |sentence: &str| Err(sentence.to_owned());
    assert_eq!(check(""), wrong("The script has no function `score(output, expected, row)`"));
    assert_eq!(check("fn score(output) { 1 }"), wrong("The script has no function `score(output, expected, row)`"));
    assert_eq!(
        check("fn score(output, expected, row) {\n  outptu.len()\n}"),
        wrong("The script does not compile: Undefined variable: outptu (line 2, position 3)")
    );
    assert!(check("fn score(").unwrap_err().starts_with("The script does not compile: "));
    assert_eq!(check("fn score(output, expected, row) { loop {} }"), Ok(()));
    let module = Script::new(Arc::new(Program::new(&answering("1", "")).unwrap()), None);
    assert_eq!(module.check(), Ok(()));
}

#[test]
fn endless_scripts_run_out_of_steps() {
    assert_eq!(hostile_body("loop {}"), STEPS);
    assert_eq!(hostile_body("while true { print(output); debug(row); }"), STEPS);
    assert_eq!(hostile_body("for i in 0..9223372036854775807 { output + i; }"), STEPS);
    assert_eq!(hostile_body("let s = `a`; s.pad(3000000, `b`); loop { s.contains(`c`); }"), STEPS);
    assert_eq!(hostile("loop {} fn score(output, expected, row) { 1 }"), STEPS);
}

#[test]
fn greedy_scripts_run_out_of_memory() {
    for body in [
        "let s = `x`; loop { s += s; }",
        "let a = [1]; loop { a += a; }",
        "let a = []; a.pad(100000000, 0); 1",
        "let b = []; let s = `x`; s.pad(1000000, `y`); loop { b.push(s + `z`); }",
        "let m = #{}; let n = 0; loop { n += 1; m[`k${n}`] = m; }",
    ] {
        let source = format!("fn score(output, expected, row) {{ {body} }}");
        let script = Script::new(Arc::clone(&PATIENT), Some(source));
        assert_eq!(scored(&script, ""), unscored(MEMORY), "{body}");
        assert_eq!(of_body("output.len"), (Score::Number(5.0), None));
    }
}

#[test]
fn slowly_growing_scripts_run_out_of_steps_before_memory() {
    assert_eq!(hostile_body("let m = #{}; let n = 0; loop { n += 1; m[`k${n}`] = n; }"), STEPS);
    assert_eq!(hostile_body("let a = []; loop { a = [a, a]; }"), STEPS);
    assert_eq!(hostile_body("let s = `x`; s.pad(1000000000, `y`); 1"), STEPS);
}

#[test]
fn deep_scripts_end() {
    assert_eq!(hostile("fn f(n) { f(n + 1) } fn score(output, expected, row) { f(0) }"), DEEP);
    assert_eq!(hostile_body("let f = |f| f.call(f); f.call(f)"), DEEP);
    let nested = |open: &str, close: &str| {
        format!("fn score(output, expected, row) {{ {}1{} }}", open.repeat(10_000), close.repeat(10_000))
    };
    for (open, close) in
        [("(", ")"), ("[", "]"), ("{", "}"), ("-", ""), ("if true {", "}"), ("#{a:", "}"), ("`${", "}`")]
    {
        let reason = hostile(&nested(open, close));
        assert!(reason.starts_with("The script does not compile: "), "{open}: {reason}");
    }
    assert_eq!(of_body("let f = |n| n + 1; f.call(f.call(1))"), (Score::Number(3.0), None));
}

#[test]
fn values_inside_themselves_end() {
    for body in [
        "let m = #{}; let f = || m; m.f = f; m.f.call().f.call(); m.to_string(); 1",
        "let a = []; let f = || a; a.push(f); a.push(a); a.to_string(); `${a}`",
        "let a = [1]; let f = || { a.push(a); a }; f.call(); a",
        "let m = #{}; let f = || m; m.me = m; m.me.me = m; #{ score: 1, reason: m }",
    ] {
        let (score, reason) = of_body(body);
        assert!(score.number().is_some() || matches!(score, Score::Unscored { .. }), "{reason:?}");
        assert_eq!(of_body("output.len"), (Score::Number(5.0), None));
    }
}

#[test]
fn world_cannot_be_reached() {
    for body in [
        "import `std` as x; 1",
        "eval(`1`)",
        "timestamp()",
        "open_file(`/etc/passwd`)",
        "env(`HOME`)",
        "exec(`ls`)",
        "rand()",
    ] {
        let reason = hostile_body(body);
        let is_refused = reason.starts_with("The script does not compile: ") || reason.contains("Function not found: ");
        assert!(is_refused, "{body}: {reason}");
    }
    assert_eq!(hostile_body("sleep(1)"), "The script stopped with an error: can't sleep");
}

#[test]
fn same_script_takes_the_same_steps_every_time() {
    let row = JsonMap::new();
    let source = Some(Source { script: "fn score(output, expected, row) { #{ b: 1, a: output }.len() }" });
    let argument = json_of(&Argument { output: "x", expected: None, row: &row, source }).unwrap();
    let runs: Vec<_> = (0..3).map(|_| QUICK.run("score", &argument)).collect();
    assert!(runs.iter().all(|run| run.answer == Ok(br#"{"score":2.0}"#.to_vec())));
    assert!(runs.iter().all(|run| run.fuel == runs[0].fuel && run.memory_bytes == runs[0].memory_bytes));
}

#[test]
fn long_and_odd_sources_end() {
    let right = "fn score(output, expected, row) { 1 }";
    let comment = |len| format!("// {}\n{right}", "é".repeat(len));
    assert_eq!(of_source(&comment(50_000)), (Score::Number(1.0), None));
    assert_eq!(hostile(&comment(5_000_000)), STEPS);
    assert_eq!(hostile(&format!("{}{right}", "let a = 1;\n".repeat(1_000_000))), STEPS);
    for odd in [
        "\0",
        "fn score(output, expected, row) { \0 }",
        "\u{feff}\u{202e}",
        "fn score(o\u{301}, e, r) { 1 }",
        "\"",
        "/*",
    ] {
        let reason = hostile(odd);
        assert!(reason.starts_with("The script "), "{reason}");
    }
    assert_eq!(of_body("let s = `\u{0}ü🦀`; s.len"), (Score::Number(3.0), None));
    let long = "x".repeat(1_000_000);
    assert_eq!(scored(&rhai("fn score(o, e, r) { o.len }"), &long), (Score::Number(1_000_000.0), None));
    assert_eq!(scored(&rhai(right), &"x".repeat(70_000_000)), unscored(MEMORY));
}

#[test]
fn interpreter_imports_nothing() {
    let module = std::fs::read(interpreter()).unwrap();
    let has_imports = wasmparser::Parser::new(0)
        .parse_all(&module)
        .any(|payload| matches!(payload.unwrap(), wasmparser::Payload::ImportSection(imports) if imports.count() > 0));
    assert!(!has_imports);
    assert!(module.len() < 2 << 20);
}
