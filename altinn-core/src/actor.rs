//! Who is calling, how surely, and with which scopes.

use crate::{AuthenticationLevel, AuthenticationMethod, OrganizationNumber, PartyId, Subject};

/// Who is calling: the subject, how surely it is identified, and what its token allows.
///
/// It says nothing about rights: those are decided for each operation.
///
/// ```
/// use altinn_core::{Actor, AuthenticationLevel, AuthenticationMethod, Subject};
///
/// let agency = Subject::ServiceOwner { org: "ttd".to_owned(), number: None };
/// let actor = Actor::new(agency, AuthenticationLevel::Sensitive)
///     .with_method(AuthenticationMethod::Maskinporten)
///     .with_scopes(["altinn:serviceowner"]);
/// assert!(actor.has_scope("altinn:serviceowner"));
/// assert!(!actor.has_scope("altinn:instances.read"));
/// assert_eq!((actor.reference().as_str(), actor.party()), ("urn:altinn:org:ttd", None));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    subject: Subject,
    level: AuthenticationLevel,
    method: Option<AuthenticationMethod>,
    scopes: Vec<String>,
    consumer: Option<OrganizationNumber>,
    supplier: Option<OrganizationNumber>,
    represents: Vec<OrganizationNumber>,
}

impl Actor {
    /// A caller without scopes, identified by an unnamed method.
    pub fn new(subject: Subject, level: AuthenticationLevel) -> Self {
        Self {
            subject,
            level,
            method: None,
            scopes: Vec::new(),
            consumer: None,
            supplier: None,
            represents: Vec::new(),
        }
    }

    /// The same caller, identified by this method.
    #[must_use]
    pub fn with_method(mut self, method: AuthenticationMethod) -> Self {
        self.method = Some(method);
        self
    }

    /// The same caller with these scopes instead of those before.
    #[must_use]
    pub fn with_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// The same caller, whose token was given to this organization (`consumer` of Maskinporten).
    #[must_use]
    pub fn with_consumer(mut self, consumer: OrganizationNumber) -> Self {
        self.consumer = Some(consumer);
        self
    }

    /// The same caller, where this organization fetched the token on the consumer's behalf (`supplier` of Maskinporten).
    #[must_use]
    pub fn with_supplier(mut self, supplier: OrganizationNumber) -> Self {
        self.supplier = Some(supplier);
        self
    }

    /// The same caller, who chose to represent these organizations when logging in (Ansattporten).
    #[must_use]
    pub fn representing(mut self, organizations: impl IntoIterator<Item = OrganizationNumber>) -> Self {
        self.represents = organizations.into_iter().collect();
        self
    }

    /// Who the caller is.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// The caller's own party, as [`Subject::party`].
    pub fn party(&self) -> Option<PartyId> {
        self.subject.party()
    }

    /// A stable name of the caller for logs and histories, as [`Subject::reference`].
    pub fn reference(&self) -> String {
        self.subject.reference()
    }

    /// How surely the caller is identified.
    pub fn level(&self) -> AuthenticationLevel {
        self.level
    }

    /// How the caller was identified, where it is known.
    pub fn method(&self) -> Option<AuthenticationMethod> {
        self.method
    }

    /// The scopes of the caller's token, in its order.
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// Whether the caller's token holds a scope.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|held| held == scope)
    }

    /// The organization that the caller's token was given to, where it is Maskinporten's.
    pub fn consumer(&self) -> Option<OrganizationNumber> {
        self.consumer
    }

    /// The organization that fetched the caller's token on the consumer's behalf, where there is one.
    pub fn supplier(&self) -> Option<OrganizationNumber> {
        self.supplier
    }

    /// The organizations that the caller chose to represent when logging in. It is no right: what the caller may do for
    /// them is decided for each operation.
    pub fn represents(&self) -> &[OrganizationNumber] {
        &self.represents
    }
}
