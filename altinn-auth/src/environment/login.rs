//! The login of a portal.

use super::{Settings, Variables};
use crate::login::{ClientAuthentication, LoginSettings};

/// Login by ID-porten: `IDPORTEN_WELL_KNOWN_URL`, `IDPORTEN_CLIENT_ID`, `IDPORTEN_CLIENT_JWK` and `IDPORTEN_REDIRECT_URI`, whose path
/// is [`LoginSettings::CALLBACK`].
#[derive(Debug, Clone, Copy)]
pub struct IdPortenLogin;

const REDIRECT_URI: &str = "IDPORTEN_REDIRECT_URI";

impl Settings for IdPortenLogin {
    type Value = LoginSettings;

    fn read(&self, variables: &mut Variables<'_>) -> Option<LoginSettings> {
        let well_known = variables.address("IDPORTEN_WELL_KNOWN_URL");
        let client_id = variables.required("IDPORTEN_CLIENT_ID");
        let signer = variables.signer("IDPORTEN_CLIENT_JWK");
        let redirect_uri = variables.address(REDIRECT_URI)?;
        let Some(public_url) = redirect_uri.strip_suffix(LoginSettings::CALLBACK) else {
            variables.fault(REDIRECT_URI, "does not end in `/oauth2/callback`");
            return None;
        };
        let key = ClientAuthentication::private_key_jwt(signer?);
        let settings = LoginSettings::id_porten(well_known?, client_id?, key, public_url).ok();
        if settings.is_none() {
            variables.fault(REDIRECT_URI, "is no `https` address of a portal without a path of its own");
        }
        settings
    }
}
