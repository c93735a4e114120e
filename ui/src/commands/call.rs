//! A verb that changes something, and what follows from its answer.
//!
//! ```ignore
//! commands.send(Call::new::<PromptsSave>(request).toast("Saved").reply(&state.saving));
//! ```
//! A failure is shown as a toast with its details, unless somebody waits for the reply and shows it in place.

use super::app_command::AppCommand;
use crate::state::Reply;
use crate::state::cache::malformed;
use crate::state::toast::Toast;
use atelier_types::api::Verb;
use atelier_types::error::{ApiError, ErrorKind};
use serde_json::Value;
use std::marker::PhantomData;

/// What follows from a good answer.
type Then<V> = Box<dyn FnOnce(&<V as Verb>::Response) -> Vec<AppCommand>>;
type FollowUp = Box<dyn FnOnce(Result<Value, ApiError>) -> Vec<AppCommand>>;

/// Ready to be sent.
pub struct Call {
    pub verb: &'static str,
    pub request: Result<Value, ApiError>,
    follow_up: FollowUp,
}

impl Call {
    #[expect(clippy::new_ret_no_self, reason = "a call is built up step by step and becomes one when it is sent")]
    pub fn new<V: Verb>(request: V::Request) -> CallOf<V> {
        CallOf { request, toast: None, then: None, reply: None, verb: PhantomData }
    }

    /// The commands that follow from the answer.
    pub fn follow_up(self, answer: Result<Value, ApiError>) -> Vec<AppCommand> {
        (self.follow_up)(answer)
    }
}

/// A call of one verb while it is described.
#[must_use]
pub struct CallOf<V: Verb> {
    request: V::Request,
    toast: Option<Toast>,
    then: Option<Then<V>>,
    reply: Option<Reply<V::Response>>,
    verb: PhantomData<V>,
}

impl<V: Verb> CallOf<V> {
    /// What is said when it is done.
    pub fn toast(mut self, text: impl Into<String>) -> Self {
        self.toast = Some(Toast::done(text));
        self
    }

    /// Commands that follow when it is done.
    pub fn then(mut self, then: impl FnOnce(&V::Response) -> Vec<AppCommand> + 'static) -> Self {
        self.then = Some(Box::new(then));
        self
    }

    /// The answer also goes here. Whoever waits for it shows a failure himself.
    pub fn reply(mut self, reply: &Reply<V::Response>) -> Self {
        self.reply = Some(reply.clone());
        self
    }

    /// As [`CallOf::reply`], into a slot that remembers that the call is under way.
    pub fn reply_into(self, slot: &mut Option<Reply<V::Response>>) -> Self {
        let reply = Reply::default();
        *slot = Some(reply.clone());
        self.reply(&reply)
    }
}

impl<V: Verb> From<CallOf<V>> for AppCommand {
    fn from(call: CallOf<V>) -> Self {
        let request = serde_json::to_value(&call.request).map_err(|error| unwritable(&error));
        let (toast, then, reply) = (call.toast, call.then, call.reply);
        let follow_up = move |answer: Result<Value, ApiError>| {
            let answer = answer.and_then(|answer| {
                serde_json::from_value::<V::Response>(answer).map_err(|error| malformed(V::INFO.name, &error))
            });
            let mut commands: Vec<AppCommand> = Vec::new();
            match &answer {
                Ok(response) => {
                    commands.extend(toast.map(AppCommand::from));
                    commands.extend(then.map(|then| then(response)).unwrap_or_default());
                }
                Err(error) if reply.is_none() => commands.push(Toast::problem(error.clone()).into()),
                Err(_) => {}
            }
            if let Some(reply) = reply {
                reply.put(answer);
            }
            commands
        };
        Self::Call(Call { verb: V::INFO.name, request, follow_up: Box::new(follow_up) })
    }
}

fn unwritable(error: &serde_json::Error) -> ApiError {
    ApiError::new(ErrorKind::Internal, "interface.request", "The request could not be written as JSON")
        .with_cause(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use atelier_types::api::{ModelRequest, ModelsLoad, Nothing};
    use serde_json::json;

    fn call(command: impl Into<AppCommand>) -> Call {
        match command.into() {
            AppCommand::Call(call) => call,
            other => panic!("{other:?} is no call"),
        }
    }

    #[test]
    fn a_done_call_says_so() {
        let call = call(Call::new::<ModelsLoad>(ModelRequest { name: "qwen".into() }).toast("Loaded"));
        assert_eq!(call.verb, "models.load");
        assert_eq!(call.request, Ok(json!({"name": "qwen"})));
        let commands = call.follow_up(Ok(json!({})));
        assert!(matches!(commands.as_slice(), [AppCommand::ShowToast(toast)] if toast.text == "Loaded"));
    }

    #[test]
    fn a_failure_is_shown_once_either_by_toast_or_by_who_waits() {
        let failure = ApiError::new(ErrorKind::Unavailable, "engine.lost", "The engine stopped");
        let loud = call(Call::new::<ModelsLoad>(ModelRequest { name: "qwen".into() }).toast("Loaded"));
        assert!(matches!(loud.follow_up(Err(failure.clone())).as_slice(), [AppCommand::ShowToast(_)]));

        let mut slot: Option<Reply<Nothing>> = None;
        let quiet = Call::new::<ModelsLoad>(ModelRequest { name: "qwen".into() }).reply_into(&mut slot);
        assert!(Reply::take_from(&mut slot).is_none());
        assert!(call(quiet).follow_up(Err(failure.clone())).is_empty());
        assert_eq!(Reply::take_from(&mut slot), Some(Err(failure)));
        assert!(slot.is_none());
    }
}
