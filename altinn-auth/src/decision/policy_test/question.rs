//! What a policy is asked apart from any person and register, and what it answers.

use std::collections::BTreeMap;

use altinn_core::{AuthenticationLevel, Language, ResourceId};
use serde::{Deserialize, Serialize};

use super::super::attribute;
use super::super::authorizer::remedies;
use super::super::decision_log::DecisionRecord;
use super::super::denial::DenialReason;
use super::super::enrichment;
use super::super::explanation::{ExplainedRight, ExplainedRule};
use super::super::level::RequiredLevels;
use super::super::policy_source::ServicePolicy;
use crate::register::Role;
use crate::xacml::{Decision, Request, name};

/// Somebody with certain rights wants to do something: a request without a person, to test a policy with and to record.
///
/// ```
/// use altinn_auth::decision::{PolicyQuestion, ServicePolicy};
///
/// let policy = ServicePolicy::read(&"ttd/bakery-licence".parse()?, include_str!("../../../tests/policies/bakery_licence.xml"))?;
/// let question = PolicyQuestion { roles: vec!["DAGL".parse()?], ..PolicyQuestion::new("sign") };
/// let in_task = PolicyQuestion { task: Some("Task_2".to_owned()), ..question.clone() };
/// let resource = "app_ttd_bakery-licence".parse()?;
/// assert!(!policy.answer(&resource, &question).permitted);
/// assert!(policy.answer(&resource, &in_task).permitted);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PolicyQuestion {
    /// The roles that are held for the party.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// The access packages that are held for the party.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub access_packages: Vec<String>,
    /// The short name of the service owner that asks, when one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_owner: Option<String>,
    /// Other attributes of whoever asks, by their ids.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// The level of authentication; the highest if nothing is said.
    #[serde(default = "highest")]
    pub level: AuthenticationLevel,
    /// What is to be done.
    pub action: String,
    /// In which task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// At which end event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_event: Option<String>,
    /// On which part of the app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_resource: Option<String>,
}

/// What a policy answers to a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PolicyAnswer {
    /// Whether it is permitted, at the level of authentication that the question has.
    pub permitted: bool,
    /// `AUTH-PERMITTED`, or the code of the refusal.
    pub code: &'static str,
    /// The rule that decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<ExplainedRule>,
    /// The lowest level of authentication that the policy asks for, when a rule permits it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required_level: Option<AuthenticationLevel>,
    /// What would have been permitted, when no rule does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub would_help: Vec<ExplainedRight>,
}

fn highest() -> AuthenticationLevel {
    AuthenticationLevel::VerySensitive
}

impl PolicyQuestion {
    /// Somebody without rights, identified surely, wants to do something.
    pub fn new(action: impl Into<String>) -> Self {
        Self {
            roles: Vec::new(),
            access_packages: Vec::new(),
            service_owner: None,
            attributes: BTreeMap::new(),
            level: highest(),
            action: action.into(),
            task: None,
            end_event: None,
            app_resource: None,
        }
    }

    /// The question of a decision that was made, without whose it was: to be asked again of another policy.
    pub fn of(record: &DecisionRecord<'_>) -> Self {
        let service_owner = match record.actor.subject() {
            altinn_core::Subject::ServiceOwner { org, .. } => Some(org.clone()),
            _ => None,
        };
        Self {
            roles: record.roles.iter().map(|held| held.role.clone()).collect(),
            service_owner,
            level: record.actor.level(),
            task: record.request.task.clone(),
            end_event: record.request.end_event.clone(),
            app_resource: record.request.app_resource.clone(),
            ..Self::new(record.request.action.as_str())
        }
    }

    /// Who asks, in plain words: the rights that they have.
    pub fn who(&self, language: Language) -> String {
        let roles = self.roles.iter().map(Role::to_string);
        let others = self.access_packages.iter().chain(&self.service_owner).cloned();
        let others = others.chain(self.attributes.values().cloned());
        let all: Vec<String> = roles.chain(others).collect();
        let nobody = match language {
            Language::En => "somebody without rights",
            Language::Nn => "ein utan rettar",
            Language::Nb | Language::Se => "en uten rettigheter",
        };
        if all.is_empty() { nobody.to_owned() } else { all.join(", ") }
    }

    fn request(&self, resource: &ResourceId, policy: &ServicePolicy) -> Request {
        let mut request = Request::new().with_action(&self.action);
        let mut add = |id: &'static str, value: &str| request.add(name::RESOURCE, id, value);
        add(attribute::RESOURCE, resource.as_str());
        if let Some((org, app)) = resource.as_str().strip_prefix("app_").and_then(|app| app.split_once('_')) {
            add(attribute::ORG, org);
            add(attribute::APP, app);
        }
        let place = [
            (attribute::TASK, &self.task),
            (attribute::END_EVENT, &self.end_event),
            (attribute::APP_RESOURCE, &self.app_resource),
        ];
        for (id, value) in place {
            value.iter().for_each(|value| add(id, value));
        }
        self.roles.iter().for_each(|role| enrichment::add_role(&mut request, policy, role));
        let mut add = |id: String, value: &str| request.add(name::ACCESS_SUBJECT, id, value);
        for package in &self.access_packages {
            add(attribute::ACCESS_PACKAGE.to_owned(), package);
        }
        if let Some(org) = &self.service_owner {
            add(attribute::ORG.to_owned(), org);
        }
        for (id, value) in &self.attributes {
            add(id.clone(), value);
        }
        request
    }
}

impl ServicePolicy {
    /// Answers a question, without asking any register: delegations and access lists are not looked at.
    pub fn answer(&self, resource: &ResourceId, question: &PolicyQuestion) -> PolicyAnswer {
        let request = question.request(resource, self);
        let evaluation = self.compiled().evaluate(&request);
        let rule = evaluation.decided_by().map(|rule| {
            let description = self.description(&rule.rule);
            ExplainedRule::of(rule, description.as_deref())
        });
        let refused = |code| PolicyAnswer {
            permitted: false,
            code,
            rule: rule.clone(),
            required_level: None,
            would_help: Vec::new(),
        };
        match evaluation.decision() {
            Decision::Permit => match RequiredLevels::of(evaluation.obligations()) {
                Ok(levels) => {
                    let required_level = levels.for_caller(question.service_owner.is_some());
                    let permitted = required_level.is_none_or(|required| question.level >= required);
                    let code = if permitted { "AUTH-PERMITTED" } else { "AUTH-DENIED-LEVEL" };
                    PolicyAnswer { permitted, code, required_level, ..refused(code) }
                }
                Err(reason) => refused(reason.code()),
            },
            Decision::Deny => refused("AUTH-DENIED-FORBIDDEN"),
            Decision::Indeterminate(_) => refused("AUTH-DENIED-UNDECIDED"),
            Decision::NotApplicable => {
                let would_help = remedies(self, &request).iter().map(ExplainedRight::of_remedy).collect();
                PolicyAnswer { would_help, ..refused(DenialReason::NotGranted { would_help: vec![] }.code()) }
            }
        }
    }
}
