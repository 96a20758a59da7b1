//! Serving until told to stop.

use std::io;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::unread::Unread;
use super::{Api, Limits};

/// How long to wait for a connection when there are none to be had, such as when all file descriptors are taken.
const PAUSE: Duration = Duration::from_secs(1);

/// Serves a router by HTTP/1.1 until `stop` ends: then it is not ready any more, takes no new connection, and ends when the
/// calls under way have, or have had [`Limits::drain`] for it.
///
/// A connection whose next call has not come whole, up to the end of its headers, within
/// [`Limits::headers`] is closed, whether nothing comes or a byte now and then; so is one whose other end takes nothing of an
/// answer for [`Limits::unread`].
pub async fn serve(api: &Api, listener: TcpListener, router: Router, stop: impl Future<Output = ()> + Send) {
    let (stopping, told) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            stream = accepted(&listener) => {
                connections.spawn(connection(stream, router.clone(), api.limits().clone(), told.clone()));
            }
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    api.stop();
    stopping.send_replace(());
    let ended = async { while connections.join_next().await.is_some() {} };
    // What has not ended by then is ended when the connections are dropped.
    drop(tokio::time::timeout(api.limits().drain, ended).await);
}

/// The next connection.
async fn accepted(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be taken");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Whether an error says that one connection was lost before it was taken.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Serves a connection until it ends; told to stop, until its call under way has ended.
async fn connection(stream: TcpStream, router: Router, limits: Limits, mut told: watch::Receiver<()>) {
    // Looking which version is spoken would wait for ever: 1.1 alone is.
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.headers);
    let stream = TokioIo::new(Unread::new(stream, limits.unread));
    let served = builder.serve_connection(stream, TowerToHyperService::new(router));
    let mut served = pin!(served);
    let ended = tokio::select! {
        ended = served.as_mut() => ended,
        _ = told.changed() => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}
