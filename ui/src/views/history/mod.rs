//! The versions of one prompt.
