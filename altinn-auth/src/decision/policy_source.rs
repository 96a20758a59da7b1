//! Where the policies of services come from.

use std::collections::HashMap;
use std::fmt::Debug;
use std::path::Path;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use altinn_core::{ResourceId, ServiceId};
use async_trait::async_trait;
use thiserror::Error;

use super::grant::Grant;
use super::right::{self, PolicyRight, Right};
use super::{altinn_reading, attribute};
use crate::register::Role;
use crate::xacml::model::Rule;
use crate::xacml::{CompiledPolicy, Effect, Placeholders, PolicyDocument, XacmlError, XacmlFault, name};

/// Gives the policies of apps and other resources.
#[async_trait]
pub trait PolicySource: Debug + Send + Sync {
    /// The policy of a resource; an app is asked for by its resource id, `app_<org>_<app>`. None when there is none,
    /// which refuses.
    ///
    /// # Errors
    /// [`PolicySourceError`] when it cannot be told, which refuses as well.
    async fn policy(&self, resource: &ResourceId) -> Result<Option<Arc<ServicePolicy>>, PolicySourceError>;
}

/// Why a policy cannot be had.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PolicySourceError {
    /// The policy is there and cannot be read.
    #[error("the policy of `{resource}`, {error}")]
    Policy {
        /// The resource; an app's is `app_<org>_<app>`.
        resource: ResourceId,
        /// What is wrong with the policy.
        error: XacmlError,
    },
    /// The file or folder cannot be read.
    #[error("`{path}` cannot be read: {error}")]
    File {
        /// The path.
        path: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// The folder's name is no resource id, or no part of a service id.
    #[error("`{path}` does not name a service or resource")]
    NotAService {
        /// The path.
        path: String,
    },
    /// The source does not answer.
    #[error("policies are unavailable: {reason}")]
    Unavailable {
        /// What happened.
        reason: String,
    },
}

impl PolicySourceError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Policy { error, .. } => error.code(),
            Self::File { .. } => "AUTH-POLICY-FILE",
            Self::NotAService { .. } => "AUTH-POLICY-NOT-A-SERVICE",
            Self::Unavailable { .. } => "AUTH-POLICY-UNAVAILABLE",
        }
    }
}

/// The policy of a service, ready to decide.
#[derive(Debug)]
pub struct ServicePolicy {
    document: PolicyDocument,
    compiled: CompiledPolicy,
    /// Every right of a subject that a permitting rule asks for, once.
    grants: Vec<Grant>,
    /// What is told of a rule when it decides, by its id; of rules with the same id, of the first.
    told: HashMap<Arc<str>, ToldOfRule>,
    /// Whether it spells role codes otherwise than in capitals, and may compare them letter by letter.
    spells_roles_small: bool,
    read_otherwise: Vec<Arc<str>>,
    /// The rights that its rules permit, once somebody asked for them.
    rights: OnceLock<Vec<PolicyRight>>,
    guarded_by_access_lists: bool,
}

/// What is told of a rule when it decides.
#[derive(Debug)]
struct ToldOfRule {
    /// What it is for, in the words of the policy.
    description: Option<String>,
    /// Every right of a subject that it asks for.
    grants: Vec<Grant>,
}

impl ToldOfRule {
    fn of(rule: &Rule) -> Self {
        let grants = rule.target.matches().filter_map(Grant::of_match).collect();
        Self { description: rule.description.clone(), grants }
    }
}

impl ServicePolicy {
    /// Reads an app's policy file; `[org]` and `[app]` in it become the service's.
    ///
    /// # Errors
    /// What is wrong with it and where.
    pub fn read(service: &ServiceId, bytes: impl AsRef<[u8]>) -> Result<Self, XacmlError> {
        Self::of(PolicyDocument::read_for_app(
            bytes,
            &Placeholders { org: service.org(), app: service.name() },
        )?)
    }

    /// Reads the policy file of a resource of the resource registry, or of a delegation.
    ///
    /// # Errors
    /// What is wrong with it and where.
    pub fn read_resource(bytes: impl AsRef<[u8]>) -> Result<Self, XacmlError> {
        // Like an app's, it may repeat the ids of rules; it has no placeholders.
        Self::of(PolicyDocument::read_for_app(bytes, &Placeholders { org: "[org]", app: "[app]" })?)
    }

    /// Reads the policy file of a resource of the resource registry, of which every rule must be for that resource: its
    /// target names it by `urn:altinn:resource`, and no other. The registry takes no other policy either.
    ///
    /// # Errors
    /// What is wrong with it and where.
    pub fn read_registered(resource: &ResourceId, bytes: impl AsRef<[u8]>) -> Result<Self, XacmlError> {
        let policy = Self::read_resource(bytes)?;
        let is_for_it = |rule: &&Rule| {
            let named = rule.target.matches().filter(|one| {
                &*one.attribute.category == name::RESOURCE && &*one.attribute.id == attribute::RESOURCE
            });
            let mut named = named.map(|one| one.value.as_text() == Some(resource.as_str())).peekable();
            named.peek().is_some() && named.all(|is_it| is_it)
        };
        let other = policy.document.tree().rules().into_iter().find(|rule| !is_for_it(rule));
        let Some(rule) = other else { return Ok(policy) };
        let position = policy.document.position_of(rule);
        let (rule, resource) = (rule.id.to_string(), resource.to_string());
        Err(XacmlError { position, fault: XacmlFault::OtherResource { rule, resource } })
    }

    fn of(document: PolicyDocument) -> Result<Self, XacmlError> {
        let (reading, read_otherwise) = altinn_reading::read(&document);
        let compiled = CompiledPolicy::compile(&reading)?;
        let rules = document.tree().rules();
        let matches = rules.iter().flat_map(|rule| rule.target.matches());
        let spells_roles_small = matches
            .filter(|one| &*one.attribute.id == attribute::ROLE_CODE)
            .filter_map(|one| one.value.as_text())
            .any(|code| code.parse::<Role>().is_ok_and(|role| role.code() != code));
        let mut grants: Vec<Grant> = Vec::new();
        for grant in rules
            .iter()
            .filter(|rule| rule.effect == Effect::Permit)
            .flat_map(|rule| rule.target.matches())
            .filter_map(Grant::of_match)
        {
            if !grants.contains(&grant) {
                grants.push(grant);
            }
        }
        let mut told = HashMap::new();
        for rule in &rules {
            told.entry(Arc::clone(&rule.id)).or_insert_with(|| ToldOfRule::of(rule));
        }
        let rights = OnceLock::new();
        Ok(Self {
            document,
            compiled,
            grants,
            told,
            spells_roles_small,
            read_otherwise,
            rights,
            guarded_by_access_lists: false,
        })
    }

    /// The same, of a service to which the service owner's access lists apply. They do not to apps, as in Altinn.
    #[must_use]
    pub fn guarded_by_access_lists(mut self) -> Self {
        self.guarded_by_access_lists = true;
        self
    }

    pub(super) fn is_guarded_by_access_lists(&self) -> bool {
        self.guarded_by_access_lists
    }

    /// The policy as it is written.
    pub fn document(&self) -> &PolicyDocument {
        &self.document
    }

    /// The rules that Altinn reads otherwise than the standard: where several `AnyOf` name attributes of one category,
    /// it takes any of them, and the standard asks for all. A policy that means the same to both has none.
    pub fn rules_read_otherwise(&self) -> &[Arc<str>] {
        &self.read_otherwise
    }

    /// The policy as it decides, which is as Altinn reads it.
    pub fn compiled(&self) -> &CompiledPolicy {
        &self.compiled
    }

    /// The rights that its rules permit to anybody: what can be delegated. At most [`MAX_RIGHTS`](super::MAX_RIGHTS).
    pub fn rights(&self) -> &[PolicyRight] {
        self.rights.get_or_init(|| right::of_policy(&self.document))
    }

    /// Whether one of its rules permits this right to anybody.
    pub(super) fn knows(&self, right: &Right) -> bool {
        self.rights().iter().any(|known| known.action == right.action && known.within == right.within)
    }

    /// The version that the policy gives itself.
    pub fn version(&self) -> &str {
        self.document.tree().version()
    }

    /// Whether a rule or condition looks at this attribute of the subject, so that it has to be found out.
    pub(super) fn asks_for(&self, subject_attribute: &str) -> bool {
        self.compiled.attributes.named(name::ACCESS_SUBJECT, subject_attribute).next().is_some()
    }

    /// Whether it spells role codes otherwise than in capitals, and may compare them letter by letter.
    pub(super) fn spells_roles_small(&self) -> bool {
        self.spells_roles_small
    }

    /// Whether the policy itself, apart from its rules, obliges to anything.
    pub(super) fn has_obligations(&self) -> bool {
        !self.compiled.root.duties.is_empty()
    }

    /// Every right of a subject that a permitting rule asks for, once.
    pub(super) fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// Every right of a subject that a rule asks for.
    pub(super) fn grants_of(&self, rule: &str) -> &[Grant] {
        self.told.get(rule).map_or(&[], |told| &told.grants)
    }

    /// What a rule is for, in the words of the policy.
    pub(super) fn description(&self, rule: &str) -> Option<String> {
        self.told.get(rule)?.description.clone()
    }
}

/// Policies in memory, read from bytes or from a folder.
///
/// ```
/// use altinn_auth::decision::Policies;
///
/// let policies = Policies::new();
/// let error = policies.put("ttd/bakery-licence".parse()?, "<Policy/>").unwrap_err();
/// assert_eq!(error.code(), "AUTH-XACML-UNEXPECTED-ELEMENT");
/// # Ok::<(), altinn_core::IdentifierError>(())
/// ```
#[derive(Debug, Default)]
pub struct Policies(RwLock<HashMap<ResourceId, Arc<ServicePolicy>>>);

impl Policies {
    /// No policies yet: every service is refused.
    pub fn new() -> Self {
        Self::default()
    }

    /// The policies of a folder: `<org>/<app>/policy.xml` of apps, and `<resource>/policy.xml` of other resources.
    ///
    /// # Errors
    /// The first file that cannot be read.
    pub fn from_folder(folder: impl AsRef<Path>) -> Result<Self, PolicySourceError> {
        let policies = Self::new();
        for (name, inner) in folders_in(folder.as_ref())? {
            let path = inner.join("policy.xml");
            if path.is_file() {
                let resource = name.parse().map_err(|_| not_a_service(&path))?;
                policies.put_resource(resource, read_file(&path)?)?;
            }
            for (app, app_folder) in folders_in(&inner)? {
                let path = app_folder.join("policy.xml");
                let service = ServiceId::new(&name, &app).map_err(|_| not_a_service(&path))?;
                policies.put(service, read_file(&path)?)?;
            }
        }
        Ok(policies)
    }

    /// Adds the policy of a service, or takes a new version of it into use.
    ///
    /// # Errors
    /// [`PolicySourceError::Policy`] when it cannot be read; the one before stays.
    pub fn put(&self, service: ServiceId, bytes: impl AsRef<[u8]>) -> Result<(), PolicySourceError> {
        self.insert(service.resource_id(), ServicePolicy::read(&service, bytes))
    }

    /// The same, for a service that is no app: the service owner's access lists apply to it.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub fn put_guarded(&self, service: ServiceId, bytes: impl AsRef<[u8]>) -> Result<(), PolicySourceError> {
        let read = ServicePolicy::read(&service, bytes).map(ServicePolicy::guarded_by_access_lists);
        self.insert(service.resource_id(), read)
    }

    /// Adds the policy of a resource of the resource registry, or takes a new version of it into use.
    ///
    /// # Errors
    /// [`PolicySourceError::Policy`] when it cannot be read; the one before stays.
    pub fn put_resource(
        &self,
        resource: ResourceId,
        bytes: impl AsRef<[u8]>,
    ) -> Result<(), PolicySourceError> {
        let read = ServicePolicy::read_registered(&resource, bytes);
        self.insert(resource, read)
    }

    fn insert(
        &self,
        resource: ResourceId,
        read: Result<ServicePolicy, XacmlError>,
    ) -> Result<(), PolicySourceError> {
        match read {
            Ok(policy) => {
                let mut policies = self.0.write().unwrap_or_else(PoisonError::into_inner);
                policies.insert(resource, Arc::new(policy));
                Ok(())
            }
            Err(error) => Err(PolicySourceError::Policy { resource, error }),
        }
    }
}

#[async_trait]
impl PolicySource for Policies {
    async fn policy(&self, resource: &ResourceId) -> Result<Option<Arc<ServicePolicy>>, PolicySourceError> {
        Ok(self.0.read().unwrap_or_else(PoisonError::into_inner).get(resource).cloned())
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, PolicySourceError> {
    std::fs::read(path).map_err(|error| PolicySourceError::File { path: path.display().to_string(), error })
}

fn not_a_service(path: &Path) -> PolicySourceError {
    PolicySourceError::NotAService { path: path.display().to_string() }
}

/// The folders in a folder, by name.
fn folders_in(folder: &Path) -> Result<Vec<(String, std::path::PathBuf)>, PolicySourceError> {
    let failed = |error| PolicySourceError::File { path: folder.display().to_string(), error };
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if let Some(name) = path.file_name().filter(|_| path.is_dir()) {
            folders.push((name.to_string_lossy().into_owned(), path));
        }
    }
    Ok(folders)
}
