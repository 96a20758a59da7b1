//! A body, or a part of one, as it comes, piece by piece.

use std::fmt;
use std::time::Duration;

use axum::body::Bytes;
use futures_util::{Stream, StreamExt as _, stream};

/// Why no more came.
#[derive(Debug)]
pub(super) enum BrokenOff {
    /// The connection broke.
    Connection,
    /// Nothing came for too long.
    Silence,
}

impl fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connection => "the connection broke",
            Self::Silence => "nothing came for too long",
        })
    }
}

/// The pieces of a body, or of a part of one; it ends with an error when it breaks off, or when nothing comes for so long.
pub(super) fn pieces<E>(
    body: impl Stream<Item = Result<Bytes, E>> + Send,
    patience: Duration,
) -> impl Stream<Item = Result<Bytes, BrokenOff>> + Send {
    stream::unfold(Some(Box::pin(body)), move |state| async move {
        let mut body = state?;
        match tokio::time::timeout(patience, body.next()).await {
            Ok(Some(Ok(piece))) => Some((Ok(piece), Some(body))),
            Ok(Some(Err(_))) => Some((Err(BrokenOff::Connection), None)),
            Ok(None) => None,
            Err(_) => Some((Err(BrokenOff::Silence), None)),
        }
    })
}
