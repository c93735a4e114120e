//! A module in its virtual machine: what is taken, and one run of it.
//!
//! What holds the limits, in wasmi 2: every loop and call costs fuel; bulk operations and growth cost it by their bytes,
//! before they happen; a `start` function runs on the same fuel; a script's calls lie on the machine's own stack. This
//! thread's stack is safe only with the feature `portable-dispatch`: without it one instruction calls the next, which
//! relies on an optimisation that a build with debug assertions does not do. Compiling a function on its first call
//! costs no fuel, or the first score would have fewer steps than the next.

use super::limiter::Limiter;
use super::limits::{Ending, Limits, MOST_ANSWER_BYTES, MOST_MODULE_BYTES};
use super::locals;
use std::panic::{AssertUnwindSafe, catch_unwind};
use wasmi::{
    Config, CustomFuelCosts, EnforcedLimits, Engine, Error, ExternType, Instance, Memory, Module, OperatorCost, Store,
    TrapCode, ValType,
};

const I32: ValType = ValType::I32;
const I64: ValType = ValType::I64;
/// A call is more work than an instruction: a frame, and its variables.
const CALL_FUEL: u8 = 16;
const BRANCH_FUEL: u8 = 2;
const BULK_FUEL: u8 = 32;
const BYTES_PER_FUEL: u32 = 64;
/// What a failed script may take to say why.
const LAST_WORDS_FUEL: u64 = 10_000;

/// A compiled module with the exports that a scorer needs.
pub struct Program {
    module: Module,
    limits: Limits,
}

/// One call's answer, and what it took.
#[cfg_attr(not(test), expect(dead_code, reason = "tests look at what was taken"))]
pub(super) struct Run {
    pub answer: Result<Vec<u8>, Ending>,
    pub fuel: u64,
    pub memory_bytes: usize,
}

impl Program {
    /// Compiles a scorer module. The error is a sentence that says what is wrong with it.
    pub fn new(module: &[u8]) -> Result<Self, String> {
        Self::with_limits(module, Limits::default())
    }

    pub fn with_limits(module: &[u8], limits: Limits) -> Result<Self, String> {
        if module.len() > MOST_MODULE_BYTES {
            return Err(format!("The module is larger than {} MiB", MOST_MODULE_BYTES >> 20));
        }
        let compile = || Module::new(&Engine::new(&config(&limits)), module).map_err(|err| err.to_string());
        let compiled = catch_unwind(AssertUnwindSafe(compile)).unwrap_or_else(|_| Err("it cannot be compiled".into()));
        let compiled = compiled.map_err(|err| format!("This is no WebAssembly module that can be run: {err}"))?;
        if let Some(import) = compiled.imports().next() {
            let (module, name) = (import.module(), import.name());
            return Err(format!("The module imports `{module}.{name}`, and a scorer may import nothing"));
        }
        check_exports(&compiled)?;
        locals::check(module)?;
        Ok(Self { module: compiled, limits })
    }

    pub(super) fn score(&self, argument: &[u8]) -> Result<Vec<u8>, Ending> {
        self.run("score", argument).answer
    }

    /// `None` where the module has no such function.
    pub(super) fn check(&self, argument: &[u8]) -> Result<Option<Vec<u8>>, Ending> {
        match is_function(&self.module, "check", &[I32, I32], &[I64]) {
            true => self.run("check", argument).answer.map(Some),
            false => Ok(None),
        }
    }

    /// One call in an instance of its own.
    pub(super) fn run(&self, function: &str, argument: &[u8]) -> Run {
        let mut store = Store::new(self.module.engine(), Limiter::new(self.limits));
        store.limiter(|limiter| limiter);
        // A panic would be a fault of the machine; it ends this score and not the program.
        let answer = catch_unwind(AssertUnwindSafe(|| self.call(&mut store, function, argument)));
        let answer = answer.unwrap_or_else(|_| Err(Ending::Fault("its machine failed".to_owned())));
        let fuel = self.limits.fuel.saturating_sub(store.get_fuel().unwrap_or_default());
        Run { answer, fuel, memory_bytes: store.data().memory_bytes() }
    }

    fn call(&self, store: &mut Store<Limiter>, function: &str, argument: &[u8]) -> Result<Vec<u8>, Ending> {
        store.set_fuel(self.limits.fuel).map_err(|err| ending(&err, store))?;
        let instance = Instance::new(&mut *store, &self.module, &[]).map_err(|err| ending(&err, store))?;
        call_in(store, instance, function, argument).map_err(|failure| match failure {
            Failure::Misfit(sentence) => Ending::Misfit(sentence),
            Failure::Trap(err) => match ending(&err, store) {
                Ending::Fault(message) => Ending::Fault(last_words(store, instance).unwrap_or(message)),
                ending => ending,
            },
        })
    }
}

fn config(limits: &Limits) -> Config {
    let cost = costs();
    let mut config = Config::default();
    config
        .consume_fuel(true)
        .operator_cost(cost)
        .fuel_cost(CustomFuelCosts {
            bytes_copied_per_fuel: BYTES_PER_FUEL,
            fuel_per_bytes_translated: 0,
            fuel_per_bytes_validated: 0,
        })
        .enforced_limits(EnforcedLimits::strict())
        .wasm_multi_memory(false)
        .ignore_custom_sections(true)
        .set_max_recursion_depth(limits.call_depth)
        .set_max_stack_height(limits.stack_bytes);
    config
}

/// What takes several times as long as an addition costs as much more.
fn costs() -> OperatorCost {
    let mut costs = OperatorCost::default();
    for branch in [&mut costs.br, &mut costs.br_if, &mut costs.br_table] {
        *branch = BRANCH_FUEL;
    }
    for call in [&mut costs.call, &mut costs.call_indirect, &mut costs.return_call, &mut costs.return_call_indirect] {
        *call = CALL_FUEL;
    }
    for bulk in [
        &mut costs.memory_copy,
        &mut costs.memory_fill,
        &mut costs.memory_grow,
        &mut costs.memory_init,
        &mut costs.table_copy,
        &mut costs.table_fill,
        &mut costs.table_grow,
        &mut costs.table_init,
    ] {
        *bulk = BULK_FUEL;
    }
    costs
}

fn check_exports(module: &Module) -> Result<(), String> {
    if !matches!(module.get_export("memory"), Some(ExternType::Memory(memory)) if !memory.is_64()) {
        return Err("The module does not export its `memory`".to_owned());
    }
    if !is_function(module, "allocate", &[I32], &[I32]) {
        return Err("The module does not export `allocate(len: i32) -> i32`".to_owned());
    }
    if !is_function(module, "score", &[I32, I32], &[I64]) {
        return Err("The module does not export `score(pointer: i32, len: i32) -> i64`".to_owned());
    }
    Ok(())
}

fn is_function(module: &Module, name: &str, params: &[ValType], results: &[ValType]) -> bool {
    match module.get_export(name) {
        Some(ExternType::Func(function)) => function.params() == params && function.results() == results,
        _ => false,
    }
}

/// Why a call gave no answer.
enum Failure {
    Trap(Error),
    /// What is wrong with a place that the module gave.
    Misfit(String),
}

impl From<Error> for Failure {
    fn from(err: Error) -> Self {
        Self::Trap(err)
    }
}

fn call_in(
    store: &mut Store<Limiter>,
    instance: Instance,
    function: &str,
    argument: &[u8],
) -> Result<Vec<u8>, Failure> {
    if let Ok(initialize) = instance.get_typed_func::<(), ()>(&*store, "_initialize") {
        initialize.call(&mut *store, ())?;
    }
    let len = i32::try_from(argument.len()).map_err(|_| Error::from(TrapCode::OutOfSystemMemory))?;
    let allocate = instance.get_typed_func::<i32, i32>(&*store, "allocate")?;
    let pointer = allocate.call(&mut *store, len)?;
    let memory = memory(store, instance)?;
    if memory.write(&mut *store, pointer.cast_unsigned() as usize, argument).is_err() {
        return Err(Failure::Misfit("The script's place for its argument lies outside its memory".to_owned()));
    }
    let function = instance.get_typed_func::<(i32, i32), i64>(&*store, function)?;
    let place = function.call(&mut *store, (pointer, len))?;
    bytes_at(store, memory, place).map_err(Failure::Misfit)
}

fn memory(store: &Store<Limiter>, instance: Instance) -> Result<Memory, Error> {
    instance.get_memory(store, "memory").ok_or_else(|| Error::new("it has no memory"))
}

fn bytes_at(store: &Store<Limiter>, memory: Memory, place: i64) -> Result<Vec<u8>, String> {
    let place = place.cast_unsigned();
    let (pointer, len) = ((place >> 32) as usize, (place & u64::from(u32::MAX)) as usize);
    if len > MOST_ANSWER_BYTES {
        return Err(format!("The script's answer is longer than {} KiB", MOST_ANSWER_BYTES >> 10));
    }
    let bytes = memory.data(store).get(pointer..).and_then(|bytes| bytes.get(..len));
    bytes.map(<[u8]>::to_vec).ok_or_else(|| "The script's answer lies outside its memory".to_owned())
}

/// What the module says about its own failure.
fn last_words(store: &mut Store<Limiter>, instance: Instance) -> Option<String> {
    let fuel = store.get_fuel().ok()?;
    store.set_fuel(fuel.min(LAST_WORDS_FUEL)).ok()?;
    let place = instance.get_typed_func::<(), i64>(&*store, "last_error").ok()?.call(&mut *store, ()).ok()?;
    let memory = memory(store, instance).ok()?;
    let words = String::from_utf8(bytes_at(store, memory, place).ok()?).ok()?;
    Some(words.trim().to_owned()).filter(|words| !words.is_empty())
}

fn ending(err: &Error, store: &Store<Limiter>) -> Ending {
    match err.as_trap_code() {
        Some(TrapCode::OutOfFuel) => Ending::OutOfSteps,
        Some(TrapCode::StackOverflow) => Ending::TooDeep,
        Some(TrapCode::OutOfSystemMemory | TrapCode::GrowthOperationLimited) => store.data().out_of_memory(),
        _ => store.data().refusal().unwrap_or_else(|| Ending::Fault(err.to_string())),
    }
}
