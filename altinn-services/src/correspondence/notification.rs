//! That a correspondence has come, told by mail or SMS.

use std::collections::BTreeMap;
use std::sync::Arc;

use altinn_core::{Language, NationalIdentityNumber, OrganizationNumber, SyntheticNumbers, Text};
use altinn_core::{Party, PartyIdentifier};
use altinn_notify::{
    ChannelSchema, Condition, Content, Order, OrganizationRecipient, PersonRecipient, Recipient, Reminder,
    Template, TemplateError,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The condition that the notifier of an [`Altinn`](crate::Altinn) knows: the correspondence is still unread.
pub(crate) const STILL_UNREAD: &str = "altinn-services/correspondence-unread";

/// The most days after which a reminder is sent.
pub(super) const MAX_REMINDER_DAYS: u32 = 365;

/// That a correspondence has come, told by mail or SMS when it is published, and once more if it stays unread.
///
/// ```
/// use altinn_core::{Language, Text};
/// use altinn_services::correspondence::Notification;
///
/// let generic = Notification::generic().with_reminder(7);
/// let own = Notification::custom(
///     Text::new(Language::Nb, "Brev fra Mattilsynet"),
///     Text::new(Language::Nb, "Logg inn på mattilsynet.no for å lese det."),
/// )
/// .with_sms(Text::new(Language::Nb, "Du har et brev fra Mattilsynet."));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// The agency's own words; none: those of the SDK.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    words: Option<Words>,
    #[serde(default)]
    notification_channel: ChannelSchema,
    /// After how many days it is sent again to those who have not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reminder_days: Option<u32>,
}

/// What the mail and the SMS say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Words {
    email_subject: Text,
    email_body: Text,
    sms_body: Text,
}

impl Notification {
    /// The SDK's own words in bokmål, nynorsk and English (`GenericAltinnMessage`): that there is a message, and from
    /// whom. What it is about does not stand in it.
    pub fn generic() -> Self {
        Self { words: None, notification_channel: ChannelSchema::default(), reminder_days: None }
    }

    /// The agency's own words (`CustomMessage`), sent as they are: subject and body of the mail, and of the SMS too
    /// until [`with_sms`](Self::with_sms) says otherwise.
    pub fn custom(email_subject: Text, email_body: Text) -> Self {
        let sms_body = email_body.clone();
        Self { words: Some(Words { email_subject, email_body, sms_body }), ..Self::generic() }
    }

    /// The same with other words for SMS.
    #[must_use]
    pub fn with_sms(mut self, sms_body: Text) -> Self {
        if let Some(words) = &mut self.words {
            words.sms_body = sms_body;
        }
        self
    }

    /// The same by other channels than mail, and SMS where there is no mail address (`notificationChannel`).
    #[must_use]
    pub fn by(mut self, channel: ChannelSchema) -> Self {
        self.notification_channel = channel;
        self
    }

    /// The same, sent once more after so many days to those who have not read it then (`sendReminder`; 7 in Altinn).
    #[must_use]
    pub fn with_reminder(mut self, days: u32) -> Self {
        self.reminder_days = Some(days);
        self
    }

    /// What is filled in for every recipient of one correspondence.
    pub(super) fn template(&self) -> Result<Arc<Template>, TemplateError> {
        let words = self.words.as_ref().map_or_else(generic_words, Words::escaped);
        Template::new("correspondence", "1", words.email_subject, words.email_body)?
            .with_sms(words.sms_body)
            .map(Arc::new)
    }

    /// The order that tells one recipient of a correspondence; none when nobody can be asked for an address.
    pub(super) fn order(
        &self,
        template: &Arc<Template>,
        correspondence: Uuid,
        recipient: &Party,
        sender: &str,
        ignores_reservation: bool,
    ) -> Option<Order> {
        let recipient = self.recipient(&recipient.identifier, ignores_reservation)?;
        let variables = BTreeMap::from([("sender".to_owned(), sender.into())]);
        let content = Content::template(Arc::clone(template), variables);
        let order = Order::new(format!("correspondence/{correspondence}"), recipient, content)
            .with_senders_reference(correspondence.to_string());
        Some(match self.reminder_days {
            Some(days) => order.with_reminder(
                Reminder::after_days(days)
                    .with_senders_reference(correspondence.to_string())
                    .with_condition(Condition::named(STILL_UNREAD)),
            ),
            None => order,
        })
    }

    fn recipient(&self, identifier: &PartyIdentifier, ignores_reservation: bool) -> Option<Recipient> {
        match identifier {
            PartyIdentifier::Person(number) => {
                let number =
                    NationalIdentityNumber::parse(number.expose(), SyntheticNumbers::Accepted).ok()?;
                let person = PersonRecipient::new(number).with_channel_schema(self.notification_channel);
                Some(if ignores_reservation { person.ignoring_reservation() } else { person }.into())
            }
            PartyIdentifier::Organization(number) => {
                let number =
                    OrganizationNumber::parse(&number.to_string(), SyntheticNumbers::Accepted).ok()?;
                Some(OrganizationRecipient::new(number).with_channel_schema(self.notification_channel).into())
            }
            PartyIdentifier::SelfIdentified(_) => None,
        }
    }
}

impl Words {
    /// The same as the text of a template, in which nothing is filled in.
    fn escaped(&self) -> Self {
        let escape = |text: &Text| {
            let languages = text.languages().collect::<Vec<_>>();
            languages.into_iter().fold(Text::default(), |escaped, language| {
                escaped.with(language, raw(text.in_language(language)))
            })
        };
        Self {
            email_subject: escape(&self.email_subject),
            email_body: escape(&self.email_body),
            sms_body: escape(&self.sms_body),
        }
    }
}

/// A text in which the marks of templates mean nothing.
fn raw(text: &str) -> String {
    text.replace('{', "{{ '{' }}")
}

fn generic_words() -> Words {
    let email_subject = Text::new(Language::Nb, "Ny melding fra {{ sender }}")
        .with(Language::Nn, "Ny melding frå {{ sender }}")
        .with(Language::En, "New message from {{ sender }}");
    let email_body = Text::new(
        Language::Nb,
        "Hei.\n\nDu har fått en ny melding fra {{ sender }}. Logg inn for å lese den.\n",
    )
    .with(Language::Nn, "Hei.\n\nDu har fått ei ny melding frå {{ sender }}. Logg inn for å lese ho.\n")
    .with(Language::En, "Hello.\n\nYou have a new message from {{ sender }}. Log in to read it.\n");
    let sms_body =
        Text::new(Language::Nb, "Du har fått en ny melding fra {{ sender }}. Logg inn for å lese den.")
            .with(Language::Nn, "Du har fått ei ny melding frå {{ sender }}. Logg inn for å lese ho.")
            .with(Language::En, "You have a new message from {{ sender }}. Log in to read it.");
    Words { email_subject, email_body, sms_body }
}
