//! What an app's folder must be to load, and what is said of one that does not.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::fs;
use std::path::Path;

use altinn_core::Language;
use altinn_services::definition::{AppDefinition, ApplicationMetadata, DefinitionError, Remark};
use proptest::prelude::*;
use serde_json::json;
use tempfile::TempDir;

const METADATA: &str = r#"{
  // made by hand
  "id": "ttd/small",
  "org": "ttd",
  "title": {"nb": "Liten", "de": "Klein", "nn": null},
  "dataTypes": [
    {"id": "Form", "taskId": "Task_1", "appLogic": {"classRef": "App.Models.Form"}, "allowedContributers": ["app:owned"],},
    {"id": "extra", "appLogic": {"classRef": "App.Models.Extra"}, "maxSize": null, "maxCount": -1},
  ],
  "partyTypesAllowed": {"bankruptcyEstate": false, "organisation": false, "person": false, "subUnit": false},
  "somethingNew": {"kept": [1, 2, 3]},
}"#;

const PROCESS: &str = r#"<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:altinn="http://altinn.no">
<bpmn:process id="P"><bpmn:startEvent id="S"/><bpmn:task id="Task_1" altinn:tasktype="data"/>
<bpmn:task id="Task_2" altinn:tasktype="payment"/><bpmn:endEvent id="E"/>
<bpmn:sequenceFlow id="f1" sourceRef="S" targetRef="Task_1"/><bpmn:sequenceFlow id="f2" sourceRef="Task_1" targetRef="Task_2"/>
<bpmn:sequenceFlow id="f3" sourceRef="Task_2" targetRef="E"/></bpmn:process></bpmn:definitions>"#;

const SCHEMA: &str =
    r#"{"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}"#;

fn write(app: &TempDir, file: &str, text: impl AsRef<[u8]>) {
    let path = app.path().join("App").join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A small app that loads.
fn small_app() -> TempDir {
    let app = TempDir::new().unwrap();
    write(&app, "config/applicationmetadata.json", METADATA);
    write(&app, "config/process/process.bpmn", PROCESS);
    write(&app, "config/authorization/policy.xml", "<Policy>[org]</Policy>");
    write(&app, "models/form.schema.json", SCHEMA);
    app
}

fn refused(app: &TempDir) -> DefinitionError {
    AppDefinition::load(app.path()).unwrap_err()
}

fn metadata_refused(text: &str) -> DefinitionError {
    ApplicationMetadata::parse("applicationmetadata.json", text).unwrap_err()
}

#[test]
fn an_app_loads_from_its_folder_and_from_the_one_around_it() {
    let app = small_app();
    let around = AppDefinition::load(app.path()).unwrap();
    let inner = AppDefinition::load(app.path().join("App")).unwrap();
    assert_eq!(around.metadata(), inner.metadata());
    assert_eq!(around.policy_xml(), "<Policy>[org]</Policy>");
    assert_eq!((around.metadata().org(), around.metadata().app()), ("ttd", "small"));
    assert!(around.metadata().party_types_allowed().is_unrestricted());
}

#[test]
fn metadata_keeps_what_is_not_known_here() {
    let app = AppDefinition::load(small_app().path()).unwrap();
    let metadata = app.metadata();
    assert_eq!(serde_json::to_value(metadata).unwrap()["somethingNew"], json!({"kept": [1, 2, 3]}));
    assert_eq!(metadata.title().languages().collect::<Vec<_>>(), [Language::Nb]);
    let form = metadata.data_type("Form").unwrap();
    assert_eq!(form.allowed_contributors().collect::<Vec<_>>(), ["app:owned"]);
    let extra = metadata.data_type("extra").unwrap();
    assert_eq!((extra.max_bytes(), extra.max_count, extra.min_count), (None, 0, 0));
}

#[test]
fn metadata_may_write_its_fields_with_a_capital() {
    let text =
        r#"{"Id": "ttd/small", "Title": {"nb": "Liten"}, "DataTypes": [{"Id": "File", "MaxCount": 2,}],}"#;
    let metadata = ApplicationMetadata::parse("applicationmetadata.json", text).unwrap();
    assert_eq!((metadata.id(), metadata.data_type("File").unwrap().max_count), ("ttd/small", 2));
    assert_eq!(metadata.raw()["DataTypes"][0]["MaxCount"], 2, "it is kept as it was written");
    let wrong = metadata_refused(
        r#"{"Id": "ttd/small",
        "DataTypes": 5}"#,
    );
    assert_eq!(wrong.position().map(|at| (at.line, at.column)), Some((2, 22)));
}

#[test]
fn a_form_finds_its_schema_by_name_whatever_its_case() {
    let app = AppDefinition::load(small_app().path()).unwrap();
    assert!(app.form_schema("Form").is_some());
    assert!(app.form_schema("extra").is_none(), "the schema of another form is not taken");
}

#[test]
fn what_is_limited_is_told() {
    let remarks = AppDefinition::load(small_app().path()).unwrap().remarks();
    assert_eq!(
        remarks,
        [
            Remark::FormWithoutSchema { data_type: "extra".into(), class_ref: "App.Models.Extra".into() },
            Remark::PaymentNeeded { task: "Task_2".into() },
        ]
    );
}

#[test]
fn an_agency_that_the_id_does_not_begin_with_is_told() {
    let app = small_app();
    write(&app, "config/applicationmetadata.json", METADATA.replace(r#""org": "ttd""#, r#""org": "other""#));
    let app = AppDefinition::load(app.path()).unwrap();
    assert_eq!(app.metadata().org(), "ttd");
    assert!(app.remarks().contains(&Remark::OrgDiffers { id: "ttd/small".into(), org: "other".into() }));
}

#[test]
fn a_template_loads_but_can_not_be_published() {
    let app = small_app();
    let template =
        METADATA.replace("ttd/small", "[ORG]/[APP]").replace(r#""org": "ttd""#, r#""org": "[ORG]""#);
    write(&app, "config/applicationmetadata.json", template);
    let app = AppDefinition::load(app.path()).unwrap();
    assert!(app.metadata().service_id().is_err());
    assert_eq!(app.remarks()[0], Remark::NotPublishable { id: "[ORG]/[APP]".into() });
}

#[test]
fn a_schema_may_be_named() {
    let app = small_app();
    let named = |reference: &str| {
        METADATA.replace(r#""App.Models.Extra""#, &format!(r#""X", "schemaRef": "{reference}""#))
    };
    write(&app, "config/applicationmetadata.json", named("models/form.schema.json"));
    assert!(AppDefinition::load(app.path()).unwrap().form_schema("extra").is_some());
    write(&app, "config/applicationmetadata.json", named("elsewhere.schema.json"));
    let error = refused(&app);
    assert_eq!((error.code(), error.path()), ("APP-METADATA", Some("/dataTypes/1/appLogic/schemaRef")));
}

#[test]
fn texts_have_languages_and_variables() {
    let app = small_app();
    let texts = r#"{"language": "nb", "resources": [{"id": "a", "value": "Hei {0}", "variables": [{"key": "name", "dataSource": "dataModel.default"}]}, {"id": "b"}]}"#;
    write(&app, "config/texts/resource.nb.json", texts);
    write(&app, "config/texts/resource.en.json", r#"{"resources": [{"id": "a", "value": "Hello {0}"}]}"#);
    write(&app, "config/texts/resource.de.json", "not read");
    let app = AppDefinition::load(app.path()).unwrap();
    let hello = app.texts().text("a").unwrap();
    assert_eq!((hello.get(Language::Nb), hello.get(Language::En)), (Some("Hei {0}"), Some("Hello {0}")));
    assert_eq!(app.texts().get(Language::Nb, "a").unwrap().variables[0].key, "name");
    assert!(app.texts().text("c").is_none());
}

#[test]
fn a_folder_without_an_app_is_refused() {
    assert_eq!(AppDefinition::load("/nowhere/at/all").unwrap_err().code(), "APP-NOT-AN-APP");
    assert_eq!(refused(&TempDir::new().unwrap()).code(), "APP-NOT-AN-APP");
}

#[test]
fn a_file_that_every_app_has_is_missed_by_name() {
    for file in ["config/process/process.bpmn", "config/authorization/policy.xml"] {
        let app = small_app();
        fs::remove_file(app.path().join("App").join(file)).unwrap();
        let error = refused(&app);
        assert_eq!((error.code(), error.file()), ("APP-FILE-MISSING", Some(file)));
    }
}

#[test]
fn a_fault_names_its_file_and_place() {
    let app = small_app();
    write(&app, "config/process/process.bpmn", PROCESS.replace(r#"targetRef="E""#, r#"targetRef="Gone""#));
    assert_eq!(
        refused(&app).to_string(),
        "file `config/process/process.bpmn`, line 5, column 1: sequence flow `f3` names `Gone` as its targetRef, which is not in the process"
    );

    let app = small_app();
    write(&app, "config/texts/resource.nb.json", "{\n  \"resources\": [{\"value\": \"x\"}]\n}");
    let error = refused(&app);
    let at = error.position().unwrap();
    assert_eq!((error.code(), error.file(), at.line), ("APP-JSON", Some("config/texts/resource.nb.json"), 2));

    let app = small_app();
    write(&app, "models/form.schema.json", r#"{"properties": {"a": {"type": "strang"}}}"#);
    let error = refused(&app);
    assert_eq!((error.code(), error.path()), ("SCHEMA-INVALID", Some("/properties/a/type")));
    assert_eq!(error.file(), Some("models/form.schema.json"));

    let app = small_app();
    write(&app, "models/form.schema.json", r#"{"$ref": "https://example.com/form.json"}"#);
    assert_eq!(refused(&app).code(), "SCHEMA-REMOTE-REFERENCE");

    let app = small_app();
    write(&app, "config/authorization/policy.xml", b"<Policy>\xff</Policy>");
    assert_eq!(refused(&app).code(), "APP-NOT-UTF8");
}

#[test]
fn metadata_of_another_shape_says_what_was_found_and_expected() {
    let error = metadata_refused(
        "{\n  \"id\": \"a/b\", \"org\": \"a\",\n  \"dataTypes\": [{\"id\": \"x\", \"minCount\": \"asdf\"}]\n}",
    );
    assert_eq!(
        error.to_string(),
        "file `applicationmetadata.json`, line 3, column 46: invalid type: string \"asdf\", expected i64"
    );
    assert_eq!(metadata_refused("[]").code(), "APP-JSON");
    assert!(metadata_refused("{}").to_string().contains("missing field `id`"));
    assert_eq!(metadata_refused(r#"{"id": "no-slash", "org": "a"}"#).path(), Some("/id"));
    assert_eq!(metadata_refused(r#"{"id": "a/../b", "org": "a"}"#).path(), Some("/id"));
    let twice = r#"{"id": "a/b", "org": "a", "dataTypes": [{"id": "x"}, {"id": "x"}]}"#;
    assert_eq!(metadata_refused(twice).path(), Some("/dataTypes/1/id"));
}

#[test]
fn a_file_that_is_too_large_is_refused() {
    let app = small_app();
    write(&app, "config/applicationmetadata.json", vec![b' '; 3 * 1024 * 1024]);
    assert_eq!(refused(&app).code(), "APP-TOO-LARGE");
}

#[test]
fn too_many_files_are_refused() {
    let app = small_app();
    for index in 0..1_001 {
        write(&app, &format!("options/o{index}.json"), "[]");
    }
    assert_eq!(refused(&app).code(), "APP-TOO-MANY-FILES");
}

#[cfg(unix)]
#[test]
fn no_link_is_followed_out_of_the_folder() {
    use std::os::unix::fs::symlink;

    let outside = TempDir::new().unwrap();
    let secret = outside.path().join("policy.xml");
    fs::write(&secret, "<Policy/>").unwrap();
    let replace = |link: &Path, target: &Path| {
        let _ = fs::remove_file(link);
        let _ = fs::remove_dir_all(link);
        symlink(target, link).unwrap();
    };

    let app = small_app();
    replace(&app.path().join("App/config/authorization/policy.xml"), &secret);
    assert_eq!(refused(&app).code(), "APP-OUTSIDE-FOLDER");

    let app = small_app();
    replace(&app.path().join("App/models"), outside.path());
    assert_eq!(refused(&app).code(), "APP-OUTSIDE-FOLDER");

    let app = small_app();
    fs::rename(app.path().join("App"), outside.path().join("App")).unwrap();
    replace(&app.path().join("App"), &outside.path().join("App"));
    assert_eq!(refused(&app).code(), "APP-NOT-AN-APP");

    let app = small_app();
    replace(&app.path().join("App/config/texts"), &app.path().join("App/models"));
    assert!(AppDefinition::load(app.path()).is_ok(), "a link inside the folder is followed");
}

#[test]
fn a_folder_in_the_place_of_a_file_is_refused() {
    let app = small_app();
    let policy = app.path().join("App/config/authorization/policy.xml");
    fs::remove_file(&policy).unwrap();
    fs::create_dir(&policy).unwrap();
    assert_eq!(refused(&app).code(), "APP-OUTSIDE-FOLDER");
}

proptest! {
    #[test]
    fn any_text_is_metadata_or_refused(text in ".{0,200}") {
        let _ = ApplicationMetadata::parse("m", &text);
    }

    #[test]
    fn damaged_metadata_is_read_or_refused(at in 0_usize..700, cut in 0_usize..30, put in "[\\[\\]{},:\"/*\\\\a1 ]{0,8}") {
        let mut characters: Vec<char> = METADATA.chars().collect();
        let at = at.min(characters.len());
        let end = (at + cut).min(characters.len());
        characters.splice(at..end, put.chars());
        let text: String = characters.into_iter().collect();
        match ApplicationMetadata::parse("m", &text) {
            Ok(metadata) => prop_assert!(!metadata.id().is_empty()),
            Err(error) => prop_assert!(error.position().is_some() || error.path().is_some()),
        }
    }
}
