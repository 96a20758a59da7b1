//! Whether what was ordered is still to be sent.

use serde::{Deserialize, Serialize};

use super::OrderError;
use super::check::check_line;

/// Asked when an order is due: only a clear yes lets it be sent.
///
/// An answer of no, an answer that cannot be read, and no answer at all come to
/// [`SendConditionNotMet`](crate::OrderStatus::SendConditionNotMet), with the reason kept. (Altinn sends where the
/// condition cannot be asked; here that is a no.)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Condition {
    /// A condition of the program, by the name under which the notifier was given it
    /// ([`Notifier::with_condition`](crate::Notifier::with_condition)).
    Named(String),
    /// An address that answers a GET with `{"sendNotification": true}` (`conditionEndpoint`).
    Endpoint(String),
}

impl Condition {
    /// The longest name or address.
    const MAX_BYTES: usize = 2_000;

    /// A condition of the program.
    pub fn named(name: impl Into<String>) -> Self {
        Self::Named(name.into())
    }

    /// An address to ask.
    pub fn endpoint(url: impl Into<String>) -> Self {
        Self::Endpoint(url.into())
    }

    pub(crate) fn check(&self) -> Result<(), OrderError> {
        match self {
            Self::Named(name) => check_line("condition", name, Self::MAX_BYTES),
            Self::Endpoint(url) => {
                check_line("condition", url, Self::MAX_BYTES)?;
                let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
                let is_absolute = host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'));
                if is_absolute { Ok(()) } else { Err(OrderError::ConditionEndpoint) }
            }
        }
    }
}
