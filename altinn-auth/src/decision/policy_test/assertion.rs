//! Tests of a policy, in a file beside it.

use std::fmt;
use std::path::Path;

use altinn_core::{AuthenticationLevel, ResourceId, ServiceId};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::super::policy_source::ServicePolicy;
use super::question::{PolicyAnswer, PolicyQuestion};
use crate::register::Role;
use crate::xacml::XacmlError;

/// The name of the file with the tests, beside `policy.xml`.
pub const POLICY_TESTS: &str = "policy.test.toml";
/// The most bytes a file of tests may have: 1 MiB.
pub const MAX_POLICY_TEST_BYTES: usize = 1024 * 1024;

/// Tests of a policy: who must, and who must not, be let in.
///
/// ```
/// use altinn_auth::decision::{PolicyTests, ServicePolicy};
///
/// let tests = PolicyTests::read(r#"
///     resource = "ttd/bakery-licence"
///
///     [[test]]
///     name = "the leader fills in"
///     roles = ["DAGL"]
///     action = "write"
///     expect = "permit"
///     required-level = 3
///
///     [[test]]
///     name = "an auditor does not"
///     roles = ["REVI"]
///     action = "write"
///     expect = "deny"
/// "#)?;
/// let policy = ServicePolicy::read(&"ttd/bakery-licence".parse()?, include_str!("../../../tests/policies/bakery_licence.xml"))?;
/// let report = tests.run(&policy);
/// assert!(report.has_passed());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct PolicyTests {
    resource: ResourceId,
    tests: Vec<PolicyTest>,
}

/// One test of a policy: a question, and what must be answered.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PolicyTest {
    /// What it claims.
    pub name: String,
    /// What is asked.
    pub question: PolicyQuestion,
    /// What must be answered.
    pub expect: Expected,
    /// The rule that must decide, or the end of its id.
    pub rule: Option<String>,
    /// The lowest level of authentication that must be asked for.
    pub required_level: Option<AuthenticationLevel>,
}

/// What a test expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expected {
    /// It is let in.
    Permit,
    /// It is not.
    Deny,
}

/// Why tests of a policy cannot be run.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PolicyTestError {
    /// The file is not what it must be.
    #[error("the tests of the policy cannot be read: {reason}")]
    Toml {
        /// What is wrong and where.
        reason: String,
    },
    /// The file is larger than is read.
    #[error("the tests of the policy have {found} bytes, at most {limit} are read")]
    TooLarge {
        /// How many bytes it has.
        found: usize,
        /// How many it may have.
        limit: usize,
    },
    /// The resource is neither a service id nor a resource id.
    #[error("`{found}` is neither a service, as `org/name`, nor a resource id")]
    Resource {
        /// What the file says.
        found: String,
    },
    /// There is no test.
    #[error("there are no tests of the policy")]
    NoTests,
    /// A file cannot be read.
    #[error("`{path}` cannot be read: {error}")]
    File {
        /// The path.
        path: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// The policy cannot be read.
    #[error("the policy, {0}")]
    Policy(#[from] XacmlError),
}

impl PolicyTestError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Toml { .. } => "AUTH-POLICY-TEST-TOML",
            Self::TooLarge { .. } => "AUTH-POLICY-TEST-TOO-LARGE",
            Self::Resource { .. } => "AUTH-POLICY-TEST-RESOURCE",
            Self::NoTests => "AUTH-POLICY-TEST-NONE",
            Self::File { .. } => "AUTH-POLICY-TEST-FILE",
            Self::Policy(error) => error.code(),
        }
    }
}

/// What tests of a policy came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PolicyTestReport {
    /// Every test, in the order of the file.
    pub outcomes: Vec<PolicyTestOutcome>,
    /// The rules that decide no test.
    pub untested_rules: Vec<String>,
}

/// What one test came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PolicyTestOutcome {
    /// What it claims.
    pub name: String,
    /// Whether it holds.
    pub passed: bool,
    /// What is otherwise than expected, in English; empty when it holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<String>,
    /// What the policy answered.
    pub answer: PolicyAnswer,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    resource: String,
    #[serde(default)]
    test: Vec<Row>,
}

/// A test as it stands in the file: spelled out, so that a misspelled name is an error.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Row {
    name: String,
    #[serde(default)]
    roles: Vec<Role>,
    #[serde(default)]
    access_packages: Vec<String>,
    service_owner: Option<String>,
    #[serde(default)]
    attributes: std::collections::BTreeMap<String, String>,
    level: Option<AuthenticationLevel>,
    action: String,
    task: Option<String>,
    end_event: Option<String>,
    app_resource: Option<String>,
    expect: Expected,
    rule: Option<String>,
    required_level: Option<AuthenticationLevel>,
}

impl From<Row> for PolicyTest {
    fn from(row: Row) -> Self {
        let asked = PolicyQuestion::new(row.action);
        let question = PolicyQuestion {
            roles: row.roles,
            access_packages: row.access_packages,
            service_owner: row.service_owner,
            attributes: row.attributes,
            level: row.level.unwrap_or(asked.level),
            task: row.task,
            end_event: row.end_event,
            app_resource: row.app_resource,
            ..asked
        };
        let (expect, rule, required_level) = (row.expect, row.rule, row.required_level);
        Self { name: row.name, question, expect, rule, required_level }
    }
}

impl PolicyTests {
    /// Reads a file of tests.
    ///
    /// # Errors
    /// [`PolicyTestError`] says what is wrong and where.
    pub fn read(toml: &str) -> Result<Self, PolicyTestError> {
        if toml.len() > MAX_POLICY_TEST_BYTES {
            return Err(PolicyTestError::TooLarge { found: toml.len(), limit: MAX_POLICY_TEST_BYTES });
        }
        let file: File =
            toml::from_str(toml).map_err(|error| PolicyTestError::Toml { reason: error.to_string() })?;
        if file.test.is_empty() {
            return Err(PolicyTestError::NoTests);
        }
        let service = file.resource.parse::<ServiceId>().map(|service| service.resource_id());
        let resource = service.or_else(|_| file.resource.parse());
        let resource = resource.map_err(|_| PolicyTestError::Resource { found: file.resource })?;
        Ok(Self { resource, tests: file.test.into_iter().map(PolicyTest::from).collect() })
    }

    /// Runs the tests in a folder that holds `policy.xml` and, beside it, [`POLICY_TESTS`].
    ///
    /// # Errors
    /// [`PolicyTestError`] when one of the two cannot be read.
    pub fn run_folder(folder: impl AsRef<Path>) -> Result<PolicyTestReport, PolicyTestError> {
        let read = |name: &str| {
            let path = folder.as_ref().join(name);
            std::fs::read_to_string(&path)
                .map_err(|error| PolicyTestError::File { path: path.display().to_string(), error })
        };
        let tests = Self::read(&read(POLICY_TESTS)?)?;
        let policy = read("policy.xml")?;
        let app = tests.resource.as_str().strip_prefix("app_").and_then(|app| app.split_once('_'));
        let service = app.and_then(|(org, name)| ServiceId::new(org, name).ok());
        let policy = match service {
            Some(service) => ServicePolicy::read(&service, policy)?,
            None => ServicePolicy::read_resource(policy)?,
        };
        Ok(tests.run(&policy))
    }

    /// The tests, in the order of the file.
    pub fn tests(&self) -> &[PolicyTest] {
        &self.tests
    }

    /// Runs the tests on a policy.
    pub fn run(&self, policy: &ServicePolicy) -> PolicyTestReport {
        let outcomes: Vec<PolicyTestOutcome> =
            self.tests.iter().map(|test| test.run(&self.resource, policy)).collect();
        let decides = |rule: &str| {
            outcomes
                .iter()
                .any(|outcome| outcome.answer.rule.as_ref().is_some_and(|decided| decided.id == rule))
        };
        let rules = policy.document().tree().rules();
        let untested = rules.iter().filter(|rule| !decides(&rule.id)).map(|rule| rule.id.to_string());
        PolicyTestReport { untested_rules: untested.collect(), outcomes }
    }
}

impl PolicyTest {
    fn run(&self, resource: &ResourceId, policy: &ServicePolicy) -> PolicyTestOutcome {
        let answer = policy.answer(resource, &self.question);
        let mut differences = Vec::new();
        if answer.permitted != (self.expect == Expected::Permit) {
            let expected = if self.expect == Expected::Permit { "permit" } else { "deny" };
            differences.push(format!("expected {expected}, got {}", answer.code));
        }
        let decided = answer.rule.as_ref().map_or("no rule", |rule| &rule.id);
        if self.rule.as_deref().is_some_and(|expected| !decided.ends_with(expected)) {
            let expected = self.rule.as_deref().unwrap_or_default();
            differences.push(format!("expected rule `{expected}` to decide, it was `{decided}`"));
        }
        if self.required_level.is_some() && self.required_level != answer.required_level {
            let shown = |level: Option<AuthenticationLevel>| {
                level.map_or("none".to_owned(), |level| level.to_string())
            };
            let (expected, found) = (shown(self.required_level), shown(answer.required_level));
            differences.push(format!("expected level {expected} to be required, it is {found}"));
        }
        PolicyTestOutcome { name: self.name.clone(), passed: differences.is_empty(), differences, answer }
    }
}

impl PolicyTestReport {
    /// How many tests hold.
    pub fn passed(&self) -> usize {
        self.outcomes.iter().filter(|outcome| outcome.passed).count()
    }

    /// How many tests do not hold.
    pub fn failed(&self) -> usize {
        self.outcomes.len() - self.passed()
    }

    /// Whether every test holds.
    pub fn has_passed(&self) -> bool {
        self.failed() == 0
    }
}

impl fmt::Display for PolicyTestReport {
    /// What does not hold, the rules that no test reaches, and `N passed, N failed`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for outcome in self.outcomes.iter().filter(|outcome| !outcome.passed) {
            writeln!(f, "{}: {}", outcome.name, outcome.differences.join("; "))?;
        }
        for rule in &self.untested_rules {
            writeln!(f, "no test reaches rule {rule}")?;
        }
        write!(f, "{} passed, {} failed", self.passed(), self.failed())
    }
}
