//! A proxy of HTTP that does harm on demand: one connection a request, one fault at a time.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// It is answered late.
    Slow,
    /// The connection ends in the middle of it.
    BreakOff,
    /// It is carried out, and the answer is lost: so it comes twice.
    ForgetAnswer,
    /// It is answered with 503.
    Refuse,
    /// It and all others are answered with 403.
    RefuseForGood,
}

struct Plan {
    fault: Fault,
    /// What the first line of the request must contain.
    at: String,
    struck: bool,
}

pub(crate) struct Proxy {
    port: u16,
    plan: Arc<Mutex<Plan>>,
}

impl Proxy {
    pub(crate) async fn start(server: &str) -> Self {
        let server = server.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let plan = Arc::new(Mutex::new(Plan { fault: Fault::None, at: String::new(), struck: false }));
        let shared = Arc::clone(&plan);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (server, plan) = (server.clone(), Arc::clone(&shared));
                tokio::spawn(async move { serve(client, &server, &plan).await });
            }
        });
        Self { port, plan }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The next request whose first line contains this suffers the fault.
    pub(crate) fn set(&self, fault: Fault, at: &str) {
        *self.plan.lock().unwrap() = Plan { fault, at: at.to_owned(), struck: false };
    }

    pub(crate) fn has_struck(&self) -> bool {
        self.plan.lock().unwrap().struck
    }

    /// Makes a bucket.
    pub(crate) async fn put(&self, path: &str) {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let request = format!(
            "PUT {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        );
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).await.unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
    }
}

async fn serve(mut client: TcpStream, server: &str, plan: &Mutex<Plan>) -> Option<()> {
    let (head, mut body) = read_head(&mut client).await?;
    let first = head.lines().next()?.to_owned();
    let fault = take(plan, &first);
    let length = header(&head, "content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    if fault == Fault::BreakOff && length > 0 {
        // Half of the body is read, and then the connection ends.
        while body.len() < length / 2 {
            client.read_buf(&mut body).await.ok().filter(|count| *count > 0)?;
        }
        return None;
    }
    while body.len() < length {
        client.read_buf(&mut body).await.ok().filter(|count| *count > 0)?;
    }
    match fault {
        Fault::Refuse | Fault::RefuseForGood => {
            let status = if fault == Fault::Refuse { "503 Slow Down" } else { "403 Forbidden" };
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            client.write_all(answer.as_bytes()).await.ok()?;
            return Some(());
        }
        Fault::Slow => tokio::time::sleep(Duration::from_millis(1_500)).await,
        _ => {}
    }
    let answer = ask(server, &head, &body).await?;
    if fault == Fault::ForgetAnswer {
        return None;
    }
    client.write_all(&answer).await.ok()?;
    client.shutdown().await.ok()
}

/// The fault of this request.
fn take(plan: &Mutex<Plan>, first: &str) -> Fault {
    let mut plan = plan.lock().unwrap();
    if plan.fault == Fault::None || !first.contains(&plan.at) {
        return Fault::None;
    }
    plan.struck = true;
    if plan.fault == Fault::RefuseForGood {
        plan.fault
    } else {
        std::mem::replace(&mut plan.fault, Fault::None)
    }
}

/// The head of a request, and what came of its body.
async fn read_head(client: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut read = Vec::new();
    loop {
        if let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") {
            let body = read.split_off(end + 4);
            return Some((String::from_utf8(read).ok()?, body));
        }
        client.read_buf(&mut read).await.ok().filter(|count| *count > 0)?;
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let named = head.lines().filter_map(|line| line.split_once(':'));
    named.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// Passes a request on, over a connection that ends with the answer.
async fn ask(server: &str, head: &str, body: &[u8]) -> Option<Vec<u8>> {
    let mut connection = TcpStream::connect(server).await.ok()?;
    let kept = head.trim_end().lines().filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
    let head = kept.collect::<Vec<_>>().join("\r\n") + "\r\nconnection: close\r\n\r\n";
    connection.write_all(head.as_bytes()).await.ok()?;
    connection.write_all(body).await.ok()?;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.ok()?;
    Some(answer)
}
