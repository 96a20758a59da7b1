//! Where people come to after they have logged in.

use std::fmt;
use std::str::FromStr;

use super::LoginError;

/// A path of the portal itself, never another site: what stands in a link that somebody was sent cannot lead elsewhere.
///
/// ```
/// use altinn_auth::login::ReturnPath;
///
/// assert!("/skjema/42?side=2".parse::<ReturnPath>().is_ok());
/// for elsewhere in ["https://evil.test", "//evil.test", "/\\evil.test", "evil.test", "/a\nb"] {
///     assert!(elsewhere.parse::<ReturnPath>().is_err());
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ReturnPath(String);

/// The longest path that is kept.
const MAX_BYTES: usize = 2_048;

impl ReturnPath {
    /// The front page.
    pub fn root() -> Self {
        Self("/".to_owned())
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ReturnPath {
    type Err = LoginError;

    /// Reads a path that begins with one slash. Browsers take a backslash for a slash and pass over control characters, so
    /// neither is accepted.
    fn from_str(path: &str) -> Result<Self, LoginError> {
        let only_plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        let is_local = path.starts_with('/') && !path.starts_with("//");
        if only_plain && is_local && path.len() <= MAX_BYTES {
            Ok(Self(path.to_owned()))
        } else {
            Err(LoginError::ReturnPath)
        }
    }
}

impl fmt::Debug for ReturnPath {
    /// Hides the path, which may hold what only its reader should see.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReturnPath")
    }
}
