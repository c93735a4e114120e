//! One module a screen.

mod compare;
mod datasets;
mod experiments;
mod export;
mod frame;
mod results;
mod review;
