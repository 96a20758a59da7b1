//! The archive: what is kept of a party, and the proof of it in plain words.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use altinn_archive::{
    ArchiveError, Cursor, Element, EntryId, Fields, Listed, Listing, Participant, Reader, Receipt,
    ReceiptState,
};
use altinn_auth::decision::AccessRequest;
use altinn_core::Text;
use altinn_services::definition::DataType;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use futures_util::TryStreamExt as _;
use minijinja::{Value, context};
use serde::Deserialize;
use uuid::Uuid;

use super::app::App;
use super::pages::seconds;
use super::trail::name_of;
use super::trouble::{Trouble, encoded};
use super::visitor::Member;

/// How many entries a page shows.
const PAGE: u32 = 20;

/// How long the page of an entry waits for its proof.
const PATIENCE: Duration = Duration::from_secs(3);

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/archive", get(list))
        .route("/archive/{entry}", get(show))
        .route("/archive/{entry}/receipt", get(receipt))
        .route("/archive/{entry}/files/{index}", get(file))
}

#[derive(Deserialize)]
struct Asked {
    title: Option<String>,
    after: Option<String>,
}

async fn list(member: Member, Query(asked): Query<Asked>) -> Response {
    let title = asked.title.unwrap_or_default();
    let mut listing = Listing::of(member.party.id.to_string()).title(title.as_str()).limit(PAGE);
    if let Some(cursor) = asked.after.and_then(|after| after.parse::<Cursor>().ok()) {
        listing = listing.after(cursor);
    }
    match member.app().altinn.archive().list(&listing).await {
        Ok(page) => {
            let (mut entries, mut decided) = (Vec::new(), BTreeMap::new());
            for Listed { entry, fields, .. } in &page.entries {
                let may = match decided.get(&fields.service) {
                    Some(may) => *may,
                    None => may(&member, "read", &fields.service).await,
                };
                decided.insert(fields.service.clone(), may);
                if may {
                    entries.push(context! {
                        id => entry.to_string(),
                        title => title_of(fields, &member),
                        at => seconds(fields.time),
                        service => member.app().services.title(&fields.service, member.language()),
                    });
                }
            }
            let next = page.next.map(|cursor| cursor.to_string());
            member.page("archive.html", context! { entries => entries, next => next, title => title })
        }
        Err(error) => member.trouble(error),
    }
}

/// Whether somebody may do something (`read`) with what a service has archived for the party that they represent: the
/// archive knows no policies, so that whoever shows its entries decides.
async fn may(member: &Member, action: &str, service: &str) -> bool {
    let Ok(service) = service.parse() else { return false };
    let request = AccessRequest::new(action, service, member.party.id);
    member.app().altinn.authorizer().decide(&member.actor, &request).await.is_ok()
}

/// The data types of an entry whose elements somebody may not read, since those ask for an action of their own.
async fn hidden_from(member: &Member, fields: &Fields) -> BTreeSet<String> {
    let service = fields.service.parse().ok().and_then(|id| member.app().altinn.service(&id));
    let mut hidden = BTreeSet::new();
    for element in &fields.elements {
        let metadata = service.as_ref().map(|service| service.definition().metadata());
        let kind = metadata.and_then(|metadata| metadata.data_type(&element.data_type));
        if let Some(action) = kind.and_then(DataType::action_to_read)
            && !hidden.contains(&element.data_type)
            && !may(member, action, &fields.service).await
        {
            hidden.insert(element.data_type.clone());
        }
    }
    hidden
}

fn title_of(fields: &Fields, member: &Member) -> String {
    let title: &Text = &fields.title;
    match title.in_language(member.language()) {
        "" => fields.service.clone(),
        title => title.to_owned(),
    }
}

/// The proof of an entry of the party's own, for those who may read it.
async fn proof(member: &Member, entry: Uuid) -> Result<ReceiptState, Trouble> {
    let state = member.app().altinn.archive().prove(EntryId::new(entry), PATIENCE).await?;
    let fields = match &state {
        ReceiptState::Proved(receipt) => receipt.fields(),
        ReceiptState::Promised(promise) => promise.fields(),
    };
    let (owner, _) = fields.party.expose();
    let is_own = owner == member.party.id.to_string() && may(member, "read", &fields.service).await;
    if !is_own {
        return Err(Trouble::NotFound);
    }
    let hidden = hidden_from(member, fields).await;
    Ok(state.without_data_types(&hidden))
}

async fn show(Path(entry): Path<Uuid>, member: Member) -> Response {
    match proof(&member, entry).await {
        Ok(ReceiptState::Proved(receipt)) => proved(&member, entry, &receipt).await,
        Ok(ReceiptState::Promised(_)) => member.trouble(Trouble::Late("archive.promised")),
        Err(trouble) => member.trouble(trouble),
    }
}

async fn proved(member: &Member, entry: Uuid, receipt: &Receipt) -> Response {
    let app = member.app();
    let fields = receipt.fields();
    let (actor, _) = fields.actor.expose();
    let elements: Vec<Value> = fields
        .elements
        .iter()
        .map(|element| {
            context! {
                name => element.file_name.clone().unwrap_or_else(|| name_of_element(member, element)),
                size => element.size,
                sha256 => element.sha256.to_string(),
            }
        })
        .collect();
    let key = app.altinn.archive().verifier_key();
    let values = context! {
        id => entry.to_string(),
        title => title_of(fields, member),
        at => seconds(fields.time),
        service => app.services.title(&fields.service, member.language()),
        actor => name_of(app, actor).await,
        level => fields.level.to_string(),
        elements => elements,
        number => receipt.leaf_index() + 1,
        log => receipt.log(),
        holds => receipt.verify(key).is_ok(),
        key => key.to_string(),
    };
    member.page("entry.html", values)
}

/// What an element without a file name is called: what it is, or the form.
fn name_of_element(member: &Member, element: &Element) -> String {
    let key = format!("element.{}", element.data_type);
    let text = member.visitor.text(&key);
    if text != key {
        text
    } else if element.content_type == "application/json" {
        member.visitor.text("element.form")
    } else {
        element.name.clone()
    }
}

async fn receipt(Path(entry): Path<Uuid>, member: Member) -> Response {
    match proof(&member, entry).await {
        Ok(ReceiptState::Proved(receipt)) => {
            let headers = [
                (CONTENT_TYPE, "application/json".to_owned()),
                (CONTENT_DISPOSITION, format!("attachment; filename=\"receipt-{entry}.json\"")),
            ];
            (headers, receipt.to_json()).into_response()
        }
        Ok(ReceiptState::Promised(_)) => member.trouble(Trouble::Late("archive.promised")),
        Err(trouble) => member.trouble(trouble),
    }
}

/// What an entry holds, read by its party: the archive's own log says so.
async fn file(Path((entry, index)): Path<(Uuid, usize)>, member: Member) -> Response {
    let state = match proof(&member, entry).await {
        Ok(state) => state,
        Err(trouble) => return member.trouble(trouble),
    };
    let fields = match &state {
        ReceiptState::Proved(receipt) => receipt.fields(),
        ReceiptState::Promised(promise) => promise.fields(),
    };
    let Some(element) = fields.elements.get(index) else { return member.trouble(Trouble::NotFound) };
    let who = Participant::new(member.actor.reference(), "");
    let reading = member.app().altinn.archive().read_as(Reader::new(who, "portal"));
    match reading.content(EntryId::new(entry), &element.name).await {
        Ok(content) => {
            let name = encoded(element.file_name.as_deref().unwrap_or(&element.name));
            let headers = [
                (CONTENT_TYPE, element.content_type.clone()),
                (CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}")),
            ];
            let bytes = content.into_stream().map_err(|error| std::io::Error::other(error.code()));
            (headers, Body::from_stream(bytes)).into_response()
        }
        Err(error) => member.trouble(error),
    }
}

impl From<ArchiveError> for Trouble {
    fn from(error: ArchiveError) -> Self {
        match error {
            ArchiveError::NotFound { .. } => Self::NotFound,
            other => Self::Unavailable(other.code()),
        }
    }
}
