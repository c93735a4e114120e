//! Which other machines are being talked to, so that the interface can show it at any moment.

use super::Notice;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

type Notify = Arc<dyn Fn(Notice) + Send + Sync>;

#[derive(Clone)]
pub(super) struct Connections {
    notify: Notify,
    num_open: Arc<Mutex<BTreeMap<String, u32>>>,
}

/// One call that talks to a host. Dropping it ends it.
pub(super) struct Open<'a> {
    connections: &'a Connections,
    host: &'a str,
}

impl Connections {
    pub fn new(notify: Notify) -> Self {
        Self { notify, num_open: Arc::default() }
    }

    /// `None` for this machine, which is not worth telling.
    pub fn open<'a>(&'a self, host: Option<&'a str>) -> Option<Open<'a>> {
        let host = host?;
        self.change(|num_open| {
            let count = num_open.entry(host.to_owned()).or_default();
            *count += 1;
            *count == 1
        });
        Some(Open { connections: self, host })
    }

    /// `change` says whether the list of hosts is another one now.
    fn change(&self, change: impl FnOnce(&mut BTreeMap<String, u32>) -> bool) {
        let mut num_open = self.num_open.lock().unwrap_or_else(PoisonError::into_inner);
        if change(&mut num_open) {
            // Told under the lock, so that an older list never arrives after a newer one.
            (self.notify)(Notice::Connections(num_open.keys().cloned().collect()));
        }
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.connections.change(|num_open| match num_open.get_mut(self.host) {
            Some(count) if *count > 1 => {
                *count -= 1;
                false
            }
            _ => num_open.remove(self.host).is_some(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_when_the_list_changes_and_only_then() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let notify = {
            let told = told.clone();
            Arc::new(move |notice| told.lock().unwrap().push(notice))
        };
        let connections = Connections::new(notify);
        let first = connections.open(Some("a"));
        let second = connections.open(Some("a"));
        let other = connections.open(Some("b"));
        assert!(connections.open(None).is_none());
        drop(first);
        drop(other);
        drop(second);
        let hosts = |hosts: &[&str]| Notice::Connections(hosts.iter().map(|host| (*host).to_owned()).collect());
        assert_eq!(*told.lock().unwrap(), [hosts(&["a"]), hosts(&["a", "b"]), hosts(&["a"]), hosts(&[])]);
    }
}
