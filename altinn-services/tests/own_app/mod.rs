//! Small apps that a test draws itself: any tasks and flows, open to the daily leader and to those who fill in.
#![allow(dead_code, reason = "every test program uses a part of it")]

pub(crate) mod long_way;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use altinn_services::Altinn;
use altinn_services::submission::Service;
use serde_json::{Value, json};
use tempfile::TempDir;

const ALTINN: &str = "http://altinn.no/process";
const BPMN: &str = "http://www.omg.org/spec/BPMN/20100524/MODEL";
const XACML: &str = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17";
const SUBJECT: &str = "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject";
const RESOURCE: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:resource";
const ACTION: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:action";

/// An app of the test's own.
pub(crate) struct OwnApp {
    name: &'static str,
    elements: String,
    flows: usize,
    data_types: Vec<Value>,
    actions: Vec<&'static str>,
    of_leader: Vec<&'static str>,
    gives: Vec<&'static str>,
    files: Vec<(&'static str, String)>,
    metadata: Vec<(&'static str, Value)>,
}

impl OwnApp {
    /// An app `ttd/NAME` whose form `form` is filled in in task `Fill`, the first one.
    pub(crate) fn new(name: &'static str) -> Self {
        let form = json!({"id": "form", "taskId": "Fill", "maxCount": 1, "minCount": 1,
            "appLogic": {"autoCreate": true, "classRef": "Form"}});
        let app = Self {
            name,
            elements: r#"<startEvent id="Start"/><endEvent id="End"/>"#.to_owned(),
            flows: 0,
            data_types: vec![form],
            actions: vec!["instantiate", "read", "write", "delete", "complete"],
            of_leader: Vec::new(),
            gives: Vec::new(),
            files: Vec::new(),
            metadata: Vec::new(),
        };
        app.task("Fill", "task", "data", "").flow("Start", "Fill")
    }

    /// A task: its id, `task` or `serviceTask`, its kind, and more of its extension.
    pub(crate) fn task(mut self, id: &str, element: &str, kind: &str, extension: &str) -> Self {
        write!(
            self.elements,
            r#"<{element} id="{id}"><extensionElements><altinn:taskExtension><altinn:taskType>{kind}</altinn:taskType>
            {extension}</altinn:taskExtension></extensionElements></{element}>"#
        )
        .unwrap();
        self
    }

    pub(crate) fn gateway(mut self, id: &str) -> Self {
        write!(self.elements, r#"<exclusiveGateway id="{id}"/>"#).unwrap();
        self
    }

    pub(crate) fn flow(self, from: &str, to: &str) -> Self {
        self.flow_if(from, to, "")
    }

    pub(crate) fn flow_if(mut self, from: &str, to: &str, condition: &str) -> Self {
        self.flows += 1;
        let condition = match condition {
            "" => String::new(),
            text => format!("<conditionExpression>{text}</conditionExpression>"),
        };
        let id = self.flows;
        write!(
            self.elements,
            r#"<sequenceFlow id="flow{id}" sourceRef="{from}" targetRef="{to}">{condition}</sequenceFlow>"#
        )
        .unwrap();
        self
    }

    /// On reject back to `Fill`, else on.
    pub(crate) fn back_on_reject(self, gateway: &str, on: &str) -> Self {
        self.gateway(gateway).flow_if(gateway, "Fill", r#"["equals", ["gatewayAction"], "reject"]"#).flow_if(
            gateway,
            on,
            r#"["notEquals", ["gatewayAction"], "reject"]"#,
        )
    }

    pub(crate) fn data_type(mut self, data_type: Value) -> Self {
        self.data_types.push(data_type);
        self
    }

    /// A further action that the policy lets be done.
    pub(crate) fn action(mut self, action: &'static str) -> Self {
        self.actions.push(action);
        self
    }

    /// A further action that the policy lets the daily leader do, and nobody else.
    pub(crate) fn action_of_leader(mut self, action: &'static str) -> Self {
        self.of_leader.push(action);
        self
    }

    /// What the policy lets the app give by itself on its instances.
    pub(crate) fn gives(mut self, actions: &[&'static str]) -> Self {
        self.gives.extend(actions);
        self
    }

    /// A further field of its metadata.
    pub(crate) fn metadata(mut self, field: &'static str, value: Value) -> Self {
        self.metadata.push((field, value));
        self
    }

    /// A further file of its folder.
    pub(crate) fn file(mut self, path: &'static str, text: String) -> Self {
        self.files.push((path, text));
        self
    }

    /// Publishes the app in a scene.
    pub(crate) fn publish(&self, scene: &impl AsRef<Altinn>) -> Service {
        self.publish_in(scene.as_ref())
    }

    /// Publishes the app.
    pub(crate) fn publish_in(&self, altinn: &Altinn) -> Service {
        let folder = TempDir::new().unwrap();
        self.write(folder.path());
        altinn.publish_app(folder.path()).unwrap()
    }

    /// Writes the app's folder.
    pub(crate) fn write(&self, folder: &Path) {
        let write = |file: &str, text: String| {
            let path = folder.join("config").join(file);
            fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).unwrap();
            fs::write(path, text).unwrap();
        };
        let mut metadata = json!({"id": format!("ttd/{}", self.name), "org": "ttd", "title": {"nb": "Prøve"},
            "dataTypes": self.data_types});
        self.metadata.iter().for_each(|(field, value)| metadata[*field] = value.clone());
        write("applicationmetadata.json", metadata.to_string());
        write(
            "process/process.bpmn",
            format!(
                r#"<definitions xmlns="{BPMN}" xmlns:altinn="{ALTINN}"><process id="P">{}</process></definitions>"#,
                self.elements
            ),
        );
        write("authorization/policy.xml", self.policy());
        for (path, text) in &self.files {
            write(&format!("../{path}"), text.clone());
        }
    }

    fn policy(&self) -> String {
        let any_of = |attribute: &str, category: &str, values: &[&str]| {
            let matches = values.iter().map(|value| {
                format!(
                    r#"<AllOf><Match MatchId="urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case">
                    <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">{value}</AttributeValue>
                    <AttributeDesignator AttributeId="{attribute}" Category="{category}"
                    DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/></Match></AllOf>"#
                )
            });
            format!("<AnyOf>{}</AnyOf>", matches.collect::<String>())
        };
        format!(
            r#"<Policy xmlns="{XACML}" PolicyId="p" Version="1.0"
            RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides"><Target/>
            <Rule RuleId="r" Effect="Permit"><Target>{}{}{}</Target></Rule>
            {}{}
            <Rule RuleId="agency" Effect="Permit"><Target>{}{}{}</Target></Rule></Policy>"#,
            any_of("urn:altinn:rolecode", SUBJECT, &["dagl", "utinn"]),
            any_of("urn:altinn:app", RESOURCE, &["[app]"]),
            any_of("urn:oasis:names:tc:xacml:1.0:action:action-id", ACTION, &self.actions),
            match self.of_leader.as_slice() {
                [] => String::new(),
                actions => format!(
                    r#"<Rule RuleId="leader" Effect="Permit"><Target>{}{}{}</Target></Rule>"#,
                    any_of("urn:altinn:rolecode", SUBJECT, &["dagl"]),
                    any_of("urn:altinn:app", RESOURCE, &["[app]"]),
                    any_of("urn:oasis:names:tc:xacml:1.0:action:action-id", ACTION, actions),
                ),
            },
            match self.gives.as_slice() {
                [] => String::new(),
                actions => format!(
                    r#"<Rule RuleId="gives" Effect="Permit"><Target>{}{}{}</Target></Rule>"#,
                    any_of("urn:altinn:resource:delegation", SUBJECT, &[&format!("app_ttd_{}", self.name)]),
                    any_of("urn:altinn:app", RESOURCE, &["[app]"]),
                    any_of("urn:oasis:names:tc:xacml:1.0:action:action-id", ACTION, actions),
                ),
            },
            any_of("urn:altinn:org", SUBJECT, &["[org]"]),
            any_of("urn:altinn:app", RESOURCE, &["[app]"]),
            any_of(
                "urn:oasis:names:tc:xacml:1.0:action:action-id",
                ACTION,
                &["read", "write", "instantiate", "complete"]
            ),
        )
    }
}
