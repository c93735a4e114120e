//! What the world hands in. Lower modules take the piece that they need; only `api` sees the whole [`Env`].

use atelier_types::time::MillisSinceEpoch;
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// Wall clock.
pub trait Clock: Send + Sync {
    fn now(&self) -> MillisSinceEpoch;
}

/// Source of random bits for ids, sides and samples.
pub trait Random: Send + Sync {
    fn next_u64(&self) -> u64;

    /// `num_digits` lower-case hex digits.
    fn hex(&self, num_digits: usize) -> String {
        let mut text = String::with_capacity(num_digits + 16);
        while text.len() < num_digits {
            text.push_str(&format!("{:016x}", self.next_u64()));
        }
        text.truncate(num_digits);
        text
    }
}

/// The operating system's keychain. Errors are sentences without secrets.
pub trait KeyStore: Send + Sync {
    fn get(&self, account: &str) -> Result<Option<String>, String>;
    /// `None` removes the key.
    fn set(&self, account: &str, key: Option<&str>) -> Result<(), String>;
}

/// Reads an environment variable. Only names that a workspace file points at are asked for.
pub type Variables = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Memory of the machine at this moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    pub total_bytes: u64,
    pub available_bytes: u64,
}

/// Where things are on this machine.
#[derive(Clone, Debug)]
pub struct Paths {
    /// Databases, settings, the demo copy: `~/.local/share/atelier` or what stands for it.
    pub data: PathBuf,
    /// The demo workspace as it ships.
    pub demo: PathBuf,
    /// Folder with one folder for each model that ships with Atelier.
    pub builtin_models: PathBuf,
    /// The interpreter of scorer scripts, a WebAssembly module.
    pub interpreter: PathBuf,
    /// The program `atelier-engine`; it need not be there.
    pub engine: PathBuf,
}

/// Everything that is handed in from outside.
#[derive(Clone)]
pub struct Env {
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub keys: Arc<dyn KeyStore>,
    pub variables: Variables,
    pub memory: Arc<dyn Fn() -> Memory + Send + Sync>,
    pub paths: Paths,
    /// Never follows redirects: reqwest strips `Authorization` across hosts and no other key header.
    pub http: reqwest::Client,
    /// Who commits where git's own configuration names nobody.
    pub fallback_author: (String, String),
}

/// The real clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> MillisSinceEpoch {
        MillisSinceEpoch(jiff::Timestamp::now().as_millisecond())
    }
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn next_u64(&self) -> u64 {
        rand::random()
    }
}

/// A clock that moves by a fixed step each time it is read, for tests.
#[derive(Debug)]
pub struct TickingClock {
    now: AtomicI64,
    step_millis: i64,
}

impl TickingClock {
    pub fn new(start: MillisSinceEpoch, step_millis: i64) -> Self {
        Self { now: AtomicI64::new(start.0), step_millis }
    }
}

impl Clock for TickingClock {
    fn now(&self) -> MillisSinceEpoch {
        MillisSinceEpoch(self.now.fetch_add(self.step_millis, Ordering::Relaxed))
    }
}

/// SplitMix64, for tests and for anything that must be drawn again from a seed.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
#[derive(Debug)]
pub struct SeededRandom(AtomicU64);

impl SeededRandom {
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Random for SeededRandom {
    fn next_u64(&self) -> u64 {
        const GOLDEN_GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;
        let state = self.0.fetch_add(GOLDEN_GAMMA, Ordering::Relaxed).wrapping_add(GOLDEN_GAMMA);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

/// SHA-256 as 64 lower-case hex digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hex digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
