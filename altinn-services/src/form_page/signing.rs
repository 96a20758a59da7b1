//! Signing: who is to sign and who has, what is signed, and the buttons (`SigneeList`, `SigningDocumentList`,
//! `SigningActions`).
//!
//! Source: Altinn's documentation of signing in apps and of its components.

use altinn_core::oslo;
use chrono::{DateTime, Utc};
use serde_json::json;

use super::attachments::{Attachment, Attachments};
use super::model::{Button, Content, Group, Item, Purpose};
use super::resolve::{At, Resolver};
use super::rich_text::RichText;
use super::summary::{Summary, SummaryPart};
use super::view::FormView;
use crate::expression::Expression;

/// What somebody may do in a signing task.
const ACTIONS: [&str; 2] = ["sign", "reject"];

/// Somebody who is to sign, or has.
#[derive(Clone)]
pub(super) struct SigneeLine {
    name: String,
    signed: Option<DateTime<Utc>>,
}

/// Whether whoever looks may sign now, as far as their turn goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum OwnTurn {
    /// They may.
    #[default]
    Now,
    /// They have signed, then.
    Signed(DateTime<Utc>),
    /// Others sign, or sign first.
    OfOthers,
}

impl std::fmt::Debug for SigneeLine {
    /// Leaves out who it is: it is personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigneeLine").field("signed", &self.signed).finish_non_exhaustive()
    }
}

impl FormView<'_> {
    /// With what whoever signs confirms by it, in the language of the view.
    #[must_use]
    pub fn with_signing_text(mut self, text: impl Into<String>) -> Self {
        self.signing_text = Some(text.into());
        self
    }

    /// With somebody who is to sign, by name, and when they have.
    #[must_use]
    pub fn with_signee(mut self, name: impl Into<String>, signed: Option<DateTime<Utc>>) -> Self {
        self.signees.push(SigneeLine { name: name.into(), signed });
        self
    }

    /// As for somebody whose signature is not waited for now: they have signed, at this time, or it is for others to sign.
    #[must_use]
    pub fn with_turn_of_others(mut self, signed: Option<DateTime<Utc>>) -> Self {
        self.own_turn = signed.map_or(OwnTurn::OfOthers, OwnTurn::Signed);
        self
    }

    /// Whether the pages show signatures or ask for one.
    pub(crate) fn shows_signing(&self) -> bool {
        let mut components = self.set.into_iter().flat_map(|set| set.layouts.components());
        components.any(|component| component.kind.to_ascii_lowercase().starts_with("sign"))
    }
}

impl Resolver<'_, '_> {
    /// `SigneeList`.
    pub(super) fn signees(&self, at: At<'_>) -> Content {
        let words = self.view.words();
        let row = |signee: &SigneeLine| {
            let signed = signee.signed.map(|at| oslo::in_words(at, self.view.language()));
            let status =
                signed.map_or_else(|| words.waits_for_signature().to_owned(), |at| words.signed_at(&at));
            vec![signee.name.clone(), status]
        };
        let title = self.text(at, "title").unwrap_or_else(|| RichText::plain(words.signees()));
        let part = match self.view.signees.as_slice() {
            [] => SummaryPart::Text(words.nobody_has_signed().to_owned()),
            signees => SummaryPart::Table {
                caption: String::new(),
                columns: vec![words.name().to_owned(), words.status().to_owned()],
                rows: signees.iter().map(row).collect(),
            },
        };
        Content::Summary(Summary { title: Some(title), parts: vec![part] })
    }

    /// `SigningDocumentList`: the files that are signed.
    pub(super) fn signed_files(&self, at: At<'_>) -> Content {
        let task = self.view.app.process().task(self.view.task);
        let signature = task.and_then(|task| task.signature.as_ref());
        let is_signed = |file: &&Attachment| {
            signature.is_none_or(|said| said.data_types_to_sign.contains(&file.data_type))
        };
        let title = self.text(at, "title");
        Content::Attachments(Attachments {
            title: title.unwrap_or_else(|| RichText::plain(self.view.words().signed_files())),
            description: self.text(at, "description"),
            data_type: String::new(),
            files: self.view.attachments.iter().filter(is_signed).cloned().collect(),
            tags: None,
            min: 0,
            max: u64::MAX,
            endings: Vec::new(),
            read_only: true,
            issues: Vec::new(),
        })
    }

    /// `SigningActions`: what is confirmed, and a button for each action that the user may do; whoever has signed is told so,
    /// and whoever may reject still does.
    pub(super) fn signing_actions(&self, at: At<'_>) -> Content {
        let words = self.view.words();
        let statement = self.view.signing_text.as_deref().map(RichText::markdown).unwrap_or_default();
        let item = |id: &str, content: Content| Item {
            id: format!("{}-{id}", at.id()),
            kind: at.component.kind.clone(),
            content,
        };
        let signs = self.view.own_turn == OwnTurn::Now && self.may("sign", at);
        let may = ACTIONS.into_iter().filter(|action| match *action {
            "sign" => signs,
            action => self.may(action, at),
        });
        let buttons = may.map(|action| {
            let (name, usual) = if action == "sign" {
                ("signingButton", words.sign())
            } else {
                ("rejectButton", words.reject())
            };
            let button = Button {
                label: self.label(at, name, usual),
                purpose: Purpose::Action(action.to_owned()),
                primary: action == "sign",
            };
            item(action, Content::Button(button))
        });
        let said = match self.view.own_turn {
            OwnTurn::Signed(time) => {
                let time = oslo::in_words(time, self.view.language());
                Some(RichText::plain(&words.you_signed_at(&time)))
            }
            _ if signs => Some(statement).filter(|statement| !statement.is_empty()),
            _ => Some(RichText::plain(words.not_yours_to_sign())),
        };
        let said = said.map(|said| item("said", Content::Text(said)));
        let items = said.into_iter().chain(buttons).collect();
        Content::Group(Group { title: self.text(at, "title"), description: None, folds: false, items })
    }

    fn may(&self, action: &str, at: At<'_>) -> bool {
        let asked = Expression::from_json(&json!(["authContext", action])).ok();
        self.is_true(asked.as_ref(), at, false)
    }
}
