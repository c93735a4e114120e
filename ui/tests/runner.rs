//! The tests of the interface: one program, one module a screen. What is tested is found by role and name, as a person
//! with a screen reader finds it.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod screens;
mod walk;
