//! How everything looks: colours, fonts, the type scale, spaces and icons.
//!
//! Raw colours, sizes of text and font names stand here and in `assets/theme` and nowhere else. Nothing here draws.

mod apply;
pub mod fonts;
pub mod icons;
pub mod metrics;
mod tokens;
pub mod type_scale;

pub use apply::{install, shadow, still};
pub use icons::Icon;
pub use tokens::{Tokens, contrast, tokens};
pub use type_scale::Type;
