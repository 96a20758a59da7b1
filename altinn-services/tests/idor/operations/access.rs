//! What is done with access: delegations, system users, access lists, the trail.

use altinn_auth::decision::Right;
use altinn_auth::delegation::{Of as Meant, Offer, Receiver, What};
use altinn_auth::delegation_request::{NewDelegationRequest, RequestQuery, RequestedAccess};
use altinn_auth::register::AccessListId;
use altinn_auth::system_user::{NewChange, NewRequest, NewSystem, Powers};
use altinn_core::{Language, PartyId, Text};
use uuid::Uuid;

use super::{Names, Operation};
use crate::stage::{BOOKS, Of, Stage};

/// Reading, given to whom the bakery gives nothing.
fn offer(s: &Stage, from: PartyId) -> Offer {
    let read = What::Right(Right::new(s.licence.id().resource_id(), "read"));
    Offer::new(from, Receiver::Party(s.client), read)
}

/// The vendor's system, or one that there is not.
fn system(s: &Stage, id: Uuid) -> String {
    if id == s.element(Of::System).1 { s.system.clone() } else { "x".repeat(s.system.len()) }
}

/// A list of the agency's, or one that there is not.
fn list(s: &Stage, id: Uuid) -> AccessListId {
    let name = if id == s.element(Of::AccessList).1 { "approved" } else { "nothings" };
    AccessListId { owner: "ttd".to_owned(), name: name.to_owned() }
}

fn books() -> Powers {
    Powers::of_packages([BOOKS])
}

pub(super) fn access() -> Vec<Operation> {
    vec![
        row!("delegation" "check", Party of Instance, |s, a, p, i| {
            let resource = s.licence.id().resource_id();
            async move { s.altinn.access_management().check(a, p, &resource, None, None).await }.await
        }),
        row!("delegation" "check_packages", Party of Instance, |s, a, p, i| {
            let names = [BOOKS.to_owned()];
            async move { s.altinn.access_management().check_packages(a, p, &names, None).await }.await
        }),
        row!("delegation" "delegate", Party of Instance, |s, a, p, i| {
            let offer = offer(s, p);
            async move { s.altinn.access_management().delegate(a, &offer).await }.await
        }),
        row!("delegation" "delegate_all", Party of Instance, |s, a, p, i| {
            let offer = offer(s, p);
            let whats = [offer.what.clone(), What::Package(BOOKS.to_owned())];
            async move { s.altinn.access_management().delegate_all(a, &offer, &whats).await }.await
        }),
        row!("delegation" "given", Party of Instance, |s, a, p, i| {
            s.altinn.access_management().given(a, p, None).await
        }),
        row!("delegation" "given_to", Party of Instance, |s, a, p, i| {
            s.altinn.access_management().given_to(a, p, Some(Receiver::Party(s.client)), None).await
        }),
        row!("delegation" "received", Party of Instance, |s, a, p, i| {
            s.altinn.access_management().received(a, p, None).await
        }),
        row!("delegation" "received_from", Party of Instance, |s, a, p, i| {
            s.altinn.access_management().received_from(a, p, Some(s.client), None).await
        }),
        row!("delegation" "changes", Party of Instance, |s, a, p, i| {
            s.altinn.access_management().changes(a, p, None).await
        }),
        row!("delegation" "revoke_all", Party of Instance, |s, a, p, i| {
            let (to, all) = (Receiver::Party(s.client), Meant::Everything);
            async move { s.altinn.access_management().revoke_all(a, p, to, &all).await }.await
        }),
        row!("delegation_request" "ask", Party of Instance, |s, a, p, i| {
            let what = RequestedAccess::all_of(s.licence.id().resource_id());
            let new = NewDelegationRequest::new(p, a.party().unwrap_or(s.client), what);
            async move { s.altinn.delegation_requests().ask(a, &new).await }.await
        }),
        row!("delegation_request" "sent", Party of Instance, |s, a, p, i| {
            s.altinn.delegation_requests().sent(a, p, &RequestQuery::default()).await
        }),
        row!("delegation_request" "count_sent", Party of Instance, |s, a, p, i| {
            s.altinn.delegation_requests().count_sent(a, p, &RequestQuery::default()).await
        }),
        row!("delegation_request" "received", Party of Instance, |s, a, p, i| {
            s.altinn.delegation_requests().received(a, p, &RequestQuery::default()).await
        }),
        row!("delegation_request" "count_received", Party of Instance, |s, a, p, i| {
            s.altinn.delegation_requests().count_received(a, p, &RequestQuery::default()).await
        }),
        row!("delegation_request" "request", Element of AccessAsked, |s, a, p, i| {
            s.altinn.delegation_requests().request(a, p, i).await
        }),
        row!("delegation_request" "approve", Element of AccessAsked, |s, a, p, i| {
            s.altinn.delegation_requests().approve(a, p, i, None).await
        }),
        row!("delegation_request" "reject", Element of AccessAsked, |s, a, p, i| {
            s.altinn.delegation_requests().reject(a, p, i).await
        }),
        row!("delegation_request" "confirm", Element of AccessDraft, |s, a, p, i| {
            s.altinn.delegation_requests().confirm(a, p, i).await
        }),
        row!("delegation_request" "withdraw", Element of AccessDraft, |s, a, p, i| {
            s.altinn.delegation_requests().withdraw(a, p, i).await
        }),
        row!("trail" "of", Party of Instance, |s, a, p, i| s.altinn.trail().of(a, p, None).await),
    ]
}

pub(super) fn system_users() -> Vec<Operation> {
    let mut rows = vec![
        row!("system_user" "own_system", Element of System, |s, a, p, i| {
            let system = system(s, i);
            async move { s.altinn.system_users().own_system(a, &system).await }.await
        }),
        row!("system_user" "update_system", Element of System, |s, a, p, i| {
            let mut new = NewSystem::new(system(s, i), Text::new(Language::Nb, "Bøkene"));
            new.powers = books();
            async move { s.altinn.system_users().update_system(a, &new).await }.await
        }),
        row!("system_user" "system_changes", Element of System, |s, a, p, i| {
            let system = system(s, i);
            async move { s.altinn.system_users().system_changes(a, &system).await }.await
        }),
        row!("system_user" "ask", Element of System, |s, a, p, i| {
            let new = NewRequest::new(system(s, i), s.bakery_number(), books()).referred_to_as("more");
            async move { s.altinn.system_users().ask(a, &new).await }.await
        }),
        row!("system_user" "requests_of", Element of System, |s, a, p, i| {
            let system = system(s, i);
            async move { s.altinn.system_users().requests_of(a, &system, None).await }.await
        }),
        row!("system_user" "request_by_ref", Element of System, |s, a, p, i| {
            let (system, number) = (system(s, i), s.bakery_number());
            async move {
                let key = (system.as_str(), number, "waiting");
                s.altinn.system_users().request_by_ref(a, key, false).await
            }.await
        }),
        row!("system_user" "system_users_of", Element of System, |s, a, p, i| {
            let system = system(s, i);
            async move { s.altinn.system_users().system_users_of(a, &system, None).await }.await
        }),
        row!("system_user" "system_user_of", Element of System, |s, a, p, i| {
            let (system, number) = (system(s, i), s.bakery_number());
            async move { s.altinn.system_users().system_user_of(a, &system, number, Some("user")).await }.await
        }),
        row!("system_user" "request", Element of VendorRequest, |s, a, p, i| s.altinn.system_users().request(a, i).await),
        row!("system_user" "ask_for_change", Element of VendorSystemUser, |s, a, p, i| {
            let change = NewChange::new(Powers::default(), books());
            async move { s.altinn.system_users().ask_for_change(a, i, &change).await }.await
        }),
    ];
    rows.extend([
        row!("system_user" "requests_to", Party of Instance, |s, a, p, i| s.altinn.system_users().requests_to(a, p).await),
        row!("system_user" "request_for", Element of SystemRequest, |s, a, p, i| {
            s.altinn.system_users().request_for(a, p, i).await
        }),
        row!("system_user" "escalate", Element of SystemRequest, |s, a, p, i| {
            s.altinn.system_users().escalate(a, p, i).await
        }),
        row!("system_user" "approve", Element of SystemRequest, |s, a, p, i| {
            s.altinn.system_users().approve(a, p, i).await
        }),
        row!("system_user" "reject", Element of SystemRequest, |s, a, p, i| {
            s.altinn.system_users().reject(a, p, i).await
        }),
        row!("system_user" "system_users", Party of Instance, |s, a, p, i| {
            s.altinn.system_users().system_users(a, p).await
        }),
        row!("system_user" "system_user", Element of SystemUser, |s, a, p, i| {
            s.altinn.system_users().system_user(a, p, i).await
        }),
        row!("system_user" "clients", Element of Agent, |s, a, p, i| s.altinn.system_users().clients(a, p, i).await),
        row!("system_user" "add_client", Element of Agent, |s, a, p, i| {
            s.altinn.system_users().add_client(a, p, i, s.client).await
        }),
    ]);
    rows
}

pub(super) fn lists() -> Vec<Operation> {
    vec![
        row!("access_list" "list", Element of AccessList by agency, |s, a, p, i| {
            let list = list(s, i);
            async move { s.altinn.access_lists().list(a, &list).await }.await
        }),
        row!("access_list" "put", Element of AccessList by agency, |s, a, p, i| {
            let list = list(s, i);
            async move { s.altinn.access_lists().put(a, &list, "Approved", "").await }.await
        }),
        row!("access_list" "members", Element of AccessList by agency, |s, a, p, i| {
            let list = list(s, i);
            async move { s.altinn.access_lists().members(a, &list, None).await }.await
        }),
        row!("access_list" "resources", Element of AccessList by agency, |s, a, p, i| {
            let list = list(s, i);
            async move { s.altinn.access_lists().resources(a, &list, None).await }.await
        }),
        row!("access_list" "add_members", Element of AccessList by agency, |s, a, p, i| {
            let (list, number) = (unmade(s, i), [s.bakery_number()]);
            async move { s.altinn.access_lists().add_members(a, &list, &number).await }.await
        }),
        row!("access_list" "remove_members", Element of AccessList by agency, |s, a, p, i| {
            let (list, number) = (unmade(s, i), [s.bakery_number()]);
            async move { s.altinn.access_lists().remove_members(a, &list, &number).await }.await
        }),
        row!("access_list" "connect", Element of AccessList by agency, |s, a, p, i| {
            let (list, resource) = (unmade(s, i), s.licence.id().resource_id());
            async move { s.altinn.access_lists().connect(a, &list, &resource, None).await }.await
        }),
        row!("access_list" "disconnect", Element of AccessList by agency, |s, a, p, i| {
            let (list, resource) = (unmade(s, i), s.licence.id().resource_id());
            async move { s.altinn.access_lists().disconnect(a, &list, &resource).await }.await
        }),
    ]
}

/// As [`list`], with one that nobody ever made.
fn unmade(s: &Stage, id: Uuid) -> AccessListId {
    let list = list(s, id);
    if list.name == "approved" { list } else { AccessListId { name: "unmade".to_owned(), ..list } }
}

/// What takes something away.
pub(super) fn ends() -> Vec<Operation> {
    vec![
        row!("delegation" "revoke", Element of Delegation, |s, a, p, i| {
            s.altinn.access_management().revoke(a, i).await
        }),
        row!("system_user" "remove_client", Element of Agent, |s, a, p, i| {
            s.altinn.system_users().remove_client(a, p, i, s.client).await
        }),
        row!("system_user" "withdraw", Element of VendorRequest, |s, a, p, i| s.altinn.system_users().withdraw(a, i).await),
        row!("system_user" "delete", Element of SystemUser, |s, a, p, i| s.altinn.system_users().delete(a, p, i).await),
        row!("system_user" "delete_system", Element of System, |s, a, p, i| {
            let system = system(s, i);
            async move { s.altinn.system_users().delete_system(a, &system).await }.await
        }),
        row!("access_list" "delete", Element of AccessList by agency, |s, a, p, i| {
            let list = unmade(s, i);
            async move { s.altinn.access_lists().delete(a, &list).await }.await
        }),
    ]
}
