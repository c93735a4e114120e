//! The place where the answer to one call will lie. A view keeps it, and looks at it in every frame.

use atelier_types::error::ApiError;
use std::cell::RefCell;
use std::rc::Rc;

/// Clones share the answer.
pub struct Reply<T>(Rc<RefCell<Option<Result<T, ApiError>>>>);

impl<T> Reply<T> {
    pub fn put(&self, answer: Result<T, ApiError>) {
        *self.0.borrow_mut() = Some(answer);
    }

    /// The answer, once.
    pub fn take(&self) -> Option<Result<T, ApiError>> {
        self.0.borrow_mut().take()
    }

    /// The answer of a reply that may be under way; empties the slot when it came.
    pub fn take_from(slot: &mut Option<Self>) -> Option<Result<T, ApiError>> {
        let answer = slot.as_ref()?.take()?;
        *slot = None;
        Some(answer)
    }
}

impl<T> Default for Reply<T> {
    fn default() -> Self {
        Self(Rc::new(RefCell::new(None)))
    }
}

impl<T> Clone for Reply<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}
