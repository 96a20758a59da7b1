//! Whom somebody represents.

use std::collections::BTreeMap;

use altinn_auth::delegation::AuthorizedParty;
use altinn_core::{Language, Party, PartyId, PartyIdentifier};
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse as _, Redirect, Response};
use minijinja::{Value, context};

use super::posted::Posted;
use super::trouble::Trouble;
use super::visitor::{Member, PARTY, may_represent, set_cookie};

/// The parties that somebody may act for, themselves first.
pub(super) async fn list(member: Member) -> Response {
    let authorized = member.app().altinn.access_management().authorized_parties(&member.actor).await;
    let Ok(authorized) = authorized else {
        return member.trouble(Trouble::Unavailable("PORTAL-PARTIES"));
    };
    let mut parties = BTreeMap::new();
    for party in &authorized {
        add(&mut parties, &member, party);
    }
    let parties: Vec<Value> = parties.into_values().collect();
    member.page("parties.html", context! { parties => parties })
}

fn add(
    parties: &mut BTreeMap<(bool, String, PartyId), Value>,
    member: &Member,
    authorized: &AuthorizedParty,
) {
    let party = &authorized.party;
    let is_oneself = member.actor.party() == Some(party.id);
    if !authorized.only_hierarchy_element_with_no_access {
        let value = context! {
            id => party.id.get(),
            name => party.name.as_str(),
            number => shown_number(party),
            is_oneself => is_oneself,
            is_chosen => party.id == member.party.id,
            by => by(member.language(), authorized),
            has_rights => authorized.by.resources.len() + authorized.by.instances.len() > 0,
        };
        parties.insert((!is_oneself, party.name.clone(), party.id), value);
    }
    for unit in &authorized.subunits {
        add(parties, member, unit);
    }
}

/// The names of the roles that let somebody act.
fn by(language: Language, authorized: &AuthorizedParty) -> Vec<String> {
    let roles = authorized.by.roles.iter();
    roles.map(|role| role.name(language).map_or_else(|| role.code().to_owned(), str::to_owned)).collect()
}

/// The number of an organization in groups of three. A person's number is not shown.
pub(super) fn shown_number(party: &Party) -> Option<String> {
    let PartyIdentifier::Organization(number) = party.identifier else { return None };
    let digits: Vec<char> = number.to_string().chars().collect();
    Some(digits.chunks(3).map(|three| three.iter().collect::<String>()).collect::<Vec<_>>().join(" "))
}

pub(super) async fn choose(Posted { member, fields }: Posted) -> Response {
    let Ok(party) = fields.get("party").parse::<PartyId>() else { return member.trouble(Trouble::NotFound) };
    let is_oneself = member.actor.party() == Some(party);
    if !is_oneself && !may_represent(member.app(), &member.actor, party).await {
        return member.trouble(Trouble::NotFound);
    }
    let cookie = set_cookie(PARTY, &party.to_string());
    (AppendHeaders([(SET_COOKIE, cookie)]), Redirect::to("/")).into_response()
}
