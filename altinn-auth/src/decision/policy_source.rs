//! Where the policies of services come from.

use std::collections::HashMap;
use std::fmt::Debug;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use altinn_core::ServiceId;
use async_trait::async_trait;
use thiserror::Error;

use super::grant::Grant;
use crate::xacml::{CompiledPolicy, Effect, Placeholders, PolicyDocument, XacmlError};

/// Gives the policy of a service.
#[async_trait]
pub trait PolicySource: Debug + Send + Sync {
    /// The service's policy; none when it has none, which refuses.
    ///
    /// # Errors
    /// [`PolicySourceError`] when it cannot be told, which refuses as well.
    async fn policy(&self, service: &ServiceId) -> Result<Option<Arc<ServicePolicy>>, PolicySourceError>;
}

/// Why a policy cannot be had.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PolicySourceError {
    /// The policy is there and cannot be read.
    #[error("the policy of `{service}`, {error}")]
    Policy {
        /// The service.
        service: ServiceId,
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
    /// The folder's name is no part of a service id.
    #[error("`{path}` does not name a service")]
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
    /// Every right of a subject that a rule asks for.
    grants: Vec<Grant>,
}

impl ServicePolicy {
    /// Reads an app's policy file; `[org]` and `[app]` in it become the service's.
    ///
    /// # Errors
    /// What is wrong with it and where.
    pub fn read(service: &ServiceId, bytes: impl AsRef<[u8]>) -> Result<Self, XacmlError> {
        let placeholders = Placeholders { org: service.org(), app: service.name() };
        let document = PolicyDocument::read_for_app(bytes, &placeholders)?;
        let compiled = CompiledPolicy::compile(&document)?;
        let permitting = document.tree().rules().into_iter().filter(|rule| rule.effect == Effect::Permit);
        let mut grants: Vec<Grant> = Vec::new();
        for grant in permitting.flat_map(|rule| rule.target.matches()).filter_map(Grant::of_match) {
            if !grants.contains(&grant) {
                grants.push(grant);
            }
        }
        Ok(Self { document, compiled, grants })
    }

    /// The policy as it is written.
    pub fn document(&self) -> &PolicyDocument {
        &self.document
    }

    /// The policy as it decides.
    pub fn compiled(&self) -> &CompiledPolicy {
        &self.compiled
    }

    /// Every right of a subject that a permitting rule asks for, once.
    pub(super) fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// What a rule is for, in the words of the policy.
    pub(super) fn description(&self, rule: &str) -> Option<String> {
        let rules = self.document.tree().rules();
        rules.into_iter().find(|candidate| &*candidate.id == rule)?.description.clone()
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
pub struct Policies(RwLock<HashMap<ServiceId, Arc<ServicePolicy>>>);

impl Policies {
    /// No policies yet: every service is refused.
    pub fn new() -> Self {
        Self::default()
    }

    /// The policies of a folder: `<org>/<app>/policy.xml`.
    ///
    /// # Errors
    /// The first file that cannot be read.
    pub fn from_folder(folder: impl AsRef<Path>) -> Result<Self, PolicySourceError> {
        let policies = Self::new();
        for (org, org_folder) in folders_in(folder.as_ref())? {
            for (app, app_folder) in folders_in(&org_folder)? {
                let path = app_folder.join("policy.xml");
                let shown = || path.display().to_string();
                let service = ServiceId::new(&org, &app)
                    .map_err(|_| PolicySourceError::NotAService { path: shown() })?;
                let bytes =
                    std::fs::read(&path).map_err(|error| PolicySourceError::File { path: shown(), error })?;
                policies.put(service, bytes)?;
            }
        }
        Ok(policies)
    }

    /// Adds the policy of a service, or takes a new version of it into use.
    ///
    /// # Errors
    /// [`PolicySourceError::Policy`] when it cannot be read; the one before stays.
    pub fn put(&self, service: ServiceId, bytes: impl AsRef<[u8]>) -> Result<(), PolicySourceError> {
        match ServicePolicy::read(&service, bytes) {
            Ok(policy) => {
                let mut policies = self.0.write().unwrap_or_else(PoisonError::into_inner);
                policies.insert(service, Arc::new(policy));
                Ok(())
            }
            Err(error) => Err(PolicySourceError::Policy { service, error }),
        }
    }
}

#[async_trait]
impl PolicySource for Policies {
    async fn policy(&self, service: &ServiceId) -> Result<Option<Arc<ServicePolicy>>, PolicySourceError> {
        Ok(self.0.read().unwrap_or_else(PoisonError::into_inner).get(service).cloned())
    }
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
