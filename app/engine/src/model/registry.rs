//! The models of this process by id: loading, loaded, gone.
//!
//! Loading the same path twice under one id is one load; asking while it is under way waits for it. A failed load leaves
//! nothing behind.

use super::actor::Queue;
use super::load::{self, Loaded, LoadedText, LoadedVectors, Presence, VectorModel};
use super::{Facts, Identity};
use crate::error::EngineError;
use crate::weights::LoadFault;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// A model that can be asked.
pub struct Ready {
    pub queue: Queue,
    pub facts: Arc<Facts>,
    pub identity: Identity,
    pub fingerprint: String,
    resident_bytes: Option<u64>,
    presence: Presence,
}

/// A model of vectors that can be asked.
pub struct ReadyVectors {
    pub model: VectorModel,
    /// Held by who computes.
    pub turn: Arc<tokio::sync::Mutex<()>>,
    identity: Identity,
    fingerprint: String,
    resident_bytes: Option<u64>,
    presence: Option<Presence>,
}

#[derive(Clone)]
pub enum Stage {
    Loading,
    Ready(Arc<Ready>),
    Vectors(Arc<ReadyVectors>),
    Failed(LoadFault),
}

struct Slot {
    path: PathBuf,
    stage: watch::Receiver<Stage>,
}

/// A model as `/engine/status` and `/engine/load` show it.
#[derive(Debug, Serialize)]
pub struct ModelStatus {
    pub id: String,
    pub path: PathBuf,
    pub is_loaded: bool,
    pub context_tokens: Option<u32>,
    pub resident_bytes: Option<u64>,
    pub num_waiting: usize,
    pub has_chat_template: Option<bool>,
    pub fingerprint: Option<String>,
    pub identity: Option<Identity>,
}

#[derive(Clone, Default)]
pub struct Models {
    slots: Arc<Mutex<BTreeMap<String, Slot>>>,
}

impl Models {
    fn slots(&self) -> MutexGuard<'_, BTreeMap<String, Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns when the model can be asked, or why it cannot.
    pub async fn load(&self, id: &str, path: &Path) -> Result<ModelStatus, EngineError> {
        let mut stage = self.join_or_start(id, path)?;
        let end = stage.wait_for(|stage| !matches!(stage, Stage::Loading)).await.map(|stage| stage.clone());
        match end {
            Ok(stage @ (Stage::Ready(_) | Stage::Vectors(_))) => Ok(status(id, path, &stage)),
            Ok(Stage::Failed(fault)) => Err(EngineError::Load(fault)),
            Ok(Stage::Loading) | Err(_) => Err(EngineError::Lost),
        }
    }

    fn join_or_start(&self, id: &str, path: &Path) -> Result<watch::Receiver<Stage>, EngineError> {
        let mut slots = self.slots();
        if let Some(slot) = slots.get(id) {
            return if slot.path == path { Ok(slot.stage.clone()) } else { Err(EngineError::IdTaken(id.to_owned())) };
        }
        let (sender, stage) = watch::channel(Stage::Loading);
        slots.insert(id.to_owned(), Slot { path: path.to_owned(), stage: stage.clone() });
        drop(slots);
        tokio::spawn(self.clone().fill(id.to_owned(), path.to_owned(), sender));
        Ok(stage)
    }

    async fn fill(self, id: String, path: PathBuf, stage: watch::Sender<Stage>) {
        match load::load(path).await {
            Ok(Loaded::Text(loaded)) => drop(stage.send_replace(Stage::Ready(Arc::new(ready(loaded))))),
            Ok(Loaded::Vectors(loaded)) => drop(stage.send_replace(Stage::Vectors(Arc::new(ready_vectors(loaded))))),
            Err(fault) => {
                self.slots().remove(&id);
                stage.send_replace(Stage::Failed(fault));
            }
        }
    }

    pub fn get(&self, id: &str) -> Result<Arc<Ready>, EngineError> {
        let stage = self.slots().get(id).map(|slot| slot.stage.borrow().clone());
        match stage {
            Some(Stage::Ready(ready)) => Ok(ready),
            Some(Stage::Vectors(_)) => Err(EngineError::bad_parameter(
                "model",
                format!("`{id}` gives vectors of texts and answers no messages."),
            )),
            _ => Err(EngineError::NotLoaded(id.to_owned())),
        }
    }

    pub fn vectors(&self, id: &str) -> Result<Arc<ReadyVectors>, EngineError> {
        let stage = self.slots().get(id).map(|slot| slot.stage.borrow().clone());
        match stage {
            Some(Stage::Vectors(ready)) => Ok(ready),
            Some(Stage::Ready(_)) => {
                let message = format!("`{id}` answers messages and gives no vectors; name a text encoder.");
                Err(EngineError::bad_parameter("model", message))
            }
            _ => Err(EngineError::NotLoaded(id.to_owned())),
        }
    }

    /// Returns when the memory is free again. A load that is under way is waited for.
    pub async fn unload(&self, id: &str) -> Result<(), EngineError> {
        let stage = self.slots().get(id).map(|slot| slot.stage.clone());
        let mut stage = stage.ok_or_else(|| EngineError::NotLoaded(id.to_owned()))?;
        let end = stage.wait_for(|stage| !matches!(stage, Stage::Loading)).await.map(|stage| stage.clone());
        drop(stage);
        match end {
            Ok(Stage::Ready(ready)) => {
                self.slots().remove(id);
                ready.queue.unload().await;
                wait_until_gone(&ready.presence).await;
            }
            Ok(Stage::Vectors(ready)) => {
                self.slots().remove(id);
                // Whoever computes keeps the weights until it is done.
                let done = ready.turn.clone().lock_owned().await;
                let presence = ready.presence.clone();
                drop((ready, done));
                if let Some(presence) = presence {
                    wait_until_gone(&presence).await;
                }
            }
            Ok(Stage::Loading | Stage::Failed(_)) | Err(_) => {}
        }
        Ok(())
    }

    pub fn statuses(&self) -> Vec<ModelStatus> {
        let stages: Vec<(String, PathBuf, Stage)> = {
            let slots = self.slots();
            let copy = |(id, slot): (&String, &Slot)| (id.clone(), slot.path.clone(), slot.stage.borrow().clone());
            slots.iter().map(copy).collect()
        };
        stages.into_iter().map(|(id, path, stage)| status(&id, &path, &stage)).collect()
    }
}

fn ready(loaded: LoadedText) -> Ready {
    Ready {
        facts: Arc::clone(&loaded.model.facts),
        fingerprint: loaded.identity.fingerprint(),
        identity: loaded.identity,
        resident_bytes: loaded.resident_bytes,
        presence: loaded.presence,
        queue: Queue::start(loaded.model),
    }
}

fn ready_vectors(loaded: LoadedVectors) -> ReadyVectors {
    let LoadedVectors { model, presence, identity, resident_bytes } = loaded;
    let fingerprint = identity.fingerprint();
    ReadyVectors { model, turn: Arc::default(), identity, fingerprint, resident_bytes, presence }
}

fn status(id: &str, path: &Path, stage: &Stage) -> ModelStatus {
    let status = ModelStatus {
        id: id.to_owned(),
        path: path.to_owned(),
        is_loaded: false,
        context_tokens: None,
        resident_bytes: None,
        num_waiting: 0,
        has_chat_template: None,
        fingerprint: None,
        identity: None,
    };
    match stage {
        Stage::Loading | Stage::Failed(_) => status,
        Stage::Ready(ready) => ModelStatus {
            is_loaded: true,
            context_tokens: Some(ready.facts.context_tokens),
            resident_bytes: ready.resident_bytes,
            num_waiting: ready.queue.num_waiting(),
            has_chat_template: Some(ready.facts.has_chat_template),
            fingerprint: Some(ready.fingerprint.clone()),
            identity: Some(ready.identity.clone()),
            ..status
        },
        Stage::Vectors(ready) => ModelStatus {
            is_loaded: true,
            context_tokens: u32::try_from(ready.model.max_tokens()).ok(),
            resident_bytes: ready.resident_bytes,
            has_chat_template: Some(false),
            fingerprint: Some(ready.fingerprint.clone()),
            identity: Some(ready.identity.clone()),
            ..status
        },
    }
}

/// mistral.rs ends its thread some time after the last reference is dropped, and offers nothing to wait for.
async fn wait_until_gone(presence: &Presence) {
    const STEP: Duration = Duration::from_millis(5);
    const MAX_STEPS: u32 = 400;
    for _ in 0..MAX_STEPS {
        if presence.is_gone() {
            return;
        }
        tokio::time::sleep(STEP).await;
    }
}
