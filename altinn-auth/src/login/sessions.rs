//! Logins under way and sessions, in the store.

use std::fmt;

use altinn_core::store::{Batch, ConflictCause, Row, Store, StoreError, params};
use altinn_core::{
    AuthenticationLevel, AuthenticationMethod, Digest, OrganizationNumber, PartyId, SyntheticNumbers,
};
use chrono::{DateTime, TimeDelta, Utc};

use super::LoginError;
use super::attempt::Attempt;
use super::seal;

/// How long somebody may take to log in.
const ATTEMPT_LIFETIME: TimeDelta = TimeDelta::minutes(15);

/// A session, as it is kept.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) issuer: String,
    pub(super) issuer_session: Option<String>,
    pub(super) party: PartyId,
    pub(super) level: AuthenticationLevel,
    pub(super) method: Option<AuthenticationMethod>,
    pub(super) represents: Vec<OrganizationNumber>,
    pub(super) expires: DateTime<Utc>,
}

/// Logins under way and sessions.
#[derive(Debug, Clone)]
pub(super) struct Sessions(pub(super) Store);

impl Sessions {
    /// Keeps a login that a browser begins; those that nobody ended in time are forgotten.
    pub(super) async fn begin(
        &self,
        attempt: &Attempt,
        browser: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.execute("delete from auth_login_attempt where expires_at <= $1", params![now]);
        batch.execute_one(
            "insert into auth_login_attempt \
             (state_digest, browser_digest, nonce, verifier, level, return_to, expires_at) \
             values ($1, $2, $3, $4, $5, $6, $7)",
            params![
                digest(&attempt.state),
                digest(browser),
                &attempt.nonce,
                &attempt.verifier,
                u8::from(attempt.level),
                attempt.return_to.as_str(),
                now + ATTEMPT_LIFETIME,
            ],
        );
        self.0.commit(batch).await.map(|_| ())
    }

    /// Takes out the login that this browser began with this state: it can be ended once.
    pub(super) async fn take(
        &self,
        state: &str,
        browser: &str,
        now: DateTime<Utc>,
    ) -> Result<Attempt, LoginError> {
        let row = self
            .0
            .query_opt(
                "select nonce, verifier, level, return_to from auth_login_attempt \
                 where state_digest = $1 and browser_digest = $2 and expires_at > $3",
                params![digest(state), digest(browser), now],
            )
            .await?
            .ok_or(LoginError::State)?;
        let mut batch = Batch::new();
        batch.execute_one("delete from auth_login_attempt where state_digest = $1", params![digest(state)]);
        match self.0.commit(batch).await {
            Err(StoreError::Conflict { cause: ConflictCause::Rows { .. }, .. }) => Err(LoginError::State),
            Err(error) => Err(error.into()),
            Ok(_) => Ok(Attempt {
                state: state.to_owned(),
                nonce: row.get("nonce")?,
                verifier: row.get("verifier")?,
                level: level(&row)?,
                return_to: row.get::<String>("return_to")?.parse()?,
            }),
        }
    }

    /// Opens a session under a new cookie, in the place of the browser's one before.
    pub(super) async fn open(
        &self,
        cookie: &str,
        session: &Session,
        id_token: &str,
        before: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(), LoginError> {
        let mut batch = Batch::new();
        batch.execute("delete from auth_session where expires_at <= $1", params![now]);
        if let Some(before) = before {
            batch.execute("delete from auth_session where cookie_digest = $1", params![digest(before)]);
        }
        let represents: Vec<_> = session.represents.iter().map(ToString::to_string).collect();
        batch.execute_one(
            "insert into auth_session (cookie_digest, issuer, issuer_session, party, level, method, \
             represents, id_token_sealed, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            params![
                digest(cookie),
                &session.issuer,
                session.issuer_session.clone(),
                session.party,
                u8::from(session.level),
                session.method.map(AuthenticationMethod::number),
                represents.join(" "),
                seal::seal(cookie, id_token)?,
                session.expires,
            ],
        );
        self.0.commit(batch).await?;
        Ok(())
    }

    /// The session of a cookie, while it lasts.
    pub(super) async fn find(&self, cookie: &str, now: DateTime<Utc>) -> Result<Option<Session>, StoreError> {
        let row = self
            .0
            .query_opt(
                "select issuer, issuer_session, party, level, method, represents, expires_at \
                 from auth_session where cookie_digest = $1 and expires_at > $2",
                params![digest(cookie), now],
            )
            .await?;
        row.map(|row| session(&row)).transpose()
    }

    /// Ends the session of a cookie; gives the ID token that it was opened with.
    pub(super) async fn end(&self, cookie: &str) -> Result<Option<String>, StoreError> {
        let mut batch = Batch::new();
        let ended = batch.returning(
            "delete from auth_session where cookie_digest = $1 returning id_token_sealed",
            params![digest(cookie)],
        );
        let committed = self.0.commit(batch).await?;
        let Some(row) = committed.rows(ended).first() else { return Ok(None) };
        Ok(seal::open(cookie, row.get("id_token_sealed")?))
    }

    /// Ends every session of the issuer's own one, whichever browsers they are in.
    pub(super) async fn end_of_issuer(&self, issuer: &str, issuer_session: &str) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.execute(
            "delete from auth_session where issuer = $1 and issuer_session = $2",
            params![issuer, issuer_session],
        );
        self.0.commit(batch).await.map(|_| ())
    }
}

fn digest(secret: &str) -> [u8; 32] {
    *Digest::of(secret.as_bytes()).as_bytes()
}

fn level(row: &Row) -> Result<AuthenticationLevel, StoreError> {
    let decode = |_| StoreError::Decode { column: "level".to_owned(), expected: "a level" };
    AuthenticationLevel::try_from(row.get::<u8>("level")?).map_err(decode)
}

fn session(row: &Row) -> Result<Session, StoreError> {
    let method: Option<u8> = row.get("method")?;
    let represents: String = row.get("represents")?;
    let numbers = represents.split_ascii_whitespace();
    // They were checked by the setting of the time when they came.
    let numbers =
        numbers.filter_map(|number| OrganizationNumber::parse(number, SyntheticNumbers::Accepted).ok());
    Ok(Session {
        issuer: row.get("issuer")?,
        issuer_session: row.get("issuer_session")?,
        party: row.get("party")?,
        level: level(row)?,
        method: AuthenticationMethod::ALL.iter().copied().find(|known| Some(known.number()) == method),
        represents: numbers.collect(),
        expires: row.get("expires_at")?,
    })
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("level", &self.level).finish_non_exhaustive()
    }
}
