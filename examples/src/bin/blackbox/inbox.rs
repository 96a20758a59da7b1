//! `inbox.…`: one list over all types of services.

use altinn_core::{PartyId, ServiceId};
use altinn_services::inbox::{
    ElementKind, InboxError, InboxQuery, InboxStatus, LabelChange, OwnLabel, Place, Sort,
};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::Failure;
use crate::authorize::{Who, actor};
use crate::world::World;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Asked {
    actor: Who,
    service: ServiceId,
    party: Option<PartyId>,
    /// Only those of this service; not to be mixed up with the one that names the actor.
    of_service: Option<ServiceId>,
    kind: Option<ElementKind>,
    status: Option<InboxStatus>,
    place: Option<Place>,
    unread: Option<bool>,
    label: Option<String>,
    title: Option<String>,
    sort: Option<String>,
    after: Option<String>,
    limit: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Label {
    actor: Who,
    service: ServiceId,
    party: PartyId,
    element: Uuid,
    place: Option<Place>,
    add: Option<String>,
    remove: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Read {
    actor: Who,
    service: ServiceId,
    party: PartyId,
    element: Uuid,
    read: bool,
}

/// A page of what somebody may see.
pub(crate) async fn list(world: &World, asked: Asked) -> Result<Value, Failure> {
    let who = actor(world, &asked.actor, &asked.service).await?;
    let page = world.altinn.inbox().list(&who, &query(asked)?).await.map_err(refused)?;
    Ok(json!({"items": page.items, "next": page.next.map(|next| next.to_string())}))
}

/// How much there is.
pub(crate) async fn count(world: &World, asked: Asked) -> Result<Value, Failure> {
    let who = actor(world, &asked.actor, &asked.service).await?;
    Ok(json!(world.altinn.inbox().count(&who, &query(asked)?).await.map_err(refused)?))
}

/// Moves an element, or gives or takes a label.
pub(crate) async fn label(world: &World, asked: Label) -> Result<Value, Failure> {
    let who = actor(world, &asked.actor, &asked.service).await?;
    let change = match (asked.place, asked.add, asked.remove) {
        (Some(place), None, None) => LabelChange::Move(place),
        (None, Some(label), None) => LabelChange::Add(own(&label)?),
        (None, None, Some(label)) => LabelChange::Remove(own(&label)?),
        _ => return Err(Failure::bad_command("give one of `place`, `add` and `remove`")),
    };
    world.altinn.inbox().label(&who, asked.party, asked.element, &change).await.map_err(refused)?;
    Ok(json!({"element": asked.element}))
}

/// Says that somebody has seen an element, or has not.
pub(crate) async fn read(world: &World, asked: Read) -> Result<Value, Failure> {
    let who = actor(world, &asked.actor, &asked.service).await?;
    let done = world.altinn.inbox().read(&who, asked.party, asked.element, asked.read).await;
    done.map_err(refused)?;
    Ok(json!({"element": asked.element}))
}

fn query(asked: Asked) -> Result<InboxQuery, Failure> {
    let mut query = InboxQuery::new();
    query = asked.party.into_iter().fold(query, InboxQuery::of);
    query = asked.of_service.into_iter().fold(query, InboxQuery::service);
    query = asked.kind.into_iter().fold(query, InboxQuery::kind);
    query = asked.status.into_iter().fold(query, InboxQuery::status);
    query = asked.place.into_iter().fold(query, InboxQuery::place);
    query = asked.limit.into_iter().fold(query, InboxQuery::limit);
    query = asked.title.iter().fold(query, |query, title| query.title(title));
    query = match asked.unread {
        Some(true) => query.unread(),
        Some(false) => query.read(),
        None => query,
    };
    if let Some(label) = &asked.label {
        query = query.label(own(label)?);
    }
    if let Some(cursor) = &asked.after {
        query = query.after(cursor.parse().map_err(|error| Failure::new("INBOX-CURSOR", error))?);
    }
    Ok(query.sort(match asked.sort.as_deref() {
        None | Some("newest") => Sort::Newest,
        Some("oldest") => Sort::Oldest,
        Some("due") => Sort::DueFirst,
        Some(_) => return Err(Failure::bad_command("`sort` is `newest`, `oldest` or `due`")),
    }))
}

fn own(label: &str) -> Result<OwnLabel, Failure> {
    label.parse().map_err(|error| Failure::new("INBOX-LABEL", error))
}

fn refused(error: InboxError) -> Failure {
    Failure::new(error.code(), error)
}
