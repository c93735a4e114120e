//! The tests of the interface: one program, one module a screen. What is tested is found by role and name, as a person
//! with a screen reader finds it.

mod screens;
mod walk;
