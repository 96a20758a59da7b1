//! Which ways a notification takes to its recipient: decided from what the contact register knows.

use chrono::{DateTime, Utc};

use crate::channel::ChannelKind;
use crate::contact::{OrganizationContact, PersonContact, PersonStatus};
use crate::{
    ChannelSchema, EmailAddress, NotificationStatus, OrganizationRecipient, PersonRecipient, PhoneNumber,
};

/// A channel, and the address in it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Route {
    /// Mail to an address.
    Email(EmailAddress),
    /// SMS to a number.
    Sms(PhoneNumber),
    /// Paper, printed and sent by the agency.
    Print,
}

/// Why there is no way to a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NoRoute {
    /// The person has reserved against digital communication (`Failed_RecipientReserved`).
    Reserved,
    /// The register does not know the recipient (`Failed_RecipientNotIdentified`).
    NotRegistered,
    /// The register knows the recipient and has no address for these channels (`Failed_RecipientNotIdentified`).
    NoAddress,
    /// The register's addresses are older than 18 months (`Failed_RecipientNotIdentified`).
    StaleAddress,
    /// The register says that the person cannot be notified (`Failed_RecipientNotIdentified`).
    CannotBeNotified,
    /// The register did not answer in time (`Failed_TTL`).
    RegisterSilent,
}

impl NoRoute {
    /// The reason in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reserved => "the person has reserved against digital communication",
            Self::NotRegistered => "the contact register does not know the recipient",
            Self::NoAddress => "the contact register has no address for these channels",
            Self::StaleAddress => "the contact information has not been updated or verified for 18 months",
            Self::CannotBeNotified => "the contact register says that the person cannot be notified",
            Self::RegisterSilent => "the contact register did not answer in time",
        }
    }
}

/// The ways to a recipient: each of them is taken, and begins with the route that is tried first; those behind it
/// follow when it fails.
pub(crate) type Routes = Vec<Vec<Route>>;

impl Route {
    /// The channel.
    pub fn channel(&self) -> ChannelKind {
        match self {
            Self::Email(_) => ChannelKind::Email,
            Self::Sms(_) => ChannelKind::Sms,
            Self::Print => ChannelKind::Print,
        }
    }

    /// The address in clear; paper has none.
    pub(crate) fn address(&self) -> Option<&str> {
        match self {
            Self::Email(address) => Some(address.expose()),
            Self::Sms(number) => Some(number.expose()),
            Self::Print => None,
        }
    }

    /// The routes as lines, to be stored; nothing when there is none.
    pub(crate) fn to_lines(routes: &[Self]) -> Option<String> {
        let line = |route: &Self| format!("{} {}\n", route.channel().as_str(), route.address().unwrap_or(""));
        (!routes.is_empty()).then(|| routes.iter().map(line).collect())
    }

    /// The routes that lines stand for; those that cannot be read are left out.
    pub(crate) fn from_lines(lines: &str) -> Vec<Self> {
        let route = |line: &str| {
            let (channel, address) = line.split_once(' ')?;
            Self::of(ChannelKind::named(channel)?, Some(address))
        };
        lines.lines().filter_map(route).collect()
    }

    /// The route of a channel's name and an address.
    pub(crate) fn of(channel: ChannelKind, address: Option<&str>) -> Option<Self> {
        match (channel, address) {
            (ChannelKind::Email, Some(address)) => address.parse().ok().map(Self::Email),
            (ChannelKind::Sms, Some(number)) => number.parse().ok().map(Self::Sms),
            (ChannelKind::Print, _) => Some(Self::Print),
            _ => None,
        }
    }
}

impl NoRoute {
    /// The status of a notification that has no way.
    pub fn status(self) -> NotificationStatus {
        match self {
            Self::Reserved => NotificationStatus::FailedRecipientReserved,
            Self::RegisterSilent => NotificationStatus::FailedTtl,
            _ => NotificationStatus::FailedRecipientNotIdentified,
        }
    }
}

/// The ways to a person: reservation first, then the 18-month rule for each address by itself, then the channels.
pub(crate) fn person_routes(
    person: &PersonRecipient,
    contact: Option<&PersonContact>,
    now: DateTime<Utc>,
) -> Result<Routes, NoRoute> {
    let contact =
        contact.filter(|contact| contact.status == PersonStatus::Active).ok_or(NoRoute::NotRegistered)?;
    if contact.is_reserved && !person.ignore_reservation {
        return Err(NoRoute::Reserved);
    }
    let takes_stale = person.use_stale_contact_information;
    if !contact.can_be_notified && !contact.is_reserved && !takes_stale {
        // The register says no for its own reasons; an address that is merely old has a reason of its own.
        let has_fresh = contact.email.as_ref().is_some_and(|email| email.is_fresh(now))
            || contact.mobile.as_ref().is_some_and(|mobile| mobile.is_fresh(now));
        if has_fresh {
            return Err(NoRoute::CannotBeNotified);
        }
    }
    let email = contact.email.as_ref().filter(|email| takes_stale || email.is_fresh(now));
    let mobile = contact.mobile.as_ref().filter(|mobile| takes_stale || mobile.is_fresh(now));
    let routes = by_schema(
        person.channel_schema,
        email.map(|email| Route::Email(email.address.clone())),
        mobile.map(|mobile| Route::Sms(mobile.address.clone())),
    );
    if !routes.is_empty() {
        return Ok(routes);
    }
    let schema = person.channel_schema;
    let is_stale = (schema.uses_email() && contact.email.is_some() && email.is_none())
        || (schema.uses_sms() && contact.mobile.is_some() && mobile.is_none());
    Err(if is_stale { NoRoute::StaleAddress } else { NoRoute::NoAddress })
}

/// The ways to an organization: every address that fits the service.
pub(crate) fn organization_routes(
    organization: &OrganizationRecipient,
    contact: &OrganizationContact,
) -> Result<Routes, NoRoute> {
    if contact.addresses.is_empty() {
        return Err(NoRoute::NotRegistered);
    }
    let fitting: Vec<_> = contact.addresses.iter().filter(|address| address.fits(organization)).collect();
    let mut emails: Vec<_> =
        fitting.iter().filter_map(|address| address.email.clone()).map(Route::Email).collect();
    let mut mobiles: Vec<_> =
        fitting.iter().filter_map(|address| address.mobile.clone()).map(Route::Sms).collect();
    for routes in [&mut emails, &mut mobiles] {
        let mut seen = Vec::new();
        routes.retain(|route| {
            !seen.contains(route) && {
                seen.push(route.clone());
                true
            }
        });
    }
    let schema = organization.channel_schema;
    let chosen = match schema {
        ChannelSchema::Email => emails,
        ChannelSchema::Sms => mobiles,
        ChannelSchema::EmailPreferred if emails.is_empty() => mobiles,
        ChannelSchema::EmailPreferred => emails,
        ChannelSchema::SmsPreferred if mobiles.is_empty() => emails,
        ChannelSchema::SmsPreferred => mobiles,
        ChannelSchema::EmailAndSms => [emails, mobiles].concat(),
    };
    if chosen.is_empty() {
        Err(NoRoute::NoAddress)
    } else {
        Ok(chosen.into_iter().map(|route| vec![route]).collect())
    }
}

fn by_schema(schema: ChannelSchema, email: Option<Route>, mobile: Option<Route>) -> Routes {
    let chain = |routes: [Option<Route>; 2]| {
        let chain: Vec<_> = routes.into_iter().flatten().collect();
        if chain.is_empty() { vec![] } else { vec![chain] }
    };
    match schema {
        ChannelSchema::Email => chain([email, None]),
        ChannelSchema::Sms => chain([mobile, None]),
        ChannelSchema::EmailPreferred => chain([email, mobile]),
        ChannelSchema::SmsPreferred => chain([mobile, email]),
        ChannelSchema::EmailAndSms => {
            [email, mobile].into_iter().flatten().map(|route| vec![route]).collect()
        }
    }
}
