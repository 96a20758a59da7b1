//! A server on this machine, for the length of a test.

use std::io;

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A server on a free port of this machine that nobody else can reach. It ends when it is dropped.
#[derive(Debug)]
pub struct Loopback {
    url: String,
    server: JoinHandle<()>,
}

/// A port that is held and not served yet, so that what is served there can know its own address.
#[derive(Debug)]
pub struct LoopbackPort {
    url: String,
    listener: TcpListener,
}

impl Loopback {
    /// Holds a free port.
    ///
    /// # Errors
    /// When this machine has none.
    pub async fn port() -> io::Result<LoopbackPort> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        Ok(LoopbackPort { url, listener })
    }

    /// The address, without a slash at the end: `http://127.0.0.1:41234`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address of a path.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

impl LoopbackPort {
    /// The address that will be served.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Serves it.
    pub fn serve(self, router: Router) -> Loopback {
        let Self { url, listener } = self;
        let server = tokio::spawn(async move {
            // It ends with the test, whatever it says then.
            let _ = axum::serve(listener, router).await;
        });
        Loopback { url, server }
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.server.abort();
    }
}
