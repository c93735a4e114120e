//! What the programs with and without a window share: the world that is handed to the core, the command line, and the
//! local web server. Nothing here needs a display, and nothing here decides anything: an adapter parses, calls the
//! API, and prints, serves or emits what it answered.

pub mod cli;
pub mod environment;
mod keychain;
pub mod serve;
pub mod start;
pub mod statuses;
