//! Submissions in cases.

use altinn_core::InstanceId;
use async_trait::async_trait;
use serde_json::Map;

use super::{Begin, Look, Member, MemberError, MemberEvent, Progress};
use crate::expression::FieldPath;
use crate::submission::{StartOptions, SubmissionError};

/// A submission: the agency that owns the collaboration starts it for the participant, and must be let do so (`instantiate`,
/// `read`) by the policy of the submission's own service.
#[derive(Debug, Clone, Copy)]
pub struct SubmissionMember;

#[async_trait]
impl Member for SubmissionMember {
    async fn begin(&self, begin: &Begin<'_>) -> Result<InstanceId, MemberError> {
        let unknown = || MemberError::new("SUBMISSION-UNKNOWN-SERVICE");
        let service = begin.altinn.service(&begin.member.service).ok_or_else(unknown)?;
        let submissions = begin.altinn.submissions();
        let once = StartOptions::idempotent(begin.key);
        let started = submissions.start_with(begin.agency, &service, begin.party, &once).await;
        Ok(*started.map_err(|error| code(&error))?.id())
    }

    async fn progress(&self, look: &Look<'_>) -> Result<Progress, MemberError> {
        let instance = look.altinn.submissions().get(look.agency, &look.instance).await;
        let instance = instance.map_err(|error| code(&error))?;
        let mut progress = Progress::new([MemberEvent::Instantiated]);
        if instance.process().has_ended() {
            progress.events.extend([MemberEvent::Submitted, MemberEvent::Archived]);
        }
        let forms: Vec<_> = instance.elements().iter().filter_map(|element| element.form().ok()).collect();
        let value = |path: &str| {
            let path = FieldPath::compiled(path);
            forms.iter().find_map(|form| path.get(form, &[]).cloned())
        };
        let fields = look.member.data.iter();
        progress.data = fields
            .filter_map(|(name, field)| value(&field.path).map(|value| (name.clone(), value)))
            .collect::<Map<_, _>>();
        Ok(progress)
    }
}

fn code(error: &SubmissionError) -> MemberError {
    MemberError::new(error.code())
}
