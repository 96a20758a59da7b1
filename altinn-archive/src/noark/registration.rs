//! An entry as NOARK sees it: a registration (journalpost) with documents.

use std::fmt;

use altinn_core::{Digest, Language};
use chrono::{DateTime, SecondsFormat, Utc};
use uuid::{Builder, Uuid};

use crate::entry::{Element, EntryId, Fields};
use crate::export::file_names;
use crate::xml_writer::XmlWriter;

/// An entry as NOARK sees it: a registration (journalpost) with documents, the first of which is the main one.
///
/// Personal data: its `Debug` shows only the id.
pub struct Registration<'a> {
    entry: EntryId,
    fields: &'a Fields,
    files: Vec<String>,
}

/// Where a registration comes from and goes to (journalposttype).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// From the party to the agency (inngående).
    #[default]
    Incoming,
    /// From the agency to the party (utgående).
    Outgoing,
    /// Within the agency (organinternt, uten oppfølging).
    Internal,
}

impl Direction {
    pub(super) fn journalposttype(self) -> &'static str {
        match self {
            Self::Incoming => "Inngående dokument",
            Self::Outgoing => "Utgående dokument",
            Self::Internal => "Organinternt dokument uten oppfølging",
        }
    }

    /// What the party is.
    pub(super) fn korrespondanseparttype(self) -> &'static str {
        match self {
            Self::Incoming => "Avsender",
            Self::Outgoing => "Mottaker",
            Self::Internal => "Intern avsender",
        }
    }
}

impl<'a> Registration<'a> {
    /// The registration of an entry.
    pub fn new(entry: EntryId, fields: &'a Fields) -> Self {
        Self { entry, fields, files: file_names(fields) }
    }

    pub(crate) fn entry(&self) -> EntryId {
        self.entry
    }

    pub(super) fn fields(&self) -> &Fields {
        self.fields
    }

    /// The elements with the names of their files.
    pub(super) fn files(&self) -> impl Iterator<Item = (&Element, &str)> {
        self.fields.elements.iter().zip(self.files.iter().map(String::as_str))
    }

    /// The elements with their places in an extraction.
    pub(crate) fn documents(&self) -> impl Iterator<Item = (&Element, String)> {
        self.files().map(|(element, file)| (element, format!("dokumenter/{}/{file}", self.entry)))
    }

    /// The title, in Norwegian before other languages; the service when there is none.
    pub(super) fn title(&self) -> &str {
        let order = [Language::Nb, Language::Nn, Language::En, Language::Se];
        let mut titles = order.into_iter().map(|language| self.fields.title.in_language(language));
        titles.find(|title| !title.trim().is_empty()).unwrap_or(&self.fields.service)
    }

    /// Who the party is; the service when it has no name.
    pub(super) fn party(&self) -> &str {
        named(self.fields.party.expose().1, self.fields.party.expose().0)
    }

    /// Who made the entry.
    pub(super) fn actor(&self) -> &str {
        named(self.fields.actor.expose().1, self.fields.actor.expose().0)
    }

    pub(super) fn time(&self) -> String {
        date_time(self.fields.time)
    }

    pub(super) fn date(&self) -> String {
        self.fields.time.format("%Y-%m-%d").to_string()
    }

    /// The id of a part of the registration: the same whenever it is asked for.
    pub(super) fn part_id(&self, kind: &str, number: usize) -> Uuid {
        let digest = Digest::of(format!("altinn-archive/noark/{kind}/{}/{number}", self.entry).as_bytes());
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(digest.as_bytes()).for_each(|(byte, from)| *byte = *from);
        Builder::from_custom_bytes(bytes).into_uuid()
    }

    /// Writes when it was made, and by whom.
    pub(super) fn write_created(&self, xml: &mut XmlWriter) {
        xml.text("opprettetDato", &self.time());
        xml.text("opprettetAv", self.actor());
    }

    /// Begins a document (dokumentbeskrivelse) as eFormidling and NOARK 5 have it, up to its object.
    pub(super) fn begin_document(&self, xml: &mut XmlWriter, number: usize, element: &Element, title: &str) {
        xml.begin("dokumentbeskrivelse", &[]);
        xml.text("systemID", &self.part_id("dokument", number).to_string());
        xml.text("dokumenttype", &element.data_type);
        xml.text("dokumentstatus", "Dokumentet er ferdigstilt");
        xml.text("tittel", title);
        self.write_created(xml);
        xml.text("tilknyttetRegistreringSom", attached_as(number));
        xml.text("dokumentnummer", &number.to_string());
        xml.text("tilknyttetDato", &self.time());
        xml.text("tilknyttetAv", self.actor());
        xml.begin("dokumentobjekt", &[]);
    }

    /// Writes the labels as keywords.
    pub(super) fn write_keywords(&self, xml: &mut XmlWriter) {
        let labels = self.fields.labels.values().filter(|value| !value.trim().is_empty());
        labels.for_each(|value| xml.text("noekkelord", value));
    }
}

/// Whether a document is the main one (tilknyttetRegistreringSom).
pub(super) fn attached_as(number: usize) -> &'static str {
    if number == 1 { "Hoveddokument" } else { "Vedlegg" }
}

/// A time as `xs:dateTime`.
pub(super) fn date_time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn named<'a>(name: &'a str, id: &'a str) -> &'a str {
    if name.trim().is_empty() { id } else { name }
}

impl fmt::Debug for Registration<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration").field("entry", &self.entry).finish_non_exhaustive()
    }
}
