//! Form data as XML, both ways.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]
#![allow(clippy::print_stderr, reason = "a test that says how much it ran")]

use std::fs;
use std::path::{Path, PathBuf};

use altinn_services::definition::AppDefinition;
use altinn_services::form::{FormLimits, FormSchema, XmlDataError, XmlModel, sample};
use proptest::prelude::*;
use serde_json::{Value, json};

const XSD: &str = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:form" targetNamespace="urn:form"
    elementFormDefault="qualified">
  <xs:element name="melding" type="Melding"/>
  <xs:complexType name="Melding">
    <xs:sequence>
      <xs:element name="navn" type="Navn"/>
      <xs:element name="alder" type="xs:positiveInteger" minOccurs="0"/>
      <xs:element name="sum" type="Kroner" nillable="true"/>
      <xs:choice><xs:element name="ja" type="xs:boolean"/><xs:element name="nei" type="xs:boolean"/></xs:choice>
      <xs:element name="ansatt" type="Ansatt" minOccurs="0" maxOccurs="unbounded"/>
    </xs:sequence>
    <xs:attribute name="skjemanummer" type="xs:int"/>
  </xs:complexType>
  <xs:complexType name="Navn"><xs:simpleContent><xs:extension base="xs:string">
    <xs:attribute name="orid" type="xs:string"/></xs:extension></xs:simpleContent></xs:complexType>
  <xs:complexType name="Ansatt"><xs:sequence>
    <xs:element name="navn" type="xs:string"/><xs:element name="leder" type="Ansatt" minOccurs="0"/>
  </xs:sequence></xs:complexType>
  <xs:simpleType name="Kroner"><xs:restriction base="xs:decimal"/></xs:simpleType>
</xs:schema>"#;

fn model() -> XmlModel {
    XmlModel::from_xsd(XSD).unwrap()
}

fn read(xml: &str) -> Result<Value, XmlDataError> {
    model().read(xml, FormLimits::default())
}

fn form() -> Value {
    json!({
        "ansatt": [
            {"altinnRowId": "r1", "navn": "Ada & \"Bo\" <x>", "leder": {"navn": " med\tmellomrom\n"}},
            {"navn": "Æ🌍"}
        ],
        "alder": 42, "ja": true, "navn": {"orid": "7", "value": "Bakeriet"}, "skjemanummer": 1472, "sum": null
    })
}

#[test]
fn what_is_written_is_in_the_order_of_the_xsd_and_is_read_again() {
    let xml = model().write(&form()).unwrap();
    let order = [
        "<melding",
        "skjemanummer=\"1472\"",
        "<navn orid=\"7\">Bakeriet</navn>",
        "<alder>42</alder>",
        "<sum xsi:nil=\"true\"/>",
        "<ja>true</ja>",
        "<ansatt altinnRowId=\"r1\"><navn>Ada &amp; &quot;Bo&quot; &lt;x&gt;</navn>",
    ];
    let mut rest = xml.as_str();
    for part in order {
        rest = rest.split_once(part).unwrap_or_else(|| panic!("{part} is not in its place in {xml}")).1;
    }
    assert!(xml.contains("xmlns=\"urn:form\""));
    assert_eq!(read(&xml), Ok(form()));
}

#[test]
fn what_is_not_the_forms_is_refused_with_its_place() {
    let cases = [
        ("<melding><ukjent/></melding>", "FORM-XML-UNKNOWN-FIELD"),
        ("<melding ukjent=\"1\"/>", "FORM-XML-UNKNOWN-FIELD"),
        ("<melding>tekst</melding>", "FORM-XML-UNKNOWN-FIELD"),
        ("<melding>\n  <alder>førti</alder></melding>", "FORM-XML-TYPE"),
        ("<melding><alder>1</alder><alder>2</alder></melding>", "FORM-XML-TWICE"),
        ("<annet/>", "FORM-XML-ROOT"),
        ("<melding>", "FORM-XML-NOT-XML"),
        ("<!DOCTYPE melding [<!ENTITY a \"b\">]><melding/>", "FORM-XML-NOT-XML"),
    ];
    for (xml, code) in cases {
        let error = read(xml).unwrap_err();
        assert_eq!(error.code(), code, "{xml}");
        assert!(error.position().is_some(), "{xml}");
    }
    let place = read("<melding>\n  <alder>førti</alder></melding>").unwrap_err().position().unwrap();
    assert_eq!((place.line, place.column), (2, 3));
    let small = FormLimits::default().with_max_bytes(5);
    assert_eq!(model().read("<melding/>", small).unwrap_err().code(), "FORM-XML-TOO-LARGE");
    let deep =
        format!("<melding><ansatt>{}{}</ansatt></melding>", "<leder>".repeat(100), "</leder>".repeat(100));
    assert_eq!(read(&deep).unwrap_err().code(), "FORM-XML-TOO-DEEP");
}

#[test]
fn data_that_have_no_place_are_not_lost_but_refused() {
    for (field, value, path) in [
        ("ukjent", json!(1), "/ukjent"),
        ("alder", json!("1"), "/alder"),
        ("ansatt", json!([{"navn": "\u{1}"}]), "/ansatt/0/navn"),
        ("navn", json!("Ada"), "/navn"),
    ] {
        let error = model().write(&json!({field: value})).unwrap_err();
        assert_eq!(error, XmlDataError::NotWritable { path: path.to_owned() });
    }
}

#[test]
fn without_an_xsd_the_order_is_that_of_the_schema() {
    let schema = r##"{"@xsdRootElement": "skjema", "oneOf": [{"$ref": "#/$defs/A"}], "$defs": {"A": {"properties": {
        "z": {"type": "string"}, "a": {"type": ["integer", "null"]}, "m": {"type": "array", "items": {"$ref": "#/$defs/A"}},
        "nr": {"@xsdAttribute": true, "type": "integer"}}}}}"##;
    let model = XmlModel::from_json_schema(schema, "otherwise").unwrap();
    let data = json!({"a": null, "z": "s", "m": [{"a": 1}, {"z": "t"}], "nr": 3});
    let xml = model.write(&data).unwrap();
    assert!(xml.contains("<z>s</z><a xsi:nil=\"true\"/><m><a>1</a></m><m><z>t</z></m></skjema>"), "{xml}");
    assert!(xml.contains(" nr=\"3\">"), "{xml}");
    assert_eq!(model.read(&xml, FormLimits::default()), Ok(data));
}

fn apps() -> Option<PathBuf> {
    let corpora = std::env::var_os("ALTINN_CORPORA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora"), PathBuf::from);
    Some(corpora.join("altinn-apps")).filter(|apps| apps.is_dir())
}

fn files_below(folder: &Path, end: &str, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, end, into);
        } else if path.to_string_lossy().ends_with(end) {
            into.push(path);
        }
    }
}

#[test]
fn a_sample_of_every_form_of_real_apps_becomes_xml_and_comes_back() {
    let Some(apps) = apps() else {
        eprintln!("skipped: there are no app definitions");
        return;
    };
    let mut files = Vec::new();
    files_below(&apps, "config/applicationmetadata.json", &mut files);
    let (mut forms, mut unlike) = (0, Vec::new());
    for file in files {
        let Ok(app) = AppDefinition::load(file.ancestors().nth(2).unwrap()) else { continue };
        for data_type in app.metadata().data_types() {
            let (Some(schema), Some(model)) = (app.form_schema(&data_type.id), app.xml_model(&data_type.id))
            else {
                continue;
            };
            let Ok(data) = sample(schema) else { continue };
            forms += 1;
            if let Err(problem) = comes_back(schema, model, &data) {
                unlike.push(format!("{} {}: {problem}", file.display(), data_type.id));
            }
        }
    }
    eprintln!("{forms} forms of real apps, {} unlike", unlike.len());
    assert!(forms > 0);
    assert!(unlike.is_empty(), "{}", unlike.join("\n"));
}

fn comes_back(schema: &FormSchema, model: &XmlModel, data: &Value) -> Result<(), String> {
    let xml = model.write(data).map_err(|error| format!("{error} in {data}"))?;
    let back = model.read(&xml, FormLimits::default()).map_err(|error| format!("{error} in {xml}"))?;
    if !schema.is_valid(&back) { Err(format!("{back} is not valid any more")) } else { Ok(()) }
}

proptest! {
    #[test]
    fn no_text_makes_reading_panic(xml in "[<>/=\"a-z \\PC]{0,80}", inside in "[<>/&;a-z0-9 ]{0,40}") {
        let _ = read(&xml);
        let _ = read(&format!("<melding><navn>{inside}</navn></melding>"));
        let _ = XmlModel::from_xsd(&xml);
        let _ = XmlModel::from_json_schema(&xml, "root");
    }

    #[test]
    fn any_text_comes_back(text in "[^\\p{C}]{0,30}", orid in "[^\\p{C}]{0,10}", alder in 1_i64.., sum in any::<i32>()) {
        let data = json!({"navn": {"value": text, "orid": orid}, "alder": alder, "sum": sum});
        prop_assert_eq!(read(&model().write(&data).unwrap()), Ok(data));
    }
}
