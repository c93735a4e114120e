//! Events on their way to every connected face.
//!
//! A subscriber has a small mailbox that coalesces: of two events about the same thing the newer stays, texts to
//! append are joined, stale tags are merged. So a slow subscriber gets the newest state and never a backlog, and a
//! run of 100,000 outputs costs a window at most one message of each kind a tick.

use atelier_types::event::{Event, Tag};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::Notify;

/// At most 30 batches a second go to one subscriber.
const MIN_GAP: Duration = Duration::from_millis(33);

/// Where events are published. Cloning shares it.
#[derive(Clone, Default)]
pub struct EventHub {
    mailboxes: Arc<Mutex<Vec<Weak<Mailbox>>>>,
}

#[derive(Default)]
struct Mailbox {
    pending: Mutex<Vec<Event>>,
    arrived: Notify,
}

/// One subscriber's end.
pub struct Subscription {
    mailbox: Arc<Mailbox>,
    last_batch: Option<tokio::time::Instant>,
}

impl EventHub {
    pub fn subscribe(&self) -> Subscription {
        let mailbox = Arc::new(Mailbox::default());
        let mut mailboxes = self.mailboxes.lock().unwrap_or_else(PoisonError::into_inner);
        mailboxes.retain(|mailbox| mailbox.strong_count() > 0);
        mailboxes.push(Arc::downgrade(&mailbox));
        Subscription { mailbox, last_batch: None }
    }

    pub fn publish(&self, event: Event) {
        let mailboxes = self.mailboxes.lock().unwrap_or_else(PoisonError::into_inner);
        for mailbox in mailboxes.iter().filter_map(Weak::upgrade) {
            coalesce(&mut mailbox.pending.lock().unwrap_or_else(PoisonError::into_inner), event.clone());
            mailbox.arrived.notify_one();
        }
    }

    /// Says which reads are to be asked again.
    pub fn stale(&self, tags: &[Tag]) {
        self.publish(Event::CacheStale { tags: tags.to_vec() });
    }
}

impl Subscription {
    /// The next batch, in order of arrival. Waits until there is one, and until the last one is 33 ms old.
    pub async fn next_batch(&mut self) -> Vec<Event> {
        if let Some(last) = self.last_batch {
            tokio::time::sleep_until(last + MIN_GAP).await;
        }
        loop {
            let batch = std::mem::take(&mut *self.mailbox.pending.lock().unwrap_or_else(PoisonError::into_inner));
            if !batch.is_empty() {
                self.last_batch = Some(tokio::time::Instant::now());
                return batch;
            }
            self.mailbox.arrived.notified().await;
        }
    }
}

/// Adds an event to what is pending, or joins it with one that it replaces or continues.
fn coalesce(pending: &mut Vec<Event>, event: Event) {
    match &event {
        Event::CacheStale { tags } => {
            if let Some(Event::CacheStale { tags: known }) =
                pending.iter_mut().find(|pending| matches!(pending, Event::CacheStale { .. }))
            {
                known.extend(tags.iter().copied());
                known.sort_unstable();
                known.dedup();
                return;
            }
        }
        Event::PlaygroundDelta { playground, model, text } => {
            let same_pane = |pending: &&mut Event| matches!(pending, Event::PlaygroundDelta { playground: p, model: m, .. } if p == playground && m == model);
            if let Some(Event::PlaygroundDelta { text: known, .. }) = pending.iter_mut().find(same_pane) {
                known.push_str(text);
                return;
            }
        }
        Event::RunProgressed { run, .. } => {
            pending.retain(|pending| !matches!(pending, Event::RunProgressed { run: known, .. } if known == run));
        }
        Event::EngineChanged { .. } => pending.retain(|pending| !matches!(pending, Event::EngineChanged { .. })),
        Event::Connections { .. } => pending.retain(|pending| !matches!(pending, Event::Connections { .. })),
        Event::PlaygroundDone { .. } => {}
    }
    pending.push(event);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delta(text: &str) -> Event {
        Event::PlaygroundDelta { playground: "p".into(), model: "m".into(), text: text.to_owned() }
    }

    #[tokio::test]
    async fn slow_subscriber_gets_joined_text_and_merged_tags() {
        let hub = EventHub::default();
        let mut subscription = hub.subscribe();
        hub.publish(delta("a"));
        hub.stale(&[Tag::Runs]);
        hub.publish(delta("b"));
        hub.stale(&[Tag::Outputs, Tag::Runs]);
        let batch = subscription.next_batch().await;
        assert_eq!(batch, [delta("ab"), Event::CacheStale { tags: vec![Tag::Runs, Tag::Outputs] }]);
    }

    #[tokio::test]
    async fn dropped_subscriber_is_forgotten() {
        let hub = EventHub::default();
        drop(hub.subscribe());
        let _kept = hub.subscribe();
        assert_eq!(hub.mailboxes.lock().unwrap().len(), 1);
    }
}
