//! Whether a correspondence that is to be sent is in order, without I/O.

use std::collections::HashSet;

use altinn_core::{Language, Text};
use chrono::{DateTime, Utc};

use super::attachment::{check_name, is_hidden};
use super::fault::{Fault, FaultRule, MAX_FAULTS};
use super::markdown;
use super::new_correspondence::NewCorrespondence;
use super::notification::MAX_REMINDER_DAYS;
use super::recipients::Recipients;
use super::service::Limits;

/// The longest that texts may be, in characters, and how many of things there may be: as Altinn has it.
const MAX_TITLE: usize = 255;
/// The archive takes titles of so many bytes.
const MAX_TITLE_BYTES: usize = 1_000;
const MAX_BODY: usize = 30_000;
const MAX_REFERENCE: usize = 4_096;
const MAX_LINK: usize = 255;
const MAX_REPLY_OPTIONS: usize = 5;
const MAX_EXTERNAL_REFERENCES: usize = 10;
const MAX_PROPERTIES: usize = 10;
const MAX_PROPERTY_NAME: usize = 50;
const MAX_PROPERTY: usize = 300;
/// An archive's entry has room for so many files beside the message and its recipients.
const MAX_FILES: usize = 250;

/// What is wrong with a sender's reference that may be left out.
pub(super) fn reference_fault(reference: &str) -> Option<FaultRule> {
    let mut faults = Faults::default();
    if !reference.is_empty() {
        faults.line("", reference, MAX_REFERENCE);
    }
    faults.0.pop().map(|fault| fault.code)
}

/// What is wrong with a correspondence, at most so much as is told at once.
pub(super) fn check(asked: &NewCorrespondence, limits: Limits, now: DateTime<Utc>) -> Vec<Fault> {
    let mut faults = Faults::default();
    faults.line("/sendersReference", &asked.senders_reference, MAX_REFERENCE);
    if let Some(name) = &asked.message_sender {
        faults.line("/messageSender", name, MAX_TITLE);
    }
    faults.count("/recipients", asked.recipients.len(), 1, Recipients::MAX);
    faults.message(asked);
    faults.attachments(asked, limits);
    faults.links(asked);
    faults.properties(asked);
    faults.times(asked, now);
    let days = asked.notification.as_ref().and_then(|notification| notification.reminder_days);
    if days.is_some_and(|days| !(1..=MAX_REMINDER_DAYS).contains(&days)) {
        let rule = FaultRule::OutOfRange { least: 1, most: MAX_REMINDER_DAYS.into() };
        faults.add(rule, "/notification/reminderDays");
    }
    faults.0
}

#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, rule: FaultRule, path: impl Into<String>) {
        if self.0.len() < MAX_FAULTS {
            self.0.push(Fault::new(rule, path));
        }
    }

    fn count(&mut self, path: &str, found: usize, least: usize, limit: usize) {
        if found < least {
            self.add(FaultRule::Required, path);
        } else if found > limit {
            self.add(FaultRule::TooMany { limit }, path);
        }
    }

    /// One line of plain text that must be there.
    fn line(&mut self, path: &str, text: &str, limit: usize) {
        if text.trim().is_empty() {
            self.add(FaultRule::Required, path);
        } else if text.chars().count() > limit || (limit == MAX_TITLE && text.len() > MAX_TITLE_BYTES) {
            self.add(FaultRule::TooLong { limit }, path);
        } else if text.chars().any(is_hidden) {
            self.add(FaultRule::Characters, path);
        } else if looks_like_html(text) {
            self.add(FaultRule::NotPlain, path);
        }
    }

    /// Plain text in any languages.
    fn lines(&mut self, path: &str, text: &Text) {
        for language in text.languages() {
            self.line(&format!("{path}/{language}"), text.in_language(language), MAX_TITLE);
        }
    }

    /// Every language has a title and a body; the summary has no language of its own.
    fn message(&mut self, asked: &NewCorrespondence) {
        let message = &asked.message;
        self.lines("/content/messageTitle", &message.message_title);
        self.lines("/content/messageSummary", &message.message_summary);
        for language in message.message_body.languages() {
            self.body(language, message.message_body.in_language(language));
        }
        let has = |text: &Text, language| text.get(language).is_some();
        let any = |text: &Text| text.languages().next().is_some();
        if !any(&message.message_title) {
            self.add(FaultRule::Required, "/content/messageTitle");
        }
        if !any(&message.message_body) {
            self.add(FaultRule::Required, "/content/messageBody");
        }
        for language in Language::ALL {
            let (title, body) = (has(&message.message_title, language), has(&message.message_body, language));
            if title != body && any(&message.message_title) && any(&message.message_body) {
                let field = if title { "messageBody" } else { "messageTitle" };
                self.add(FaultRule::Required, format!("/content/{field}/{language}"));
            }
            if has(&message.message_summary, language) && !title {
                self.add(FaultRule::Required, format!("/content/messageTitle/{language}"));
            }
        }
    }

    fn body(&mut self, language: Language, body: &str) {
        let path = format!("/content/messageBody/{language}");
        if body.trim().is_empty() {
            return self.add(FaultRule::Required, path);
        }
        if body.chars().count() > MAX_BODY {
            return self.add(FaultRule::TooLong { limit: MAX_BODY }, path);
        }
        if body.chars().any(|c| is_hidden(c) && !matches!(c, '\n' | '\r' | '\t')) {
            return self.add(FaultRule::Characters, path);
        }
        for (code, position) in markdown::check(body) {
            if self.0.len() < MAX_FAULTS {
                self.0.push(Fault { code, path: path.clone(), position: Some(position) });
            }
        }
    }

    fn attachments(&mut self, asked: &NewCorrespondence, limits: Limits) {
        let path = "/content/attachments";
        self.count(
            path,
            asked.attachments.len() + asked.existing_attachments.len(),
            0,
            limits.max_attachments.min(MAX_FILES),
        );
        let mut names = HashSet::new();
        for (index, attachment) in asked.attachments.iter().enumerate() {
            if self.0.len() == MAX_FAULTS {
                return;
            }
            let name = format!("{path}/{index}/fileName");
            if let Some(rule) = check_name(&attachment.file_name) {
                self.add(rule, name);
            } else if !names.insert(attachment.file_name.to_lowercase()) {
                self.add(FaultRule::DuplicateFileName, name);
            }
            let limit = limits.max_attachment_bytes;
            match attachment.content.size() {
                0 => self.add(FaultRule::Empty, format!("{path}/{index}")),
                size if size > limit => self.add(FaultRule::TooLarge { limit }, format!("{path}/{index}")),
                _ => {}
            }
        }
    }

    fn links(&mut self, asked: &NewCorrespondence) {
        self.count("/replyOptions", asked.reply_options.len(), 0, MAX_REPLY_OPTIONS);
        for (index, option) in asked.reply_options.iter().enumerate().take(MAX_REPLY_OPTIONS) {
            let path = format!("/replyOptions/{index}");
            let is_https =
                option.link_url.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"));
            if option.link_url.chars().count() > MAX_LINK {
                self.add(FaultRule::TooLong { limit: MAX_LINK }, format!("{path}/linkURL"));
            } else if !is_https || !markdown::leads_somewhere_allowed(&option.link_url) {
                self.add(FaultRule::Link, format!("{path}/linkURL"));
            }
            if option.link_text.languages().next().is_none() {
                self.add(FaultRule::Required, format!("{path}/linkText"));
            }
            self.lines(&format!("{path}/linkText"), &option.link_text);
        }
        self.count("/externalReferences", asked.external_references.len(), 0, MAX_EXTERNAL_REFERENCES);
        for (index, reference) in asked.external_references.iter().enumerate().take(MAX_EXTERNAL_REFERENCES) {
            let path = format!("/externalReferences/{index}/referenceValue");
            self.line(&path, &reference.reference_value, MAX_TITLE);
        }
    }

    fn properties(&mut self, asked: &NewCorrespondence) {
        self.count("/propertyList", asked.properties.len(), 0, MAX_PROPERTIES);
        for (number, (name, value)) in asked.properties.iter().enumerate().take(MAX_PROPERTIES) {
            let path = format!("/propertyList/{number}");
            self.line(&path, name, MAX_PROPERTY_NAME);
            if !value.is_empty() {
                self.line(&path, value, MAX_PROPERTY);
            }
        }
    }

    /// Seen, then due, then deleted: in this order, and what is still to come.
    fn times(&mut self, asked: &NewCorrespondence, now: DateTime<Utc>) {
        let seen = asked.requested_publish_time.map_or(now, |time| time.max(now));
        if asked.is_confirmation_needed && asked.due_date_time.is_none() {
            self.add(FaultRule::Required, "/dueDateTime");
        }
        let mut earlier = (seen, "requestedPublishTime");
        let later = [
            ("/dueDateTime", "dueDateTime", asked.due_date_time),
            ("/allowSystemDeleteAfter", "allowSystemDeleteAfter", asked.allow_system_delete_after),
        ];
        for (path, name, time) in later {
            let Some(time) = time else { continue };
            if time <= now {
                self.add(FaultRule::InThePast, path);
            } else if time <= earlier.0 {
                self.add(FaultRule::TooEarly { after: earlier.1 }, path);
            }
            earlier = (earlier.0.max(time), name);
        }
    }
}

/// Whether a plain text has something that a page might take for a tag or a reference to a character.
pub(super) fn looks_like_html(text: &str) -> bool {
    let opens_tag = |rest: &str| {
        rest.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'))
    };
    text.split('<').skip(1).any(opens_tag)
}
