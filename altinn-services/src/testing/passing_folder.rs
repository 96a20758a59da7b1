//! A folder that goes with the program.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use uuid::Uuid;

/// Names the folder to the helper that takes it away.
const VARIABLE: &str = "ALTINN_PASSING_FOLDER";
/// What the names of such folders begin with.
const PREFIX: &str = "altinn-";

/// A folder among the system's temporary files that goes when the program ends, by a signal too.
///
/// The program is started once more as a helper, whose input nobody else holds: it ends when the program does, and the
/// helper takes the folder away. So the program asks first of all whether it [is the helper](Self::tidies).
#[derive(Debug)]
pub struct PassingFolder {
    path: PathBuf,
    _helper: Child,
}

impl PassingFolder {
    /// A new one, which only its owner may look into.
    ///
    /// # Errors
    /// What the system says; and that a helper makes none.
    pub fn new() -> io::Result<Self> {
        if std::env::var_os(VARIABLE).is_some() {
            return Err(io::Error::other("a helper makes no folder"));
        }
        let path = std::env::temp_dir().join(format!("{PREFIX}{}", Uuid::now_v7()));
        let mut folder = std::fs::DirBuilder::new();
        let mut helper = Command::new(std::env::current_exe()?);
        helper.env(VARIABLE, &path).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        #[cfg(unix)]
        {
            std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
            // Keys that are pressed in the program's terminal do not reach it.
            std::os::unix::process::CommandExt::process_group(&mut helper, 0);
        }
        folder.create(&path)?;
        Ok(Self { path, _helper: helper.spawn()? })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether this process is the helper of another: then it has done its work, and is to end.
    pub fn tidies() -> bool {
        let Some(folder) = std::env::var_os(VARIABLE).map(PathBuf::from) else { return false };
        let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if folder == std::env::temp_dir().join(name) && name.starts_with(PREFIX) {
            drop(io::copy(&mut io::stdin(), &mut io::sink()));
            // Whoever has taken it away already has done the same.
            drop(std::fs::remove_dir_all(&folder));
        }
        true
    }
}
