//! An end point of a subscriber, on this machine.
#![allow(dead_code, reason = "every test program uses a part of it")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use altinn_services::event::CloudEvent;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request that an end point got.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Got {
    pub(crate) fn event(&self) -> CloudEvent {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(crate) fn signature(&self) -> (&str, &str, &str) {
        (&self.headers["webhook-id"], &self.headers["webhook-timestamp"], &self.headers["webhook-signature"])
    }
}

/// An end point that answers with the status it is told to, and keeps what it got.
#[derive(Clone)]
pub(crate) struct EndPoint {
    port: u16,
    got: Arc<Mutex<Vec<Got>>>,
    status: Arc<Mutex<u16>>,
}

impl EndPoint {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let end_point = Self { port, got: Arc::default(), status: Arc::new(Mutex::new(200)) };
        let served = end_point.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(served.clone().answer(connection));
            }
        });
        end_point
    }

    async fn answer(self, mut connection: TcpStream) {
        let mut request = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&request).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let headers: BTreeMap<_, _> = head
                    .lines()
                    .skip(1)
                    .filter_map(|line| line.split_once(": "))
                    .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                    .collect();
                if body.len() == headers["content-length"].parse::<usize>().unwrap() {
                    self.got.lock().unwrap().push(Got { headers, body: body.to_owned() });
                    break;
                }
            }
            if connection.read_buf(&mut request).await.unwrap_or(0) == 0 {
                return;
            }
        }
        let answer = format!(
            "HTTP/1.1 {} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            self.status.lock().unwrap()
        );
        let _ = connection.write_all(answer.as_bytes()).await;
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook?secret=s3cret", self.port)
    }

    pub(crate) fn answer_with(&self, status: u16) {
        *self.status.lock().unwrap() = status;
    }

    pub(crate) fn take(&self) -> Vec<Got> {
        std::mem::take(&mut self.got.lock().unwrap())
    }

    /// The types of the events it got, in the order of the feed.
    pub(crate) fn take_types(&self) -> Vec<String> {
        let mut types: Vec<_> = self.take().iter().map(|got| got.event().event_type().to_owned()).collect();
        types.sort();
        types
    }
}
