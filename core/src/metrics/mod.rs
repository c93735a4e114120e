//! What is measured and how sure it is: scorers turn an output into a number, judges turn a model's answers about an
//! output into one, statistics turn numbers into a verdict.
//!
//! Everything here is pure: no model is called (a judge only plans what to ask), nothing is read, and what draws takes a
//! seed. A score that cannot be given is *unscored with a reason*, never 0 and never NaN.

pub mod custom;
pub mod judges;
pub mod scorers;
pub mod scripts;
pub mod semantic;
pub mod statistics;
