//! What is said when a submission does not go on.

use super::visitor::{FormGuest, FormTrouble};
use crate::form_page::{PostError, Words};
use crate::submission::SubmissionError;

/// The words of a visitor's language.
pub(super) fn words(visitor: &impl FormGuest) -> Words {
    Words(visitor.language())
}

/// Why a submission did not go on, in the words of a visitor's language.
pub(super) fn trouble(visitor: &impl FormGuest, error: SubmissionError) -> FormTrouble {
    let words = words(visitor);
    let wrong = |text: &str| FormTrouble::Wrong(text.to_owned());
    let late = |text: &str| FormTrouble::Late(text.to_owned());
    match error {
        SubmissionError::NotFound | SubmissionError::UnknownService(_) => FormTrouble::NotFound,
        SubmissionError::Access(error) => FormTrouble::Denied(Box::new(error)),
        SubmissionError::PartyKindNotAllowed => wrong(words.not_for_party()),
        SubmissionError::MayNotStart(text) | SubmissionError::UserActionFailed(text) => {
            FormTrouble::Wrong(text.in_language(visitor.language()).to_owned())
        }
        SubmissionError::OutsideValidity(_) => wrong(words.not_open_now()),
        SubmissionError::Invalid(issues) => {
            let said = issues.first().map(|issue| issue.detail.in_language(visitor.language()).to_owned());
            FormTrouble::Wrong(said.unwrap_or_else(|| words.not_in_order().to_owned()))
        }
        SubmissionError::Form(_) => wrong(words.not_in_order()),
        SubmissionError::Post(PostError::Changed) | SubmissionError::Changed => late(words.changed()),
        SubmissionError::Post(_) => wrong(words.incomplete()),
        SubmissionError::Process(_) | SubmissionError::Deleted | SubmissionError::NotSubmitted => {
            late(words.moved_on())
        }
        SubmissionError::NotAContributor { .. } | SubmissionError::OnlyForAgency => wrong(words.of_others()),
        SubmissionError::NotASignee { .. } => wrong(words.not_signee()),
        SubmissionError::NotYourTurn { .. } | SubmissionError::SignaturesPending { .. } => {
            late(words.signatures_missing())
        }
        SubmissionError::SignedBefore { .. } => late(words.signed_before()),
        SubmissionError::PaymentNotMade { .. } => late(words.not_paid()),
        other => FormTrouble::Unavailable(other.code()),
    }
}
