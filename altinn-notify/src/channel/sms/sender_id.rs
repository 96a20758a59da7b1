//! Who an SMS is from.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::segments::gsm7_places;

/// What the recipient of an SMS sees as its sender: a name of at most 11 letters of the mobile network's alphabet, or a
/// number of at most 15 digits, with or without `+`.
///
/// ```
/// use altinn_notify::channel::SenderId;
///
/// assert!("Mattilsynet".parse::<SenderId>().is_ok());
/// assert!("Direktoratet".parse::<SenderId>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SenderId(String);

/// A text that is not a [`SenderId`]. It is not repeated: it may be somebody's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the sender of SMS is neither at most 11 letters nor at most 15 digits")]
pub struct SenderIdError;

impl SenderIdError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        "NOTIFY-SMS-SENDER"
    }
}

impl SenderId {
    /// The sender as it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SenderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for SenderId {
    type Err = SenderIdError;

    fn from_str(text: &str) -> Result<Self, SenderIdError> {
        let digits = text.strip_prefix('+').unwrap_or(text);
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let is_name = text.trim() == text
            && !text.is_empty()
            && text.chars().all(|letter| !letter.is_control() && gsm7_places(letter) == Some(1))
            && text.chars().count() <= 11;
        if if is_number { digits.len() <= 15 } else { is_name } {
            Ok(Self(text.to_owned()))
        } else {
            Err(SenderIdError)
        }
    }
}
