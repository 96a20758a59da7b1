//! Access: rights that a party gives to others and takes back, and what it is asked for.

use altinn_auth::decision::Right;
use altinn_auth::delegation::{
    DelegationEntry, DelegationError, Listed, Offer, Period, Receiver, RightCheck, What,
};
use altinn_auth::delegation_request::{
    DelegationRequestError, DelegationRequestStatus, NewDelegationRequest, RequestQuery, RequestedAccess,
};
use altinn_auth::register::PartyRegister as _;
use altinn_core::{OrganizationNumber, PartyId, PartyIdentifier, ResourceId, ServiceId, SyntheticNumbers};
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use chrono::{NaiveDate, TimeDelta};
use minijinja::{Value, context};
use uuid::Uuid;

use super::app::App;
use super::pages::seconds;
use super::posted::{Fields, Posted, Wrong};
use super::trouble::Trouble;
use super::visitor::Member;

const TO: &str = "to";
const UNTIL: &str = "until";
const RIGHT: &str = "right";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/access", get(overview))
        .route("/access/{org}/{name}", get(choose).post(give))
        .route("/access/given/{id}", post(revoke))
        .route("/access/requests", post(ask))
        .route("/access/requests/{id}/{answer}", post(answer))
}

/// What the party has given and been given.
async fn overview(member: Member) -> Response {
    let management = member.app().altinn.access_management();
    let given = match management.given(&member.actor, member.party.id, None).await {
        Ok(page) => Some(page.delegations),
        Err(DelegationError::NotAccessManager) => None,
        Err(error) => return member.trouble(error),
    };
    let received = match management.received(&member.actor, member.party.id, None).await {
        Ok(page) => page.delegations,
        Err(DelegationError::NotAccessManager) => Vec::new(),
        Err(error) => return member.trouble(error),
    };
    let asked = match asked(&member, given.is_some()).await {
        Ok(asked) => asked,
        Err(error) => return member.trouble(error),
    };
    let services: Vec<Value> = member
        .app()
        .services
        .titles(member.language())
        .into_iter()
        .map(|(id, title)| context! { path => format!("/access/{id}"), title => title })
        .collect();
    let values = context! {
        manages => given.is_some(),
        given => lines(&member, &given.unwrap_or_default()).await,
        received => lines(&member, &received).await,
        services => services,
    };
    member.page("access.html", context! { ..values, ..asked })
}

async fn lines(member: &Member, listed: &[Listed]) -> Vec<Value> {
    let mut lines = Vec::new();
    for Listed { entry, stands, .. } in listed {
        lines.push(context! {
            id => entry.id.to_string(),
            from => name(member, entry.from).await,
            to => receiver(member, entry).await,
            what => what(member, &entry.what),
            until => entry.period.to.map(seconds),
            at => seconds(entry.given_at),
            stands => *stands,
        });
    }
    lines
}

async fn name(member: &Member, party: PartyId) -> String {
    let party = member.app().altinn.register().party(party).await.ok().flatten();
    party.map_or_else(String::new, |party| party.name)
}

async fn receiver(member: &Member, entry: &DelegationEntry) -> String {
    match entry.to {
        Receiver::Party(party) => name(member, party).await,
        Receiver::SystemUser(id) => id.to_string(),
    }
}

/// What was given, in words: what may be done, in which service.
fn what(member: &Member, what: &What) -> String {
    match what {
        What::Right(right) | What::InstanceRight(right, _) => {
            let titles = member.app().services.titles(member.language());
            let title = titles.into_iter().find(|(id, _)| id.resource_id() == right.resource);
            let title = title.map_or_else(|| right.resource.as_str().to_owned(), |(_, title)| title);
            format!("{}: {title}", action(member, right))
        }
        What::Package(package) => package.clone(),
    }
}

/// What a right lets somebody do, in words, and in which part of the service.
fn action(member: &Member, right: &Right) -> String {
    let action = member.action(&right.action);
    match right.within.first() {
        Some((_, within)) => format!("{action} ({within})"),
        None => action,
    }
}

/// What the party is asked for, to whoever answers for it, and what the visitor has asked it for.
async fn asked(member: &Member, manages: bool) -> Result<Value, DelegationRequestError> {
    let requests = member.app().altinn.delegation_requests();
    let waiting = RequestQuery::default().of_status(DelegationRequestStatus::Pending);
    let got = match manages {
        true => requests.received(&member.actor, member.party.id, &waiting).await?,
        false => Vec::new(),
    };
    let own = member.actor.party().filter(|own| *own != member.party.id);
    let sent = match own {
        Some(own) => {
            requests.sent(&member.actor, own, &RequestQuery::default().with(member.party.id)).await?
        }
        None => Vec::new(),
    };
    let (mut got_lines, mut sent_lines) = (Vec::new(), Vec::new());
    for request in &got {
        got_lines.push(context! {
            id => request.id.to_string(),
            who => name(member, request.to).await,
            what => requested(member, &request.what),
            at => seconds(request.created_at),
        });
    }
    for request in sent.iter().rev() {
        let key = format!("access.request.{}", request.status.name());
        sent_lines.push(context! {
            id => request.id.to_string(),
            what => requested(member, &request.what),
            at => seconds(request.changed_at),
            status => member.visitor.text(&key),
            waits => request.status == DelegationRequestStatus::Pending,
        });
    }
    Ok(context! { requests => got_lines, own_requests => sent_lines })
}

/// What is asked for, in words.
fn requested(member: &Member, asked: &RequestedAccess) -> String {
    match asked {
        RequestedAccess::Package(package) => package.clone(),
        RequestedAccess::Resource { resource, rights } => {
            let titles = member.app().services.titles(member.language());
            let title = titles.into_iter().find(|(id, _)| id.resource_id() == *resource);
            let title = title.map_or_else(|| resource.as_str().to_owned(), |(_, title)| title);
            let actions: Vec<String> = rights.iter().map(|right| action(member, right)).collect();
            if actions.is_empty() { title } else { format!("{}: {title}", actions.join(", ")) }
        }
    }
}

/// Asks the party that somebody acts for to let them do what they were refused.
async fn ask(Posted { member, fields }: Posted) -> Response {
    let (Ok(service), Some(own)) = (fields.get("service").parse::<ServiceId>(), member.actor.party()) else {
        return member.trouble(Trouble::NotFound);
    };
    let asking = async {
        let requests = member.app().altinn.delegation_requests();
        let what = requests.rights_named(&service.resource_id(), &[fields.get("action").to_owned()]).await?;
        requests.ask(&member.actor, &NewDelegationRequest::new(member.party.id, own, what)).await
    };
    match asking.await {
        Ok(_) => Redirect::to("/access#own-requests").into_response(),
        Err(error) => member.trouble(error),
    }
}

/// Approves or rejects what the party is asked for, or takes back what the visitor has asked for.
async fn answer(Path((id, answer)): Path<(Uuid, String)>, Posted { member, .. }: Posted) -> Response {
    let requests = member.app().altinn.delegation_requests();
    let party = member.party.id;
    let outcome = match (answer.as_str(), member.actor.party()) {
        ("approve", _) => requests.approve(&member.actor, party, id, None).await,
        ("reject", _) => requests.reject(&member.actor, party, id).await,
        ("withdraw", Some(own)) => requests.withdraw(&member.actor, own, id).await,
        _ => Err(DelegationRequestError::NotFound),
    };
    match outcome {
        Ok(_) => Redirect::to("/access").into_response(),
        Err(error) => member.trouble(error),
    }
}

impl From<DelegationRequestError> for Trouble {
    fn from(error: DelegationRequestError) -> Self {
        match error {
            DelegationRequestError::NotFound | DelegationRequestError::NotConnected => Self::NotFound,
            DelegationRequestError::Delegation(error) => error.into(),
            DelegationRequestError::Settled { .. } => Self::Late("access.request.settled"),
            DelegationRequestError::Busy => Self::Late("trouble.late.rights"),
            other => Self::Unavailable(other.code()),
        }
    }
}

async fn choose(Path((org, service)): Path<(String, String)>, member: Member) -> Response {
    form(&member, &format!("{org}/{service}"), &Fields::default(), &Wrong::default()).await
}

/// What may be given of a service, and to whom.
async fn form(member: &Member, service: &str, fields: &Fields, wrong: &Wrong) -> Response {
    let titles = member.app().services.titles(member.language());
    let Some((id, title)) = titles.into_iter().find(|(id, _)| id.to_string() == service) else {
        return member.trouble(Trouble::NotFound);
    };
    let checks = match checks(member, &id.resource_id()).await {
        Ok(checks) => checks,
        Err(error) => return member.trouble(error),
    };
    let rights: Vec<Value> = checks
        .iter()
        .filter(|check| check.is_delegable)
        .map(|check| {
            context! {
                key => check.key.as_str(),
                label => action(member, &check.right),
                chosen => fields.0.iter().any(|(name, value)| name == RIGHT && *value == check.key),
            }
        })
        .collect();
    let values = context! {
        title => title,
        action => format!("/access/{id}"),
        rights => rights,
        to => fields.get(TO),
        until => fields.get(UNTIL),
        example => super::parties::shown_number(&member.app().world.bank),
        example_name => member.app().world.bank.name.as_str(),
        wrong => wrong.values(),
    };
    member.page("give.html", values)
}

async fn checks(member: &Member, resource: &ResourceId) -> Result<Vec<RightCheck>, DelegationError> {
    let management = member.app().altinn.access_management();
    management.check(&member.actor, member.party.id, resource, None, None).await
}

/// Gives the rights that were chosen, each by itself.
async fn give(Path((org, service)): Path<(String, String)>, Posted { member, fields }: Posted) -> Response {
    let service = format!("{org}/{service}");
    let Ok(id) = service.parse::<ServiceId>() else { return member.trouble(Trouble::NotFound) };
    let checks = match checks(&member, &id.resource_id()).await {
        Ok(checks) => checks,
        Err(error) => return member.trouble(error),
    };
    let mut wrong = Wrong::default();
    let to = recipient(&member, fields.get(TO)).await;
    if to.is_none() {
        wrong.add(TO, member.visitor.text("access.to.wrong"));
    }
    let now = member.app().altinn.clock().now();
    let until = fields.get(UNTIL).parse::<NaiveDate>().ok();
    let until =
        until.and_then(|date| (date + TimeDelta::days(1)).and_hms_opt(0, 0, 0)).map(|end| end.and_utc());
    if !fields.get(UNTIL).is_empty() && until.is_none_or(|until| until <= now) {
        wrong.add(UNTIL, member.visitor.text("access.until.wrong"));
    }
    let chosen =
        |check: &&RightCheck| fields.0.iter().any(|(name, value)| name == RIGHT && *value == check.key);
    let rights: Vec<&RightCheck> = checks.iter().filter(chosen).collect();
    if rights.is_empty() {
        wrong.add(RIGHT, member.visitor.text("access.right.wrong"));
    }
    let (Some(to), true) = (to, wrong.is_empty()) else {
        return form(&member, &service, &fields, &wrong).await;
    };
    for check in rights {
        let mut offer = Offer::new(member.party.id, Receiver::Party(to), What::Right(check.right.clone()));
        if until.is_some() {
            offer = offer.during(Period { from: now, to: until });
        }
        if let Err(error) = member.app().altinn.access_management().delegate(&member.actor, &offer).await {
            return member.trouble(error);
        }
    }
    Redirect::to("/access").into_response()
}

/// Who is meant: a business by its number, or one of the portal's people by name.
async fn recipient(member: &Member, text: &str) -> Option<PartyId> {
    let app = member.app();
    let person = app.world.people().into_iter().find(|person| person.name.eq_ignore_ascii_case(text));
    if let Some(person) = person {
        return Some(person.id);
    }
    let digits: String = text.chars().filter(|character| !character.is_whitespace()).collect();
    let number = OrganizationNumber::parse(&digits, SyntheticNumbers::Accepted).ok()?;
    let identifier = PartyIdentifier::Organization(number.into());
    Some(app.altinn.register().party_by_identifier(&identifier).await.ok()??.id)
}

async fn revoke(Path(id): Path<Uuid>, Posted { member, .. }: Posted) -> Response {
    match member.app().altinn.access_management().revoke(&member.actor, id).await {
        Ok(_) => Redirect::to("/access").into_response(),
        Err(error) => member.trouble(error),
    }
}

impl From<DelegationError> for Trouble {
    fn from(error: DelegationError) -> Self {
        match error {
            DelegationError::NotFound => Self::NotFound,
            DelegationError::NotAccessManager => Self::Wrong("access.not_manager"),
            DelegationError::NotDelegable { .. } => Self::Wrong("access.not_delegable"),
            DelegationError::BeyondPeriod { .. } | DelegationError::EmptyPeriod => {
                Self::Wrong("access.until.wrong")
            }
            DelegationError::ChainTooLong { .. } => Self::Wrong("access.chain"),
            DelegationError::ToItself => Self::Wrong("access.itself"),
            DelegationError::Busy => Self::Late("trouble.late.rights"),
            other => Self::Unavailable(other.code()),
        }
    }
}
