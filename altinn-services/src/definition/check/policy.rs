//! What the policy lets be done, against what the process asks for.

use altinn_auth::decision::ServicePolicy;
use altinn_auth::xacml::Effect;
use altinn_auth::xacml::model::{AllOf, Rule};
use roxmltree::Document;

use super::fault::{Fault, FaultSeverity};
use super::sources::Sources;
use crate::definition::{AppDefinition, DataType, Position, StatedLevel};
use crate::process::{Task, TaskKind};

const ACTION: &str = "urn:oasis:names:tc:xacml:1.0:action:action-id";

pub(super) fn look(app: &AppDefinition, sources: &Sources<'_>, faults: &mut Vec<Fault>) {
    let file = sources.policy();
    let Ok(id) = app.metadata().service_id() else {
        let detail = format!(
            "`{}` is not `org/app` in small letters, digits and hyphens: `[org]` and `[app]` in the policy cannot be resolved",
            app.metadata().id()
        );
        let at = (sources.metadata(), app.metadata().id());
        faults.push(sources.fault("CHECK-ID", FaultSeverity::Error, at, detail));
        return;
    };
    placeholders(app, file, faults);
    let policy = match ServicePolicy::read(&id, app.policy_xml()) {
        Ok(policy) => policy,
        Err(error) => {
            let detail = error.to_string();
            faults.push(sources.fault(error.code(), FaultSeverity::Error, (file, ""), detail));
            return;
        }
    };
    let rules: Vec<&Rule> =
        policy.document().tree().rules().into_iter().filter(|rule| rule.effect == Effect::Permit).collect();
    let may = |action: &str, task: Option<&str>| {
        let asked = Asked { org: id.org(), app: id.name(), action, task };
        rules
            .iter()
            .any(|rule| rule.target.0.iter().all(|any_of| any_of.0.iter().any(|all_of| asked.fits(all_of))))
    };
    let nobody = |action: &str, word: &str, detail: String| {
        let code = "CHECK-NOBODY-MAY";
        (!may(action, Some(word).filter(|word| !word.is_empty())))
            .then(|| sources.fault(code, FaultSeverity::Error, (sources.process(), word), detail))
    };
    if app.metadata().is_stateless() {
        let takes_login = |form: &DataType| form.is_form() && !app.metadata().is_open_to_anyone(form);
        let asked = app.metadata().data_types().iter().any(takes_login);
        let detail = "the policy lets nobody have a form of the service worked out (`read`)".to_owned();
        faults.extend(asked.then(|| nobody("read", "", detail)).flatten());
    } else {
        faults.extend(nobody(
            "instantiate",
            "",
            "the policy lets nobody start an instance (`instantiate`)".to_owned(),
        ));
        for task in app.process().tasks().filter(|task| !task.is_done_by_machine()) {
            for action in actions_of(task) {
                let detail = format!("the policy lets nobody do `{action}` in task `{}`", task.id);
                faults.extend(nobody(action, &task.id, detail));
            }
        }
    }
    levels(app, file, &rules, faults);
}

/// What must be done in a task for the process to go on.
fn actions_of(task: &Task) -> Vec<&str> {
    let pays = task.kind == TaskKind::Payment && task.usual_action() != "pay";
    [Some(task.usual_action()), pays.then_some("pay")].into_iter().flatten().collect()
}

/// A question to the policy of which only the caller is open.
struct Asked<'a> {
    org: &'a str,
    app: &'a str,
    action: &'a str,
    task: Option<&'a str>,
}

impl Asked<'_> {
    /// Whether nothing but the caller can keep these matches from holding.
    fn fits(&self, all_of: &AllOf) -> bool {
        all_of.0.iter().all(|one| {
            let is =
                |expected: &str| one.value.as_text().is_some_and(|text| text.eq_ignore_ascii_case(expected));
            match &*one.attribute.id {
                ACTION => is(self.action),
                "urn:altinn:org" if is_of_resource(&one.attribute.category) => is(self.org),
                "urn:altinn:app" => is(self.app),
                "urn:altinn:task" => self.task.is_some_and(is),
                "urn:altinn:end-event" | "urn:altinn:appresource" => false,
                _ => true,
            }
        })
    }
}

fn is_of_resource(category: &str) -> bool {
    category.ends_with(":resource")
}

/// Placeholders other than `[org]` and `[app]`: they stay in the policy, and match nothing.
fn placeholders(app: &AppDefinition, file: &str, faults: &mut Vec<Fault>) {
    let text = app.policy_xml();
    let Ok(document) = Document::parse(text) else { return };
    for node in document.descendants().filter(|node| node.tag_name().name() == "AttributeValue") {
        let value = node.text().unwrap_or_default().trim();
        let is_placeholder = value.len() > 2 && value.starts_with('[') && value.ends_with(']');
        if is_placeholder && !["[org]", "[app]"].contains(&value.to_lowercase().as_str()) {
            faults.push(Fault {
                code: "CHECK-PLACEHOLDER",
                severity: FaultSeverity::Error,
                file: file.to_owned(),
                position: Some(Position::of(text, node.range().start)),
                detail: format!("placeholder `{value}` cannot be resolved: only `[org]` and `[app]` can"),
            });
        }
    }
}

/// Levels that cannot hold, that differ, or that shut out those whom the policy lets in.
fn levels(app: &AppDefinition, file: &str, rules: &[&Rule], faults: &mut Vec<Fault>) {
    let text = app.policy_xml();
    let stated = StatedLevel::all(text);
    let mut fault = |severity, at: Option<usize>, detail: String| {
        let position = at.map(|at| Position::of(text, at));
        faults.push(Fault { code: "CHECK-LEVEL", severity, file: file.to_owned(), position, detail });
    };
    for StatedLevel { value, at, .. } in &stated {
        if !value.parse::<u8>().is_ok_and(|level| level <= 4) {
            fault(FaultSeverity::Error, Some(*at), format!("`{value}` is no level from 0 to 4"));
        }
    }
    let of_people = stated.iter().filter(|stated| !stated.is_of_agencies);
    let mut of_people = of_people.map(|stated| (stated.value.parse::<u8>().unwrap_or(0), stated.at));
    let Some((level, at)) = of_people.next() else {
        let detail =
            "the policy asks for no level of authentication (`urn:altinn:minimum-authenticationlevel`)";
        fault(FaultSeverity::Warning, None, detail.to_owned());
        return;
    };
    if let Some((other, at)) = of_people.find(|(other, _)| *other != level) {
        fault(
            FaultSeverity::Error,
            Some(at),
            format!("level {other} is asked for here, level {level} elsewhere"),
        );
    }
    let lets_in = |code: &str| {
        let matches = rules.iter().flat_map(|rule| rule.target.matches());
        matches.filter_map(|one| one.value.as_text()).any(|text| text.eq_ignore_ascii_case(code))
    };
    if level > 0 && lets_in("SELN") {
        let detail = format!(
            "self-identified users (`SELN`) have level 0, and level {level} is asked for: they are never let in"
        );
        fault(FaultSeverity::Error, Some(at), detail);
    }
    if level > 0 && app.metadata().allows_anonymous() {
        let detail = format!(
            "the forms are open to anyone (`allowAnonymousOnStateless`), and level {level} is asked for"
        );
        fault(FaultSeverity::Warning, Some(at), detail);
    }
}
