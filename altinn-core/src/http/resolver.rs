//! Names become addresses, and those that may not be called are left out before a connection is opened.

use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;

use super::Destinations;

/// Every address of the name is one that may not be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the name leads to addresses that may not be called")]
pub(super) struct Forbidden;

/// The system's resolver, held to where the client may go: what is connected to is what was checked.
pub(super) struct GuardedResolver(pub(super) Arc<Destinations>);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let destinations = Arc::clone(&self.0);
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<_> =
                found.iter().copied().filter(|found| destinations.allows(found.ip())).collect();
            if allowed.is_empty() && !found.is_empty() {
                return Err(Forbidden.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}
