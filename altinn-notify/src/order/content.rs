//! What is to be told.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use altinn_core::Language;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::check::{check_body, check_line, check_size};
use super::{Order, OrderError};
use crate::{ContentType, Template, Variables};

/// What is to be told, by mail, by SMS or by both. `Debug` hides it.
///
/// ```
/// use altinn_notify::Content;
///
/// let content = Content::text("Your permit", "It is granted.").with_sms("Your permit is granted.");
/// ```
#[derive(Clone, PartialEq)]
pub struct Content(Source);

#[derive(Clone, PartialEq)]
enum Source {
    Written { email: Option<(String, String)>, content_type: ContentType, sms: Option<String> },
    Template { template: Arc<Template>, variables: Variables },
}

/// What is stored of a content: its texts with all variables filled in, in every language that it has.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Texts {
    #[serde(default)]
    pub(crate) content_type: ContentType,
    pub(crate) by_language: BTreeMap<Language, LocalText>,
}

/// The texts of one language.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct LocalText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sms: Option<String>,
}

impl Content {
    /// Subject and body of a mail as they are to be sent, plain text.
    pub fn text(subject: impl Into<String>, body: impl Into<String>) -> Self {
        Self::written(Some((subject.into(), body.into())), ContentType::Plain, None)
    }

    /// Subject and body of a mail as they are to be sent, the body in HTML.
    pub fn html(subject: impl Into<String>, body: impl Into<String>) -> Self {
        Self::written(Some((subject.into(), body.into())), ContentType::Html, None)
    }

    /// The text of an SMS.
    pub fn sms(text: impl Into<String>) -> Self {
        Self::written(None, ContentType::Plain, Some(text.into()))
    }

    /// A template and its variables, filled in when the order is placed.
    pub fn template(template: impl Into<Arc<Template>>, variables: Variables) -> Self {
        Self(Source::Template { template: template.into(), variables })
    }

    /// The same with a text for SMS too. A template has its own.
    #[must_use]
    pub fn with_sms(mut self, text: impl Into<String>) -> Self {
        if let Source::Written { sms, .. } = &mut self.0 {
            *sms = Some(text.into());
        }
        self
    }

    fn written(email: Option<(String, String)>, content_type: ContentType, sms: Option<String>) -> Self {
        Self(Source::Written { email, content_type, sms })
    }

    /// The template's id and version.
    pub(crate) fn template_version(&self) -> Option<(&str, &str)> {
        match &self.0 {
            Source::Written { .. } => None,
            Source::Template { template, .. } => Some((template.id(), template.version())),
        }
    }

    /// What tells this content from another. Not the template's version, so that an order repeated after a template was
    /// mended is still the same order.
    pub(crate) fn identity(&self) -> Value {
        match &self.0 {
            Source::Written { email, content_type, sms } => {
                let (subject, body) = email.as_ref().map(|(subject, body)| (subject, body)).unzip();
                json!({ "subject": subject, "body": body, "contentType": content_type, "sms": sms })
            }
            Source::Template { template, variables } => {
                json!({ "template": template.id(), "variables": variables })
            }
        }
    }

    /// Fills in and checks every text; what is written stands in the order's language.
    pub(crate) fn texts(&self, language: Language) -> Result<Texts, OrderError> {
        match &self.0 {
            Source::Written { email, content_type, sms } => {
                let text = LocalText { email: email.clone(), sms: sms.clone() }.checked()?;
                Ok(Texts { content_type: *content_type, by_language: BTreeMap::from([(language, text)]) })
            }
            Source::Template { template, variables } => {
                check_size("variables", json!(variables).to_string().len(), Order::MAX_BODY_BYTES)?;
                let mut by_language = BTreeMap::new();
                for language in template.languages() {
                    let rendered = template.render(language, variables)?;
                    let is_mail =
                        !(rendered.subject.is_empty() && rendered.body.is_empty()) || rendered.sms.is_none();
                    let email = is_mail.then_some((rendered.subject, rendered.body));
                    by_language.insert(language, LocalText { email, sms: rendered.sms }.checked()?);
                }
                Ok(Texts { content_type: template.content_type(), by_language })
            }
        }
    }
}

impl LocalText {
    fn checked(mut self) -> Result<Self, OrderError> {
        if let Some((subject, body)) = &mut self.email {
            check_line("subject", subject, Order::MAX_SUBJECT_BYTES)?;
            *body = check_body("body", body, Order::MAX_BODY_BYTES)?;
        }
        if let Some(text) = &mut self.sms {
            *text = check_body("sms", text, Order::MAX_SMS_BYTES)?;
        }
        Ok(self)
    }
}

impl Texts {
    /// The texts in a language, else in the first there is of nb, nn, en and se.
    pub(crate) fn in_language(&self, language: Language) -> Option<(Language, &LocalText)> {
        let mut tried = std::iter::once(language).chain(Language::ALL);
        tried.find_map(|language| Some((language, self.by_language.get(&language)?)))
    }

    /// Refuses an order whose recipients may be reached by a channel that there is no text for.
    pub(crate) fn check_channels(&self, email: bool, sms: bool) -> Result<(), OrderError> {
        let lacks = |has: fn(&LocalText) -> bool| !self.by_language.values().all(has);
        if email && lacks(|text| text.email.is_some()) {
            return Err(OrderError::NoText { channel: "e-mail" });
        }
        if sms && lacks(|text| text.sms.is_some()) {
            return Err(OrderError::NoText { channel: "SMS" });
        }
        Ok(())
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.template_version() {
            None => f.write_str("Text"),
            Some((id, version)) => write!(f, "Template({id} {version})"),
        }
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.by_language.keys()).finish()
    }
}
