//! The setting `ignore_case` that scorers share.

use super::options::Options;
use std::borrow::Cow;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Casing {
    Kept,
    Lower,
}

impl Casing {
    pub(super) fn new(options: &mut Options<'_>) -> Result<Self, String> {
        Self::named(options, "ignore_case")
    }

    pub(super) fn named(options: &mut Options<'_>, key: &'static str) -> Result<Self, String> {
        Ok(if options.flag(key, false)? { Self::Lower } else { Self::Kept })
    }

    pub(super) fn of(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Kept => Cow::Borrowed(text),
            Self::Lower => Cow::Owned(text.to_lowercase()),
        }
    }
}
