//! The operating system's keychain: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows.
//!
//! It is opened at the first use, and a machine without one is an error sentence and not a failed start: keys may
//! come from the environment instead.

use atelier_core::support::KeyStore;
use keyring_core::{CredentialStore, Entry, Error};
use std::sync::{Arc, Mutex, PoisonError};

/// Name under which the keychain shows Atelier's keys.
const SERVICE: &str = "atelier";

#[derive(Default)]
pub(crate) struct Keychain {
    store: Mutex<Option<Arc<CredentialStore>>>,
}

impl KeyStore for Keychain {
    fn get(&self, account: &str) -> Result<Option<String>, String> {
        on_own_thread(|| match self.entry(account)?.get_password() {
            Ok(key) => Ok(Some(key)),
            Err(Error::NoEntry) => Ok(None),
            Err(err) => Err(sentence(&err)),
        })
    }

    fn set(&self, account: &str, key: Option<&str>) -> Result<(), String> {
        on_own_thread(|| {
            let entry = self.entry(account)?;
            let result = match key {
                Some(key) => entry.set_password(key),
                None => entry.delete_credential(),
            };
            match result {
                Ok(()) | Err(Error::NoEntry) => Ok(()),
                Err(err) => Err(sentence(&err)),
            }
        })
    }
}

impl Keychain {
    fn entry(&self, account: &str) -> Result<Entry, String> {
        let mut store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        let opened = match &*store {
            Some(opened) => opened.clone(),
            None => store.insert(open().map_err(|err| sentence(&err))?).clone(),
        };
        opened.build(SERVICE, account, None).map_err(|err| sentence(&err))
    }
}

/// The Linux store blocks on an async runtime of its own, which a thread that already serves one must not do.
fn on_own_thread<T: Send>(work: impl FnOnce() -> Result<T, String> + Send) -> Result<T, String> {
    std::thread::scope(|scope| scope.spawn(work).join())
        .unwrap_or_else(|_panic| Err("The keychain failed in a way it should not".to_owned()))
}

/// What went wrong, without what was stored: some errors carry the secret's bytes.
fn sentence(err: &Error) -> String {
    match err {
        Error::PlatformFailure(cause) => format!("This machine's keychain does not answer ({cause})"),
        Error::NoStorageAccess(cause) => format!("The keychain is locked or refuses access ({cause})"),
        Error::NoEntry => "There is no such key".to_owned(),
        Error::Ambiguous(_) => "The keychain holds several keys of this name".to_owned(),
        Error::BadEncoding(_) | Error::BadDataFormat(..) => "The stored key is not text".to_owned(),
        _ => "The keychain refused the request".to_owned(),
    }
}

#[cfg(target_os = "linux")]
fn open() -> Result<Arc<CredentialStore>, Error> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn open() -> Result<Arc<CredentialStore>, Error> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(windows)]
fn open() -> Result<Arc<CredentialStore>, Error> {
    Ok(windows_native_keyring_store::Store::new()?)
}
