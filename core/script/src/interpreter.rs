//! Runs a Rhai script's function `score(output, expected, row)`.
//!
//! Scripts have the language and its standard functions on text, numbers, lists and maps. There is no `import`, no
//! `eval` and no clock, and what they print goes nowhere.

use crate::answers;
use rhai::packages::{
    BasicArrayPackage, BasicMapPackage, BasicMathPackage, CorePackage, LogicPackage, MoreStringPackage, Package,
};
use rhai::{AST, Dynamic, Engine, EvalAltResult, Scope};
use serde::Deserialize;

const FUNCTION: &str = "score";
const NUM_PARAMETERS: usize = 3;
/// The module's stack of 1 MiB carries this many; a deeper one ends there without a line.
const DEEPEST_CALL: usize = 48;
const DEEPEST_EXPRESSION: usize = 48;
/// Hashes need not be hard to foresee: whoever writes the script may also let it loop.
const HASH_SEED: [u64; 4] = [1, 2, 3, 4];

#[derive(Deserialize)]
struct Argument {
    script: String,
    output: String,
    expected: Dynamic,
    row: Dynamic,
}

#[derive(Deserialize)]
struct Source {
    script: String,
}

pub fn score(argument: &[u8]) -> String {
    scored(argument).unwrap_or_else(|reason| answers::unscored(&reason))
}

/// `null` where the script compiles, and else what is wrong with it.
pub fn check(argument: &[u8]) -> String {
    let compiled = read::<Source>(argument).and_then(|source| compile(&engine(), &source.script));
    answers::text_or_null(compiled.err())
}

fn scored(argument: &[u8]) -> Result<String, String> {
    let Argument { script, output, expected, row } = read(argument)?;
    let engine = engine();
    let ast = compile(&engine, &script)?;
    let result = engine.call_fn(&mut Scope::new(), &ast, FUNCTION, (output, expected, row));
    answers::of_result(result.map_err(|err| reason(&err))?)
}

fn read<'a, T: Deserialize<'a>>(argument: &'a [u8]) -> Result<T, String> {
    serde_json::from_slice(argument).map_err(|err| format!("The script's argument cannot be read: {err}"))
}

fn engine() -> Engine {
    // It fails where a seed is set already, and that is this one.
    let _ = rhai::config::hashing::set_hashing_seed(Some(HASH_SEED));
    let mut engine = Engine::new_raw();
    CorePackage::new().register_into_engine(&mut engine);
    LogicPackage::new().register_into_engine(&mut engine);
    BasicMathPackage::new().register_into_engine(&mut engine);
    BasicArrayPackage::new().register_into_engine(&mut engine);
    BasicMapPackage::new().register_into_engine(&mut engine);
    MoreStringPackage::new().register_into_engine(&mut engine);
    engine.on_print(|_| {}).on_debug(|_, _, _| {});
    engine.disable_symbol("eval");
    engine.set_strict_variables(true);
    engine.set_max_call_levels(DEEPEST_CALL);
    engine.set_max_expr_depths(DEEPEST_EXPRESSION, DEEPEST_EXPRESSION);
    engine
}

fn compile(engine: &Engine, script: &str) -> Result<AST, String> {
    let ast = engine.compile(script).map_err(|err| format!("The script does not compile: {err}"))?;
    let has_function =
        ast.iter_functions().any(|function| function.name == FUNCTION && function.params.len() == NUM_PARAMETERS);
    has_function.then_some(ast).ok_or_else(|| "The script has no function `score(output, expected, row)`".to_owned())
}

fn reason(err: &EvalAltResult) -> String {
    let mut innermost = err;
    while let EvalAltResult::ErrorInFunctionCall(_, _, inner, _) = innermost {
        innermost = inner;
    }
    match innermost {
        EvalAltResult::ErrorStackOverflow(_) => "The script called itself too deep".to_owned(),
        _ => format!("The script stopped with an error: {innermost}"),
    }
}
