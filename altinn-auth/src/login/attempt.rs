//! A login under way, and what is asked of the issuer.

use altinn_core::key::KeyError;
use altinn_core::{AuthenticationLevel, Digest, Language};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom, SystemRandom};

use super::settings::IssuerKind;
use super::{LoginError, LoginSettings, ReturnPath};

/// 32 random bytes in base64url: what nobody guesses.
pub(super) fn secret() -> Result<String, LoginError> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|_| KeyError::NoRandomness)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// A login that a browser has begun.
pub(super) struct Attempt {
    pub(super) state: String,
    pub(super) nonce: String,
    /// What proves at the end that it is us who began (PKCE, RFC 7636).
    pub(super) verifier: String,
    pub(super) level: AuthenticationLevel,
    pub(super) return_to: ReturnPath,
}

impl Attempt {
    pub(super) fn new(level: AuthenticationLevel, return_to: ReturnPath) -> Result<Self, LoginError> {
        Ok(Self { state: secret()?, nonce: secret()?, verifier: secret()?, level, return_to })
    }

    /// The parameters of the authorization request.
    pub(super) fn parameters(
        &self,
        settings: &LoginSettings,
        language: Option<Language>,
    ) -> Vec<(&'static str, String)> {
        let challenge = URL_SAFE_NO_PAD.encode(Digest::of(self.verifier.as_bytes()).as_bytes());
        let mut parameters = vec![
            ("response_type", "code".to_owned()),
            ("client_id", settings.client_id.clone()),
            ("redirect_uri", settings.redirect_uri()),
            ("scope", "openid profile".to_owned()),
            ("state", self.state.clone()),
            ("nonce", self.nonce.clone()),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256".to_owned()),
            ("acr_values", acr(settings.issuer_kind, self.level).to_owned()),
        ];
        parameters.extend(language.map(|language| ("ui_locales", language.code().to_owned())));
        let details = settings.authorization_details.clone();
        parameters.extend(details.map(|details| ("authorization_details", details)));
        parameters
    }
}

/// The name of a level at the issuer; the lowest one that is at least as high.
pub(super) fn acr(kind: IssuerKind, level: AuthenticationLevel) -> &'static str {
    let high = level > AuthenticationLevel::Sensitive;
    match kind {
        IssuerKind::IdPorten if level == AuthenticationLevel::SelfIdentified => "idporten-loa-low",
        IssuerKind::IdPorten if high => "idporten-loa-high",
        IssuerKind::IdPorten => "idporten-loa-substantial",
        IssuerKind::Ansattporten if high => "high",
        IssuerKind::Ansattporten => "substantial",
    }
}

/// The level of a name at the issuer.
pub(super) fn level_of(kind: IssuerKind, name: &str) -> Option<AuthenticationLevel> {
    use AuthenticationLevel::{SelfIdentified, Sensitive, VerySensitive};
    [SelfIdentified, Sensitive, VerySensitive].into_iter().find(|level| acr(kind, *level) == name)
}
