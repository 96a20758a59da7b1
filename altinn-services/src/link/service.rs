//! A link service.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use altinn_core::{ServiceId, Text};
use serde::Deserialize;
use toml::Spanned;

use super::LinkTarget;
use super::target::Way;
use crate::definition::{DefinitionError, ServiceFolder};

/// A published link service. Cheap to clone.
#[derive(Debug, Clone)]
pub struct LinkService(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    id: ServiceId,
    title: Text,
    action: String,
    targets: BTreeMap<String, LinkTarget>,
}

/// What `service.toml` says of a link.
#[derive(Deserialize)]
struct File {
    link: Settings,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    #[serde(default = "access")]
    action: String,
    targets: Spanned<BTreeMap<String, Spanned<LinkTarget>>>,
}

fn access() -> String {
    "access".to_owned()
}

impl LinkService {
    /// Reads the definition of a folder; gives the text of its policy beside it.
    pub(crate) fn load(folder: &Path) -> Result<(Self, String), DefinitionError> {
        let folder = ServiceFolder::open(folder, "link")?;
        let File { link } = folder.settings()?;
        let at = link.targets.span().start;
        let mut targets = BTreeMap::new();
        for (name, target) in link.targets.into_inner() {
            let at = target.span().start;
            let target = target.into_inner();
            if target.way() == Way::Code && target.organization().is_none() {
                let problem = format!("`{name}` must say by which `organization` its codes are redeemed");
                return Err(folder.fault(at, problem));
            }
            targets.insert(name, target);
        }
        if targets.is_empty() {
            return Err(folder.fault(at, "there is no target".to_owned()));
        }
        let parts =
            Parts { id: folder.id().clone(), title: folder.title().clone(), action: link.action, targets };
        Ok((Self(Arc::new(parts)), folder.policy_xml()?))
    }

    /// The service's id.
    pub fn id(&self) -> &ServiceId {
        &self.0.id
    }

    /// What it is called.
    pub fn title(&self) -> &Text {
        &self.0.title
    }

    /// Where it leads, by name.
    pub fn targets(&self) -> impl Iterator<Item = (&str, &LinkTarget)> {
        self.0.targets.iter().map(|(name, target)| (name.as_str(), target))
    }

    /// What the policy is asked.
    pub(super) fn action(&self) -> &str {
        &self.0.action
    }

    /// A target by name; without a name, the only one.
    pub(super) fn target(&self, name: Option<&str>) -> Option<(&str, &LinkTarget)> {
        match name {
            Some(name) => self.targets().find(|(other, _)| *other == name),
            None if self.0.targets.len() == 1 => self.targets().next(),
            None => None,
        }
    }
}
