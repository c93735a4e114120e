//! One module a screen.

mod compare;
mod datasets;
mod experiments;
mod export;
mod frame;
mod history;
mod home;
mod models;
mod palette;
mod prompts;
mod results;
mod review;
mod settings;
