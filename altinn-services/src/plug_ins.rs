//! What the agency has plugged in.

use std::collections::BTreeMap;
use std::sync::Arc;

use altinn_core::ServiceId;

#[cfg(feature = "broker")]
use crate::broker::BrokerService;
#[cfg(feature = "collaboration")]
use crate::collaboration::CollaborationService;
#[cfg(feature = "correspondence")]
use crate::correspondence::CorrespondenceService;
#[cfg(feature = "link")]
use crate::link::LinkService;
#[cfg(feature = "lookup")]
use crate::lookup::LookupService;
use crate::process::{Environment, Task, TaskKind};
use crate::submission::{CallToSign, Payment, ServiceTask, SigneeProvider, Submission, SubmissionError};

/// What the agency has plugged in, beside the folders of its services.
#[derive(Debug, Clone, Default)]
pub(crate) struct PlugIns {
    pub(crate) environment: Environment,
    /// The agency's code for service tasks, by kind.
    pub(crate) service_tasks: BTreeMap<String, Arc<dyn ServiceTask>>,
    pub(crate) payment: Option<Arc<dyn Payment>>,
    /// Who says who signs, by `signeeProviderId`.
    pub(crate) signees: BTreeMap<String, Arc<dyn SigneeProvider>>,
    /// Who sends the correspondences that call for signatures, by `correspondenceResource`.
    pub(crate) calls_to_sign: BTreeMap<String, Arc<dyn CallToSign>>,
    /// The agency's code for the forms of its services.
    pub(crate) submissions: BTreeMap<ServiceId, Arc<dyn Submission>>,
    /// The services of the other types that are published here.
    #[cfg(feature = "lookup")]
    pub(crate) lookups: BTreeMap<ServiceId, LookupService>,
    #[cfg(feature = "broker")]
    pub(crate) brokers: BTreeMap<ServiceId, BrokerService>,
    #[cfg(feature = "link")]
    pub(crate) links: BTreeMap<ServiceId, LinkService>,
    #[cfg(feature = "correspondence")]
    pub(crate) correspondences: BTreeMap<ServiceId, CorrespondenceService>,
    /// The collaborations that are published here, for the workers too.
    #[cfg(feature = "collaboration")]
    pub(crate) collaborations: BTreeMap<ServiceId, CollaborationService>,
}

impl PlugIns {
    /// The agency's code for the forms of a service.
    pub(crate) fn submission(&self, service: &ServiceId) -> Option<Arc<dyn Submission>> {
        self.submissions.get(service).cloned()
    }

    /// Whether all is there that a task needs; asked before a process steps into it, so that none is stuck there.
    ///
    /// # Errors
    /// Names the task and the trait that must be implemented for it.
    pub(crate) fn check(&self, task: &Task) -> Result<(), SubmissionError> {
        let in_code = !matches!(task.kind, TaskKind::Pdf | TaskKind::SubformPdf);
        if task.is_done_by_machine() && in_code && !self.is_left_out(task) {
            let kind = task.kind.name();
            if !self.service_tasks.contains_key(kind) {
                return Err(SubmissionError::ServiceTaskMissing {
                    task: task.id.clone(),
                    kind: kind.to_owned(),
                });
            }
        }
        let provider = task.signature.as_ref().and_then(|config| config.signee_provider.as_ref());
        if let Some(provider) = provider.filter(|name| !self.signees.contains_key(*name)) {
            let (task, provider) = (task.id.clone(), provider.clone());
            return Err(SubmissionError::SigneeProviderMissing { task, provider });
        }
        if task.kind == TaskKind::Payment && self.payment.is_none() {
            return Err(SubmissionError::PaymentMissing { task: task.id.clone() });
        }
        Ok(())
    }

    /// Whether a task does nothing where the service runs.
    pub(crate) fn is_left_out(&self, task: &Task) -> bool {
        task.e_formidling.as_ref().is_some_and(|config| config.is_disabled(self.environment))
    }
}
