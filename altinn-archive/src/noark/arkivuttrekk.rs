//! The extraction of a period: `arkivstruktur.xml` and `arkivuttrekk.xml`.

use altinn_core::Digest;
use chrono::{DateTime, Datelike as _, Utc};
use uuid::Uuid;

use super::registration::{Direction, Registration, date_time};
use crate::entry::Element;
use crate::xml_writer::XmlWriter;

/// The archive that an extraction is of.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ArchiveDescription {
    /// The id of the archive (arkiv), the same in every extraction.
    pub archive: Uuid,
    /// Its title.
    pub title: String,
    /// The id of the archive part (arkivdel).
    pub archive_part: Uuid,
    /// The organisation number of the agency (arkivskaper).
    pub creator: String,
    /// The name of the agency.
    pub creator_name: String,
    /// Whether registrations come in, go out or stay.
    pub direction: Direction,
}

impl ArchiveDescription {
    /// The archive of an agency.
    pub fn new(
        archive: Uuid,
        archive_part: Uuid,
        title: impl Into<String>,
        creator: impl Into<String>,
        creator_name: impl Into<String>,
    ) -> Self {
        let (title, creator, creator_name) = (title.into(), creator.into(), creator_name.into());
        let direction = Direction::default();
        Self { archive, title, archive_part, creator, creator_name, direction }
    }
}

/// Writes an extraction, registration by registration.
pub(crate) struct Arkivuttrekk<'a> {
    archive: &'a ArchiveDescription,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    now: DateTime<Utc>,
    xml: XmlWriter,
    /// How many registrations there are so far.
    number: u64,
}

impl<'a> Arkivuttrekk<'a> {
    pub(crate) fn new(
        archive: &'a ArchiveDescription,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Self {
        Self { archive, from, to, now, xml: XmlWriter::new(), number: 0 }
    }

    /// The beginning of `arkivstruktur.xml`.
    pub(crate) fn begin(&mut self) -> String {
        let archive = self.archive;
        let namespaces = [
            ("xmlns", "http://www.arkivverket.no/standarder/noark5/arkivstruktur"),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        ];
        self.xml.begin("arkiv", &namespaces);
        self.xml.text("systemID", &archive.archive.to_string());
        self.xml.text("tittel", &archive.title);
        self.xml.text("arkivstatus", "Avsluttet");
        self.lifetime();
        self.xml.begin("arkivskaper", &[]);
        self.xml.text("arkivskaperID", &archive.creator);
        self.xml.text("arkivskaperNavn", &archive.creator_name);
        self.xml.end();
        self.xml.begin("arkivdel", &[]);
        self.xml.text("systemID", &archive.archive_part.to_string());
        self.xml.text("tittel", &archive.title);
        self.xml.text("arkivdelstatus", "Avsluttet periode");
        self.lifetime();
        self.xml.text("arkivperiodeStartDato", &self.from.format("%Y-%m-%d").to_string());
        self.xml.text("arkivperiodeSluttDato", &self.to.format("%Y-%m-%d").to_string());
        self.xml.take()
    }

    fn lifetime(&mut self) {
        for (date, by, time) in
            [("opprettetDato", "opprettetAv", self.from), ("avsluttetDato", "avsluttetAv", self.to)]
        {
            self.xml.text(date, &date_time(time));
            self.xml.text(by, &self.archive.creator_name);
        }
    }

    /// The next registration.
    pub(crate) fn registration(&mut self, registration: &Registration<'_>) -> String {
        self.number += 1;
        let xml = &mut self.xml;
        xml.begin("registrering", &[("xsi:type", "journalpost")]);
        xml.text("systemID", &registration.entry().to_string());
        registration.write_created(xml);
        xml.text("arkivertDato", &registration.time());
        xml.text("arkivertAv", registration.actor());
        for (number, (element, file)) in (1..).zip(registration.documents()) {
            document(xml, registration, number, element, &file);
        }
        xml.text("tittel", registration.title());
        registration.write_keywords(xml);
        xml.begin("korrespondansepart", &[]);
        xml.text("korrespondanseparttype", self.archive.direction.korrespondanseparttype());
        xml.text("korrespondansepartNavn", registration.party());
        xml.end();
        xml.text("journalaar", &registration.fields().time.year().to_string());
        xml.text("journalsekvensnummer", &self.number.to_string());
        xml.text("journalpostnummer", &self.number.to_string());
        xml.text("journalposttype", self.archive.direction.journalposttype());
        xml.text("journalstatus", "Arkivert");
        xml.text("journaldato", &registration.date());
        xml.end();
        xml.take()
    }

    /// The end of `arkivstruktur.xml`.
    pub(crate) fn end(&mut self) -> String {
        std::mem::replace(&mut self.xml, XmlWriter::new()).finish()
    }

    /// `arkivuttrekk.xml`: what the extraction holds, and the digest of `arkivstruktur.xml`.
    pub(crate) fn addml(&self, structure: &Digest, registrations: u64, documents: u64) -> String {
        let mut xml = XmlWriter::new();
        xml.begin(
            "addml",
            &[("xmlns", "http://www.arkivverket.no/standarder/addml"), ("name", "arkivuttrekk")],
        );
        xml.begin("dataset", &[("name", &self.archive.title)]);
        xml.begin("dataObjects", &[]);
        xml.begin("dataObject", &[("name", "Noark 5")]);
        xml.begin("properties", &[]);
        let time = date_time(self.now);
        let (from, to) = (date_time(self.from), date_time(self.to));
        let (registrations, documents) = (registrations.to_string(), documents.to_string());
        for (name, value) in [
            ("createdDate", time.as_str()),
            ("archiveCreator", &self.archive.creator_name),
            ("organisationNumber", &self.archive.creator),
            ("periodStart", &from),
            ("periodEnd", &to),
            ("numberOfRegistrations", &registrations),
            ("numberOfDocuments", &documents),
        ] {
            property(&mut xml, name, value);
        }
        xml.end();
        xml.begin("dataObjects", &[]);
        xml.begin("dataObject", &[("name", "arkivstruktur")]);
        xml.begin("properties", &[]);
        xml.begin("property", &[("name", "file")]);
        xml.begin("properties", &[]);
        property(&mut xml, "name", "arkivstruktur.xml");
        xml.begin("property", &[("name", "checksum")]);
        xml.begin("properties", &[]);
        property(&mut xml, "algorithm", "SHA256");
        property(&mut xml, "value", &structure.to_string());
        xml.finish()
    }
}

fn property(xml: &mut XmlWriter, name: &str, value: &str) {
    xml.begin("property", &[("name", name)]);
    xml.text("value", value);
    xml.end();
}

fn document(
    xml: &mut XmlWriter,
    registration: &Registration<'_>,
    number: usize,
    element: &Element,
    file: &str,
) {
    let name = file.rsplit('/').next().unwrap_or(file);
    registration.begin_document(xml, number, element, name);
    xml.text("systemID", &registration.part_id("dokumentobjekt", number).to_string());
    xml.text("versjonsnummer", "1");
    xml.text("variantformat", "Arkivformat");
    xml.text("format", &element.content_type);
    registration.write_created(xml);
    xml.text("referanseDokumentfil", file);
    xml.text("sjekksum", &element.sha256.to_string());
    xml.text("sjekksumAlgoritme", "SHA256");
    xml.text("filstoerrelse", &element.size.to_string());
    xml.end();
    xml.end();
}
