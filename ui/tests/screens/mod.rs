//! One module a screen.

mod frame;
