//! One task per loaded model that owns it and works through a queue, first come, first served.
//!
//! The invariant of this file: at most one generation runs on a model at any time. mistral.rs 0.8.1 gives sequences that
//! decode in one step on a CPU the attention of the last of them: plausible text, no error. Its own limit on parallel
//! sequences does not prevent that, so nothing else may ever send a generation to a model. A build for a GPU may loosen
//! this only where the test "prompts that are sent together answer as they do alone" passes with the looser rule.

use super::Model;
use crate::error::EngineError;
use crate::generate::{self, Event, Generation, Listener, Message};
use std::sync::{Arc, Weak};
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinHandle;

/// More requests than this wait for nobody's good.
const MAX_WAITING: usize = 4096;

struct Job {
    generation: Generation,
    events: mpsc::UnboundedSender<Event>,
}

/// The way to a model's queue.
pub struct Queue {
    jobs: mpsc::Sender<Job>,
    unloading: watch::Sender<bool>,
    task: Mutex<Option<JoinHandle<()>>>,
    /// For questions that the engine answers between two steps of a generation.
    model: Weak<Model>,
}

impl Queue {
    pub fn start(model: Model) -> Self {
        let (jobs, waiting) = mpsc::channel(MAX_WAITING);
        let (unloading, is_unloading) = watch::channel(false);
        let model = Arc::new(model);
        let weak = Arc::downgrade(&model);
        let task = tokio::spawn(work(model, waiting, is_unloading));
        Self { jobs, unloading, task: Mutex::new(Some(task)), model: weak }
    }

    /// Puts a generation at the end of the queue. Dropping the receiver cancels it, waiting or running.
    pub fn submit(&self, generation: Generation) -> Result<mpsc::UnboundedReceiver<Event>, EngineError> {
        let (events, receiver) = mpsc::unbounded_channel();
        match self.jobs.try_send(Job { generation, events }) {
            Ok(()) => Ok(receiver),
            Err(mpsc::error::TrySendError::Full(_)) => Err(EngineError::Busy { num_waiting: MAX_WAITING }),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(EngineError::Unloaded),
        }
    }

    /// Tokens of messages in the model's chat template.
    pub async fn tokenize(&self, messages: Vec<Message>) -> Result<Vec<u32>, EngineError> {
        let model = self.model.upgrade().ok_or(EngineError::Unloaded)?;
        // A task of its own, because it has to be run to its end also when the asker goes away.
        let task = tokio::spawn(async move { generate::tokenize(&model, &messages).await });
        task.await.map_err(|_| EngineError::Lost)?
    }

    pub fn num_waiting(&self) -> usize {
        self.jobs.max_capacity() - self.jobs.capacity()
    }

    /// Cancels what runs and what waits, and returns when the model is dropped.
    pub async fn unload(&self) {
        self.unloading.send_replace(true);
        if let Some(task) = self.task.lock().await.take() {
            let _panicked_is_dropped_too = task.await;
        }
    }
}

async fn work(model: Arc<Model>, mut jobs: mpsc::Receiver<Job>, unloading: watch::Receiver<bool>) {
    let mut until = unloading.clone();
    loop {
        let job = tokio::select! {
            biased;
            () = generate::unloaded(&mut until) => break,
            job = jobs.recv() => job,
        };
        let Some(Job { generation, events }) = job else { break };
        if events.is_closed() {
            continue;
        }
        let listener = Listener { events: &events, unloading: unloading.clone() };
        let last = match generate::run(&model, &generation, listener).await {
            Ok(finished) => Event::Finished(finished),
            Err(error) => Event::Failed(error),
        };
        let _receiver_may_be_gone = events.send(last);
    }
    jobs.close();
    while let Some(job) = jobs.recv().await {
        let _receiver_may_be_gone = job.events.send(Event::Failed(EngineError::Unloaded));
    }
}
