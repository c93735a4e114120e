//! Messages that wait for the next frame. One thread only, as everything in a webview.

use super::{Message, Waker};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

#[derive(Clone, Default)]
pub struct Inbox(Rc<RefCell<Waiting>>);

#[derive(Default)]
struct Waiting {
    messages: VecDeque<Message>,
    waker: Option<Waker>,
}

impl Inbox {
    pub fn connect(&self, waker: Waker) {
        self.0.borrow_mut().waker = Some(waker);
    }

    pub fn push(&self, message: Message) {
        let waker = {
            let mut waiting = self.0.borrow_mut();
            waiting.messages.push_back(message);
            waiting.waker.clone()
        };
        if let Some(waker) = waker {
            waker();
        }
    }

    pub fn pop(&self) -> Option<Message> {
        self.0.borrow_mut().messages.pop_front()
    }
}
