//! A collaboration.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use altinn_core::{Actor, AuthenticationLevel, ServiceId, Subject, Text};

use super::{Definition, Member, MemberKind, SubmissionMember};
use crate::definition::{DefinitionError, ServiceFolder};

/// A published collaboration. Cheap to clone.
#[derive(Debug, Clone)]
pub struct CollaborationService(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    id: ServiceId,
    title: Text,
    definition: Definition,
    members: BTreeMap<String, Arc<dyn Member>>,
}

/// The members of a collaboration that are more than a definition says: whoever answers for them.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Members(BTreeMap<String, Arc<dyn Member>>);

impl Members {
    /// None: submissions answer for themselves.
    pub fn none() -> Self {
        Self::default()
    }

    /// The same with whoever answers for a member, by its name in the definition.
    pub fn with(mut self, name: impl Into<String>, member: impl Member + 'static) -> Self {
        self.0.insert(name.into(), Arc::new(member));
        self
    }
}

impl CollaborationService {
    /// Reads and checks the definition of a folder, without publishing it.
    ///
    /// # Errors
    /// Says in which file, where and why it is not in order; also when nobody answers for a member.
    pub fn load(folder: impl AsRef<Path>, members: Members) -> Result<Self, DefinitionError> {
        Ok(Self::load_with_policy(folder.as_ref(), members)?.0)
    }

    /// Reads the definition of a folder; gives the text of its policy beside it.
    pub(crate) fn load_with_policy(
        folder: &Path,
        members: Members,
    ) -> Result<(Self, String), DefinitionError> {
        let folder = ServiceFolder::open(folder, "collaboration")?;
        let definition = Definition::of(&folder)?;
        let mut members = members.0;
        for (name, member) in &definition.members {
            if member.kind == MemberKind::Submission {
                members.entry(name.clone()).or_insert_with(|| Arc::new(SubmissionMember));
            } else if !members.contains_key(name) {
                return Err(folder.fault(0, format!("nobody answers for the member `{name}`")));
            }
        }
        let (id, title) = (folder.id().clone(), folder.title().clone());
        Ok((Self(Arc::new(Parts { id, title, definition, members })), folder.policy_xml()?))
    }

    /// The service's id.
    pub fn id(&self) -> &ServiceId {
        &self.0.id
    }

    /// What it is called.
    pub fn title(&self) -> &Text {
        &self.0.title
    }

    /// What it is made of.
    pub fn definition(&self) -> &Definition {
        &self.0.definition
    }

    /// Whoever answers for a member.
    pub(super) fn member(&self, name: &str) -> Option<&Arc<dyn Member>> {
        self.0.members.get(name)
    }

    /// The agency that owns the collaboration, as its workers act for it.
    pub(super) fn agency(&self) -> Actor {
        let org = self.id().org().to_owned();
        Actor::new(Subject::ServiceOwner { org, number: None }, AuthenticationLevel::VerySensitive)
    }

    /// Whether somebody is that agency.
    pub(super) fn is_agency(&self, actor: &Actor) -> bool {
        matches!(actor.subject(), Subject::ServiceOwner { org, .. } if org == self.id().org())
    }
}
