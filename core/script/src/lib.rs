//! The interpreter of users' scripts, as a WebAssembly module without imports: it can compute and nothing else.
//!
//! It is a scorer module as any other (the interface stands in `core/src/metrics/scripts/mod.rs`), whose argument also
//! has the `script`. Its protection is the machine that runs it, which counts its steps and its memory; Rhai's own
//! limits only make for better messages. What does not belong here: anything that a script could reach the world by.

#![cfg(target_arch = "wasm32")]
#![expect(unsafe_code, reason = "the names of exports are an attribute that counts as unsafe")]

mod answers;
mod interpreter;

use std::sync::{Mutex, MutexGuard, Once, PoisonError};

/// What the host writes the argument into.
static ARGUMENT: Mutex<Vec<u8>> = Mutex::new(Vec::new());
/// What the host reads after a call.
static ANSWER: Mutex<String> = Mutex::new(String::new());
/// What the host reads after a call that did not return.
static PANIC: Mutex<String> = Mutex::new(String::new());

#[unsafe(no_mangle)]
pub extern "C" fn allocate(len: u32) -> *const u8 {
    keep_panics();
    let mut argument = locked(&ARGUMENT);
    *argument = vec![0; len as usize];
    argument.as_ptr()
}

#[unsafe(no_mangle)]
pub extern "C" fn score(_pointer: u32, _len: u32) -> u64 {
    answer(interpreter::score(&argument()))
}

#[unsafe(no_mangle)]
pub extern "C" fn check(_pointer: u32, _len: u32) -> u64 {
    answer(interpreter::check(&argument()))
}

#[unsafe(no_mangle)]
pub extern "C" fn last_error() -> u64 {
    place(&locked(&PANIC))
}

/// There is one argument at a time, so it need not be looked up by its pointer.
fn argument() -> Vec<u8> {
    std::mem::take(&mut locked(&ARGUMENT))
}

fn answer(text: String) -> u64 {
    let mut answer = locked(&ANSWER);
    *answer = text;
    place(&answer)
}

/// Pointer in the high half, length in the low one.
fn place(text: &str) -> u64 {
    (text.as_ptr().addr() as u64) << 32 | text.len() as u64
}

fn keep_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|panic| {
            *locked(&PANIC) = panic.payload_as_str().unwrap_or("the interpreter failed").to_owned();
        }));
    });
}

fn locked<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}
