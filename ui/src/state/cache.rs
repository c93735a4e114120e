//! Answers to reads, one for each verb and request, dropped by tag and never by guess.
//!
//! Views ask for what they draw in every frame; the cache remembers what has to be sent. An answer that became stale
//! is asked again only while somebody looks at it. Answers nobody looked at for a while are forgotten.

use super::fetched::Fetched;
use atelier_types::api::Verb;
use atelier_types::error::{ApiError, ErrorKind};
use atelier_types::event::Tag;
use serde_json::Value;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// Answers that nobody looks at are kept up to this number.
const MAX_UNUSED: usize = 256;

/// Which read: the verb and its request as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    pub verb: &'static str,
    request: String,
}

impl Key {
    pub fn of<V: Verb>(request: &V::Request) -> Self {
        // Requests are plain data; one that cannot be written is refused by the studio with a proper error.
        Self { verb: V::INFO.name, request: serde_json::to_string(request).unwrap_or_default() }
    }

    /// The request as it is sent.
    pub fn request(&self) -> Value {
        serde_json::from_str(&self.request).unwrap_or(Value::Null)
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Status {
    Wanted,
    Asked,
    Settled,
}

struct Entry {
    reads: &'static [Tag],
    parse: fn(Value) -> Result<Rc<dyn Any>, serde_json::Error>,
    status: Status,
    since_secs: f64,
    is_stale: bool,
    value: Option<Rc<dyn Any>>,
    error: Option<Rc<ApiError>>,
    used_in_frame: u64,
}

#[derive(Default)]
pub struct Cache {
    entries: RefCell<HashMap<Key, Entry>>,
    frame: Cell<u64>,
    now_secs: Cell<f64>,
}

impl Cache {
    /// Starts a frame; the time is egui's.
    pub fn begin_frame(&self, now_secs: f64) {
        self.frame.set(self.frame.get() + 1);
        self.now_secs.set(now_secs);
        self.forget_unused();
    }

    pub fn now_secs(&self) -> f64 {
        self.now_secs.get()
    }

    /// What is known of a read. Asks for it where that has not been done or the answer is stale.
    pub fn fetch<V: Verb>(&self, request: &V::Request) -> Fetched<V::Response> {
        self.fetch_key::<V>(&Key::of::<V>(request))
    }

    /// As [`Cache::fetch`], for a caller that keeps the key because the request is long.
    pub fn fetch_key<V: Verb>(&self, key: &Key) -> Fetched<V::Response> {
        let mut entries = self.entries.borrow_mut();
        let entry = match entries.get_mut(key) {
            Some(entry) => entry,
            None => entries.entry(key.clone()).or_insert_with(|| self.new_entry::<V>()),
        };
        entry.used_in_frame = self.frame.get();
        if entry.is_stale && entry.status == Status::Settled {
            entry.status = Status::Wanted;
            entry.since_secs = self.now_secs.get();
        }
        fetched(entry)
    }

    /// What is known of a read, without asking.
    pub fn peek<V: Verb>(&self, request: &V::Request) -> Fetched<V::Response> {
        self.entries.borrow().get(&Key::of::<V>(request)).map_or(Fetched::NotAsked, fetched)
    }

    fn new_entry<V: Verb>(&self) -> Entry {
        Entry {
            reads: V::INFO.reads,
            parse: |answer| Ok(Rc::new(serde_json::from_value::<V::Response>(answer)?)),
            status: Status::Wanted,
            since_secs: self.now_secs.get(),
            is_stale: false,
            value: None,
            error: None,
            used_in_frame: self.frame.get(),
        }
    }

    /// Reads that are to be sent now; from here on they count as asked.
    pub fn take_wanted(&self) -> Vec<Key> {
        let mut entries = self.entries.borrow_mut();
        let wanted = entries.iter_mut().filter(|(_, entry)| entry.status == Status::Wanted);
        let keys = wanted.map(|(key, entry)| {
            entry.status = Status::Asked;
            entry.is_stale = false;
            key.clone()
        });
        keys.collect()
    }

    pub fn has_wanted(&self) -> bool {
        self.entries.borrow().values().any(|entry| entry.status == Status::Wanted)
    }

    /// Takes in an answer.
    pub fn settle(&self, key: &Key, result: Result<Value, ApiError>) {
        let mut entries = self.entries.borrow_mut();
        let Some(entry) = entries.get_mut(key) else { return };
        entry.status = Status::Settled;
        let parsed = result.and_then(|answer| (entry.parse)(answer).map_err(|error| malformed(key.verb, &error)));
        match parsed {
            Ok(value) => {
                entry.value = Some(value);
                entry.error = None;
            }
            Err(error) => entry.error = Some(Rc::new(error)),
        }
    }

    /// Reads with one of these tags are stale.
    pub fn mark_stale(&self, tags: &[Tag]) {
        for entry in self.entries.borrow_mut().values_mut() {
            if entry.reads.iter().any(|read| tags.contains(read)) {
                entry.is_stale = true;
            }
        }
    }

    /// Events may have been missed: everything is stale.
    pub fn mark_all_stale(&self) {
        for entry in self.entries.borrow_mut().values_mut() {
            entry.is_stale = true;
        }
    }

    /// One read is to be asked again.
    pub fn mark_key_stale(&self, key: &Key) {
        if let Some(entry) = self.entries.borrow_mut().get_mut(key) {
            entry.is_stale = true;
        }
    }

    /// Forgets everything: another workspace is open.
    pub fn clear(&self) {
        self.entries.borrow_mut().clear();
    }

    fn forget_unused(&self) {
        let mut entries = self.entries.borrow_mut();
        if entries.len() <= MAX_UNUSED {
            return;
        }
        let newest_to_drop = self.frame.get().saturating_sub(2);
        let mut ages: Vec<u64> = entries.values().map(|entry| entry.used_in_frame).collect();
        ages.sort_unstable();
        let limit = ages[ages.len() - MAX_UNUSED].min(newest_to_drop);
        entries.retain(|_, entry| entry.status == Status::Asked || entry.used_in_frame > limit);
    }
}

fn fetched<T: 'static>(entry: &Entry) -> Fetched<T> {
    let value = entry.value.clone().and_then(|value| value.downcast::<T>().ok());
    match (entry.status, &entry.error, value) {
        (Status::Settled, Some(error), previous) => Fetched::Failed { error: Rc::clone(error), previous },
        (Status::Settled, None, Some(value)) => Fetched::Done(value),
        (_, _, previous) => Fetched::Pending { previous, since_secs: entry.since_secs },
    }
}

/// An answer that is not what the verb promises.
pub fn malformed(verb: &str, error: &serde_json::Error) -> ApiError {
    ApiError::new(ErrorKind::Internal, "interface.malformed", format!("The answer to `{verb}` could not be read"))
        .with_cause(error)
        .with_action("Restart Atelier: interface and program may be of different versions.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use atelier_types::api::{DatasetsList, ModelsList, Nothing, PromptsList};
    use serde_json::json;

    fn settled(cache: &Cache, value: Value) -> Key {
        let key = Key::of::<PromptsList>(&Nothing {});
        cache.fetch::<PromptsList>(&Nothing {});
        cache.take_wanted();
        cache.settle(&key, Ok(value));
        key
    }

    #[test]
    fn a_read_is_sent_once_however_often_it_is_looked_at() {
        let cache = Cache::default();
        for _ in 0..3 {
            cache.fetch::<PromptsList>(&Nothing {});
        }
        assert_eq!(cache.take_wanted().len(), 1);
        assert!(cache.fetch::<PromptsList>(&Nothing {}).is_pending());
        assert!(cache.take_wanted().is_empty());
    }

    #[test]
    fn a_stale_answer_is_asked_again_and_shown_meanwhile() {
        let cache = Cache::default();
        settled(&cache, json!([]));
        cache.mark_stale(&[Tag::Prompts]);
        assert!(!cache.has_wanted(), "nobody looks at it yet");
        let again = cache.fetch::<PromptsList>(&Nothing {});
        assert!(again.is_pending());
        assert_eq!(again.value().map(Vec::len), Some(0));
        assert_eq!(cache.take_wanted().len(), 1);
    }

    #[test]
    fn other_tags_leave_an_answer_alone() {
        let cache = Cache::default();
        settled(&cache, json!([]));
        cache.mark_stale(&[Tag::Models, Tag::Reviews]);
        assert!(cache.fetch::<PromptsList>(&Nothing {}).is_done());
    }

    #[test]
    fn an_answer_that_became_stale_on_its_way_is_asked_again() {
        let cache = Cache::default();
        cache.fetch::<PromptsList>(&Nothing {});
        let key = cache.take_wanted().remove(0);
        cache.mark_stale(&[Tag::Prompts]);
        cache.settle(&key, Ok(json!([])));
        cache.fetch::<PromptsList>(&Nothing {});
        assert_eq!(cache.take_wanted(), [key]);
    }

    #[test]
    fn a_failure_keeps_the_last_good_value() {
        let cache = Cache::default();
        let key = settled(&cache, json!([]));
        cache.mark_key_stale(&key);
        cache.fetch::<PromptsList>(&Nothing {});
        cache.take_wanted();
        cache.settle(&key, Err(ApiError::new(ErrorKind::Unavailable, "store.full", "The disk is full")));
        let failed = cache.fetch::<PromptsList>(&Nothing {});
        assert_eq!(failed.error().map(|error| error.code.as_str()), Some("store.full"));
        assert!(failed.value().is_some());
        assert!(!cache.has_wanted(), "a failure is not asked again by itself");
    }

    #[test]
    fn an_answer_of_another_shape_is_a_failure() {
        let cache = Cache::default();
        settled(&cache, json!({"not": "a list"}));
        let failed = cache.fetch::<PromptsList>(&Nothing {});
        assert_eq!(failed.error().map(|error| error.code.as_str()), Some("interface.malformed"));
    }

    #[test]
    fn what_nobody_looks_at_is_forgotten_in_the_end() {
        let cache = Cache::default();
        for offset in 0..1_000 {
            cache.begin_frame(f64::from(offset));
            let request = atelier_types::api::DatasetPageRequest { name: "rows".into(), offset, limit: 10 };
            cache.fetch::<atelier_types::api::DatasetsShow>(&request);
            for key in cache.take_wanted() {
                cache.settle(&key, Ok(Value::Null));
            }
        }
        assert!(cache.entries.borrow().len() <= MAX_UNUSED + 2);
        cache.fetch::<ModelsList>(&Nothing {});
        cache.fetch::<DatasetsList>(&Nothing {});
        assert_eq!(cache.take_wanted().len(), 2);
    }
}
