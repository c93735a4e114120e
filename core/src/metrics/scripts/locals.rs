//! Refuses functions with very many local variables.
//!
//! A call sets them all to zero for the price of a call, so that with the format's 50,000 a script could take a hundred
//! times the time that its steps stand for.

use wasmparser::{FunctionBody, Parser, Payload};

/// Large functions that are compiled from other languages have a few hundred.
const MOST_LOCALS: u64 = 256;

/// The module is one that the machine takes already.
pub(super) fn check(module: &[u8]) -> Result<(), String> {
    let unreadable = |err| format!("The module cannot be read: {err}");
    for payload in Parser::new(0).parse_all(module) {
        let Payload::CodeSectionEntry(body) = payload.map_err(unreadable)? else { continue };
        let num_locals = num_locals(&body).map_err(unreadable)?;
        if num_locals > MOST_LOCALS {
            return Err(format!("A function of the module has {num_locals} local variables; {MOST_LOCALS} are taken"));
        }
    }
    Ok(())
}

fn num_locals(body: &FunctionBody<'_>) -> wasmparser::Result<u64> {
    body.get_locals_reader()?.into_iter().map(|locals| locals.map(|(count, _)| u64::from(count))).sum()
}
