//! What is to be archived.

use std::collections::BTreeMap;
use std::fmt;

use altinn_core::{AuthenticationLevel, Text};
use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use thiserror::Error;

use super::fields::{Element, Fields};
use super::participant::Participant;
use super::salt::NoRandomNumbers;
use crate::content::StoredContent;

/// What is to be archived: who, for whom, and the data elements.
///
/// ```
/// use altinn_archive::{NewElement, NewEntry, Participant};
/// use altinn_core::{AuthenticationLevel, Language, Text};
///
/// let party = Participant::new("50001", "Bakeriet AS");
/// let actor = Participant::new("urn:altinn:party:50002", "Kari Nordmann");
/// let entry = NewEntry::new("ttd/bakery-licence", party, actor, AuthenticationLevel::VerySensitive)
///     .with_title(Text::new(Language::Nb, "Søknad om bakeriløyve"))
///     .with_label("case", "2026/17")
///     .with_element(NewElement::new("form", "application/json", b"{}".to_vec()));
/// ```
#[derive(Clone)]
#[must_use]
pub struct NewEntry {
    service: String,
    time: Option<DateTime<Utc>>,
    party: Participant,
    actor: Participant,
    level: AuthenticationLevel,
    title: Text,
    class: String,
    labels: BTreeMap<String, String>,
    pub(crate) elements: Vec<NewElement>,
}

/// A data element that is to be archived.
#[derive(Clone)]
#[must_use]
pub struct NewElement {
    name: String,
    data_type: Option<String>,
    content_type: String,
    file_name: Option<String>,
    pub(crate) content: StoredContent,
}

/// Why an entry cannot be archived as it is.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EntryError {
    /// A text is empty or too long.
    #[error("the {field} has {found} bytes where it may have {} to {limit}", u8::from(*required))]
    Length {
        /// Which text.
        field: &'static str,
        /// How many bytes it has.
        found: usize,
        /// How many it may have.
        limit: usize,
        /// Whether it may not be empty.
        required: bool,
    },
    /// There are too many of something.
    #[error("the entry has {found} {what} where it may have {limit}")]
    TooMany {
        /// Of what: `labels` or `elements`.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// Two elements have one name.
    #[error("two elements have the name `{name}`")]
    DuplicateElement {
        /// The name.
        name: String,
    },
    /// There is nothing to salt the commitments with.
    #[error(transparent)]
    NoRandomNumbers(#[from] NoRandomNumbers),
}

impl EntryError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Length { .. } => "ENTRY-LENGTH",
            Self::TooMany { .. } => "ENTRY-TOO-MANY",
            Self::DuplicateElement { .. } => "ENTRY-DUPLICATE-ELEMENT",
            Self::NoRandomNumbers(_) => "ENTRY-NO-RANDOM-NUMBERS",
        }
    }
}

/// The most labels an entry may have.
const MAX_LABELS: usize = 64;
/// The most elements an entry may have.
const MAX_ELEMENTS: usize = 256;
/// The most bytes of the names of things.
const MAX_NAME: usize = 255;
/// The most bytes of a title in one language and of a label.
const MAX_TEXT: usize = 1_000;

impl NewEntry {
    /// The archive class of entries for which none is named.
    pub const DEFAULT_CLASS: &str = "default";

    /// An entry of `service` that `actor` makes for `party`, authenticated at `level`.
    pub fn new(
        service: impl Into<String>,
        party: Participant,
        actor: Participant,
        level: AuthenticationLevel,
    ) -> Self {
        Self {
            service: service.into(),
            time: None,
            party,
            actor,
            level,
            title: Text::default(),
            class: Self::DEFAULT_CLASS.to_owned(),
            labels: BTreeMap::new(),
            elements: Vec::new(),
        }
    }

    /// When it was made; otherwise the archive's clock says so when the entry is staged.
    pub fn at(mut self, time: DateTime<Utc>) -> Self {
        self.time = Some(time);
        self
    }

    /// What it is called.
    pub fn with_title(mut self, title: Text) -> Self {
        self.title = title;
        self
    }

    /// The archive class (arkivklasse), by which rules of retention go.
    pub fn with_class(mut self, class: impl Into<String>) -> Self {
        self.class = class.into();
        self
    }

    /// One more note of the service about it; a receipt does not show it.
    pub fn with_label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.insert(name.into(), value.into());
        self
    }

    /// One more data element.
    pub fn with_element(mut self, element: NewElement) -> Self {
        self.elements.push(element);
        self
    }

    /// The fields and the content of every element, once they are within all limits. Times keep microseconds.
    pub(crate) fn check(self, now: DateTime<Utc>) -> Result<(Fields, Vec<StoredContent>), EntryError> {
        self.check_texts()?;
        within("labels", self.labels.len(), MAX_LABELS)?;
        within("elements", self.elements.len(), MAX_ELEMENTS)?;
        for (place, element) in self.elements.iter().enumerate() {
            element.check()?;
            if self.elements.iter().take(place).any(|other| other.name == element.name) {
                return Err(EntryError::DuplicateElement { name: element.name.clone() });
            }
        }
        let time = self.time.unwrap_or(now);
        let (elements, contents) = self.elements.into_iter().map(NewElement::split).unzip();
        let fields = Fields {
            service: self.service,
            time: time.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(time),
            party: self.party,
            actor: self.actor,
            level: self.level,
            title: self.title,
            class: self.class,
            labels: self.labels,
            elements,
        };
        Ok((fields, contents))
    }

    fn check_texts(&self) -> Result<(), EntryError> {
        length("service", &self.service, MAX_NAME, true)?;
        length("class", &self.class, MAX_NAME, true)?;
        for (field, participant) in [("party", &self.party), ("actor", &self.actor)] {
            let (id, name) = participant.expose();
            length(field, id, MAX_NAME, true)?;
            length(field, name, MAX_TEXT, false)?;
        }
        for language in self.title.languages() {
            length("title", self.title.in_language(language), MAX_TEXT, false)?;
        }
        self.labels.iter().try_for_each(|(name, value)| {
            length("label's name", name, MAX_NAME, true)?;
            length("label", value, MAX_TEXT, false)
        })
    }
}

impl NewElement {
    /// An element with a name that no other of the entry has, its media type, and its content: bytes, or what a
    /// [`ContentWriter`](crate::ContentWriter) gave.
    pub fn new(
        name: impl Into<String>,
        content_type: impl Into<String>,
        content: impl Into<StoredContent>,
    ) -> Self {
        Self {
            name: name.into(),
            data_type: None,
            content_type: content_type.into(),
            file_name: None,
            content: content.into(),
        }
    }

    /// The data type in the service's definition; otherwise the name.
    pub fn with_data_type(mut self, data_type: impl Into<String>) -> Self {
        self.data_type = Some(data_type.into());
        self
    }

    /// The name of the file that it was.
    pub fn with_file_name(mut self, file_name: impl Into<String>) -> Self {
        self.file_name = Some(file_name.into());
        self
    }

    fn check(&self) -> Result<(), EntryError> {
        length("element's name", &self.name, MAX_NAME, true)?;
        length("element's data type", self.data_type.as_deref().unwrap_or("-"), MAX_NAME, true)?;
        length("element's content type", &self.content_type, MAX_NAME, true)?;
        length("element's file name", self.file_name.as_deref().unwrap_or(""), MAX_NAME, false)
    }

    fn split(self) -> (Element, StoredContent) {
        let element = Element {
            data_type: self.data_type.unwrap_or_else(|| self.name.clone()),
            name: self.name,
            content_type: self.content_type,
            file_name: self.file_name,
            size: self.content.size(),
            sha256: self.content.sha256(),
        };
        (element, self.content)
    }
}

fn length(field: &'static str, text: &str, limit: usize, required: bool) -> Result<(), EntryError> {
    match text.len() {
        0 if required => Err(EntryError::Length { field, found: 0, limit, required }),
        found if found > limit => Err(EntryError::Length { field, found, limit, required }),
        _ => Ok(()),
    }
}

fn within(what: &'static str, found: usize, limit: usize) -> Result<(), EntryError> {
    if found > limit { Err(EntryError::TooMany { what, found, limit }) } else { Ok(()) }
}

impl fmt::Debug for NewEntry {
    /// Shows neither title, labels nor participants, which may be personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewEntry")
            .field("service", &self.service)
            .field("time", &self.time)
            .field("level", &self.level)
            .field("elements", &self.elements.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for NewElement {
    /// Does not show the name of the file, which may be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewElement")
            .field("name", &self.name)
            .field("content_type", &self.content_type)
            .field("content", &self.content)
            .finish_non_exhaustive()
    }
}
