//! Which elements are asked for.

use std::str::FromStr;

use altinn_core::PartyId;
use chrono::{DateTime, Utc};
use utoipa::IntoParams;

use super::answer::{KindName, PlaceName, StatusName};
use crate::http::error::ApiError;
use crate::http::query::Parameters;
use crate::inbox::{ElementKind, InboxQuery, InboxStatus, Place, Sort};

/// Which elements. What may be said several times is of any of these.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[allow(dead_code, reason = "it describes parameters that are read one by one")]
pub(super) struct WhichElements {
    /// Of a party that the caller represents: its id. All of them where it is left out.
    party: Option<Vec<i64>>,
    /// Of a service: `ttd/bakery-licence`.
    service_resource: Option<Vec<String>>,
    /// Of a type of services.
    #[param(inline)]
    service_resource_type: Option<Vec<KindName>>,
    /// What they wait for.
    #[param(inline)]
    status: Option<Vec<StatusName>>,
    /// Where the party has them; `Default` where it is left out.
    #[param(inline)]
    system_label: Option<Vec<PlaceName>>,
    /// With a label of the caller's own.
    #[param(min_length = 1, max_length = 50)]
    label: Option<String>,
    /// With something that the caller has not seen, or without.
    has_unopened_content: Option<bool>,
    /// That the party has sent.
    is_sent: Option<bool>,
    /// That changed last (by `dueAt`: are due) from a time on.
    content_updated_after: Option<DateTime<Utc>>,
    /// That changed last (by `dueAt`: are due) before a time.
    content_updated_before: Option<DateTime<Utc>>,
    /// In whose title a word begins with each word of this text.
    #[param(max_length = 200)]
    search: Option<String>,
}

/// In which order, and how many.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[allow(dead_code, reason = "it describes parameters that are read one by one")]
pub(super) struct PageOfElements {
    /// The order; what changed last comes first where it is left out.
    #[param(inline)]
    order_by: Option<OrderName>,
    /// Where the page begins: what the page before said.
    continuation_token: Option<String>,
    /// How many elements a page has at the most; 50 where it is left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// The orders. By `dueAt`, what is never due is left out.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "it describes `Sort`")]
enum OrderName {
    #[schema(rename = "contentUpdatedAt_desc")]
    Newest,
    #[schema(rename = "contentUpdatedAt_asc")]
    Oldest,
    #[schema(rename = "dueAt_asc")]
    DueFirst,
}

/// The longest text that is searched for, in characters.
const LONGEST_SEARCH: usize = 200;

/// The query of a list or of a count.
pub(super) fn query_of(asked: &Parameters) -> Result<InboxQuery, ApiError> {
    let mut query = InboxQuery::new();
    for party in asked.all("party") {
        query = query.of(read::<PartyId>("party", party)?);
    }
    for service in asked.all("serviceResource") {
        query = query.service(read("serviceResource", service)?);
    }
    for kind in asked.all("serviceResourceType") {
        query = query.kind(ElementKind::named(kind).ok_or_else(|| unreadable("serviceResourceType"))?);
    }
    for status in asked.all("status") {
        query = query.status(InboxStatus::named(status).ok_or_else(|| unreadable("status"))?);
    }
    for place in asked.all("systemLabel") {
        query = query.place(Place::named(place).ok_or_else(|| unreadable("systemLabel"))?);
    }
    if let Some(label) = asked.one("label")? {
        query = query.label(read("label", label)?);
    }
    query = match asked.one("hasUnopenedContent")?.map(|text| read("hasUnopenedContent", text)).transpose()? {
        Some(true) => query.unread(),
        Some(false) => query.read(),
        None => query,
    };
    if asked.one("isSent")?.map(|text| read("isSent", text)).transpose()? == Some(true) {
        query = query.sent();
    }
    let time = |name| asked.one(name)?.map(|text| read::<DateTime<Utc>>(name, text)).transpose();
    let (from, before) = (time("contentUpdatedAfter")?, time("contentUpdatedBefore")?);
    if from.is_some() || before.is_some() {
        let from = from.unwrap_or(DateTime::UNIX_EPOCH);
        query = query.between(from, before.unwrap_or(DateTime::<Utc>::MAX_UTC));
    }
    if let Some(text) = asked.one("search")? {
        if text.chars().count() > LONGEST_SEARCH {
            return Err(unreadable("search"));
        }
        query = query.title(text);
    }
    Ok(query)
}

/// The query of a list: with its order and its page.
pub(super) fn page_of(asked: &Parameters) -> Result<InboxQuery, ApiError> {
    let mut query = query_of(asked)?;
    query = match asked.one("orderBy")? {
        None | Some("contentUpdatedAt_desc") => query,
        Some("contentUpdatedAt_asc") => query.sort(Sort::Oldest),
        Some("dueAt_asc") => query.sort(Sort::DueFirst),
        Some(_) => return Err(unreadable("orderBy")),
    };
    if let Some(token) = asked.one("continuationToken")? {
        query = query.after(read("continuationToken", token)?);
    }
    match asked.one("limit")?.map(|text| read::<u32>("limit", text)).transpose()? {
        Some(limit @ 1..=InboxQuery::MAX_LIMIT) => Ok(query.limit(limit)),
        Some(_) => Err(unreadable("limit")),
        None => Ok(query),
    }
}

fn read<T: FromStr>(name: &str, text: &str) -> Result<T, ApiError> {
    text.parse().map_err(|_| unreadable(name))
}

fn unreadable(name: &str) -> ApiError {
    ApiError::new("HTTP-QUERY", format!("`{name}` is not what it must be"))
}
