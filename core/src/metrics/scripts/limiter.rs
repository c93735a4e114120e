//! Counts what the virtual machine gives a script, and refuses what is over its limits.
//!
//! A script is told of a refusal as WebAssembly has it (`memory.grow` gives -1), since some languages ask for more than
//! they need. Where it then fails, the refusal is what is said.

use super::limits::{Ending, Limits};
use wasmi::ResourceLimiter;
use wasmi_core::LimiterError;

pub(super) struct Limiter {
    limits: Limits,
    memory: Counter,
    table: Counter,
}

#[derive(Default)]
struct Counter {
    given: usize,
    was_refused: bool,
}

impl Limiter {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, memory: Counter::default(), table: Counter::default() }
    }

    /// All that was given. What failed to be allocated is counted too.
    pub(super) fn memory_bytes(&self) -> usize {
        self.memory.given
    }

    pub(super) fn out_of_memory(&self) -> Ending {
        Ending::OutOfMemory { limit_bytes: self.limits.memory_bytes }
    }

    /// What a script lacked that failed for another reason than its steps.
    pub(super) fn refusal(&self) -> Option<Ending> {
        if self.memory.was_refused {
            return Some(self.out_of_memory());
        }
        self.table.was_refused.then_some(Ending::OutOfTable { limit_entries: self.limits.num_table_entries })
    }
}

impl Counter {
    fn grow(&mut self, current: usize, desired: usize, limit: usize) -> bool {
        let total = self.given.saturating_add(desired.saturating_sub(current));
        if total > limit {
            self.was_refused = true;
            return false;
        }
        self.given = total;
        true
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> Result<bool, LimiterError> {
        Ok(self.memory.grow(current, desired, self.limits.memory_bytes))
    }

    fn table_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool, LimiterError> {
        Ok(self.table.grow(current, desired, self.limits.num_table_entries))
    }

    fn instances(&self) -> usize {
        1
    }

    fn tables(&self) -> usize {
        8
    }

    fn memories(&self) -> usize {
        1
    }
}
