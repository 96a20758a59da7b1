//! `altinn policy`: what a policy says, and whether it says what it must.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use altinn_auth::decision::{PolicyAnswer, PolicyQuestion, PolicyTests, ServicePolicy};
use altinn_auth::register::Role;
use altinn_core::{AuthenticationLevel, Language, ResourceId};
use altinn_services::definition::{AppDefinition, ServiceFolder};
use clap::{Args, Subcommand};

use crate::answer::{Answer, Failure};
use crate::folder::must_be_there;

#[derive(Debug, Subcommand)]
pub(crate) enum Policy {
    Explain(Explain),
    Test(Test),
}

/// Says whether somebody with these rights may do something, by which rule, or what would help.
///
/// Exit status: 0 when it is permitted, 1 when it is refused.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The folder of an Altinn 3 app, or of a service with `service.toml` and `policy.xml`.
    folder: PathBuf,
    /// What is to be done: `read`, `write`, `sign`, ...
    #[arg(long)]
    action: String,
    /// A role that is held for the party, as `DAGL`; more than one may be given.
    #[arg(long = "role")]
    roles: Vec<Role>,
    /// An access package that is held for the party; more than one may be given.
    #[arg(long = "package")]
    packages: Vec<String>,
    /// The service owner that asks, by its short name.
    #[arg(long)]
    owner: Option<String>,
    /// The level of authentication, 0 to 4; the highest if nothing is said.
    #[arg(long, value_parser = level)]
    level: Option<AuthenticationLevel>,
    /// In which task of the process.
    #[arg(long)]
    task: Option<String>,
    /// At which end event of the process.
    #[arg(long)]
    end_event: Option<String>,
}

/// Runs the tests of a policy: `policy.test.toml`, beside `policy.xml`.
///
/// Exit status: 0 when every test holds, 1 when one does not.
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// The folder with the two files, or that of an Altinn 3 app, which has them in `App/config/authorization`.
    folder: PathBuf,
}

impl Policy {
    pub(crate) fn run(self) -> Result<Answer, Failure> {
        match self {
            Self::Explain(explain) => explain.run(),
            Self::Test(test) => test.run(),
        }
    }
}

impl Explain {
    fn run(self) -> Result<Answer, Failure> {
        must_be_there(&self.folder)?;
        let (resource, policy) = policy_of(&self.folder)?;
        let question = PolicyQuestion::new(self.action);
        let question = PolicyQuestion {
            roles: self.roles,
            access_packages: self.packages,
            service_owner: self.owner,
            level: self.level.unwrap_or(question.level),
            task: self.task,
            end_event: self.end_event,
            ..question
        };
        let answer = policy.answer(&resource, &question);
        let mut text = explained(&question, &answer)?;
        let known: BTreeSet<_> = policy.rights().iter().map(|right| right.action.as_str()).collect();
        if !answer.permitted && !known.contains(&*question.action) {
            let known: Vec<_> = known.iter().map(|action| format!("`{action}`")).collect();
            write!(text, "\n  the policy permits it to nobody; it has {}", known.join(", "))?;
        }
        Answer::new(text, &answer, answer.permitted)
    }
}

impl Test {
    fn run(self) -> Result<Answer, Failure> {
        must_be_there(&self.folder)?;
        let in_app = self.folder.join("App/config/authorization");
        let folder = if in_app.is_dir() { in_app } else { self.folder };
        let report = PolicyTests::run_folder(folder)?;
        Answer::new(&report, &report, report.has_passed())
    }
}

/// The policy in the folder of an Altinn 3 app, or of a service of any type.
fn policy_of(folder: &Path) -> Result<(ResourceId, ServicePolicy), Failure> {
    let failed = |error: &dyn std::error::Error| Failure::at(folder.display(), error);
    let (service, xml) = if folder.join("policy.xml").is_file() {
        let folder = ServiceFolder::open_any(folder).map_err(|error| failed(&error))?;
        (folder.id().clone(), folder.policy_xml().map_err(|error| failed(&error))?)
    } else {
        let app = AppDefinition::load(folder).map_err(|error| failed(&error))?;
        (app.metadata().service_id()?, app.policy_xml().to_owned())
    };
    let policy = ServicePolicy::read(&service, xml).map_err(|error| failed(&error))?;
    Ok((service.resource_id(), policy))
}

fn explained(question: &PolicyQuestion, answer: &PolicyAnswer) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    let verb = if answer.permitted { "may" } else { "may not" };
    write!(text, "{} {verb} `{}`", question.who(Language::En), question.action)?;
    if let Some(task) = &question.task {
        write!(text, " in `{task}`")?;
    }
    write!(text, " ({})", answer.code)?;
    if let Some(rule) = &answer.rule {
        write!(text, "\n  decided by rule {} of policy {}", rule.id, rule.policy)?;
        if let Some(description) = &rule.description {
            write!(text, ": {description}")?;
        }
    }
    if let Some(level) = answer.required_level {
        write!(text, "\n  level {level} is the lowest that will do; asked at level {}", question.level)?;
    }
    for right in &answer.would_help {
        write!(text, "\n  {} `{}` would help", right.attribute, right.value)?;
        if let Some(rule) = &right.rule {
            write!(text, ", by rule {}", rule.id)?;
        }
    }
    Ok(text)
}

fn level(text: &str) -> Result<AuthenticationLevel, String> {
    let number = text.parse::<u8>().ok();
    number
        .and_then(|number| number.try_into().ok())
        .ok_or_else(|| "a level is a number from 0 to 4".to_owned())
}
