//! How a case stands in the inboxes of those who take part.

use altinn_core::PartyId;
use altinn_core::store::Batch;
use chrono::{DateTime, Utc};

use super::{Case, CollaborationService};
use crate::inbox::{ElementKind, InboxElement, InboxKey, InboxStatus, Scope};

/// Adds how a case stands to the inboxes of all who take part: news to all but the one whose doing it is, if it is one's.
pub(super) fn show(
    (service, case): (&CollaborationService, &Case),
    by: Option<PartyId>,
    key: &InboxKey,
    batch: &mut Batch,
    now: DateTime<Utc>,
) {
    let state = service.definition().states().get(&case.stands.state);
    let turn = state.map(|state| state.turn.as_slice()).unwrap_or_default();
    for party in case.parties() {
        let is_its_turn = case.roles_of(party).any(|role| turn.iter().any(|other| other == role));
        let status = match (case.closed_at, is_its_turn) {
            (Some(_), _) => InboxStatus::Completed,
            (None, true) => InboxStatus::RequiresAttention,
            (None, false) => InboxStatus::Awaiting,
        };
        let element = InboxElement {
            is_news: by != Some(party),
            created: case.opened_at,
            ..InboxElement::new(
                (party, case.id.as_uuid()),
                Scope::read(case.service.clone(), ElementKind::Collaboration),
                (status, case.stands.state.as_str()),
                service.title(),
                now,
            )
        };
        element.put(key, batch);
    }
}
