//! How much a run may still spend. Pure.
//!
//! What a call will cost is known when it is over, so the dearest call so far stands for the next ones: a call starts
//! only while everything in flight at that price still fits. The first call runs alone, to learn a price.

/// Whether one more call may start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    Go,
    /// It may, or may not, when a call in flight has ended.
    Wait,
    /// The budget is used up.
    Stop,
}

#[derive(Clone, Debug)]
pub(super) struct Budget {
    max_usd: Option<f64>,
    spent_usd: f64,
    dearest_usd: Option<f64>,
    num_in_flight: u32,
}

impl Budget {
    pub fn new(max_usd: Option<f64>, spent_usd: f64) -> Self {
        Self { max_usd, spent_usd, dearest_usd: None, num_in_flight: 0 }
    }

    /// Counts the call as in flight where the answer is [`Admission::Go`].
    pub fn admit(&mut self) -> Admission {
        let admission = self.look();
        if admission == Admission::Go {
            self.num_in_flight += 1;
        }
        admission
    }

    fn look(&self) -> Admission {
        let Some(max_usd) = self.max_usd else { return Admission::Go };
        let fits = match self.dearest_usd {
            Some(dearest_usd) => self.spent_usd + dearest_usd * f64::from(self.num_in_flight + 1) <= max_usd,
            None => self.num_in_flight == 0 && (self.spent_usd == 0.0 || self.spent_usd < max_usd),
        };
        match (fits, self.num_in_flight) {
            (true, _) => Admission::Go,
            (false, 0) => Admission::Stop,
            (false, _) => Admission::Wait,
        }
    }

    /// A call ended. `None` for one that cost nothing because nothing was asked.
    pub fn settle(&mut self, cost_usd: Option<f64>) {
        self.num_in_flight = self.num_in_flight.saturating_sub(1);
        if let Some(cost_usd) = cost_usd {
            self.spent_usd += cost_usd;
            self.dearest_usd = Some(self.dearest_usd.map_or(cost_usd, |dearest| dearest.max(cost_usd)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_limit_everything_goes() {
        let mut budget = Budget::new(None, 5.0);
        assert!((0..100).all(|_| budget.admit() == Admission::Go));
    }

    #[test]
    fn first_call_learns_the_price_alone() {
        let mut budget = Budget::new(Some(1.0), 0.0);
        assert_eq!([budget.admit(), budget.admit()], [Admission::Go, Admission::Wait]);
        budget.settle(Some(0.3));
        assert_eq!([budget.admit(), budget.admit(), budget.admit()], [Admission::Go, Admission::Go, Admission::Wait]);
    }

    #[test]
    fn budget_is_never_overrun_while_prices_hold() {
        let mut budget = Budget::new(Some(1.0), 0.0);
        let mut num_calls = 0;
        while budget.admit() == Admission::Go {
            budget.settle(Some(0.3));
            num_calls += 1;
        }
        assert_eq!((num_calls, budget.admit()), (3, Admission::Stop));
    }

    #[test]
    fn spent_budget_stops_a_resumed_run_at_once() {
        assert_eq!(Budget::new(Some(1.0), 1.0).admit(), Admission::Stop);
    }

    #[test]
    fn free_answers_do_not_use_it_up() {
        let mut budget = Budget::new(Some(0.0), 0.0);
        for cost_usd in [None, Some(0.0), Some(0.0)] {
            assert_eq!(budget.admit(), Admission::Go);
            budget.settle(cost_usd);
        }
    }
}
