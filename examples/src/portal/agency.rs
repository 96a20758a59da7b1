//! For the agency: letters that it sends, how notices went, and what does not go on.

use altinn_core::{InstanceId, OrganizationNumber, PartyId, PartyIdentifier, SyntheticNumbers};
use altinn_notify::{FeedEntry, NotificationId, NotificationState, OrderId};
use altinn_services::correspondence::{
    CorrespondenceError, Message, NewCorrespondence, Notification, Recipient,
};
use altinn_services::submission::SubmissionError;
use axum::Router;
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use chrono::TimeDelta;
use minijinja::{Value, context};
use serde::Deserialize;
use uuid::Uuid;

use super::app::App;
use super::pages::seconds;
use super::posted::{Fields, Posted, Wrong};
use super::trouble::Trouble;
use super::visitor::Member;

/// How many lines a list shows.
const SHOWN: u32 = 50;

const RECIPIENT: &str = "recipient";
const TITLE: &str = "title";
const BODY: &str = "body";
const FORWARDING: &str = "forwarding";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/agency", get(overview).post(send))
        .route("/agency/notices/{id}", post(send_again))
        .route("/agency/orders/{id}", post(order_again))
        .route("/agency/instances/{owner}/{guid}", post(resume))
}

/// Somebody who represents the agency now; to all others there is nothing here.
struct CaseWorker(Member);

impl FromRequestParts<App> for CaseWorker {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let member = Member::from_request_parts(parts, app).await?;
        if member.is_agency() { Ok(Self(member)) } else { Err(member.trouble(Trouble::Wrong("agency.only"))) }
    }
}

#[derive(Deserialize)]
struct Asked {
    /// The place before which deliveries are shown; the latest ones without it.
    before: Option<i64>,
}

async fn overview(CaseWorker(member): CaseWorker, Query(asked): Query<Asked>) -> Response {
    let before = asked.before.unwrap_or(i64::MAX);
    shown(&member, &Fields::default(), &Wrong::default(), (None, before)).await
}

async fn page(member: &Member, fields: &Fields, wrong: &Wrong, sent: Option<u64>) -> Response {
    shown(member, fields, wrong, (sent, i64::MAX)).await
}

async fn shown(
    member: &Member,
    fields: &Fields,
    wrong: &Wrong,
    (sent, before): (Option<u64>, i64),
) -> Response {
    match read(member, before).await {
        Ok(lists) => {
            let values = context! {
                recipient => fields.get(RECIPIENT),
                letter_title => fields.get(TITLE),
                body => fields.get(BODY),
                forwarding => !fields.get(FORWARDING).is_empty(),
                example => super::parties::shown_number(&member.app().world.bakery),
                example_name => member.app().world.bakery.name.as_str(),
                wrong => wrong.values(),
                sent => sent,
                key => Uuid::new_v4().to_string(),
            };
            member.page("agency.html", context! { ..lists, ..values })
        }
        Err(trouble) => member.trouble(trouble),
    }
}

/// What was delivered, what failed, and what is stuck.
async fn read(member: &Member, before: i64) -> Result<Value, Trouble> {
    let app = member.app();
    let notifier = app.altinn.notifier();
    let store = |error: altinn_core::store::StoreError| Trouble::Unavailable(error.code());
    let page = notifier.feed_back(before, SHOWN).await.map_err(store)?;
    let older = (page.entries.len() == SHOWN as usize).then_some(page.next);
    let failed = |status: &str| status.starts_with("Failed") || status.starts_with("SendConditionNotMet");
    let delivery = |entry: &FeedEntry| {
        context! {
            is_failed => failed(&entry.status),
            at => seconds(entry.at),
            status => member.visitor.text(&format!("status.{}", entry.status)),
            is_notice => entry.notification.is_some(),
            order => entry.order.to_string(),
            reason => entry.reason.as_deref(),
        }
    };
    let deliveries: Vec<Value> = page.entries.iter().map(delivery).collect();
    let parked: Vec<Value> = notifier.parked(None, SHOWN).await.map_err(store)?.iter().map(parked).collect();
    let orders = notifier.parked_orders(None, SHOWN).await.map_err(store)?;
    let orders: Vec<Value> = orders
        .iter()
        .map(|order| context! { id => order.order.to_string(), reason => order.reason.as_deref() })
        .collect();
    let mut stuck = Vec::new();
    for service in &app.services.forms {
        let supporter = app.world.owner_of(service.id());
        for work in app
            .altinn
            .submissions()
            .stuck(&supporter, service.id(), SHOWN)
            .await
            .map_err(|error| Trouble::Unavailable(error.code()))?
        {
            stuck.push(context! {
                instance => work.instance.to_string(),
                service => service.title(member.language()),
                task => work.task.as_str(),
                reason => work.reason.as_deref(),
                state => work.state.name(),
            });
        }
    }
    let is_latest = before == i64::MAX;
    Ok(
        context! { deliveries => deliveries, older => older, is_latest => is_latest, parked => parked, orders => orders, stuck => stuck },
    )
}

fn parked(notice: &NotificationState) -> Value {
    let last = notice.transitions.last();
    context! {
        id => notice.id.to_string(),
        channel => notice.channel.as_str(),
        to => notice.address.as_ref().map(altinn_notify::Address::expose),
        attempts => notice.attempts,
        reason => last.and_then(|transition| transition.reason.as_deref()),
        at => last.map(|transition| seconds(transition.at)),
    }
}

/// Sends a letter to one recipient, once however often the form is sent.
async fn send(CaseWorker(_): CaseWorker, Posted { member, fields }: Posted) -> Response {
    let mut wrong = Wrong::default();
    let recipient = recipient(&member, fields.get(RECIPIENT));
    if recipient.is_none() {
        wrong.add(RECIPIENT, member.visitor.text("agency.recipient.wrong"));
    }
    for (field, key) in [(TITLE, "agency.title.wrong"), (BODY, "agency.body.wrong")] {
        if fields.get(field).is_empty() {
            wrong.add(field, member.visitor.text(key));
        }
    }
    let (Some(recipient), true) = (recipient, wrong.is_empty()) else {
        return page(&member, &fields, &wrong, None).await;
    };
    let app = member.app();
    let message = Message::new(member.language(), fields.get(TITLE), fields.get(BODY));
    let letter = NewCorrespondence::new("portal", recipient, message)
        .notified(Notification::generic().with_reminder(7))
        .once(fields.get("key"));
    let (service, letter) = match fields.get(FORWARDING) {
        "" => {
            let confirmed_by = app.altinn.clock().now() + TimeDelta::days(14);
            (&app.services.decisions, letter.confirmed_by(confirmed_by))
        }
        _ => (&app.services.circulars, letter.allowing_forwarding()),
    };
    let sender = app.world.owner_of(service.id());
    match app.altinn.correspondences().send(&sender, service, app.world.agency.id, &letter).await {
        Ok(sent) => page(&member, &Fields::default(), &wrong, Some(sent.mailing.recipients)).await,
        Err(CorrespondenceError::Invalid(_)) => {
            wrong.add(BODY, member.visitor.text("agency.send.wrong"));
            page(&member, &fields, &wrong, None).await
        }
        Err(error) => member.trouble(error),
    }
}

/// Who is to get a letter: a business by its number, or one of the portal's people by name.
fn recipient(member: &Member, text: &str) -> Option<Recipient> {
    let people = member.app().world.people();
    let person = people.into_iter().find(|person| person.name.eq_ignore_ascii_case(text));
    if let Some(PartyIdentifier::Person(number)) = person.map(|person| &person.identifier) {
        return Some(Recipient::Person(number.check(SyntheticNumbers::Accepted).ok()?));
    }
    let digits: String = text.chars().filter(|character| !character.is_whitespace()).collect();
    Some(Recipient::Organization(OrganizationNumber::parse(&digits, SyntheticNumbers::Accepted).ok()?))
}

/// Lets a notice that is parked be sent after all.
async fn send_again(
    CaseWorker(_): CaseWorker,
    Path(id): Path<String>,
    Posted { member, .. }: Posted,
) -> Response {
    let Ok(id) = id.parse::<NotificationId>() else { return member.trouble(Trouble::NotFound) };
    match member.app().altinn.notifier().redrive(id).await {
        Ok(()) => Redirect::to("/agency").into_response(),
        Err(_) => member.trouble(Trouble::Late("agency.late")),
    }
}

async fn order_again(
    CaseWorker(_): CaseWorker,
    Path(id): Path<String>,
    Posted { member, .. }: Posted,
) -> Response {
    let Ok(id) = id.parse::<OrderId>() else { return member.trouble(Trouble::NotFound) };
    match member.app().altinn.notifier().redrive_order(id).await {
        Ok(()) => Redirect::to("/agency").into_response(),
        Err(_) => member.trouble(Trouble::Late("agency.late")),
    }
}

/// Lets the service task that an instance stands in be tried again.
async fn resume(
    CaseWorker(_): CaseWorker,
    Path((owner, guid)): Path<(i64, Uuid)>,
    Posted { member, .. }: Posted,
) -> Response {
    let (app, id) = (member.app(), InstanceId::new(PartyId::new(owner), guid));
    let mut outcome = Err(SubmissionError::NotFound);
    for service in &app.services.forms {
        let supporter = app.world.owner_of(service.id());
        outcome = app.altinn.submissions().resume(&supporter, &id, "tried again in the portal").await;
        if outcome.is_ok() {
            break;
        }
    }
    match outcome {
        Ok(_) => Redirect::to("/agency").into_response(),
        Err(_) => member.trouble(Trouble::Late("agency.late")),
    }
}
