//! The verifier.

use std::sync::Arc;

use altinn_core::{Actor, Clock, SyntheticNumbers};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::actor::ActorFinder;
use super::claims::Claims;
use super::header::Header;
use super::reader::ClaimsReader;
use super::{IssuerProfile, KeySource, SignatureAlgorithm, TokenError, TokenPart, VerifiedToken};
use crate::register::PartyRegister;

/// The most bytes of a token that are read: 16 KiB.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

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
}

impl TokenVerifier {
    /// A verifier that trusts nobody yet.
    pub fn new(clock: Arc<dyn Clock>, parties: Arc<dyn PartyRegister>) -> Self {
        Self { clock, parties, issuers: Vec::new(), synthetic: SyntheticNumbers::Refused }
    }

    /// The same verifier, which trusts this issuer too.
    #[must_use]
    pub fn trusting(mut self, issuer: IssuerProfile) -> Self {
        self.issuers.push(issuer);
        self
    }

    /// The same verifier, with synthetic people and organizations accepted or, as from the start, refused.
    #[must_use]
    pub fn with_synthetic_numbers(mut self, synthetic: SyntheticNumbers) -> Self {
        self.synthetic = synthetic;
        self
    }

    /// Verifies a token (without `Bearer`) and tells who it is about.
    ///
    /// # Errors
    /// [`TokenError`], which says what is wrong and nothing of the token's content.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn verify(&self, token: &str) -> Result<Actor, TokenError> {
        let token = self.authenticate(token).await?;
        self.finder().actor(token).await
    }

    /// Verifies a token (without `Bearer`) and tells what it says, without asking the register who that is.
    ///
    /// # Errors
    /// [`TokenError`], which says what is wrong and nothing of the token's content.
    pub async fn authenticate(&self, token: &str) -> Result<VerifiedToken, TokenError> {
        let parts = Parts::split(token)?;
        let header = Header::parse(&decode(parts.header, TokenPart::Header)?, TYPES)?;
        let claims = Claims::parse(&decode(parts.claims, TokenPart::Claims)?)?;
        let profile =
            self.issuers.iter().find(|profile| profile.issuer == claims.iss).ok_or(TokenError::Issuer)?;
        if header.kid.is_none() && !profile.without_kid {
            return Err(TokenError::UnknownKey);
        }
        check_signature(&*profile.keys, &profile.algorithms, &header, &parts).await?;
        profile.check_audience(claims.audiences())?;
        let expires = claims.check_time(self.clock.now(), profile.skew)?;
        ClaimsReader { profile, synthetic: self.synthetic }.read(claims, expires)
    }

    pub(crate) fn finder(&self) -> ActorFinder<'_> {
        ActorFinder { parties: &*self.parties, synthetic: self.synthetic }
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
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLarge { found: token.len(), limit: MAX_TOKEN_BYTES });
        }
        let malformed = TokenError::Malformed(TokenPart::Whole);
        let (signed, signature) = token.rsplit_once('.').ok_or(malformed.clone())?;
        let (header, claims) = signed.split_once('.').ok_or(malformed.clone())?;
        if claims.contains('.') {
            return Err(malformed);
        }
        Ok(Self { header, claims, signature, signed })
    }
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

async fn check_signature(
    keys: &dyn KeySource,
    algorithms: &[SignatureAlgorithm],
    header: &Header,
    parts: &Parts<'_>,
) -> Result<(), TokenError> {
    let algorithm = header.algorithm.filter(|algorithm| algorithms.contains(algorithm));
    let algorithm = algorithm.ok_or(TokenError::Algorithm)?;
    let signature = decode(parts.signature, TokenPart::Signature)?;
    let key = keys.key(header.kid.as_deref()).await?.filter(|key| key.is_for(algorithm));
    if key.ok_or(TokenError::UnknownKey)?.verify(algorithm, parts.signed.as_bytes(), &signature) {
        Ok(())
    } else {
        Err(TokenError::Signature)
    }
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
