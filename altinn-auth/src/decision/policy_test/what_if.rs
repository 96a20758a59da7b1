//! What another version of a policy would change.

use altinn_core::{Language, ResourceId};
use serde::Serialize;

use super::super::policy_source::ServicePolicy;
use super::question::{PolicyAnswer, PolicyQuestion};

/// What another version of a policy would answer otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PolicyComparison {
    /// How many questions were asked.
    pub asked: usize,
    /// Those that are answered otherwise, in the order they were asked.
    pub differences: Vec<PolicyDifference>,
}

/// A question that two versions of a policy answer otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PolicyDifference {
    /// The question.
    pub question: PolicyQuestion,
    /// What the first version answers, and by which rule.
    pub before: PolicyAnswer,
    /// What the second version answers, and by which rule.
    pub after: PolicyAnswer,
}

impl PolicyComparison {
    /// Asks two versions of a resource's policy the same questions, such as recorded ones, and keeps what is answered
    /// otherwise: whether it is permitted, why not, or at which level.
    ///
    /// ```
    /// use altinn_auth::decision::{PolicyComparison, PolicyQuestion, ServicePolicy};
    ///
    /// let text = include_str!("../../../tests/policies/bakery_licence.xml");
    /// let service = "ttd/bakery-licence".parse()?;
    /// let before = ServicePolicy::read(&service, text)?;
    /// let after = ServicePolicy::read(&service, text.replace("regna", "revi"))?;
    /// let asked = ["DAGL", "REGNA"].map(|role| PolicyQuestion {
    ///     roles: role.parse().into_iter().collect(),
    ///     ..PolicyQuestion::new("write")
    /// });
    /// let comparison = PolicyComparison::of(&service.resource_id(), &before, &after, asked);
    /// let [difference] = comparison.differences.as_slice() else { panic!() };
    /// assert!(difference.before.permitted && !difference.after.permitted);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(
        resource: &ResourceId,
        before: &ServicePolicy,
        after: &ServicePolicy,
        questions: impl IntoIterator<Item = PolicyQuestion>,
    ) -> Self {
        let (mut asked, mut differences) = (0, Vec::new());
        for question in questions {
            asked += 1;
            let (before, after) = (before.answer(resource, &question), after.answer(resource, &question));
            if (before.code, before.required_level) != (after.code, after.required_level) {
                differences.push(PolicyDifference { question, before, after });
            }
        }
        Self { asked, differences }
    }
}

impl PolicyDifference {
    /// What changes and by which rules, in plain words; in Northern Sami, as in bokmål.
    pub fn explain(&self, language: Language) -> String {
        let who = self.question.who(language);
        let what = match &self.question.task {
            Some(task) => format!("{} ({task})", self.question.action),
            None => self.question.action.clone(),
        };
        let (before, after) = (answer(&self.before, language), answer(&self.after, language));
        match language {
            Language::En => format!("{who}, {what}: before, {before}; now, {after}."),
            Language::Nn => format!("{who}, {what}: før {before}, no {after}."),
            Language::Nb | Language::Se => format!("{who}, {what}: før {before}, nå {after}."),
        }
    }
}

fn answer(answer: &PolicyAnswer, language: Language) -> String {
    let (permitted, denied, by, level, needed) = match language {
        Language::En => ("permitted", "denied", "by rule", "level", "needed"),
        Language::Nn => ("tillate", "nekta", "av regel", "nivå", "krevst"),
        Language::Nb | Language::Se => ("tillatt", "nektet", "av regel", "nivå", "kreves"),
    };
    let mut words =
        if answer.permitted { permitted.to_owned() } else { format!("{denied} ({})", answer.code) };
    if let Some(rule) = &answer.rule {
        words = format!("{words} {by} {}", rule.id);
    }
    if let Some(required) = answer.required_level {
        words = format!("{words}, {level} {required} {needed}");
    }
    words
}
