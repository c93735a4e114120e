//! The only thing that the faces call: one function a verb, grouped by noun, each of the shape
//! *check → lock → act → record → say what became stale*.
//!
//! [`dispatch`] is made from the list in `atelier-types`; it does not compile while a verb has no function here.

mod calling;
mod events;
mod run_outputs;
mod studio;

pub mod datasets;
pub mod drafts;
pub mod experiments;
pub mod exports;
pub mod history;
pub mod models;
pub mod outputs;
pub mod playground;
pub mod prompts;
pub mod reviews;
pub mod rubrics;
pub mod runs;
pub mod scores;
pub mod settings;
pub mod stats;
pub mod workspace;

pub use events::{EventHub, Subscription};
pub use studio::{Session, Studio};

use atelier_types::api::*;
use atelier_types::error::{ApiError, ErrorKind};
use serde_json::Value;

pub type Result<T> = std::result::Result<T, ApiError>;

/// A verb whose function in this module answers it.
pub trait Handle: Verb {
    fn handle(studio: &Studio, request: Self::Request) -> impl Future<Output = Result<Self::Response>> + Send;
}

/// Calls a verb with types.
pub async fn call<V: Handle>(studio: &Studio, request: V::Request) -> Result<V::Response> {
    V::handle(studio, request).await
}

macro_rules! handle_each {
    ($($module:ident $function:ident $verb:ident $role:ident [$($tag:ident)*] $request:ty => $response:ty, $doc:literal;)*) => {
        $(impl Handle for $verb {
            async fn handle(studio: &Studio, request: Self::Request) -> Result<Self::Response> {
                $module::$function(studio, request).await
            }
        })*

        /// Calls a verb by name with JSON, as a caller of `role`. Denied unless the role is enough.
        pub async fn dispatch(studio: &Studio, role: AccessRole, verb: &str, request: Value) -> Result<Value> {
            match verb {
                $(concat!(stringify!($module), ".", stringify!($function)) => {
                    answer::<$verb>(studio, role, request).await
                })*
                _ => Err(ApiError::new(ErrorKind::NotFound, "api.unknown_verb", format!("There is no verb `{verb}`"))),
            }
        }
    };
}

atelier_types::for_each_verb!(handle_each);

async fn answer<V: Handle>(studio: &Studio, role: AccessRole, request: Value) -> Result<Value> {
    if role < V::INFO.role {
        let message = format!("`{}` needs the role {:?}, and this caller is a {role:?}", V::INFO.name, V::INFO.role);
        return Err(ApiError::new(ErrorKind::Forbidden, "api.forbidden", message)
            .with_action("Ask the owner of this studio for a link with more rights."));
    }
    let request = if request.is_null() { Value::Object(Default::default()) } else { request };
    let request = serde_json::from_value(request).map_err(|err| {
        ApiError::new(ErrorKind::Invalid, "api.bad_request", format!("`{}` was asked wrongly", V::INFO.name))
            .with_cause(err)
    })?;
    let response = V::handle(studio, request).await?;
    serde_json::to_value(response).map_err(|err| {
        ApiError::new(ErrorKind::Internal, "api.bad_response", format!("The answer of `{}` is no JSON", V::INFO.name))
            .with_cause(err)
    })
}
