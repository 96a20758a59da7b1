//! What is found wrong with a service's folder before anyone uses it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use altinn_core::testing::report;
use altinn_services::definition::{AppDefinition, Fault, FaultSeverity, check};
use altinn_services::process::TaskKind;
use tempfile::TempDir;

const METADATA: &str = "config/applicationmetadata.json";
const PROCESS: &str = "config/process/process.bpmn";
const POLICY: &str = "config/authorization/policy.xml";

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/apps/bakery-licence/App")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (entry, target) = (entry.unwrap().path(), to);
        let target = target.join(entry.file_name().unwrap());
        if entry.is_dir() { copy(&entry, &target) } else { assert!(fs::copy(&entry, &target).is_ok()) }
    }
}

/// The sample app, with something replaced in one of its files.
fn with(file: &str, from: &str, to: &str) -> TempDir {
    let app = TempDir::new().unwrap();
    copy(&sample(), app.path());
    let text = fs::read_to_string(app.path().join(file)).unwrap();
    assert!(text.contains(from), "{file} has no `{from}`");
    fs::write(app.path().join(file), text.replacen(from, to, 1)).unwrap();
    app
}

/// The fault of a code, which there must be.
fn found(app: &TempDir, code: &str) -> Fault {
    let faults = check(app.path());
    faults
        .iter()
        .find(|fault| fault.code == code)
        .unwrap_or_else(|| panic!("no {code} in {faults:?}"))
        .clone()
}

#[test]
fn the_sample_app_has_no_fault() {
    assert_eq!(check(sample()), []);
}

#[test]
fn what_cannot_be_reached_or_left_is_named_with_its_line() {
    let island = r#"<bpmn:task id="Island"/><bpmn:endEvent "#;
    let fault = found(&with(PROCESS, "<bpmn:endEvent ", island), "CHECK-UNREACHABLE");
    assert_eq!((fault.file.as_str(), fault.severity), (PROCESS, FaultSeverity::Error));
    assert!(fault.position.unwrap().line > 50, "{fault}");
    assert_eq!(fault.detail, "`Island` cannot be reached from the start");
    let trap = r#"<bpmn:task id="Trap"/><bpmn:sequenceFlow id="in" sourceRef="Gateway_Signed" targetRef="Trap"/>
        <bpmn:endEvent "#;
    assert_eq!(
        found(&with(PROCESS, "<bpmn:endEvent ", trap), "CHECK-NO-WAY-OUT").detail,
        "no way leads from `Trap` to an end"
    );
}

#[test]
fn a_task_that_nobody_may_do_is_named() {
    let app = with(POLICY, ">sign<", ">seal<");
    let fault = found(&app, "CHECK-NOBODY-MAY");
    assert_eq!(fault.detail, "the policy lets nobody do `sign` in task `Task_Signing`");
    assert_eq!(fault.file, PROCESS);
}

#[test]
fn a_placeholder_that_stays_in_the_policy_is_named_with_its_line() {
    let fault = found(&with(POLICY, ">[app]<", ">[service]<"), "CHECK-PLACEHOLDER");
    assert_eq!(
        fault.position.unwrap().line,
        fs::read_to_string(sample().join(POLICY))
            .unwrap()
            .lines()
            .position(|line| line.contains(">[app]<"))
            .unwrap() as u32
            + 1
    );
    assert!(fault.detail.contains("`[service]`"));
}

#[test]
fn levels_that_cannot_hold_are_named() {
    assert_eq!(found(&with(POLICY, ">3<", ">7<"), "CHECK-LEVEL").detail, "`7` is no level from 0 to 4");
    let selected = found(&with(POLICY, ">utinn<", ">seln<"), "CHECK-LEVEL");
    assert!(selected.detail.contains("never let in"), "{selected}");
}

#[test]
fn data_types_without_a_task_or_of_an_unknown_one_are_named() {
    let unknown = found(&with(METADATA, "\"Task_Application\"", "\"Task_Gone\""), "CHECK-TASK-UNKNOWN");
    assert_eq!(unknown.file, METADATA);
    let nowhere = with(METADATA, "\"taskId\": \"Task_Application\"", "\"grouping\": \"x\"");
    assert!(found(&nowhere, "CHECK-DATA-TYPE-WITHOUT-TASK").position.is_some());
    let gone = with(PROCESS, ">floor-plan<", ">ground-plan<");
    assert!(found(&gone, "CHECK-DATA-TYPE-UNKNOWN").detail.contains("`ground-plan`"));
}

#[test]
fn conditions_that_name_unknown_fields_are_named() {
    let known = r#"["equals", ["dataModel", "applicant.name"], "x"]"#;
    let condition = r#"["equals", ["gatewayAction"], "reject"]"#;
    assert_eq!(check(with(PROCESS, condition, known).path()).len(), 0);
    let unknown = r#"["equals", ["dataModel", "applicant.nickname"], "x"]"#;
    let fault = found(&with(PROCESS, condition, unknown), "CHECK-FIELD-UNKNOWN");
    assert!(fault.detail.contains("`applicant.nickname`"), "{fault}");
}

#[test]
fn texts_that_are_missing_in_a_language_are_named() {
    let app = with("config/texts/resource.nn.json", "receipt.filename", "receipt.name");
    let faults = check(app.path());
    let missing: Vec<&str> = faults.iter().map(|fault| fault.detail.as_str()).collect();
    assert!(missing.contains(&"text `receipt.filename` is missing in `nn`"), "{missing:?}");
    fs::remove_file(app.path().join("config/texts/resource.en.json")).unwrap();
    assert!(check(app.path()).iter().any(|fault| fault.detail == "there are no texts in `en`"));
}

#[test]
fn code_of_the_app_is_named_with_the_trait_that_takes_its_place() {
    let service_task = with(PROCESS, ">pdf<", ">food-register<");
    assert!(found(&service_task, "APP-SERVICE-TASK-NEEDED").detail.contains("`ServiceTask`"));
    let app = with(PROCESS, ">pdf<", ">pdf<");
    fs::create_dir_all(app.path().join("logic")).unwrap();
    fs::write(app.path().join("logic/Fill.cs"), "namespace App;\npublic class Fill : IDataProcessor\n{\n}\n")
        .unwrap();
    let hook = found(&app, "CHECK-HOOK");
    assert_eq!((hook.file.as_str(), hook.position.unwrap().line), ("logic/Fill.cs", 2));
    assert!(hook.detail.contains("`IDataProcessor`: here that is `Submission::calculate`"));
    fs::write(app.path().join("logic/Fill.cs"), "public class Fill : IUserAction {}\n").unwrap();
    assert!(
        found(&app, "CHECK-HOOK")
            .detail
            .ends_with("`IUserAction`: here that is `Submission::user_action`, in Rust")
    );
}

#[test]
fn every_part_that_code_of_the_agencys_takes_the_place_of_is_named() {
    const LAYOUT: &str = "ui/Task_Application/layouts/food.json";
    let cases = [
        (
            with(LAYOUT, "\"optionsId\": \"food-kinds\"", "\"optionsId\": \"food-sorts\""),
            "CHECK-OPTION-PROVIDER",
            LAYOUT,
            "`Submission::options`",
        ),
        (with(PROCESS, ">signing<", ">payment<"), "APP-PAYMENT-NEEDED", PROCESS, "`Payment`"),
        (with(PROCESS, ">data<", ">inspection<"), "APP-TASK-OF-OWN-KIND", PROCESS, "`inspection`"),
        (
            with(METADATA, "\"maxSize\": 10", "\"enabledFileValidators\": [\"mimeTypeValidator\"]"),
            "CHECK-FILE-VALIDATOR",
            METADATA,
            "`mimeTypeValidator`",
        ),
        (
            with(
                METADATA,
                "\"onEntry\"",
                "\"eFormidling\": {\"sendAfterTaskId\": \"Task_Signing\"}, \"onEntry\"",
            ),
            "CHECK-EFORMIDLING",
            METADATA,
            "`Task_Signing`",
        ),
        (
            with(
                PROCESS,
                "</altinn:signatureDataType>",
                "</altinn:signatureDataType><altinn:signeeProviderId>board</altinn:signeeProviderId>",
            ),
            "CHECK-SIGNEE-PROVIDER",
            PROCESS,
            "`SigneeProvider`",
        ),
        (
            with(
                PROCESS,
                "</altinn:signatureDataType>",
                "</altinn:signatureDataType><altinn:signeeProviderId>board</altinn:signeeProviderId><altinn:correspondenceResource>call</altinn:correspondenceResource>",
            ),
            "CHECK-CALL-TO-SIGN",
            PROCESS,
            "`CallToSign`",
        ),
    ];
    for (app, code, file, named) in cases {
        let fault = found(&app, code);
        assert_eq!((fault.file.as_str(), fault.severity), (file, FaultSeverity::Warning), "{fault}");
        assert!(fault.detail.contains(named) && fault.position.is_some(), "{fault}");
    }
    let app = with(PROCESS, ">pdf<", ">pdf<");
    fs::remove_file(app.path().join("models/application.schema.json")).unwrap();
    let class = found(&app, "APP-FORM-WITHOUT-SCHEMA");
    assert!(class.detail.contains("`Altinn.App.Models.BakeryApplication`"), "{class}");
}

#[test]
fn a_gateway_that_decides_nothing_and_a_signature_that_is_kept_nowhere_are_named() {
    let condition = |says: &str| {
        format!(
            "<bpmn:conditionExpression xsi:type=\"bpmn:tFormalExpression\">{says}</bpmn:conditionExpression>"
        )
    };
    let app = with(PROCESS, &condition("[\"equals\", [\"gatewayAction\"], \"reject\"]"), "");
    let path = app.path().join(PROCESS);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace(&condition("[\"notEquals\", [\"gatewayAction\"], \"reject\"]"), ""))
        .unwrap();
    assert!(found(&app, "CHECK-GATEWAY-UNDECIDED").detail.contains("`Gateway_Signed`"));
    let kept = "<altinn:signatureDataType>signature</altinn:signatureDataType>";
    assert!(found(&with(PROCESS, kept, ""), "CHECK-SIGNATURE").detail.contains("`Task_Signing`"));
}

#[test]
fn a_component_that_names_an_unknown_field_is_named_in_its_file() {
    const LAYOUT: &str = "ui/Task_Application/layouts/business.json";
    let fault = found(&with(LAYOUT, "\"applicant.name\"", "\"applicant.nickname\""), "CHECK-FIELD-UNKNOWN");
    assert_eq!(fault.file, LAYOUT);
    assert!(fault.detail.contains("`applicant.nickname`") && fault.position.is_some(), "{fault}");
}

#[test]
fn levels_that_do_not_agree_and_a_policy_that_asks_for_none_are_named() {
    let people = "Category=\"urn:altinn:minimum-authenticationlevel\"";
    let both = with(POLICY, "minimum-authenticationlevel-org", "minimum-authenticationlevel");
    let path = both.path().join(POLICY);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen(">3<", ">2<", 1)).unwrap();
    let fault = found(&both, "CHECK-LEVEL");
    assert_eq!(fault.detail, "level 3 is asked for here, level 2 elsewhere");
    assert!(fault.position.is_some());
    let none = with(POLICY, people, "Category=\"urn:altinn:something-else\"");
    assert!(found(&none, "CHECK-LEVEL").detail.contains("asks for no level"));
}

#[test]
fn what_keeps_a_service_from_being_begun_is_named() {
    let never = "\"validFrom\": \"2027-01-01\", \"validTo\": \"2026-01-01\", \"onEntry\"";
    let fault = found(&with(METADATA, "\"onEntry\"", never), "CHECK-VALIDITY");
    assert_eq!((fault.file.as_str(), fault.severity), (METADATA, FaultSeverity::Error));
    assert!(fault.position.is_some());
    let nowhere = found(&with(METADATA, "select-instance", "calculator"), "CHECK-ENTRY");
    assert!(nowhere.detail.contains("`calculator`") && nowhere.position.is_some(), "{nowhere}");
    let no_time = with(METADATA, "\"onEntry\"", "\"validTo\": \"tomorrow\", \"onEntry\"");
    assert!(found(&no_time, "APP-JSON").position.is_some());
}

#[test]
fn of_a_folder_that_does_not_load_every_file_says_what_is_wrong_with_it() {
    let app = with(PROCESS, "<bpmn:startEvent", "<bpmn:endEvent");
    let break_in = |file: &str, from: &str, to: &str| {
        let path = app.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no `{from}`");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    };
    break_in("config/texts/resource.nn.json", "{", "{ nonsense");
    break_in(POLICY, "</xacml:Policy>", "");
    fs::create_dir_all(app.path().join("options")).unwrap();
    fs::write(app.path().join("options/kinds.json"), "[{]").unwrap();
    let faults = check(app.path());
    let files: std::collections::BTreeSet<&str> = faults.iter().map(|fault| fault.file.as_str()).collect();
    for file in [PROCESS, POLICY, "config/texts/resource.nn.json", "options/kinds.json"] {
        assert!(files.contains(file), "{file} is not in {faults:?}");
    }
    assert_eq!(files.len(), 4, "{faults:?}");
    let mut seen = faults.clone();
    seen.dedup();
    assert_eq!(seen.len(), faults.len(), "each once");
    assert!(faults.iter().all(|fault| fault.severity == FaultSeverity::Error));
}

#[test]
fn a_folder_that_does_not_load_says_why() {
    let faults = check(with(METADATA, "{", "[").path());
    assert_eq!((faults.len(), faults[0].code), (1, "APP-JSON"));
    assert!(faults[0].position.is_some());
}

const SERVICE: &str = r#"type = "submission"
id = "ttd/dog-licence"
title = { nb = "Hundelisens", nn = "Hundelisens", en = "Dog licence" }
parties = ["person"]

[[form]]
id = "application"
step = "fill-in"

[[attachment]]
id = "photo"
step = "fill-in"
max = 3
types = ["image/png"]

[[step]]
id = "fill-in"
roles = ["PRIV"]

[[step]]
id = "sign"
kind = "signing"
signs = ["application"]
reject-to = "fill-in"
roles = ["PRIV"]

[[step]]
id = "receipt"
kind = "pdf"
"#;

fn native(service: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("service.toml"), service).unwrap();
    let schema = r#"{"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}"#;
    fs::write(folder.path().join("form.schema.json"), schema).unwrap();
    let texts = r#"{"nb": {"name": "Navn"}, "nn": {"name": "Namn"}, "en": {"name": "Name"}}"#;
    fs::write(folder.path().join("texts.json"), texts).unwrap();
    folder
}

#[test]
fn a_service_made_without_studio_loads_from_three_files() {
    let folder = native(SERVICE);
    assert_eq!(check(folder.path()), []);
    let service = AppDefinition::load(folder.path()).unwrap();
    let kinds: Vec<_> = service.process().tasks().map(|task| task.kind.clone()).collect();
    assert_eq!(kinds, [TaskKind::Data, TaskKind::Signing, TaskKind::Pdf]);
    assert!(service.form_schema("application").is_some());
    assert_eq!(service.metadata().data_type("photo").unwrap().max_count, 3);
    assert_eq!(service.metadata().title().in_language(altinn_core::Language::En), "Dog licence");
    assert_eq!(service.subscription_terms(), None);
}

#[test]
fn a_service_file_may_say_how_often_it_is_to_be_sent_in() {
    let yearly = format!("{SERVICE}\n[subscription]\nevery = \"P1Y\"\ndue-after = \"P1M\"\n");
    let service = AppDefinition::load(native(&yearly).path()).unwrap();
    let schedule = service.subscription_terms().unwrap().beginning("2027-12-31".parse().unwrap());
    let second = schedule.occasion(1).unwrap();
    assert_eq!(
        (second.opens.to_string(), second.due.unwrap().to_string()),
        ("2028-12-31".into(), "2029-01-31".into())
    );
    let faults = check(native(&yearly.replace("P1M", "1 month")).path());
    assert!(faults[0].detail.contains("`1 month` is no distance"), "{faults:?}");
    let line = yearly.lines().position(|line| line.starts_with("due-after")).unwrap() + 1;
    assert_eq!(usize::try_from(faults[0].position.unwrap().line).unwrap(), line);
}

#[test]
fn a_service_file_that_cannot_hold_says_the_line() {
    for (from, to, line, why) in [
        ("kind = \"signing\"", "kind = signing", 22, ""),
        ("reject-to = \"fill-in\"", "reject-to = \"nowhere\"", 24, "no step `nowhere`"),
        ("signs = [\"application\"]", "signs = [\"dog\"]", 23, "`dog` to sign"),
        ("type = \"submission\"", "type = \"letter\"", 1, "`letter`"),
        ("max = 3", "most = 3", 13, "most"),
    ] {
        let folder = native(&SERVICE.replacen(from, to, 1));
        let fault = check(folder.path()).remove(0);
        assert_eq!((fault.code, fault.file.as_str()), ("APP-TOML", "service.toml"), "{fault}");
        assert_eq!(fault.position.unwrap().line, line, "{fault}");
        assert!(fault.detail.contains(why), "{fault}");
    }
}

#[test]
fn every_app_of_others_is_looked_through() {
    let corpora = std::env::var_os("ALTINN_CORPORA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora"), PathBuf::from);
    let apps = corpora.join("altinn-apps");
    if !apps.is_dir() {
        report(format_args!("skipped: no app definitions at {}", apps.display()));
        return;
    }
    let (mut looked_through, mut errors, mut warnings) = (0, 0, 0);
    let mut ahead = vec![apps];
    while let Some(folder) = ahead.pop() {
        if [METADATA, PROCESS, POLICY].iter().all(|file| folder.join(file).is_file()) {
            looked_through += 1;
            for fault in check(&folder) {
                if fault.severity == FaultSeverity::Error {
                    errors += 1;
                } else {
                    warnings += 1;
                }
                assert!(!fault.detail.is_empty() && !fault.file.is_empty());
            }
        }
        ahead.extend(
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()),
        );
    }
    report(format_args!("{looked_through} apps looked through: {errors} errors, {warnings} warnings"));
    assert!(looked_through > 0, "the folder holds no app");
}

/// The folder of an example service, with something replaced in its `service.toml`.
fn service_with(name: &str, from: &str, to: &str) -> TempDir {
    let service = TempDir::new().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/services").join(name), service.path());
    let text = fs::read_to_string(service.path().join("service.toml")).unwrap();
    assert!(text.contains(from), "{name} has no `{from}`");
    fs::write(service.path().join("service.toml"), text.replacen(from, to, 1)).unwrap();
    service
}

#[test]
fn a_service_of_any_type_is_checked_as_it_is_published() {
    for (name, from, to, line, told) in [
        ("tax-card", "ttd/tax-card", "tax-card", 2, "org/name"),
        ("tax-card", "\"code\"", "\"kode\"", 12, "kode"),
        ("organization-lookup", "[lookup]", "[lookup]\narchived = true", 0, "archived"),
        ("annual-accounts", "grace-hours = 2", "grace-hours = 99", 9, "24"),
    ] {
        let faults = check(service_with(name, from, to).path());
        let [fault] = &*faults else { panic!("{name}: {faults:?}") };
        assert!(fault.detail.contains(told) && fault.file == "service.toml", "{fault}");
        assert!(line == 0 || fault.position.unwrap().line == line, "{fault}");
    }
    for name in ["tax-card", "organization-lookup", "annual-accounts", "opening", "decisions"] {
        assert_eq!(check(service_with(name, "", "").path()), [], "{name}");
    }
}
