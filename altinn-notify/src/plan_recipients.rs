//! From recipients to notifications: addresses asked for, then planned without I/O.

use altinn_core::{Language, NationalIdentityNumber, OrganizationNumber};
use chrono::{DateTime, Utc};

use crate::channel::ChannelKind;
use crate::contact::{ContactError, MAX_PERSONS, OrganizationContact, PersonContact};
use crate::order::{Fallback, OpenOrder, Spec};
use crate::rules::{NoRoute, Route, Routes, SendingWindow, organization_routes, person_routes};
use crate::seal::{Place, SealError};
use crate::table::NewNotification;
use crate::{Keyring, NotificationId, NotificationStatus, Notifier, OrderId, Reason, Recipient};

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
        self.person_contacts(&numbers).await
    }

    /// What the register of people knows of them, in the order of the numbers: whether they are reserved, above all.
    /// Without a register nobody is known.
    ///
    /// # Errors
    /// [`ContactError`] when the register does not answer, or not in order.
    pub async fn person_contacts(
        &self,
        numbers: &[NationalIdentityNumber],
    ) -> Result<Vec<Option<PersonContact>>, ContactError> {
        let Some(register) = self.persons.as_ref() else { return Ok(vec![None; numbers.len()]) };
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
) -> Vec<PlannedNotification> {
    let Resolved { routes, language } = resolved;
    let start = Start { order, number, language };
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
    pub(crate) language: Language,
}

/// A notification before it is sealed.
#[derive(Debug, Clone)]
pub(crate) struct PlannedNotification {
    pub(crate) id: NotificationId,
    pub(crate) order: OrderId,
    pub(crate) number: u32,
    pub(crate) route: u32,
    pub(crate) channel: ChannelKind,
    pub(crate) status: NotificationStatus,
    pub(crate) reason: Option<Reason>,
    /// When it is to be sent; nothing when it has come to its end already, or is on paper.
    pub(crate) due_at: Option<DateTime<Utc>>,
    pub(crate) send_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) language: Language,
    /// The route that it takes, and those behind it; none on paper and without a way.
    pub(crate) routes: Vec<Route>,
}

impl PlannedNotification {
    /// The notification as it is stored, of a recipient that is found by a digest.
    pub(crate) fn sealed(
        self,
        recipient: Vec<u8>,
        order: &OpenOrder,
        keyring: &Keyring,
    ) -> Result<NewNotification, SealError> {
        let seal = |routes: String| order.key.seal(Place::Routes(self.id.as_uuid()), &routes);
        Ok(NewNotification {
            id: self.id,
            order_id: self.order.as_uuid(),
            number: self.number,
            route: self.route,
            channel: self.channel,
            status: self.status,
            reason: self.reason,
            due_at: self.due_at,
            message_id: message_id(self.id, self.channel, &order.spec, keyring),
            send_at: self.send_at,
            expires_at: self.expires_at,
            recipient: Some(recipient),
            routes: Route::to_lines(&self.routes).map(seal).transpose()?,
            language: self.language,
        })
    }
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
    ) -> PlannedNotification {
        let channel = first.channel();
        let id = self.order.notification(self.number, route);
        let (send_at, expires_at) = spec.times(channel, times.window, times.from);
        let earliest = spec.policy(channel).earliest(times.window, times.from.max(times.now));
        // What may go now keeps its turn: it has been due since it was to be sent.
        let due_at = if earliest <= times.now { earliest.min(send_at) } else { earliest };
        let is_sent = channel != ChannelKind::Print;
        PlannedNotification {
            id,
            order: self.order,
            number: self.number,
            route,
            channel,
            status: NotificationStatus::New,
            reason,
            due_at: is_sent.then_some(due_at),
            send_at,
            expires_at,
            language: self.language,
            routes: if is_sent { [std::slice::from_ref(first), behind].concat() } else { Vec::new() },
        }
    }

    fn without_route(
        &self,
        why: NoRoute,
        channel: ChannelKind,
        spec: &Spec,
        times: Times<'_>,
    ) -> PlannedNotification {
        let reason = Some(Reason::new(why.as_str()));
        PlannedNotification {
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

/// The id that a message bears. Of a mail it is a Message-ID with the domain of its sender, and with a token by the
/// agency's key: who names it in a bounce has seen the mail.
fn message_id(id: NotificationId, channel: ChannelKind, spec: &Spec, keyring: &Keyring) -> String {
    let uuid = id.as_uuid().simple();
    match (channel, spec.sender.rsplit_once('@')) {
        (ChannelKind::Email, Some((_, domain))) => format!("<{uuid}.{}@{domain}>", keyring.message_token(id)),
        _ => uuid.to_string(),
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
