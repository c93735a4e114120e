//! What a script may use, and what is said where it wanted more.

use std::fmt;

/// Largest module, in bytes.
pub(super) const MOST_MODULE_BYTES: usize = 8 << 20;
/// Longest answer, in bytes.
pub(super) const MOST_ANSWER_BYTES: usize = 64 << 10;

/// What one score may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Steps of the machine: one for most instructions, more for calls and branches, and one for each 64 bytes of a bulk
    /// operation. All of a function's instructions outside its loops and conditions count when it is called, even where
    /// it returns early.
    pub fuel: u64,
    /// What the script is given. While it grows, up to twice as much may be reserved.
    pub memory_bytes: usize,
    /// Entries of all tables together.
    pub num_table_entries: usize,
    /// Calls within calls.
    pub call_depth: usize,
    /// Variables of all calls within each other together.
    pub stack_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            fuel: 2_000_000_000,
            memory_bytes: 64 << 20,
            num_table_entries: 100_000,
            call_depth: 4_000,
            stack_bytes: 4 << 20,
        }
    }
}

impl Limits {
    /// An interpreter is made of large functions that return early: it takes several times less time for its steps.
    pub fn of_interpreter() -> Self {
        Self { fuel: 4_000_000_000, ..Self::default() }
    }
}

/// How a script ended that did not return.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ending {
    OutOfSteps,
    OutOfMemory {
        limit_bytes: usize,
    },
    OutOfTable {
        limit_entries: usize,
    },
    TooDeep,
    /// It trapped, and this is why.
    Fault(String),
    /// It returned, but not as a scorer has to: a whole sentence.
    Misfit(String),
}

impl fmt::Display for Ending {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfSteps => formatter.write_str("The script did not end within its limit of steps"),
            Self::OutOfMemory { limit_bytes } => {
                write!(formatter, "The script wanted more than {} MiB", limit_bytes >> 20)
            }
            Self::OutOfTable { limit_entries } => {
                write!(formatter, "The script wanted a table of more than {limit_entries} entries")
            }
            Self::TooDeep => formatter.write_str("The script called itself too deep"),
            Self::Misfit(sentence) => formatter.write_str(sentence),
            Self::Fault(message) => write!(formatter, "The script stopped with an error: {message}"),
        }
    }
}
