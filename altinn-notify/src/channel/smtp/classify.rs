//! What a failure in the dialogue with a server means for the mail.

use std::error::Error as _;

use lettre::transport::smtp::Error as SmtpClientError;

use crate::channel::{Outcome, Rejection};
use crate::{EmailAddress, Reason};

/// How far the dialogue had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Connect,
    LogIn,
    Sender,
    Recipient,
    Data,
    Content,
}

/// Where and how the dialogue failed.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) stage: Stage,
    /// The server's code, when it answered at all.
    pub(super) code: Option<u16>,
    pub(super) text: String,
}

impl Failure {
    pub(super) fn timed_out(stage: Stage) -> Self {
        Self { stage, code: None, text: "no answer in time".to_owned() }
    }

    pub(super) fn of(stage: Stage, error: &SmtpClientError) -> Self {
        let code = error.status().map(u16::from);
        let text = match (code, error.source()) {
            (Some(_), Some(said)) => said.to_string(),
            _ => error.to_string(),
        };
        Self { stage, code, text }
    }

    /// Whether the server had given the connection up before the mail began.
    pub(super) fn is_stale_connection(&self) -> bool {
        self.stage == Stage::Sender && self.code.is_none_or(|code| code == 421)
    }

    fn said(&self) -> String {
        match self.code {
            Some(code) => format!("{code} {}", self.text),
            None => format!("{}: {}", self.stage.name(), self.text),
        }
    }

    /// The enhanced status code that the answer begins with, as `5.1.1` (RFC 3463).
    fn enhanced_code(&self) -> Option<&str> {
        let word = self.text.split_whitespace().next()?;
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        (word.split('.').count() == 3 && word.split('.').all(is_number)).then_some(word)
    }

    /// Whether the refusal is of this mail, and not of this program: only the recipient and the content are the
    /// mail's own, and a size that is too large at any point.
    fn rejection(&self) -> Option<Rejection> {
        let code = self.code.filter(|code| (500..600).contains(code))?;
        let enhanced = self.enhanced_code();
        let is_about_size = enhanced.is_some_and(|code| code == "5.3.4" || code == "5.2.3") || code == 552;
        let is_about_the_session = matches!(code, 500 | 502..=504 | 530..=538);
        match self.stage {
            Stage::Sender | Stage::Data | Stage::Content if is_about_size => Some(Rejection::TooLarge),
            Stage::Recipient if enhanced == Some("5.1.3") || code == 501 => Some(Rejection::InvalidAddress),
            Stage::Recipient | Stage::Data | Stage::Content if !is_about_the_session => {
                Some(Rejection::Refused)
            }
            _ => None,
        }
    }
}

impl Stage {
    fn name(self) -> &'static str {
        match self {
            Self::Connect => "connecting",
            Self::LogIn => "logging in",
            Self::Sender => "naming the sender",
            Self::Recipient => "naming the recipient",
            Self::Data => "announcing the content",
            Self::Content => "handing over the content",
        }
    }
}

/// What the end of a dialogue means for the mail to an address.
pub(super) fn outcome(to: &EmailAddress, result: Result<String, Failure>) -> Outcome {
    let failure = match result {
        Ok(said) => return Outcome::Accepted { reference: Reason::about(to, &said) },
        Err(failure) => failure,
    };
    let reason = Reason::about(to, &failure.said());
    match failure.rejection() {
        Some(rejection) => Outcome::Rejected { rejection, reason },
        None if failure.stage == Stage::Content && failure.code.is_none() => Outcome::Unknown { reason },
        None => Outcome::Transient { reason },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome_of(stage: Stage, code: Option<u16>, text: &str) -> Outcome {
        let to = "ola@example.com".parse().expect("an address");
        outcome(&to, Err(Failure { stage, code, text: text.to_owned() }))
    }

    fn rejection(stage: Stage, code: u16, text: &str) -> Option<Rejection> {
        match outcome_of(stage, Some(code), text) {
            Outcome::Rejected { rejection, .. } => Some(rejection),
            Outcome::Transient { .. } => None,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_refused_recipient_or_content_is_the_mails_own_fault() {
        assert_eq!(rejection(Stage::Recipient, 550, "5.1.1 unknown"), Some(Rejection::Refused));
        assert_eq!(rejection(Stage::Recipient, 550, "no such user"), Some(Rejection::Refused));
        assert_eq!(rejection(Stage::Recipient, 553, "5.1.3 bad address"), Some(Rejection::InvalidAddress));
        assert_eq!(rejection(Stage::Content, 554, "5.7.1 spam"), Some(Rejection::Refused));
        assert_eq!(rejection(Stage::Content, 552, "too much"), Some(Rejection::TooLarge));
        assert_eq!(rejection(Stage::Sender, 552, "5.3.4 too large"), Some(Rejection::TooLarge));
    }

    #[test]
    fn a_wrong_set_up_parks_no_mail() {
        assert_eq!(rejection(Stage::Connect, 554, "no service for you"), None);
        assert_eq!(rejection(Stage::LogIn, 535, "5.7.8 wrong password"), None);
        assert_eq!(rejection(Stage::Sender, 550, "5.7.1 sender not allowed"), None);
        assert_eq!(rejection(Stage::Recipient, 530, "5.7.0 log in first"), None);
    }

    #[test]
    fn what_the_server_cannot_do_now_is_tried_later() {
        for stage in [Stage::Connect, Stage::Sender, Stage::Recipient, Stage::Data, Stage::Content] {
            assert_eq!(rejection(stage, 451, "4.3.0 later"), None);
            assert_eq!(rejection(stage, 421, "closing"), None);
        }
        assert!(matches!(outcome_of(Stage::Recipient, None, "connection reset"), Outcome::Transient { .. }));
    }

    #[test]
    fn a_connection_lost_after_the_content_was_begun_leaves_the_outcome_unknown() {
        assert!(matches!(outcome_of(Stage::Content, None, "connection reset"), Outcome::Unknown { .. }));
        assert!(matches!(outcome_of(Stage::Data, None, "connection reset"), Outcome::Transient { .. }));
    }

    #[test]
    fn the_reason_has_the_codes_and_not_the_address() {
        let Outcome::Rejected { reason, .. } =
            outcome_of(Stage::Recipient, Some(550), "5.1.1 <ola@example.com>: ola unknown")
        else {
            panic!("it is a refusal")
        };
        assert_eq!(reason.as_str(), "550 5.1.1 <***>: *** unknown");
    }
}
