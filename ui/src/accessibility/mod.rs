//! egui's accessibility tree, mirrored into the page, so that screen readers and WebDriver see what is on the canvas.
//!
//! [`tree`] is pure: a tree update goes in, the changes to the mirror come out. `dom` applies them to hidden elements
//! that lie over the canvas, and turns clicks, focus, text and keys on them into actions for egui. Nothing is shown and
//! nothing takes the pointer. Natively the window's own adapter does all of this.

#[cfg(target_arch = "wasm32")]
pub mod dom;
#[cfg(target_arch = "wasm32")]
mod events;
pub mod roles;
pub mod tree;
