//! The verifier.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use altinn_core::{Actor, Clock, Digest, SyntheticNumbers};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};

use super::actor::ActorFinder;
use super::claims::Claims;
use super::header::Header;
use super::newest::Newest;
use super::reader::ClaimsReader;
use super::{
    IssuerProfile, KeySource, SignatureAlgorithm, TokenError, TokenPart, VerificationKey, VerifiedToken,
};
use crate::register::PartyRegister;

/// The most bytes of a token that are read: 16 KiB.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// How long it counts who a token's subject was found to be.
const FOUND_COUNTS_FOR: TimeDelta = TimeDelta::seconds(1);

/// What the tokens of issuers may call themselves: JWT (RFC 7519), and access tokens (RFC 9068).
const TYPES: &[&str] = &["JWT", "at+jwt"];

/// Verifies tokens of issuers that are trusted. Cheap to clone.
///
/// ```
/// # #[cfg(feature = "testing")]
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// use std::sync::Arc;
/// use altinn_auth::register::{MIGRATIONS, RegisterKey, StoredRegister};
/// use altinn_auth::testing::FakeIssuer;
/// use altinn_auth::token::TokenVerifier;
/// use altinn_core::store::{Batch, Store};
/// use altinn_core::testing::SyntheticPeople;
/// use altinn_core::{AuthenticationLevel, SyntheticNumbers, SystemClock};
///
/// let store = Store::open("sqlite::memory:").await?;
/// store.migrate(&[MIGRATIONS]).await?;
/// let register = Arc::new(StoredRegister::new(store.clone(), RegisterKey::from_bytes(&[7; 32])));
/// let kari = SyntheticPeople::from_seed(1).person();
/// let mut batch = Batch::new();
/// register.put_party(&mut batch, &kari)?;
/// store.commit(batch).await?;
///
/// let id_porten = FakeIssuer::id_porten(Arc::new(SystemClock))?;
/// let tokens = TokenVerifier::new(Arc::new(SystemClock), register)
///     .trusting(id_porten.profile()?)
///     .with_synthetic_numbers(SyntheticNumbers::Accepted);
/// let actor = tokens.verify(&id_porten.log_in(&kari)?).await?;
/// assert_eq!(actor.level(), AuthenticationLevel::VerySensitive);
/// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct TokenVerifier {
    clock: Arc<dyn Clock>,
    parties: Arc<dyn PartyRegister>,
    issuers: Vec<IssuerProfile>,
    synthetic: SyntheticNumbers,
    /// Tokens that were verified by these issuers and settings.
    known: Arc<Newest<Authenticated>>,
}

/// A token that one of the issuers signed for us, whenever it counts.
struct Authenticated {
    token: VerifiedToken,
    /// Which of the verifier's issuers it is of.
    issuer: usize,
    kid: Option<String>,
    key: VerificationKey,
    /// Who its subject was found to be last, and when.
    found: Mutex<Option<(Actor, DateTime<Utc>)>>,
}

impl TokenVerifier {
    /// A verifier that trusts nobody yet.
    pub fn new(clock: Arc<dyn Clock>, parties: Arc<dyn PartyRegister>) -> Self {
        Self {
            clock,
            parties,
            issuers: Vec::new(),
            synthetic: SyntheticNumbers::Refused,
            known: Arc::default(),
        }
    }

    /// The same verifier, which trusts this issuer too.
    #[must_use]
    pub fn trusting(mut self, issuer: IssuerProfile) -> Self {
        self.issuers.push(issuer);
        self.known = Arc::default();
        self
    }

    /// The same verifier, with synthetic people and organizations accepted or, as from the start, refused.
    #[must_use]
    pub fn with_synthetic_numbers(mut self, synthetic: SyntheticNumbers) -> Self {
        self.synthetic = synthetic;
        self.known = Arc::default();
        self
    }

    /// Verifies a token (without `Bearer`) and tells who it is about.
    ///
    /// What a token says is remembered by its digest, since a client sends the same one with every call and to verify it
    /// costs more than all the rest: that a key has signed these bytes for us stays true for ever. Whether the key is still
    /// its issuer's and whether the token's time is over is found out each time; who its subject is, once a second: for so
    /// long a client is let in whose person the register has deleted meanwhile.
    ///
    /// # Errors
    /// [`TokenError`], which says what is wrong and nothing of the token's content.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn verify(&self, token: &str) -> Result<Actor, TokenError> {
        check_length(token)?;
        let digest = Digest::of(token.as_bytes());
        if let Some(known) = self.known.get(&digest)
            && self.is_of_its_issuer(&known).await?
        {
            return self.actor(&known).await;
        }
        let authenticated = self.signed(token).await?;
        let actor = self.actor(&authenticated).await?;
        self.known.put(digest, authenticated);
        Ok(actor)
    }

    /// Who a token's subject is, where the token counts now.
    async fn actor(&self, authenticated: &Authenticated) -> Result<Actor, TokenError> {
        let now = self.check_time(authenticated)?;
        if let Some(actor) = authenticated.found_lately(now) {
            return Ok(actor);
        }
        let actor = self.finder().actor(&authenticated.token).await?;
        *authenticated.found() = Some((actor.clone(), now));
        Ok(actor)
    }

    /// Verifies a token (without `Bearer`) and tells what it says, without asking the register who that is. Nothing of it is
    /// remembered.
    ///
    /// # Errors
    /// [`TokenError`], which says what is wrong and nothing of the token's content.
    pub async fn authenticate(&self, token: &str) -> Result<VerifiedToken, TokenError> {
        let authenticated = self.signed(token).await?;
        self.check_time(&authenticated)?;
        Ok(authenticated.token)
    }

    /// What a token says that one of the issuers has signed for us, whether or not it counts now.
    async fn signed(&self, token: &str) -> Result<Authenticated, TokenError> {
        let parts = Parts::split(token)?;
        let header = Header::parse(&decode(parts.header, TokenPart::Header)?, TYPES)?;
        let claims = Claims::parse(&decode(parts.claims, TokenPart::Claims)?)?;
        let mut issuers = self.issuers.iter().enumerate();
        let found = issuers.find(|(_, profile)| profile.issuer == claims.iss);
        let (issuer, profile) = found.ok_or(TokenError::Issuer)?;
        if header.kid.is_none() && !profile.without_kid {
            return Err(TokenError::UnknownKey);
        }
        let key = check_signature(&*profile.keys, &profile.algorithms, &header, &parts).await?;
        profile.check_audience(claims.audiences())?;
        let token = ClaimsReader { profile, synthetic: self.synthetic }.read(claims)?;
        Ok(Authenticated { token, issuer, kid: header.kid, key, found: Mutex::default() })
    }

    /// Whether the key that signed a token still is the issuer's of that name.
    async fn is_of_its_issuer(&self, known: &Authenticated) -> Result<bool, TokenError> {
        let Some(profile) = self.issuers.get(known.issuer) else { return Ok(false) };
        let key = profile.keys.key(known.kid.as_deref()).await?;
        Ok(key.is_some_and(|key| key.is(&known.key)))
    }

    /// The time, at which a token counts.
    fn check_time(&self, authenticated: &Authenticated) -> Result<DateTime<Utc>, TokenError> {
        let profile = self.issuers.get(authenticated.issuer).ok_or(TokenError::Issuer)?;
        let now = self.clock.now();
        authenticated.token.check_time(now, profile.skew)?;
        Ok(now)
    }

    pub(crate) fn finder(&self) -> ActorFinder<'_> {
        ActorFinder { parties: &*self.parties, synthetic: self.synthetic }
    }
}

impl Authenticated {
    fn found_lately(&self, now: DateTime<Utc>) -> Option<Actor> {
        let found = self.found();
        let (actor, at) = found.as_ref()?;
        (*at..*at + FOUND_COUNTS_FOR).contains(&now).then(|| actor.clone())
    }

    fn found(&self) -> MutexGuard<'_, Option<(Actor, DateTime<Utc>)>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The three parts of a token, and the first two as they were signed.
struct Parts<'t> {
    header: &'t str,
    claims: &'t str,
    signature: &'t str,
    signed: &'t str,
}

impl<'t> Parts<'t> {
    fn split(token: &'t str) -> Result<Self, TokenError> {
        check_length(token)?;
        let malformed = TokenError::Malformed(TokenPart::Whole);
        let (signed, signature) = token.rsplit_once('.').ok_or(malformed.clone())?;
        let (header, claims) = signed.split_once('.').ok_or(malformed.clone())?;
        if claims.contains('.') {
            return Err(malformed);
        }
        Ok(Self { header, claims, signature, signed })
    }
}

fn check_length(token: &str) -> Result<(), TokenError> {
    let found = token.len();
    if found > MAX_TOKEN_BYTES { Err(TokenError::TooLarge { found, limit: MAX_TOKEN_BYTES }) } else { Ok(()) }
}

/// The claims of a token of this type (RFC 8725, 3.11) that one of these keys has signed, as they stand there: nothing
/// else of it is checked.
pub(crate) async fn signed_by(
    token: &str,
    typ: &str,
    keys: &dyn KeySource,
    algorithms: &[SignatureAlgorithm],
) -> Result<Vec<u8>, TokenError> {
    let parts = Parts::split(token)?;
    let header = Header::parse(&decode(parts.header, TokenPart::Header)?, &[typ])?;
    if header.kid.is_none() {
        return Err(TokenError::UnknownKey);
    }
    check_signature(keys, algorithms, &header, &parts).await?;
    decode(parts.claims, TokenPart::Claims)
}

/// The key that signed a token.
async fn check_signature(
    keys: &dyn KeySource,
    algorithms: &[SignatureAlgorithm],
    header: &Header,
    parts: &Parts<'_>,
) -> Result<VerificationKey, TokenError> {
    let algorithm = header.algorithm.filter(|algorithm| algorithms.contains(algorithm));
    let algorithm = algorithm.ok_or(TokenError::Algorithm)?;
    let signature = decode(parts.signature, TokenPart::Signature)?;
    let key = keys.key(header.kid.as_deref()).await?.filter(|key| key.is_for(algorithm));
    let key = key.ok_or(TokenError::UnknownKey)?;
    let is_right = key.verify(algorithm, parts.signed.as_bytes(), &signature);
    is_right.then_some(key).ok_or(TokenError::Signature)
}

fn decode(part: &str, name: TokenPart) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::Malformed(name))
}

/// The claims of a token that one of these keys has signed; nothing else of it is checked.
#[cfg(feature = "testing")]
pub(crate) fn signed_claims(token: &str, keys: &super::StaticKeys) -> Option<serde_json::Value> {
    let parts = Parts::split(token).ok()?;
    let header = Header::parse(&decode(parts.header, TokenPart::Header).ok()?, TYPES).ok()?;
    let (algorithm, key) = (header.algorithm?, keys.get(header.kid.as_deref())?);
    let signature = decode(parts.signature, TokenPart::Signature).ok()?;
    let is_signed = key.is_for(algorithm) && key.verify(algorithm, parts.signed.as_bytes(), &signature);
    is_signed.then(|| serde_json::from_slice(&decode(parts.claims, TokenPart::Claims).ok()?).ok()).flatten()
}
