//! Arkivmelding: a registration with its documents, as archive systems take it.

use chrono::{DateTime, Utc};

use super::registration::{Direction, Registration, attached_as, date_time};
use crate::entry::Element;
use crate::xml_writer::XmlWriter;

/// Which form of arkivmelding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// eFormidling's.
    EFormidling,
    /// Fiks Arkiv's.
    FiksArkiv,
}

/// How arkivmeldinger are written.
///
/// ```
/// use altinn_archive::noark::{Arkivmelding, Dialect};
///
/// let message = Arkivmelding::new(Dialect::FiksArkiv, "Bakeriportalen").with_archive_part("Bakeriløyver");
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Arkivmelding {
    dialect: Dialect,
    system: String,
    archive_part: String,
    direction: Direction,
}

impl Arkivmelding {
    /// Messages of this dialect, sent by this system; registrations come in, to the archive part (arkivdel) `Standard`.
    pub fn new(dialect: Dialect, system: impl Into<String>) -> Self {
        let (system, archive_part) = (system.into(), "Standard".to_owned());
        Self { dialect, system, archive_part, direction: Direction::default() }
    }

    /// The archive part (arkivdel) that registrations belong to.
    pub fn with_archive_part(mut self, archive_part: impl Into<String>) -> Self {
        self.archive_part = archive_part.into();
        self
    }

    /// Whether registrations come in, go out or stay.
    pub fn with_direction(mut self, direction: Direction) -> Self {
        self.direction = direction;
        self
    }

    /// The message about a registration. The documents themselves go beside it, under the names in it.
    pub fn write(&self, registration: &Registration<'_>, now: DateTime<Utc>) -> String {
        match self.dialect {
            Dialect::EFormidling => self.eformidling(registration, now),
            Dialect::FiksArkiv => self.fiks_arkiv(registration),
        }
    }

    fn eformidling(&self, registration: &Registration<'_>, now: DateTime<Utc>) -> String {
        let mut xml = XmlWriter::new();
        let namespaces = [
            ("xmlns", "http://www.arkivverket.no/standarder/noark5/arkivmelding"),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        ];
        xml.begin("arkivmelding", &namespaces);
        xml.text("system", &self.system);
        xml.text("meldingId", &registration.part_id("melding", 0).to_string());
        xml.text("tidspunkt", &date_time(now));
        xml.text("antallFiler", &registration.fields().elements.len().to_string());
        xml.begin("basisregistrering", &[("xsi:type", "journalpost")]);
        xml.text("systemID", &registration.entry().to_string());
        registration.write_created(&mut xml);
        xml.text("arkivertDato", &registration.time());
        xml.text("arkivertAv", &self.system);
        xml.text("referanseArkivdel", &self.archive_part);
        for (number, (element, file)) in (1..).zip(registration.files()) {
            self.eformidling_document(&mut xml, registration, number, element, file);
        }
        xml.text("tittel", registration.title());
        xml.text("offentligTittel", registration.title());
        registration.write_keywords(&mut xml);
        self.journal(&mut xml, registration, XmlWriter::text);
        xml.begin("korrespondansepart", &[]);
        xml.text("korrespondanseparttype", self.direction.korrespondanseparttype());
        xml.text("korrespondansepartNavn", registration.party());
        xml.finish()
    }

    fn eformidling_document(
        &self,
        xml: &mut XmlWriter,
        registration: &Registration<'_>,
        number: usize,
        element: &Element,
        file: &str,
    ) {
        registration.begin_document(xml, number, element, file);
        xml.text("versjonsnummer", "1");
        xml.text("variantformat", "Produksjonsformat");
        registration.write_created(xml);
        xml.text("referanseDokumentfil", file);
        xml.end();
        xml.end();
    }

    fn fiks_arkiv(&self, registration: &Registration<'_>) -> String {
        let mut xml = XmlWriter::new();
        let namespaces = [
            ("xmlns", "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/arkivmelding/opprett/v1"),
            (
                "xmlns:n5mdk",
                "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/metadatakatalog/v1",
            ),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        ];
        xml.begin("arkivmelding", &namespaces);
        xml.text("system", &self.system);
        xml.text("antallFiler", &registration.fields().elements.len().to_string());
        xml.begin("registrering", &[("xsi:type", "journalpost")]);
        registration.write_created(&mut xml);
        xml.text("arkivertDato", &registration.time());
        xml.text("arkivertAv", &self.system);
        code(&mut xml, "arkivdel", &self.archive_part);
        for (number, (element, file)) in (1..).zip(registration.files()) {
            fiks_document(&mut xml, registration, number, element, file);
        }
        xml.text("tittel", registration.title());
        xml.text("offentligTittel", registration.title());
        registration.write_keywords(&mut xml);
        xml.begin("korrespondansepart", &[]);
        code(&mut xml, "korrespondanseparttype", self.direction.korrespondanseparttype());
        xml.text("korrespondansepartNavn", registration.party());
        xml.end();
        xml.begin("referanseEksternNoekkel", &[]);
        xml.text("n5mdk:fagsystem", &self.system);
        xml.text("n5mdk:noekkel", &registration.entry().to_string());
        xml.end();
        self.journal(&mut xml, registration, code);
        xml.finish()
    }

    /// What makes a registration a journalpost; `coded` writes what is a code.
    fn journal(
        &self,
        xml: &mut XmlWriter,
        registration: &Registration<'_>,
        coded: impl Fn(&mut XmlWriter, &'static str, &str),
    ) {
        coded(xml, "journalposttype", self.direction.journalposttype());
        coded(xml, "journalstatus", "Arkivert");
        xml.text("journaldato", &registration.date());
        match self.direction {
            Direction::Incoming => xml.text("mottattDato", &registration.time()),
            Direction::Outgoing => xml.text("sendtDato", &registration.time()),
            Direction::Internal => {}
        }
    }
}

fn fiks_document(
    xml: &mut XmlWriter,
    registration: &Registration<'_>,
    number: usize,
    element: &Element,
    file: &str,
) {
    xml.begin("dokumentbeskrivelse", &[]);
    code(xml, "dokumenttype", &element.data_type);
    code(xml, "dokumentstatus", "Dokumentet er ferdigstilt");
    xml.text("tittel", file);
    registration.write_created(xml);
    code(xml, "tilknyttetRegistreringSom", attached_as(number));
    xml.text("dokumentnummer", &number.to_string());
    xml.text("tilknyttetDato", &registration.time());
    xml.text("tilknyttetAv", registration.actor());
    xml.begin("dokumentobjekt", &[]);
    xml.text("versjonsnummer", "1");
    code(xml, "variantformat", "Produksjonsformat");
    xml.text("mimeType", &element.content_type);
    registration.write_created(xml);
    xml.text("filnavn", file);
    xml.text("referanseDokumentfil", file);
    xml.text("sjekksum", &element.sha256.to_string());
    xml.text("sjekksumAlgoritme", "SHA-256");
    // The schema's number has 32 bits.
    if i32::try_from(element.size).is_ok() {
        xml.text("filstoerrelse", &element.size.to_string());
    }
    xml.end();
    xml.end();
}

/// A code of Fiks Arkiv's code lists, by its name.
fn code(xml: &mut XmlWriter, name: &'static str, value: &str) {
    xml.begin(name, &[]);
    xml.text("n5mdk:kode", value);
    xml.end();
}
