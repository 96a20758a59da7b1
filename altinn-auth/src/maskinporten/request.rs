//! What a token is asked for.

use std::fmt;

use altinn_core::{NationalIdentityNumber, OrganizationNumber};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// What a token is asked for: scopes, and for whom. The same request gets the same token while it lasts.
///
/// ```
/// use altinn_auth::maskinporten::TokenRequest;
///
/// let request = TokenRequest::new(["altinn:broker.read", "altinn:broker.write"])
///     .for_resource("https://api.example.no")
///     .on_behalf_of("991825827".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
#[must_use]
pub struct TokenRequest {
    scope: String,
    resources: Vec<String>,
    consumer: Option<OrganizationNumber>,
    system_user: Option<SystemUser>,
    person: Option<NationalIdentityNumber>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct SystemUser {
    owner: OrganizationNumber,
    external_ref: Option<String>,
}

/// How long a grant counts. Maskinporten takes none of more than 120 seconds.
const GRANT_LIFETIME: TimeDelta = TimeDelta::seconds(60);

impl TokenRequest {
    /// A token with these scopes, for the client's own organization.
    pub fn new<S: AsRef<str>>(scopes: impl IntoIterator<Item = S>) -> Self {
        let scopes: Vec<String> = scopes.into_iter().map(|scope| scope.as_ref().to_owned()).collect();
        let (resources, consumer, system_user, person) = (Vec::new(), None, None, None);
        Self { scope: scopes.join(" "), resources, consumer, system_user, person }
    }

    /// The same token for one audience more (`resource`).
    pub fn for_resource(mut self, resource: impl Into<String>) -> Self {
        self.resources.push(resource.into());
        self
    }

    /// The same token on behalf of an organization that has delegated the scopes to the client's (`consumer_org`).
    pub fn on_behalf_of(mut self, consumer: OrganizationNumber) -> Self {
        self.consumer = Some(consumer);
        self
    }

    /// The same token as the system user that an organization has made for the client's system.
    pub fn as_system_user_of(mut self, owner: OrganizationNumber) -> Self {
        self.system_user = Some(SystemUser { owner, external_ref: None });
        self
    }

    /// The same token as one of several system users of an organization, by the client's own reference (`externalRef`).
    pub fn as_system_user(mut self, owner: OrganizationNumber, external_ref: impl Into<String>) -> Self {
        self.system_user = Some(SystemUser { owner, external_ref: Some(external_ref.into()) });
        self
    }

    /// The same token, restricted to one person (`pid`). It is no login of that person.
    pub fn restricted_to(mut self, person: NationalIdentityNumber) -> Self {
        self.person = Some(person);
        self
    }

    /// The claims of a grant of a client to the issuer `audience`, which counts once.
    pub fn grant(&self, client_id: &str, audience: &str, now: DateTime<Utc>) -> Value {
        let mut claims = Map::new();
        let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        put("aud", json!(audience));
        put("iss", json!(client_id));
        put("scope", json!(self.scope));
        put("iat", json!(now.timestamp()));
        put("exp", json!((now + GRANT_LIFETIME).timestamp()));
        put("jti", json!(Uuid::new_v4()));
        if !self.resources.is_empty() {
            put("resource", json!(self.resources));
        }
        if let Some(consumer) = self.consumer {
            put("consumer_org", json!(consumer.to_string()));
        }
        if let Some(person) = &self.person {
            put("pid", json!(person.expose()));
        }
        if let Some(system_user) = &self.system_user {
            put("authorization_details", json!([system_user.detail()]));
        }
        Value::Object(claims)
    }
}

impl SystemUser {
    fn detail(&self) -> Value {
        let owner = json!({"authority": "iso6523-actorid-upis", "ID": format!("0192:{}", self.owner)});
        let mut detail = json!({"type": "urn:altinn:systemuser", "systemuser_org": owner});
        if let (Some(detail), Some(reference)) = (detail.as_object_mut(), &self.external_ref) {
            detail.insert("externalRef".to_owned(), json!(reference));
        }
        detail
    }
}

impl fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenRequest").field("scope", &self.scope).finish_non_exhaustive()
    }
}
