//! Serving until told to stop.

use std::future::IntoFuture as _;
use std::io;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::Api;

/// Serves a router until `stop` ends: then it is not ready any more, takes no new connection, and ends when the calls under
/// way have, or have had [`Limits::drain`](super::Limits::drain) for it.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    api: &Api,
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let told = Notify::new();
    let graceful = {
        let told = std::sync::Arc::new(told);
        let waiting = std::sync::Arc::clone(&told);
        (told, async move { waiting.notified().await })
    };
    let (told, waiting) = graceful;
    let mut server = Box::pin(axum::serve(listener, router).with_graceful_shutdown(waiting).into_future());
    tokio::select! {
        ended = &mut server => return ended,
        () = stop => {}
    }
    api.stop();
    told.notify_one();
    tokio::time::timeout(api.limits().drain, server).await.unwrap_or(Ok(()))
}
