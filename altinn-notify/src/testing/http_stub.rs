//! A small HTTP server on this machine, for gateways and registers that tests talk to.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The most bytes of a request's head, and of its body.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// A request as it came. `Debug` shows its method and path only.
#[derive(Clone)]
pub(super) struct StubRequest {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) authorization: Option<String>,
    pub(super) body: Vec<u8>,
}

/// What is answered.
#[derive(Debug, Clone)]
pub(super) enum StubAnswer {
    /// A status and a body of JSON.
    Json(u16, String),
    /// The connection is closed without a word.
    Close,
    /// Nothing, for as long as the client waits.
    Silence,
}

/// A server on a free port of the loopback address. It stops when it is dropped.
#[derive(Debug)]
pub(super) struct HttpStub {
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl HttpStub {
    pub(super) async fn start(
        answer: impl Fn(StubRequest) -> StubAnswer + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let (address, answer) = (listener.local_addr()?, Arc::new(answer));
        let server = tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { continue };
                let answer = Arc::clone(&answer);
                // What fails on a connection is the client's to notice.
                tokio::spawn(async move { serve(stream, answer.as_ref()).await.ok() });
            }
        });
        Ok(Self { address, server })
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for HttpStub {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(stream: TcpStream, answer: &(impl Fn(StubRequest) -> StubAnswer + Sync)) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read_request(&mut stream).await? {
        match answer(request) {
            StubAnswer::Json(status, body) => {
                let head = format!(
                    "HTTP/1.1 {status} -\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                    body.len()
                );
                stream.get_mut().write_all((head + &body).as_bytes()).await?;
            }
            StubAnswer::Close => return Ok(()),
            StubAnswer::Silence => std::future::pending::<()>().await,
        }
    }
    Ok(())
}

async fn read_request(stream: &mut BufReader<TcpStream>) -> io::Result<Option<StubRequest>> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if (&mut *stream).take(MAX_BYTES).read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let header = |name: &str| {
        lines.iter().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    };
    let length = header("content-length").and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    let mut body = Vec::new();
    stream.take(length.min(MAX_BYTES)).read_to_end(&mut body).await?;
    let mut words = lines.first().map(String::as_str).unwrap_or("").split(' ').map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    Ok(Some(StubRequest { method, path, authorization: header("authorization"), body }))
}
