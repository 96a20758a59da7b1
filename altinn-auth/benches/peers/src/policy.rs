//! The policy of an app, of the size and shape that Altinn's have, in the language of each engine; and what is asked.

/// The roles that fill in, as most apps list them.
pub const FILLERS: [&str; 5] = ["REGNA", "DAGL", "LEDE", "PRIV", "UTINN"];
/// What they do.
const FILLING: [&str; 4] = ["read", "write", "instantiate", "delete"];

/// A rule: any of these subjects may do any of these actions in any of these places.
pub struct Rule {
    pub roles: &'static [&'static str],
    pub org: Option<&'static str>,
    pub places: &'static [&'static str],
    pub actions: &'static [&'static str],
}

/// The five rules of the policy. A place is a task, an end event or a part of the app; `*` is the app itself.
pub const RULES: [Rule; 5] = [
    Rule { roles: &FILLERS, org: None, places: &["*", "Task_1", "EndEvent_1"], actions: &FILLING },
    Rule { roles: &["DAGL", "LEDE", "PRIV"], org: None, places: &["Task_2"], actions: &["sign", "confirm"] },
    Rule { roles: &[], org: Some("ttd"), places: &["*"], actions: &["read"] },
    Rule { roles: &[], org: Some("ttd"), places: &["*", "EndEvent_1"], actions: &["write", "complete"] },
    Rule { roles: &["REGNA", "DAGL", "PRIV"], org: None, places: &["events"], actions: &["read"] },
];

/// What is asked: the names in it are spelled out anew for each request.
#[derive(Clone, Copy)]
pub struct Question {
    pub roles: &'static [&'static str],
    pub org: Option<&'static str>,
    pub place: &'static str,
    pub action: &'static str,
    pub permitted: bool,
}

/// Four that are permitted by different rules, and two that are not.
pub const QUESTIONS: [Question; 6] = [
    Question {
        roles: &["UTINN", "DAGL", "HADM"],
        org: None,
        place: "Task_1",
        action: "write",
        permitted: true,
    },
    Question {
        roles: &["UTINN", "DAGL", "HADM"],
        org: None,
        place: "Task_2",
        action: "sign",
        permitted: true,
    },
    Question { roles: &[], org: Some("ttd"), place: "EndEvent_1", action: "complete", permitted: true },
    Question { roles: &["REGNA"], org: None, place: "events", action: "read", permitted: true },
    Question {
        roles: &["REVI", "KONT", "HADM"],
        org: None,
        place: "Task_1",
        action: "write",
        permitted: false,
    },
    Question { roles: &["REGNA", "UTINN"], org: None, place: "Task_2", action: "sign", permitted: false },
];

/// The attribute that a place is told by.
pub fn place_attribute(place: &str) -> Option<&'static str> {
    match place {
        "*" => None,
        "events" => Some("urn:altinn:appresource"),
        end if end.starts_with("EndEvent") => Some("urn:altinn:end-event"),
        _ => Some("urn:altinn:task"),
    }
}

/// The name of an app.
pub fn app(number: usize) -> String {
    format!("app-{number}")
}

/// The policy file of an app.
pub fn xacml(app: &str) -> String {
    let subject = "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject";
    let resource = "urn:oasis:names:tc:xacml:3.0:attribute-category:resource";
    let action = "urn:oasis:names:tc:xacml:3.0:attribute-category:action";
    let one = |category: &str, id: &str, value: &str| {
        format!(
            r#"        <xacml:Match MatchId="urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case">
          <xacml:AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">{value}</xacml:AttributeValue>
          <xacml:AttributeDesignator AttributeId="{id}" Category="{category}" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/>
        </xacml:Match>
"#
        )
    };
    let any_of = |all_ofs: Vec<String>| {
        let all_ofs: String = all_ofs
            .iter()
            .map(|matches| format!("      <xacml:AllOf>\n{matches}      </xacml:AllOf>\n"))
            .collect();
        format!("    <xacml:AnyOf>\n{all_ofs}    </xacml:AnyOf>\n")
    };
    let rules = RULES.iter().zip(1..).map(|(rule, number)| {
        let roles = rule.roles.iter().map(|role| one(subject, "urn:altinn:rolecode", role));
        let subjects = roles.chain(rule.org.map(|org| one(subject, "urn:altinn:org", org))).collect();
        let places = rule.places.iter().map(|place| {
            let at = place_attribute(place).map_or(String::new(), |id| one(resource, id, place));
            [one(resource, "urn:altinn:org", "ttd"), one(resource, "urn:altinn:app", app), at].concat()
        });
        let action_id = "urn:oasis:names:tc:xacml:1.0:action:action-id";
        let actions = rule.actions.iter().map(|name| one(action, action_id, name)).collect();
        let target = [any_of(subjects), any_of(places.collect()), any_of(actions)].concat();
        format!(
            "  <xacml:Rule RuleId=\"urn:altinn:resource:app_ttd_{app}:ruleid:{number}\" Effect=\"Permit\">\n    \
             <xacml:Target>\n{target}    </xacml:Target>\n  </xacml:Rule>\n"
        )
    });
    let obligation = |number: u8, category: &str, level: u8| {
        format!(
            r#"    <xacml:ObligationExpression ObligationId="urn:altinn:obligation:{number}" FulfillOn="Permit">
      <xacml:AttributeAssignmentExpression AttributeId="urn:altinn:obligation-assignment:{number}" Category="{category}">
        <xacml:AttributeValue DataType="http://www.w3.org/2001/XMLSchema#integer">{level}</xacml:AttributeValue>
      </xacml:AttributeAssignmentExpression>
    </xacml:ObligationExpression>
"#
        )
    };
    let obligations = [
        obligation(1, "urn:altinn:minimum-authenticationlevel", 3),
        obligation(2, "urn:altinn:minimum-authenticationlevel-org", 2),
    ]
    .concat();
    format!(
        "<xacml:Policy xmlns:xacml=\"urn:oasis:names:tc:xacml:3.0:core:schema:wd-17\" PolicyId=\"urn:altinn:policyid:{app}\" \
         Version=\"1.0\" RuleCombiningAlgId=\"urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides\">\n  \
         <xacml:Target/>\n{}  <xacml:ObligationExpressions>\n{obligations}  </xacml:ObligationExpressions>\n</xacml:Policy>\n",
        rules.collect::<String>()
    )
}

/// The rules of an app in Cedar: a policy each.
pub fn cedar(app: &str) -> String {
    let quoted = |names: &[&str]| names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
    let rules = RULES.iter().map(|rule| {
        let actions =
            rule.actions.iter().map(|name| format!("Action::{name:?}")).collect::<Vec<_>>().join(", ");
        let subject = match rule.org {
            Some(org) => format!("context.org == {org:?}"),
            None => format!("context.roles.containsAny([{}])", quoted(rule.roles)),
        };
        format!(
            "permit(principal, action in [{actions}], resource == App::\"ttd/{app}\")\n\
             when {{ {subject} && [{}].contains(context.place) }};\n",
            quoted(rule.places)
        )
    });
    rules.collect()
}

/// The rules of an app for casbin: roles or owner, app, places and actions, each a list with commas around.
pub fn casbin(app: &str) -> Vec<Vec<String>> {
    let listed = |names: &[&str]| format!(",{},", names.join(","));
    let rule = |rule: &Rule| {
        let subjects = rule.org.map_or_else(|| listed(rule.roles), |org| format!(",org:{org},"));
        vec![subjects, format!("ttd/{app}"), listed(rule.places), listed(rule.actions)]
    };
    RULES.iter().map(rule).collect()
}

/// What the policy of Altinn apps says in Rego; the rules themselves are data, found by the app's name.
pub const REGO: &str = r#"package altinn

import rego.v1

default decision := {"permitted": false}

decision := {"permitted": true, "rule": rule.id, "obligations": data.apps[input.app].obligations} if {
	some rule in data.apps[input.app].rules
	rule.actions[input.action]
	rule.places[input.place]
	some subject in input.subjects
	rule.subjects[subject]
}
"#;

/// The rules of an app as data for [`REGO`].
pub fn rego_data(app: &str) -> serde_json::Value {
    let set = |names: Vec<String>| {
        names.into_iter().map(|name| (name, true.into())).collect::<serde_json::Map<_, _>>()
    };
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let rules = RULES.iter().zip(1..).map(|(rule, number)| {
        let subjects = rule.org.map_or_else(|| owned(rule.roles), |org| vec![format!("org:{org}")]);
        serde_json::json!({
            "id": format!("urn:altinn:resource:app_ttd_{app}:ruleid:{number}"),
            "subjects": set(subjects), "places": set(owned(rule.places)), "actions": set(owned(rule.actions)),
        })
    });
    serde_json::json!({
        "rules": rules.collect::<Vec<_>>(),
        "obligations": [{"category": "urn:altinn:minimum-authenticationlevel", "level": 3},
                        {"category": "urn:altinn:minimum-authenticationlevel-org", "level": 2}],
    })
}
