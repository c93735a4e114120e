//! What the interface knows: values from the studio, where the user is, and what is remembered.
//!
//! Plain data and its rules. Nothing here draws, and nothing here sends.

pub mod cache;
pub mod fetched;
pub mod host;
pub mod persisted;
pub mod playground;
pub mod reply;
pub mod route;
pub mod session;
pub mod toast;

pub use cache::{Cache, Key};
pub use fetched::Fetched;
pub use host::{HostAnswer, HostRequest};
pub use reply::Reply;
pub use route::Route;
pub use session::Session;
