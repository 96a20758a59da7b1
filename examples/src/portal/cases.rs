//! Cases: the room in which a business and an agency work on one matter.

use altinn_auth::register::PartyRegister as _;
use altinn_core::PartyId;
use altinn_services::collaboration::{
    Case, CaseId, CollaborationError, CustomEvent, DataKind, EventAnswer, NewCase, NewCaseEvent,
    NewTransmission,
};
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use minijinja::{Value, context};
use uuid::Uuid;

use super::app::App;
use super::pages::seconds;
use super::posted::{Fields, Posted, Wrong};
use super::trouble::Trouble;
use super::visitor::Member;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/cases", get(list).post(open))
        .route("/cases/{id}", get(show))
        .route("/cases/{id}/events/{name}", post(raise))
        .route("/cases/{id}/messages", post(transmit))
}

async fn list(member: Member) -> Response {
    let app = member.app();
    let service = &app.services.opening;
    let page = match app.altinn.collaborations().list(&member.actor, service, member.party.id, None).await {
        Ok(page) => page,
        Err(error) => return member.trouble(error),
    };
    let cases: Vec<Value> = page.cases.iter().map(|case| values_of(&member, case)).collect();
    let values = context! {
        title => service.title().in_language(member.language()),
        cases => cases,
        key => Uuid::new_v4().to_string(),
    };
    member.page("cases.html", values)
}

fn values_of(member: &Member, case: &Case) -> Value {
    context! {
        id => case.id.as_uuid().to_string(),
        state => state(member, &case.stands.state),
        opened => seconds(case.opened_at),
        changed => seconds(case.changed_at),
        is_closed => case.closed_at.is_some(),
    }
}

/// The title of a state.
fn state(member: &Member, name: &str) -> String {
    let states = member.app().services.opening.definition().states();
    states
        .get(name)
        .map_or_else(|| name.to_owned(), |state| state.title.in_language(member.language()).to_owned())
}

async fn open(Posted { member, fields }: Posted) -> Response {
    let app = member.app();
    let new = NewCase::new().with("business", member.party.id).once(fields.get("key"));
    match app.altinn.collaborations().open(&member.actor, &app.services.opening, &new).await {
        Ok(id) => Redirect::to(&address(id)).into_response(),
        Err(error) => member.trouble(error),
    }
}

fn address(id: CaseId) -> String {
    format!("/cases/{}", id.as_uuid())
}

async fn show(Path(id): Path<Uuid>, member: Member) -> Response {
    member.has_seen(id).await;
    room(&member, CaseId::new(id), None, &Wrong::default()).await
}

/// The room of a case, and what an event came to that was just sent.
async fn room(member: &Member, id: CaseId, answer: Option<EventAnswer>, wrong: &Wrong) -> Response {
    match read(member, id, answer, wrong).await {
        Ok(values) => member.page("case.html", values),
        Err(error) => member.trouble(error),
    }
}

async fn read(
    member: &Member,
    id: CaseId,
    answer: Option<EventAnswer>,
    wrong: &Wrong,
) -> Result<Value, CollaborationError> {
    let app = member.app();
    let (cases, service) = (app.altinn.collaborations(), &app.services.opening);
    let (actor, party) = (&member.actor, member.party.id);
    let case = cases.case(actor, service, party, id).await?;
    let mut turn = Vec::new();
    for whose in cases.turn(actor, service, party, id).await? {
        turn.push(name(member, whose).await);
    }
    let mut messages = Vec::new();
    let mut latest = 0;
    for message in cases.transmissions(actor, service, party, id, 0).await? {
        latest = message.number;
        messages.push(context! {
            from => name(member, message.party).await,
            title => message.title.as_str(),
            body => message.body.as_str(),
            at => seconds(message.at),
        });
    }
    let mut seen = Vec::new();
    for read in cases.seen(actor, service, party, id).await? {
        if read.party != party {
            seen.push(context! { name => name(member, read.party).await, all => read.number >= latest });
        }
    }
    let history: Vec<Value> = cases
        .history(actor, service, party, id)
        .await?
        .iter()
        .map(|entry| {
            context! {
                at => seconds(entry.at),
                happened => happened(member, &entry.happened),
                state => state(member, &entry.answer.current_state_name),
                changed => entry.answer.is_state_changed,
            }
        })
        .collect();
    Ok(context! {
        case => values_of(member, &case),
        title => service.title().in_language(member.language()),
        turn => turn,
        messages => messages,
        seen => seen,
        history => history,
        events => events(member, &case),
        applies => case.stands.state == "applying" && case.roles_of(party).any(|role| role == "business"),
        answer => answer.map(|answer| said(member, &answer)),
        key => Uuid::new_v4().to_string(),
        wrong => wrong.values(),
    })
}

async fn name(member: &Member, party: PartyId) -> String {
    let party = member.app().altinn.register().party(party).await.ok().flatten();
    party.map_or_else(String::new, |party| party.name)
}

/// What has happened, in words: an event of the case's own, or what a service or a deadline has told.
fn happened(member: &Member, happened: &str) -> String {
    let told = ["case.happened", "case.event"].map(|kind| format!("{kind}.{happened}"));
    let text = told.iter().map(|key| member.visitor.text(key)).find(|text| !told.contains(text));
    text.unwrap_or_else(|| happened.to_owned())
}

/// What the party may tell the case now: the events that its state waits for, and what they carry.
fn events(member: &Member, case: &Case) -> Vec<Value> {
    if case.closed_at.is_some() {
        return Vec::new();
    }
    let definition = member.app().services.opening.definition();
    let may = |event: &CustomEvent| {
        case.roles_of(member.party.id).any(|role| event.participants.iter().any(|may| may == role))
    };
    let expected = |name: &str| {
        let mut from =
            definition.transitions().iter().filter(|transition| transition.from == case.stands.state);
        from.any(|transition| {
            transition.on == altinn_services::collaboration::Trigger::Custom(name.to_owned())
        })
    };
    let events = definition.events().iter().filter(|(name, event)| may(event) && expected(name));
    events
        .map(|(name, event)| {
            let fields: Vec<Value> = event
                .data
                .iter()
                .map(|(field, kind)| {
                    context! {
                        name => field.as_str(),
                        label => member.visitor.text(&format!("case.field.{field}")),
                        is_boolean => *kind == DataKind::Boolean,
                        is_number => *kind == DataKind::Number,
                    }
                })
                .collect();
            let label = member.visitor.text(&format!("case.event.{name}"));
            context! { name => name.as_str(), label => label, fields => fields }
        })
        .collect()
}

/// What an event came to.
fn said(member: &Member, answer: &EventAnswer) -> Value {
    context! {
        changed => answer.is_state_changed,
        refused => answer.has_exception,
        why => answer.error_code.as_deref().map(|code| happened_not(member, code)),
        state => state(member, &answer.current_state_name),
    }
}

fn happened_not(member: &Member, code: &str) -> String {
    let key = format!("refusal.{code}");
    let text = member.visitor.text(&key);
    if text == key { member.visitor.text("case.refused") } else { text }
}

async fn raise(Path((id, name)): Path<(Uuid, String)>, Posted { member, fields }: Posted) -> Response {
    let app = member.app();
    let service = &app.services.opening;
    let Some(defined) = service.definition().events().get(&name) else {
        return member.trouble(Trouble::NotFound);
    };
    let id = CaseId::new(id);
    let Some(event) = event(&name, defined, &fields) else {
        let mut wrong = Wrong::default();
        wrong.add("event", member.visitor.text("case.field.wrong"));
        return room(&member, id, None, &wrong).await;
    };
    match app.altinn.collaborations().raise(&member.actor, service, member.party.id, id, &event).await {
        Ok(answer) => room(&member, id, Some(answer), &Wrong::default()).await,
        Err(error) => member.trouble(error),
    }
}

/// The event of a form; none when a number in it is none.
fn event(name: &str, defined: &CustomEvent, fields: &Fields) -> Option<NewCaseEvent> {
    let mut event = NewCaseEvent::new(name, fields.get("key"));
    for (field, kind) in &defined.data {
        event = match kind {
            DataKind::Boolean => event.with(field.as_str(), fields.get(field) == "true"),
            DataKind::Number => event.with(field.as_str(), fields.get(field).parse::<i64>().ok()?),
            _ => event.with(field.as_str(), fields.get(field)),
        };
    }
    Some(event)
}

async fn transmit(Path(id): Path<Uuid>, Posted { member, fields }: Posted) -> Response {
    let (app, id) = (member.app(), CaseId::new(id));
    let (title, body) = (fields.get("title"), fields.get("body"));
    let mut wrong = Wrong::default();
    for (field, value) in [("title", title), ("body", body)] {
        if value.is_empty() {
            wrong.add(field, member.visitor.text("case.message.wrong"));
        }
    }
    if !wrong.is_empty() {
        return room(&member, id, None, &wrong).await;
    }
    let new = NewTransmission::new(fields.get("key"), title, body);
    let service = &app.services.opening;
    match app.altinn.collaborations().transmit(&member.actor, service, member.party.id, id, &new).await {
        Ok(_) => Redirect::to(&address(id)).into_response(),
        Err(error) => member.trouble(error),
    }
}

impl From<CollaborationError> for Trouble {
    fn from(error: CollaborationError) -> Self {
        match error {
            CollaborationError::NotFound => Self::NotFound,
            CollaborationError::Access(error) => error.into(),
            CollaborationError::Participant { .. } => Self::Wrong("case.participant"),
            CollaborationError::Text { .. } | CollaborationError::EventData { .. } => {
                Self::Wrong("case.field.wrong")
            }
            CollaborationError::Changed => Self::Late("trouble.late.rights"),
            other => Self::Unavailable(other.code()),
        }
    }
}
