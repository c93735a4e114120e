//! A server of scripted bytes on loopback, for tests of what happens on the wire.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What one request gets: these writes in turn, and then the connection is held or closed.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    writes: Vec<Vec<u8>>,
    is_held: bool,
}

impl Reply {
    pub fn raw(writes: &[&str]) -> Self {
        Self { writes: writes.iter().map(|write| write.as_bytes().to_vec()).collect(), is_held: false }
    }

    pub fn status(status: &str, headers: &str, body: &str) -> Self {
        let length = body.len();
        Self::raw(&[&format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n{headers}\r\n{body}")])
    }

    /// A stream whose body arrives in these pieces and ends with the connection.
    pub fn events(pieces: &[&[u8]]) -> Self {
        let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n".to_vec();
        let writes = std::iter::once(head).chain(pieces.iter().map(|piece| piece.to_vec())).collect();
        Self { writes, is_held: false }
    }

    /// Keeps the connection open after the last write.
    pub fn held(self) -> Self {
        Self { is_held: true, ..self }
    }
}

/// A request as it came: head and body.
#[derive(Clone, Debug)]
pub struct Seen {
    pub head: String,
    pub body: String,
}

pub struct StandIn {
    pub base_url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    num_connections: Arc<AtomicU32>,
}

impl StandIn {
    /// Answers the requests with `replies` in turn, and closes the connection on any further one.
    pub async fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let replies = Arc::new(Mutex::new(replies.into_iter()));
        let num_connections: Arc<AtomicU32> = Arc::default();
        let (log, counter) = (seen.clone(), num_connections.clone());
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(answer(connection, replies.clone(), log.clone()));
            }
        });
        Self { base_url, seen, num_connections }
    }

    pub fn num_connections(&self) -> u32 {
        self.num_connections.load(Ordering::Relaxed)
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

type Replies = Arc<Mutex<std::vec::IntoIter<Reply>>>;

async fn answer(mut connection: TcpStream, replies: Replies, log: Arc<Mutex<Vec<Seen>>>) {
    while let Some(seen) = read_request(&mut connection).await {
        log.lock().unwrap().push(seen);
        let Some(reply) = replies.lock().unwrap().next() else { return };
        for write in &reply.writes {
            if connection.write_all(write).await.is_err() {
                return;
            }
            connection.flush().await.unwrap();
            // Without this the kernel may join two writes, and the reader would not see the border.
            tokio::task::yield_now().await;
        }
        let is_last = reply.writes.first().is_some_and(|head| head.windows(17).any(|at| at == b"Connection: close"));
        if reply.is_held {
            let _ = connection.read(&mut [0; 1]).await;
            return;
        }
        if is_last {
            return;
        }
    }
}

async fn read_request(connection: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|at| at == b"\r\n\r\n") {
            break end + 4;
        }
        read_some(connection, &mut bytes).await?;
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).unwrap().to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse::<usize>().ok());
    let total = head_end + length.unwrap_or(0);
    while bytes.len() < total {
        read_some(connection, &mut bytes).await?;
    }
    Some(Seen { head, body: String::from_utf8(bytes[head_end..total].to_vec()).unwrap() })
}

async fn read_some(connection: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<()> {
    let mut buffer = [0; 4096];
    let count = connection.read(&mut buffer).await.ok().filter(|count| *count > 0)?;
    bytes.extend_from_slice(&buffer[..count]);
    Some(())
}
