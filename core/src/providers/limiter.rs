//! Keeps calls of one endpoint to its limits: calls at once, requests and tokens in any 60 seconds, and pauses that
//! the server asked for. Calls pass in the order in which they came.
//!
//! Everything here waits on tokio's clock and holds nothing when its future is dropped.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

const MINUTE: Duration = Duration::from_secs(60);

/// Limits of an endpoint; `None` is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    pub max_concurrency: Option<u32>,
    pub requests_per_minute: Option<u32>,
    pub tokens_per_minute: Option<u32>,
}

pub struct Limiter {
    limits: Limits,
    slots: Option<Arc<Semaphore>>,
    /// Held by the call that waits for a window, so that a large one is not overtaken for ever.
    turn: tokio::sync::Mutex<()>,
    windows: Mutex<Windows>,
}

#[derive(Default)]
struct Windows {
    requests: Window,
    tokens: Window,
    paused_until: Option<Instant>,
}

/// The right to send one request. Dropping it frees the place.
pub struct Permit {
    limiter: Arc<Limiter>,
    tokens: Option<Entry>,
    _slot: Option<OwnedSemaphorePermit>,
}

impl Limiter {
    pub fn new(limits: Limits) -> Arc<Self> {
        let slots = limits.max_concurrency.map(|count| Arc::new(Semaphore::new(count.max(1) as usize)));
        Arc::new(Self { limits, slots, turn: Default::default(), windows: Default::default() })
    }

    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Waits for a place. `num_tokens` is what the call may take; [`Permit::settle`] corrects it.
    pub async fn acquire(self: &Arc<Self>, num_tokens: u32) -> Permit {
        let slot = match &self.slots {
            // The semaphore is never closed, so this is always a permit.
            Some(slots) => slots.clone().acquire_owned().await.ok(),
            None => None,
        };
        let tokens = self.pass_windows(u64::from(num_tokens)).await;
        Permit { limiter: self.clone(), tokens, _slot: slot }
    }

    /// Lets nobody pass for `delay`.
    pub fn pause(&self, delay: Duration) {
        let until = Instant::now() + delay;
        let mut windows = self.windows();
        windows.paused_until = Some(windows.paused_until.map_or(until, |known| known.max(until)));
    }

    async fn pass_windows(&self, num_tokens: u64) -> Option<Entry> {
        if let Ok(entry) = self.try_pass(Instant::now(), num_tokens) {
            return entry;
        }
        let _turn = self.turn.lock().await;
        loop {
            match self.try_pass(Instant::now(), num_tokens) {
                Ok(entry) => return entry,
                Err(ready_at) => tokio::time::sleep_until(ready_at).await,
            }
        }
    }

    /// Takes from both windows, or from none and says when to try again.
    fn try_pass(&self, now: Instant, num_tokens: u64) -> Result<Option<Entry>, Instant> {
        let mut windows = self.windows();
        if let Some(until) = windows.paused_until.filter(|until| *until > now) {
            return Err(until);
        }
        windows.paused_until = None;
        let requests = self.limits.requests_per_minute.map(u64::from);
        let tokens = self.limits.tokens_per_minute.map(u64::from);
        let waits = [
            requests.and_then(|limit| windows.requests.ready_at(now, 1, limit)),
            tokens.and_then(|limit| windows.tokens.ready_at(now, num_tokens, limit)),
        ];
        if let Some(ready_at) = waits.into_iter().flatten().max() {
            return Err(ready_at);
        }
        if requests.is_some() {
            windows.requests.take(now, 1);
        }
        Ok(tokens.map(|_| windows.tokens.take(now, num_tokens)))
    }

    fn windows(&self) -> MutexGuard<'_, Windows> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit {
    /// Puts what the call really took in place of what was assumed.
    pub fn settle(&self, num_tokens: u32) {
        if let Some(entry) = self.tokens {
            self.limiter.windows().tokens.settle(entry, u64::from(num_tokens));
        }
    }
}

/// What was taken in the last minute.
#[derive(Default)]
struct Window {
    entries: VecDeque<(Instant, u64)>,
    total: u64,
    num_expired: u64,
}

/// Place of an entry among all that a window ever had.
type Entry = u64;

impl Window {
    /// `None` where `amount` fits now. More than the limit at once passes when the window is empty.
    fn ready_at(&mut self, now: Instant, amount: u64, limit: u64) -> Option<Instant> {
        while let Some((_, taken)) = self.entries.front().copied().filter(|(at, _)| *at + MINUTE <= now) {
            self.entries.pop_front();
            self.total -= taken;
            self.num_expired += 1;
        }
        let mut excess = (self.total + amount).saturating_sub(limit);
        for (taken_at, taken) in &self.entries {
            if excess == 0 {
                break;
            }
            excess = excess.saturating_sub(*taken);
            if excess == 0 {
                return Some(*taken_at + MINUTE);
            }
        }
        if excess == 0 { None } else { self.entries.back().map(|(taken_at, _)| *taken_at + MINUTE) }
    }

    fn take(&mut self, now: Instant, amount: u64) -> Entry {
        self.entries.push_back((now, amount));
        self.total += amount;
        self.num_expired + self.entries.len() as u64 - 1
    }

    fn settle(&mut self, entry: Entry, amount: u64) {
        let place = entry.checked_sub(self.num_expired).and_then(|place| usize::try_from(place).ok());
        if let Some((_, taken)) = place.and_then(|place| self.entries.get_mut(place)) {
            self.total = self.total - *taken + amount;
            *taken = amount;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(max_concurrency: Option<u32>, requests: Option<u32>, tokens: Option<u32>) -> Arc<Limiter> {
        Limiter::new(Limits { max_concurrency, requests_per_minute: requests, tokens_per_minute: tokens })
    }

    /// Seconds that `limiter` makes a call wait which comes `at` seconds after `start`; the call then passes.
    fn wait(limiter: &Limiter, start: Instant, at: u64, num_tokens: u64) -> u64 {
        let now = start + Duration::from_secs(at);
        match limiter.try_pass(now, num_tokens) {
            Ok(_) => 0,
            Err(ready_at) => {
                assert!(limiter.try_pass(ready_at, num_tokens).is_ok(), "it was promised to pass then");
                (ready_at - now).as_secs()
            }
        }
    }

    #[test]
    fn no_limits_never_wait() {
        let (limiter, start) = (limiter(None, None, None), Instant::now());
        assert!((0..1_000).all(|_| wait(&limiter, start, 0, 1_000_000) == 0));
    }

    #[tokio::test]
    async fn at_most_so_many_calls_run_at_once() {
        let limiter = limiter(Some(2), None, None);
        let (first, _second) = (limiter.acquire(0).await, limiter.acquire(0).await);
        let third = limiter.acquire(0);
        tokio::pin!(third);
        assert!(futures_util::poll!(&mut third).is_pending());
        drop(first);
        assert!(futures_util::poll!(&mut third).is_ready());
    }

    #[test]
    fn any_minute_has_at_most_the_limit_of_requests() {
        let (limiter, start) = (limiter(None, Some(2), None), Instant::now());
        let waits = [0, 10, 20, 65, 70, 130].map(|at| wait(&limiter, start, at, 0));
        assert_eq!(waits, [0, 0, 40, 5, 50, 0]);
    }

    #[test]
    fn tokens_are_corrected_when_they_are_known() {
        let (limiter, start) = (limiter(None, None, Some(100)), Instant::now());
        let tokens = limiter.try_pass(start, 100).unwrap();
        Permit { limiter: limiter.clone(), tokens, _slot: None }.settle(10);
        assert_eq!(wait(&limiter, start, 1, 90), 0);
        assert_eq!(wait(&limiter, start, 2, 50), 59);
    }

    #[test]
    fn correction_of_a_call_that_is_long_past_changes_nothing() {
        let (limiter, start) = (limiter(None, None, Some(100)), Instant::now());
        let tokens = limiter.try_pass(start, 100).unwrap();
        assert_eq!(wait(&limiter, start, 61, 80), 0);
        Permit { limiter: limiter.clone(), tokens, _slot: None }.settle(5);
        assert_eq!(wait(&limiter, start, 62, 40), 59);
    }

    #[test]
    fn call_above_the_limit_passes_alone() {
        let (limiter, start) = (limiter(None, None, Some(100)), Instant::now());
        assert_eq!(wait(&limiter, start, 0, 500), 0);
        assert_eq!(wait(&limiter, start, 1, 1), 59);
    }

    #[test]
    fn server_that_asked_for_a_pause_gets_it() {
        let limiter = limiter(None, None, None);
        let start = Instant::now();
        limiter.pause(Duration::from_secs(700));
        limiter.pause(Duration::from_secs(3));
        assert!(wait(&limiter, start, 0, 0) >= 700);
    }

    #[tokio::test]
    async fn dropped_wait_holds_nothing() {
        let limiter = limiter(Some(1), None, None);
        let first = limiter.acquire(0).await;
        {
            let waiting = limiter.acquire(0);
            tokio::pin!(waiting);
            assert!(futures_util::poll!(&mut waiting).is_pending());
        }
        drop(first);
        let next = limiter.acquire(0);
        tokio::pin!(next);
        assert!(futures_util::poll!(&mut next).is_ready());
    }
}
