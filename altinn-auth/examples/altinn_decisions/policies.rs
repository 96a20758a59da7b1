//! The policies of a case: its own, else that of the app or resource that it asks for.

use std::path::PathBuf;
use std::sync::Arc;

use altinn_auth::decision::{PolicySource, PolicySourceError, ServicePolicy};
use altinn_core::{ResourceId, ServiceId};
use async_trait::async_trait;

/// The policies of a case.
#[derive(Debug)]
pub(crate) struct CasePolicies {
    /// The folder with `AltinnApps` and `ResourceRegistry`.
    pub(crate) decisions: PathBuf,
    /// The policy that stands beside the case, for whatever it asks for.
    pub(crate) own: Option<PathBuf>,
}

#[async_trait]
impl PolicySource for CasePolicies {
    async fn policy(&self, resource: &ResourceId) -> Result<Option<Arc<ServicePolicy>>, PolicySourceError> {
        let app = resource.as_str().strip_prefix("app_").and_then(|app| app.split_once('_'));
        let service = app.and_then(|(org, app)| ServiceId::new(org, app).ok());
        let folder = match &service {
            Some(service) => self.decisions.join("AltinnApps").join(service.org()).join(service.name()),
            None => self.decisions.join("ResourceRegistry").join(resource.as_str()),
        };
        let path = self.own.clone().unwrap_or_else(|| folder.join("policy.xml"));
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(PolicySourceError::File { path: path.display().to_string(), error }),
        };
        let read = match &service {
            Some(service) => ServicePolicy::read(service, bytes),
            None => ServicePolicy::read_resource(bytes),
        };
        match read {
            Ok(policy) => Ok(Some(Arc::new(policy))),
            Err(error) => Err(PolicySourceError::Policy { resource: resource.clone(), error }),
        }
    }
}
