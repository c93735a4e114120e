//! The engine of the studio: everything that Atelier does, without a window, a terminal, an environment or a home
//! directory. Settings, clock, randomness, paths, keys and HTTP are handed in as one [`support::Env`].
//!
//! Arrows, checked by `cargo xtask test` (`a ← b`: b uses a):
//! `types ← { workspace, providers, metrics, store, export } ← calls ← experiments, reviews ← api`.
//! The five on the left do not know each other. `api` is the only thing that the faces call.

pub mod api;
pub mod calls;
pub mod diff;
pub mod experiments;
pub mod export;
pub mod metrics;
pub mod providers;
pub mod reviews;
pub mod store;
pub mod support;
pub mod testing;
pub mod tokens;
pub mod workspace;
