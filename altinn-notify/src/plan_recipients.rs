//! From recipients to notifications: addresses asked for, then planned without I/O.

use altinn_core::{Language, NationalIdentityNumber, OrganizationNumber};
use chrono::{DateTime, Utc};

use crate::channel::ChannelKind;
use crate::contact::{ContactError, MAX_PERSONS, OrganizationContact, PersonContact};
use crate::order::{Fallback, Spec};
use crate::rules::{NoRoute, Route, Routes, SendingWindow, organization_routes, person_routes};
use crate::table::NewNotification;
use crate::{NotificationId, NotificationStatus, Notifier, OrderId, Reason, Recipient};

/// The most routes behind the first of a chain, with room; numbers of routes are counted by it.
pub(crate) const ROUTES_OF_CHAIN: u32 = 16;

/// The ways to a recipient, and the language to use.
#[derive(Debug, Clone)]
pub(crate) struct Resolved {
    pub(crate) routes: Result<Routes, NoRoute>,
    pub(crate) language: Language,
}

impl Resolved {
    pub(crate) fn no_route(why: NoRoute, language: Language) -> Self {
        Self { routes: Err(why), language }
    }
}

impl Notifier {
    /// Finds the ways to recipients; people and organizations are asked for together.
    ///
    /// Without a register nobody is known: that shows in the notification.
    pub(crate) async fn resolve(
        &self,
        recipients: &[Recipient],
        language: Language,
    ) -> Result<Vec<Resolved>, ContactError> {
        let mut persons = self.persons_of(recipients).await?.into_iter();
        let mut organizations = self.organizations_of(recipients).await?.into_iter();
        let now = self.clock().now();
        let resolve = |recipient: &Recipient| match recipient {
            Recipient::Email(address) => {
                Resolved { routes: Ok(vec![vec![Route::Email(address.clone())]]), language }
            }
            Recipient::Sms(number) => {
                Resolved { routes: Ok(vec![vec![Route::Sms(number.clone())]]), language }
            }
            Recipient::Person(person) => {
                let contact = persons.next().flatten();
                Resolved {
                    routes: person_routes(person, contact.as_ref(), now),
                    language: contact.and_then(|contact| contact.language).unwrap_or(language),
                }
            }
            Recipient::Organization(organization) => {
                let contact = organizations.next().unwrap_or_default();
                Resolved { routes: organization_routes(organization, &contact), language }
            }
        };
        Ok(recipients.iter().map(resolve).collect())
    }

    async fn persons_of(&self, recipients: &[Recipient]) -> Result<Vec<Option<PersonContact>>, ContactError> {
        let number = |recipient: &Recipient| match recipient {
            Recipient::Person(person) => Some(person.national_identity_number.clone()),
            _ => None,
        };
        let numbers: Vec<NationalIdentityNumber> = recipients.iter().filter_map(number).collect();
        let Some(register) = self.persons.as_ref().filter(|_| !numbers.is_empty()) else {
            return Ok(Vec::new());
        };
        let mut found = Vec::with_capacity(numbers.len());
        for numbers in numbers.chunks(MAX_PERSONS) {
            let answered = register.persons(numbers).await?;
            if answered.len() != numbers.len() {
                return Err(ContactError::NotInOrder { what: "fewer or more people than were asked for" });
            }
            found.extend(answered);
        }
        Ok(found)
    }

    async fn organizations_of(
        &self,
        recipients: &[Recipient],
    ) -> Result<Vec<OrganizationContact>, ContactError> {
        let number = |recipient: &Recipient| match recipient {
            Recipient::Organization(organization) => Some(organization.organization_number),
            _ => None,
        };
        let numbers: Vec<OrganizationNumber> = recipients.iter().filter_map(number).collect();
        let Some(register) = self.organizations.as_ref().filter(|_| !numbers.is_empty()) else {
            return Ok(Vec::new());
        };
        let answered = register.organizations(&numbers).await?;
        if answered.len() != numbers.len() {
            return Err(ContactError::NotInOrder { what: "fewer or more organizations than were asked for" });
        }
        Ok(answered)
    }
}

/// The notifications of one recipient: one for each way that is taken, or one that says why there is none.
pub(crate) fn notifications_of(
    order: OrderId,
    number: u32,
    recipient: &Recipient,
    resolved: Resolved,
    spec: &Spec,
    times: Times<'_>,
) -> Vec<NewNotification> {
    let Resolved { routes, language } = resolved;
    let start = Start { order, number, recipient: recipient.key().as_str().to_owned(), language };
    match with_fallback(routes, spec.fallback) {
        Ok((chains, reason)) => chains
            .into_iter()
            .zip(0_u32..)
            .filter_map(|(chain, index)| {
                let mut chain = chain.into_iter();
                let first = chain.next()?;
                let route = index * ROUTES_OF_CHAIN;
                Some(start.notification(route, &first, chain.as_slice(), reason.clone(), spec, times))
            })
            .collect(),
        Err(why) => vec![start.without_route(why, first_channel(recipient), spec, times)],
    }
}

/// When notifications are sent: their time, the time now, and the hours of the day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times<'a> {
    /// From when on they are to be sent, and live.
    pub(crate) from: DateTime<Utc>,
    pub(crate) now: DateTime<Utc>,
    pub(crate) window: &'a SendingWindow,
}

/// What the notifications of one recipient share.
pub(crate) struct Start {
    pub(crate) order: OrderId,
    pub(crate) number: u32,
    pub(crate) recipient: String,
    pub(crate) language: Language,
}

impl Start {
    /// A notification that takes a route, with those that follow when it fails.
    pub(crate) fn notification(
        &self,
        route: u32,
        first: &Route,
        behind: &[Route],
        reason: Option<Reason>,
        spec: &Spec,
        times: Times<'_>,
    ) -> NewNotification {
        let channel = first.channel();
        let id = self.order.notification(self.number, route);
        let (send_at, expires_at) = spec.times(channel, times.window, times.from);
        let earliest = spec.policy(channel).earliest(times.window, times.from.max(times.now));
        // What may go now keeps its turn: it has been due since it was to be sent.
        let due_at = if earliest <= times.now { earliest.min(send_at) } else { earliest };
        NewNotification {
            id,
            order_id: self.order.as_uuid(),
            number: self.number,
            route,
            channel,
            status: NotificationStatus::New,
            reason,
            due_at: (channel != ChannelKind::Print).then_some(due_at),
            message_id: message_id(id, channel, spec),
            send_at,
            expires_at,
            recipient: Some(self.recipient.clone()),
            address: first.address().map(str::to_owned),
            language: self.language,
            fallbacks: Route::to_lines(behind),
        }
    }

    fn without_route(
        &self,
        why: NoRoute,
        channel: ChannelKind,
        spec: &Spec,
        times: Times<'_>,
    ) -> NewNotification {
        let reason = Some(Reason::new(why.as_str()));
        NewNotification {
            channel,
            status: why.status(),
            due_at: None,
            ..self.notification(0, &Route::Print, &[], reason, spec, times)
        }
    }
}

/// What a fallback makes of the ways to a recipient. Paper follows a way that is the only one at a time; where several
/// addresses are used at once, one that fails has others beside it.
fn with_fallback(
    routes: Result<Routes, NoRoute>,
    fallback: Fallback,
) -> Result<(Routes, Option<Reason>), NoRoute> {
    match (routes, fallback) {
        (Err(why), Fallback::Print) => Ok((vec![vec![Route::Print]], Some(Reason::new(why.as_str())))),
        (Err(why), _) => Err(why),
        (Ok(mut chains), Fallback::None) => {
            chains.iter_mut().for_each(|chain| chain.truncate(1));
            Ok((chains, None))
        }
        (Ok(chains), Fallback::NextChannel) => Ok((chains, None)),
        (Ok(mut chains), Fallback::Print) => {
            if let [chain] = chains.as_mut_slice() {
                chain.push(Route::Print);
            }
            Ok((chains, None))
        }
    }
}

/// The id that a message bears: of a mail with the domain of its sender, as a Message-ID has it.
fn message_id(id: NotificationId, channel: ChannelKind, spec: &Spec) -> String {
    let id = id.as_uuid().simple();
    match (channel, spec.sender.rsplit_once('@')) {
        (ChannelKind::Email, Some((_, domain))) => format!("<{id}@{domain}>"),
        _ => id.to_string(),
    }
}

/// The channel that a recipient without a way would have been told by.
fn first_channel(recipient: &Recipient) -> ChannelKind {
    use crate::ChannelSchema::{Email, EmailAndSms, EmailPreferred, Sms, SmsPreferred};
    match recipient.channel_schema() {
        Email | EmailPreferred | EmailAndSms => ChannelKind::Email,
        Sms | SmsPreferred => ChannelKind::Sms,
    }
}
