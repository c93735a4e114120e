//! Modules that mean harm: how each ends, what it was given, and that the next score is right.

use super::*;

/// Does `harm` where the output begins with an `x`, and else scores 1.
fn harmful(fields: &str, harm: &str) -> Vec<u8> {
    let is_harmful = "(i32.eq (i32.load8_u offset=11 (local.get $at)) (i32.const 120))";
    let data = r#"(data (i32.const 0) "1")"#;
    module(&format!("{data} {fields}"), &format!("(if {is_harmful} (then {harm})) i64.const 1"))
}

/// The ending of a harmful module, after which the same program scores right.
fn ending(fields: &str, harm: &str) -> Ending {
    ending_of(&harmful(fields, harm))
}

fn ending_of(module: &[u8]) -> Ending {
    let script = script(module);
    let argument = |output| json_of(&json!({ "output": output })).unwrap();
    let run = script.program.run("score", &argument("x"));
    assert!(run.fuel <= few_steps().fuel);
    assert!(run.memory_bytes <= few_steps().memory_bytes);
    let next = script.program.run("score", &argument("good"));
    assert_eq!(next.answer, Ok(b"1".to_vec()));
    assert_eq!(next.memory_bytes, 65_536);
    run.answer.unwrap_err()
}

fn fault(message: &str) -> Ending {
    Ending::Fault(message.to_owned())
}

/// How many steps a body takes.
fn steps(fields: &str, body: &str) -> u64 {
    let program = Program::new(&module(fields, &format!("{body} i64.const 0"))).unwrap();
    let run = program.run("score", b"");
    assert_eq!(run.answer, Ok(Vec::new()));
    run.fuel
}

#[test]
fn endless_loops_run_out_of_steps() {
    assert_eq!(ending("", "(loop br 0)"), Ending::OutOfSteps);
    assert_eq!(ending("", "(loop (br_if 0 (i32.const 1)))"), Ending::OutOfSteps);
    assert_eq!(ending("", "(loop (br_table 0 0 (i32.const 5)))"), Ending::OutOfSteps);
    assert_eq!(ending("(func $tail return_call $tail)", "call $tail"), Ending::OutOfSteps);
    let table = "(type $t (func)) (table 1 funcref) (elem (i32.const 0) $f)";
    let calls = format!("{table} (func $f (return_call_indirect (type $t) (i32.const 0)))");
    assert_eq!(ending(&calls, "call $f"), Ending::OutOfSteps);
}

#[test]
fn branching_recursion_runs_out_of_steps_before_it_is_deep() {
    let tree = "(func $tree (param i32) (if (local.get 0) (then
        (call $tree (i32.sub (local.get 0) (i32.const 1))) (call $tree (i32.sub (local.get 0) (i32.const 1))))))";
    assert_eq!(ending(tree, "(call $tree (i32.const 60))"), Ending::OutOfSteps);
}

#[test]
fn loop_outside_of_score_runs_out_of_steps_too() {
    let score = r#"(func (export "score") (param i32 i32) (result i64) i64.const 0)"#;
    let looping = "(loop br 0)";
    for fields in [
        format!("{ALLOCATE} (func $start {looping}) (start $start)"),
        format!(r#"{ALLOCATE} (func (export "_initialize") {looping})"#),
        format!(r#"(func (export "allocate") (param i32) (result i32) {looping} i32.const 0)"#),
    ] {
        let script = script(&bytes(&format!("(module {MEMORY} {score} {fields})")));
        assert_eq!(scored(&script, ""), unscored("The script did not end within its limit of steps"));
    }
}

#[test]
fn endless_recursion_is_too_deep() {
    assert_eq!(ending("(func $f call $f)", "call $f"), Ending::TooDeep);
    let wide = "i64 ".repeat(256);
    assert_eq!(ending(&format!("(func $f (local {wide}) call $f)"), "call $f"), Ending::TooDeep);
    let table = "(type $t (func)) (table 1 funcref) (elem (i32.const 0) $f)";
    let calls = format!("{table} (func $f (call_indirect (type $t) (i32.const 0)))");
    assert_eq!(ending(&calls, "call $f"), Ending::TooDeep);
}

#[test]
fn growing_memory_ends_at_its_limit() {
    let limit = Ending::OutOfMemory { limit_bytes: 64 << 20 };
    let grow = "(loop (br_if 0 (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) unreachable";
    assert_eq!(ending("", grow), limit);
    assert_eq!(ending("", "(drop (memory.grow (i32.const 65535))) unreachable"), limit);
    assert_eq!(ending("", "(loop (drop (memory.grow (i32.const 65535))) br 0)"), Ending::OutOfSteps);
    assert_eq!(limit.to_string(), "The script wanted more than 64 MiB");
}

#[test]
fn refused_memory_is_no_harm_to_a_script_that_does_without() {
    let body = "(if (i32.ne (memory.grow (i32.const 1024)) (i32.const -1)) (then unreachable))";
    assert_eq!(steps("", body), steps("", body));
    let whole = Program::new(&module("", "(drop (memory.grow (i32.const 1023))) i64.const 0")).unwrap();
    assert_eq!(whole.run("score", b"").memory_bytes, 64 << 20);
}

#[test]
fn memory_and_tables_that_are_large_from_the_start_are_refused() {
    let score = r#"(func (export "score") (param i32 i32) (result i64) i64.const 0)"#;
    let large = bytes(&format!(r#"(module (memory (export "memory") 1025) {ALLOCATE} {score})"#));
    assert_eq!(scored(&script(&large), ""), unscored("The script wanted more than 64 MiB"));
    let table = module("(table 100001 funcref)", "i64.const 0");
    assert_eq!(scored(&script(&table), ""), unscored("The script wanted a table of more than 100000 entries"));
    let tables = module("(table 60000 funcref) (table 60000 externref)", "i64.const 0");
    assert_eq!(scored(&script(&tables), ""), unscored("The script wanted a table of more than 100000 entries"));
    let many = module(&"(table 1 funcref)".repeat(9), "i64.const 0");
    assert!(matches!(scored(&script(&many), "").0, Score::Unscored { .. }));
}

#[test]
fn growing_tables_ends_at_its_limit() {
    let grow = "(loop (br_if 0 (i32.ne (table.grow $t (ref.null func) (i32.const 999)) (i32.const -1)))) unreachable";
    assert_eq!(ending("(table $t 0 funcref)", grow), Ending::OutOfTable { limit_entries: 100_000 });
}

#[test]
fn bulk_operations_cost_steps_by_their_bytes() {
    let data = format!(r#"(data $d "{}")"#, "a".repeat(64_000));
    let table = "(table $t 10000 funcref)";
    for (fields, one, many, bytes) in [
        ("", "(memory.fill (i32.const 0) (i32.const 1) (i32.const 0))", "65536))", 65_536),
        ("", "(memory.copy (i32.const 0) (i32.const 0) (i32.const 0))", "65536))", 65_536),
        (data.as_str(), "(memory.init $d (i32.const 0) (i32.const 0) (i32.const 0))", "64000))", 64_000),
        ("", "(drop (memory.grow (i32.const 0)))", "2)))", 131_072),
        (table, "(table.fill $t (i32.const 0) (ref.null func) (i32.const 0))", "8000))", 32_000),
        (table, "(table.copy $t $t (i32.const 0) (i32.const 0) (i32.const 0))", "8000))", 32_000),
        (table, "(drop (table.grow $t (ref.null func) (i32.const 0)))", "8000)))", 32_000),
    ] {
        let more = one.trim_end_matches(')').trim_end_matches('0').to_owned() + many;
        assert_eq!(steps(fields, &more) - steps(fields, one), bytes / 64, "{one}");
    }
}

#[test]
fn bulk_operation_over_the_limit_of_steps_does_not_happen() {
    let grow = "(drop (memory.grow (i32.const 1000)))";
    let fill = "(memory.fill (i32.const 0) (i32.const 1) (i32.const 65000000))";
    assert_eq!(ending("", &format!("{grow} {fill} {fill}")), Ending::OutOfSteps);
}

#[test]
fn trap_is_said() {
    assert_eq!(ending("", "unreachable"), fault("wasm `unreachable` instruction executed"));
    assert_eq!(ending("", "(drop (i32.div_u (i32.const 1) (i32.const 0)))"), fault("integer divide by zero"));
    assert_eq!(ending("", "(drop (i32.load (i32.const -1)))"), fault("out of bounds memory access"));
    assert_eq!(fault("it was").to_string(), "The script stopped with an error: it was");
}

#[test]
fn module_may_say_why_it_trapped() {
    let says = |body: &str| ending(&format!(r#"(func (export "last_error") (result i64) {body})"#), "unreachable");
    let silent = fault("wasm `unreachable` instruction executed");
    assert_eq!(says("(i32.store8 (i32.const 9) (i32.const 104)) i64.const 0x900000001"), fault("h"));
    assert_eq!(says("i64.const 0"), silent);
    assert_eq!(says("i64.const -1"), silent);
    assert_eq!(says("(loop br 0) i64.const 0"), silent);
    assert_eq!(says("unreachable"), silent);
}

#[test]
fn place_for_the_argument_must_lie_in_memory() {
    let score = r#"(func (export "score") (param i32 i32) (result i64) i64.const 0)"#;
    for place in [-1, 65_530] {
        let allocate = format!(r#"(func (export "allocate") (param i32) (result i32) i32.const {place})"#);
        let script = script(&bytes(&format!("(module {MEMORY} {allocate} {score})")));
        assert_eq!(scored(&script, ""), unscored("The script's place for its argument lies outside its memory"));
    }
}

#[test]
fn nothing_is_left_for_the_next_score() {
    // It counts its scores in a global and in memory, and answers with the count.
    let count = "(global.set $n (i32.add (global.get $n) (i32.const 1)))
        (i32.store8 (i32.const 0) (i32.add (i32.load8_u (i32.const 0)) (global.get $n))) i64.const 1";
    let script = script(&module(r#"(global $n (mut i32) (i32.const 0)) (data (i32.const 0) "0")"#, count));
    for _ in 0..3 {
        assert_eq!(scored(&script, ""), (Score::Number(1.0), None));
    }
}

#[test]
fn first_score_takes_as_many_steps_as_the_next() {
    let program = Program::new(&module("(func $f (loop (br_if 0 (i32.const 0))))", "call $f i64.const 0")).unwrap();
    let first = program.run("score", b"").fuel;
    assert_eq!(program.run("score", b"").fuel, first);
    assert!(first > 0);
}

#[test]
fn scores_in_parallel_do_not_meet() {
    let script = script(&harmful("", "(loop br 0)"));
    std::thread::scope(|scope| {
        for index in 0..8 {
            let script = &script;
            scope.spawn(move || {
                let (output, right) = match index % 2 {
                    0 => ("x", unscored("The script did not end within its limit of steps")),
                    _ => ("good", (Score::Number(1.0), None)),
                };
                assert_eq!(scored(script, output), right);
            });
        }
    });
}

#[test]
fn code_that_is_hard_to_compile_ends() {
    let unreachable = fault("wasm `unreachable` instruction executed");
    let nested = format!("{} {}", "(block ".repeat(3_000), ")".repeat(3_000));
    assert_eq!(ending(&format!("(func $f {nested})"), "call $f unreachable"), unreachable);
    // Each variable that is set while its old value is still wanted makes the compiler keep a copy.
    let (gets, drops) = ("local.get 0 ".repeat(5_000), "drop ".repeat(5_000));
    let sets = "(local.set 0 (i32.const 1)) ".repeat(5_000);
    let kept = format!("(func $f (param i32) {gets} {sets} {drops})");
    assert_eq!(ending(&kept, "(call $f (i32.const 0)) unreachable"), unreachable);
}
