//! Group commits: one thread that takes many small writes from a queue, commits them together, and answers each when
//! it is durable.
//!
//! A write that fails is undone alone and its neighbours stay. A commit that fails is told to all that were in it.
//! While one group is being committed the next one gathers, so groups grow with the load and a lone write never waits.

use super::StoreError;
use super::handle::lock;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// Bounds how long a group holds the write lock that other programs may wait for.
const MAX_GROUP: usize = 256;

/// The queue's end that writes go in. Dropping it commits what is queued and waits for that.
pub(super) struct Group {
    queue: Option<mpsc::Sender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl Group {
    pub fn start(writer: Arc<Mutex<Connection>>) -> std::io::Result<Self> {
        let (queue, jobs) = mpsc::channel();
        let thread = std::thread::Builder::new().name("store-group".to_owned()).spawn(move || serve(&writer, &jobs))?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    pub fn queue<T, F>(&self, work: F) -> impl Future<Output = Result<T, StoreError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        if let Some(queue) = &self.queue {
            // Without a thread the job comes back and is dropped here, which answers `Closed` below.
            drop(queue.send(Box::new(Write { work: Some(work), value: None, answer })));
        }
        async move { answered.await.unwrap_or(Err(StoreError::Closed)) }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
        {
            // It only fails where the thread panicked, which it said by itself.
            drop(thread.join());
        }
    }
}

/// One queued write, whatever it gives back.
trait Job: Send {
    fn run(&mut self, transaction: &Transaction<'_>) -> rusqlite::Result<()>;
    fn answer(self: Box<Self>, committed: Result<(), &StoreError>);
}

struct Write<T, F> {
    work: Option<F>,
    value: Option<Result<T, StoreError>>,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<T: Send, F: FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send> Job for Write<T, F> {
    fn run(&mut self, transaction: &Transaction<'_>) -> rusqlite::Result<()> {
        let Some(work) = self.work.take() else { return Ok(()) };
        transaction.prepare_cached("SAVEPOINT job")?.execute([])?;
        match work(transaction) {
            Ok(value) => self.value = Some(Ok(value)),
            // A full disk or a broken file ends the whole transaction, and with it the group.
            Err(err) if transaction.is_autocommit() => return Err(err),
            Err(err) => {
                self.value = Some(Err(err.into()));
                transaction.prepare_cached("ROLLBACK TO job")?.execute([])?;
            }
        }
        transaction.prepare_cached("RELEASE job")?.execute([])?;
        Ok(())
    }

    fn answer(self: Box<Self>, committed: Result<(), &StoreError>) {
        let value = match committed {
            Ok(()) => self.value.unwrap_or(Err(StoreError::Closed)),
            Err(err) => Err(err.repeated()),
        };
        // Nobody waits where the caller was cancelled; what was written stays.
        drop(self.answer.send(value));
    }
}

fn serve(writer: &Mutex<Connection>, jobs: &mpsc::Receiver<Box<dyn Job>>) {
    while let Ok(first) = jobs.recv() {
        let mut group = vec![first];
        group.extend(jobs.try_iter().take(MAX_GROUP - 1));
        let committed = commit(&mut lock(writer), &mut group);
        for job in group {
            job.answer(committed.as_ref().copied());
        }
    }
}

fn commit(writer: &mut Connection, group: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
    let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for job in group {
        job.run(&transaction)?;
    }
    Ok(transaction.commit()?)
}

#[cfg(test)]
mod tests {
    use crate::store::{Store, StoreError};
    use futures_util::future::join_all;

    fn table(store: &Store) {
        store.write(|tx| tx.execute_batch("CREATE TABLE numbers (number INTEGER PRIMARY KEY) STRICT")).unwrap();
    }

    fn count(store: &Store) -> i64 {
        store.read(|reader| reader.query_row("SELECT count(*) FROM numbers", [], |row| row.get(0))).unwrap()
    }

    fn insert(store: &Store, number: i64) -> impl Future<Output = Result<usize, StoreError>> + use<> {
        store.queue(move |tx| tx.execute("INSERT INTO numbers VALUES (?1)", [number]))
    }

    #[tokio::test]
    async fn answered_write_is_read_by_another_connection() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("a.sqlite")).unwrap();
        table(&store);
        for number in 0..20 {
            insert(&store, number).await.unwrap();
            let other = rusqlite::Connection::open(store.path()).unwrap();
            let found: i64 = other.query_row("SELECT count(*) FROM numbers", [], |row| row.get(0)).unwrap();
            assert_eq!(found, number + 1);
        }
    }

    #[tokio::test]
    async fn failed_write_leaves_its_neighbours_alone() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("a.sqlite")).unwrap();
        table(&store);
        let answers = join_all([1, 2, 2, 3].map(|number| insert(&store, number))).await;
        assert_eq!(answers.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, true, false, true]);
        assert_eq!(count(&store), 3);
    }

    #[tokio::test]
    async fn half_of_a_failed_write_is_undone() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("a.sqlite")).unwrap();
        table(&store);
        let half = store.queue(|tx| {
            tx.execute("INSERT INTO numbers VALUES (7)", [])?;
            tx.execute("INSERT INTO numbers VALUES (7)", [])
        });
        assert!(half.await.is_err());
        assert_eq!(count(&store), 0);
    }

    #[tokio::test]
    async fn closing_commits_what_is_queued() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sqlite");
        let store = Store::open(&path).unwrap();
        table(&store);
        for number in 0..1000 {
            drop(insert(&store, number));
        }
        drop(store);
        assert_eq!(count(&Store::open(&path).unwrap()), 1000);
    }

    #[tokio::test]
    async fn two_programs_on_one_file_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sqlite");
        let stores = [Store::open(&path).unwrap(), Store::open(&path).unwrap()];
        table(&stores[0]);
        let writes = (0..400).map(|number| insert(&stores[usize::from(number % 2 == 1)], number));
        assert!(join_all(writes).await.iter().all(Result::is_ok));
        assert_eq!(count(&stores[1]), 400);
    }
}
