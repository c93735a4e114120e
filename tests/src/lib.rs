//! What the end-to-end tests share: the built programs, a machine of one's own for each test, a provider that stands in
//! for a remote one, a display, and drivers of webview and browser.
//!
//! The programs are tested as processes, over the same doors that a user has. What a test needs and does not find is a
//! failure, never a skipped test.

// A test that cannot go on fails.
#![expect(clippy::expect_used, clippy::panic, reason = "all of this is test code")]

pub mod display;
pub mod engine;
pub mod main_job;
pub mod programs;
pub mod sandbox;
pub mod serving;
pub mod stand_in;
pub mod tiny_model;
pub mod webdriver;
pub mod workspace;
