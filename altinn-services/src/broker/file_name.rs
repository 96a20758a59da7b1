//! Names of files that others have chosen.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The name of a file without a path, safe to show and to save under. `Debug` hides it: it may be personal.
///
/// ```
/// use altinn_services::broker::FileName;
///
/// let name: FileName = "årsregnskap 2026.zip".parse()?;
/// assert_eq!(name.as_str(), "årsregnskap 2026.zip");
/// assert!("../../etc/passwd".parse::<FileName>().is_err());
/// # Ok::<(), altinn_services::broker::FileNameError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct FileName(String);

/// Why a text is no name of a file. The name is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FileNameError {
    /// It is empty, or too long.
    #[error("a file name has 1 to {} bytes, not {found}", FileName::MAX_BYTES)]
    Length {
        /// How many bytes it has.
        found: usize,
    },
    /// It has a part of a path.
    #[error("a file name has no `/`, `\\` or `:`, and is not `.` or `..`")]
    Path,
    /// It has a character that is not shown, or that turns others around.
    #[error("a file name has no control or direction characters, as at character {at}")]
    Invisible {
        /// Which character, from 1.
        at: usize,
    },
    /// It begins or ends with a space, or ends with a point.
    #[error("a file name neither begins nor ends with a space, nor ends with a point")]
    Edge,
}

impl FileName {
    /// The most bytes of a name.
    pub const MAX_BYTES: usize = 255;

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FileName {
    type Err = FileNameError;

    fn from_str(name: &str) -> Result<Self, FileNameError> {
        if !(1..=Self::MAX_BYTES).contains(&name.len()) {
            return Err(FileNameError::Length { found: name.len() });
        }
        if name.contains(['/', '\\', ':']) || matches!(name, "." | "..") {
            return Err(FileNameError::Path);
        }
        if let Some(at) = name.chars().position(is_invisible) {
            return Err(FileNameError::Invisible { at: at + 1 });
        }
        if name.starts_with(char::is_whitespace) || name.ends_with(char::is_whitespace) || name.ends_with('.')
        {
            return Err(FileNameError::Edge);
        }
        Ok(Self(name.to_owned()))
    }
}

/// Control characters, and those that turn the direction of a text or have no width (Unicode, UAX #9 and Cf).
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

impl fmt::Debug for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileName(***)")
    }
}
