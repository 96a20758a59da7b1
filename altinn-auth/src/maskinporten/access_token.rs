//! A token that Maskinporten gave.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use zeroize::Zeroizing;

/// A token that Maskinporten gave. `Debug` hides it.
#[derive(Clone)]
pub struct AccessToken {
    token: Zeroizing<String>,
    expires: DateTime<Utc>,
    renew_from: DateTime<Utc>,
}

/// The longest time before its end at which a token is renewed.
const LONGEST_REST: TimeDelta = TimeDelta::seconds(30);

impl AccessToken {
    /// A token that lasts for so long from now.
    pub(super) fn new(token: String, now: DateTime<Utc>, lifetime: TimeDelta) -> Self {
        let rest = (lifetime / 4).min(LONGEST_REST);
        Self { token: Zeroizing::new(token), expires: now + lifetime, renew_from: now + lifetime - rest }
    }

    /// The token, for the header `Authorization: Bearer`. Never for logs, addresses or errors.
    pub fn expose(&self) -> &str {
        &self.token
    }

    /// When it expires.
    pub fn expires(&self) -> DateTime<Utc> {
        self.expires
    }

    /// Whether it need not be renewed yet.
    pub(super) fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        now < self.renew_from
    }

    /// Whether it still counts.
    pub(super) fn is_valid(&self, now: DateTime<Utc>) -> bool {
        now < self.expires
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessToken(*** until {})", self.expires)
    }
}
