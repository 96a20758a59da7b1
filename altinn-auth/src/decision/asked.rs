//! What an authorization request of Altinn names.

use altinn_core::{PartyId, ResourceId, UncheckedNationalIdentityNumber, UncheckedOrganizationNumber};
use thiserror::Error;
use uuid::Uuid;

use super::attribute;
use crate::register::UserId;
use crate::xacml::{Decision, Potential, Request, ResponseResult, Status, StatusCode, name};

/// At which of Altinn's two endpoints a request was put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// `/decision`: the platform's own programs ask. National identity numbers are not taken here.
    Decision,
    /// `/authorize`: everybody else asks. Subjects may be named by their national identity or organization number.
    Authorize,
}

/// Why a request cannot be decided: it contradicts itself, or something that it needs cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RequestFault {
    /// It names nobody who asks.
    #[error("the request has no attribute of the subject")]
    NoSubject,
    /// It names nothing that is asked for.
    #[error("the request has no attribute of the resource")]
    NoResource,
    /// A system user is named together with somebody else.
    #[error("a system user must be the only attribute of the subject")]
    SystemUserNotAlone,
    /// A national identity number is named where the platform's own programs ask.
    #[error("a national identity number is not taken at this endpoint")]
    PersonNumber,
    /// The subject is named twice, in ways that may contradict each other.
    #[error("the subject is named both by `{first}` and by `{second}`")]
    TwoSubjects {
        /// An attribute.
        first: &'static str,
        /// The other one.
        second: &'static str,
    },
    /// An attribute's value has another form than it must have.
    #[error("the value of `{attribute}` is not {expected}")]
    Form {
        /// The attribute.
        attribute: &'static str,
        /// The form.
        expected: &'static str,
    },
    /// The register does not know the person who asks.
    #[error("the person is unknown")]
    UnknownPerson,
    /// The register does not know the organization that asks.
    #[error("the organization is unknown")]
    UnknownOrganization,
    /// The resource has no policy, or none is named.
    #[error("no policy is found for the resource")]
    NoPolicy,
    /// A register or the policies cannot be had.
    #[error("what the decision needs is unavailable ({code})")]
    Unavailable {
        /// The code of the error behind it.
        code: &'static str,
    },
}

impl RequestFault {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSubject => "AUTH-REQUEST-NO-SUBJECT",
            Self::NoResource => "AUTH-REQUEST-NO-RESOURCE",
            Self::SystemUserNotAlone => "AUTH-REQUEST-SYSTEM-USER",
            Self::PersonNumber => "AUTH-REQUEST-PERSON-NUMBER",
            Self::TwoSubjects { .. } => "AUTH-REQUEST-TWO-SUBJECTS",
            Self::Form { .. } => "AUTH-REQUEST-FORM",
            Self::UnknownPerson => "AUTH-REQUEST-UNKNOWN-PERSON",
            Self::UnknownOrganization => "AUTH-REQUEST-UNKNOWN-ORGANIZATION",
            Self::NoPolicy => "AUTH-REQUEST-NO-POLICY",
            Self::Unavailable { .. } => "AUTH-REQUEST-UNAVAILABLE",
        }
    }

    /// What it is answered with: an Indeterminate decision that says why.
    pub fn result(&self, endpoint: Endpoint) -> ResponseResult {
        let status = Status { message: self.to_string(), ..Status::of(self.status(endpoint)) };
        ResponseResult::new(Decision::Indeterminate(Potential::DenyOrPermit), status)
    }

    /// The status of the Indeterminate decision that Altinn answers with: at `/decision` always a syntax error, at
    /// `/authorize` a processing error for a request that breaks a rule.
    pub fn status(&self, endpoint: Endpoint) -> StatusCode {
        let breaks_a_rule = !matches!(
            self,
            Self::UnknownOrganization
                | Self::Unavailable { .. }
                | Self::Form { attribute: attribute::USER | attribute::INSTANCE, .. }
        );
        match endpoint {
            Endpoint::Authorize if breaks_a_rule => StatusCode::ProcessingError,
            _ => StatusCode::SyntaxError,
        }
    }
}

/// What a request names.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) subject: AskedSubject,
    pub(super) resource: AskedResource,
    pub(super) action: String,
}

/// Who asks, by all the names that the request has.
#[derive(Debug, Default)]
pub(super) struct AskedSubject {
    pub(super) user: Option<UserId>,
    pub(super) person: Option<UncheckedNationalIdentityNumber>,
    pub(super) organization: Option<UncheckedOrganizationNumber>,
    /// The organization's number, where it stands under its older name.
    pub(super) legacy_organization: Option<String>,
    pub(super) party: Option<PartyId>,
    pub(super) party_uuid: Option<Uuid>,
    pub(super) system_user: Option<Uuid>,
}

/// What is asked for, by all the names that the request has.
#[derive(Debug, Default)]
pub(super) struct AskedResource {
    pub(super) org: Option<String>,
    pub(super) app: Option<String>,
    /// A resource that is not an app.
    pub(super) registered: Option<ResourceId>,
    /// Whether the request has `urn:altinn:resource`, for an app or another resource.
    pub(super) is_named: bool,
    /// The instance, with its party.
    pub(super) instance: Option<String>,
    /// The instance, without its party.
    pub(super) instance_guid: Option<String>,
    /// Whether the request has `urn:altinn:resource:instance-id`.
    pub(super) names_guid: bool,
    pub(super) party: Option<PartyId>,
    pub(super) party_uuid: Option<Uuid>,
    pub(super) organization: Option<UncheckedOrganizationNumber>,
    pub(super) person: Option<UncheckedNationalIdentityNumber>,
    pub(super) task: Option<String>,
    pub(super) end_event: Option<String>,
    pub(super) app_resource: Option<String>,
}

impl Asked {
    /// What a request names, put at an endpoint.
    pub(super) fn of(request: &Request, endpoint: Endpoint) -> Result<Self, RequestFault> {
        let mut asked = Self::default();
        let (mut of_subject, mut of_resource) = (0, 0);
        for (category, id, value) in request.attributes() {
            let value = value.to_string();
            match category {
                name::ACCESS_SUBJECT => {
                    of_subject += 1;
                    asked.subject.take(id, value, endpoint)?;
                }
                name::RESOURCE => {
                    of_resource += 1;
                    asked.resource.take(id, value)?;
                }
                name::ACTION if id == name::ACTION_ID && asked.action.is_empty() => asked.action = value,
                _ => {}
            }
        }
        if of_resource == 0 {
            return Err(RequestFault::NoResource);
        }
        if endpoint == Endpoint::Decision && asked.resource.is_named_by_person() {
            return Err(RequestFault::PersonNumber);
        }
        asked.subject.check(of_subject, endpoint)?;
        Ok(asked)
    }
}

impl AskedSubject {
    fn take(&mut self, id: &str, value: String, endpoint: Endpoint) -> Result<(), RequestFault> {
        match id {
            attribute::USER => {
                let form = RequestFault::Form { attribute: attribute::USER, expected: "a whole number" };
                self.user = Some(UserId(value.trim().parse().map_err(|_| form)?)).filter(|user| user.0 != 0);
            }
            attribute::PERSON_NUMBER if endpoint == Endpoint::Decision => {
                return Err(RequestFault::PersonNumber);
            }
            attribute::PERSON_NUMBER => {
                self.person = Some(value.parse().map_err(|_| RequestFault::UnknownPerson)?);
            }
            attribute::ORGANIZATION => self.organization = value.parse().ok(),
            attribute::LEGACY_ORGANIZATION => self.legacy_organization = Some(value),
            attribute::PARTY => self.party = value.parse().ok(),
            attribute::PARTY_UUID => self.party_uuid = Some(uuid(attribute::PARTY_UUID, &value)?),
            attribute::SYSTEM_USER => self.system_user = Some(uuid(attribute::SYSTEM_USER, &value)?),
            _ => {}
        }
        Ok(())
    }

    /// Checks what may be named together.
    fn check(&mut self, attributes: usize, endpoint: Endpoint) -> Result<(), RequestFault> {
        if attributes == 0 {
            return Err(RequestFault::NoSubject);
        }
        if self.system_user.is_some() && attributes > 1 {
            return Err(RequestFault::SystemUserNotAlone);
        }
        let two = |first, second| Err(RequestFault::TwoSubjects { first, second });
        if self.person.is_some() && self.user.is_some() {
            return two(attribute::PERSON_NUMBER, attribute::USER);
        }
        let legacy = self.legacy_organization.as_deref().and_then(|number| number.parse().ok());
        self.organization = self.organization.or(legacy);
        if endpoint == Endpoint::Authorize && self.organization.is_some() {
            if self.user.is_some() {
                return two(attribute::ORGANIZATION, attribute::USER);
            }
            if self.person.is_some() {
                return two(attribute::ORGANIZATION, attribute::PERSON_NUMBER);
            }
        }
        Ok(())
    }
}

impl AskedResource {
    fn take(&mut self, id: &str, value: String) -> Result<(), RequestFault> {
        match id {
            attribute::ORG => self.org = Some(value),
            attribute::APP => self.app = Some(value),
            attribute::RESOURCE => self.take_resource(&value),
            attribute::INSTANCE => {
                let form = RequestFault::Form {
                    attribute: attribute::INSTANCE,
                    expected: "a party id, `/` and a UUID",
                };
                let (_, guid) = value.split_once('/').ok_or(form)?;
                self.instance_guid = Some(guid.to_owned());
                self.instance = Some(value);
            }
            attribute::RESOURCE_INSTANCE => {
                self.names_guid = true;
                self.instance_guid = Some(value);
            }
            attribute::PARTY => self.party = value.trim().parse().ok(),
            attribute::PARTY_UUID => self.party_uuid = Uuid::try_parse(&value).ok(),
            attribute::ORGANIZATION => self.organization = value.parse().ok(),
            attribute::LEGACY_ORGANIZATION => self.organization = self.organization.or(value.parse().ok()),
            attribute::PERSON_NUMBER => self.person = value.parse().ok(),
            attribute::TASK => self.task = Some(value),
            attribute::END_EVENT => self.end_event = Some(value),
            attribute::APP_RESOURCE => self.app_resource = Some(value),
            _ => {}
        }
        Ok(())
    }

    /// A resource; one that is an app names its owner and itself.
    fn take_resource(&mut self, value: &str) {
        self.is_named = true;
        match value.strip_prefix("app_").and_then(|app| app.split_once('_')) {
            Some((org, app)) => {
                self.org = Some(org.to_owned());
                self.app = Some(app.to_owned());
            }
            None => self.registered = value.parse().ok(),
        }
    }

    /// Whether its party is known by a national identity number alone.
    fn is_named_by_person(&self) -> bool {
        self.person.is_some() && self.party.is_none() && self.organization.is_none()
    }

    /// The resource whose policy decides: the app, else the other resource. An app that is named without its owner has
    /// a name that no source of policies knows.
    pub(super) fn policy(&self) -> Option<ResourceId> {
        if self.registered.is_some() && !self.is_app() {
            return self.registered.clone();
        }
        let (org, app) = (self.org.as_deref().unwrap_or_default(), self.app.as_deref()?);
        format!("app_{org}_{app}").to_lowercase().parse().ok()
    }

    /// Whether the policy is that of an app.
    pub(super) fn is_app(&self) -> bool {
        self.org.is_some() && self.app.is_some()
    }

    /// Whether the request names all that a decision needs, so that the instance need not be looked up.
    pub(super) fn is_complete(&self) -> bool {
        if self.party.is_none() {
            return false;
        }
        let place = self.task.is_some() || self.end_event.is_some();
        let app = match &self.instance {
            Some(_) => place || self.app_resource.as_deref() == Some("events"),
            None => self.task.is_none(),
        };
        self.is_app() && app || self.registered.is_some()
    }

    /// Whether only a resource is named, and nobody on whose behalf: the shape of a request for consent.
    pub(super) fn is_for_nobody(&self) -> bool {
        self.registered.is_some()
            && self.party.is_none()
            && self.instance_guid.is_none()
            && self.app.is_none()
    }

    /// Every name that a delegation may know the instance by.
    pub(super) fn instance_names(&self) -> Vec<String> {
        let urn = self.instance.as_ref().map(|instance| format!("{}:{instance}", attribute::INSTANCE));
        self.instance_guid.iter().cloned().chain(urn).collect()
    }
}

fn uuid(attribute: &'static str, value: &str) -> Result<Uuid, RequestFault> {
    Uuid::try_parse(value).map_err(|_| RequestFault::Form { attribute, expected: "a UUID" })
}
