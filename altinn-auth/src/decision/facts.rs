//! What a decision rests on, and what it is fetched for.

use altinn_core::{PartyId, PartyKind, ResourceId, UncheckedNationalIdentityNumber};
use uuid::Uuid;

use super::delegation::{Delegation, Recipient};
use crate::register::{HeldRoles, ListVersion};

/// Whose rights a decision is about, and to what: the request, once its names are resolved.
#[derive(Debug, Clone)]
pub(super) struct Question {
    /// The resource; an app's is `app_<org>_<app>`.
    pub(super) resource: ResourceId,
    /// Whether it is an app, to which the service owner's access lists do not apply.
    pub(super) is_app: bool,
    pub(super) action: String,
    /// The party on whose behalf something is to be done; none for a request for consent.
    pub(super) party: Option<PartyId>,
    pub(super) party_uuid: Option<Uuid>,
    /// Every name of the instance; none when the request is for the whole resource.
    pub(super) instance_names: Vec<String>,
    /// Whether only a resource is named, and nobody on whose behalf.
    pub(super) is_for_nobody: bool,
    pub(super) subject: AskingParty,
}

impl Question {
    /// Whether a delegation is for what is asked: for the whole resource, or for the instance.
    pub(super) fn counts(&self, delegation: &Delegation) -> bool {
        delegation
            .instance
            .as_ref()
            .is_none_or(|instance| self.instance_names.iter().any(|name| name.eq_ignore_ascii_case(instance)))
    }
}

/// Who asks, once the names are resolved.
#[derive(Debug, Clone, Default)]
pub(super) struct AskingParty {
    /// The party whose roles count.
    pub(super) holder: Option<PartyId>,
    /// The party that the subject is, whether or not its roles count.
    pub(super) own_party: Option<PartyId>,
    /// The UUID that access packages and lists know the subject by.
    pub(super) uuid: Option<Uuid>,
    pub(super) person: Option<UncheckedNationalIdentityNumber>,
    /// How delegations name the subject; none for one that cannot receive any.
    pub(super) recipient: Option<Recipient>,
}

/// What was found out for a decision. What is `None` has not been asked for yet.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    pub(super) roles: HeldRoles,
    pub(super) estate_roles: Vec<String>,
    pub(super) access_packages: Vec<String>,
    pub(super) access_lists: Vec<String>,
    /// What the subject's party is, for a request for consent.
    pub(super) party_kind: Option<PartyKind>,
    pub(super) delegations: Option<Vec<Delegation>>,
    pub(super) admission: Option<Admission>,
}

/// Whether the service owner's access lists let the party in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Admission {
    /// They do, this one where it is kept in the store; or the service owner asks for none.
    Admitted(Option<ListVersion>),
    /// They do not.
    NotOnAList,
    /// Only organizations can be on a list, and the party is none.
    NotAnOrganization,
}
