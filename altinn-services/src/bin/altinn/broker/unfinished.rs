//! What is kept of an upload that has not come to its end, so that the same command goes on with it.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::answer::Failure;

/// An upload on its way: kept beside its file, as `FILE.altinn-send`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Unfinished {
    /// What is sent, and where to: another upload has other values here.
    pub(super) sending: Sending,
    /// The key under which the file is announced, so that it is announced once.
    pub(super) key: String,
    /// The address that takes the bytes, once the file is announced.
    pub(super) upload: Option<String>,
}

/// What is sent, and where to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sending {
    pub(super) url: String,
    pub(super) service: String,
    pub(super) recipients: Vec<String>,
    pub(super) reference: Option<String>,
    pub(super) size: u64,
    pub(super) sha256: String,
}

impl Unfinished {
    /// Where it is kept for a file.
    pub(super) fn path(file: &Path) -> PathBuf {
        let mut path = file.as_os_str().to_owned();
        path.push(".altinn-send");
        path.into()
    }

    /// The upload of this that was begun, or a new one.
    pub(super) fn of(file: &Path, sending: Sending) -> Result<Self, Failure> {
        let path = Self::path(file);
        let kept: Option<Self> = match fs::read(&path) {
            Ok(kept) => {
                Some(serde_json::from_slice(&kept).map_err(|error| Failure::at(path.display(), &error))?)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(Failure::at(path.display(), &error)),
        };
        match kept {
            Some(kept) if kept.sending == sending => return Ok(kept),
            Some(Self { upload: Some(_), .. }) => {}
            // What nobody has taken, as when a number was mistyped, is in nobody's way.
            Some(_) | None => {
                let new = Self { sending, key: uuid::Uuid::new_v4().to_string(), upload: None };
                new.keep(file)?;
                return Ok(new);
            }
        }
        Err(Failure::new(format!(
            "`{}` is of another upload: the file, where it goes or whom it is for has changed since; \
             remove it to begin anew",
            path.display()
        )))
    }

    /// Keeps it: whole or not at all, whenever the machine stops.
    pub(super) fn keep(&self, file: &Path) -> Result<(), Failure> {
        let path = Self::path(file);
        let beside = path.with_extension("altinn-send.new");
        let written = fs::File::create(&beside).and_then(|mut new| {
            new.write_all(serde_json::to_string_pretty(self)?.as_bytes())?;
            new.sync_all()
        });
        written.and_then(|()| fs::rename(&beside, &path)).map_err(|error| Failure::at(path.display(), &error))
    }

    /// It has come to its end.
    pub(super) fn forget(file: &Path) -> Result<(), Failure> {
        let path = Self::path(file);
        fs::remove_file(&path).map_err(|error| Failure::at(path.display(), &error))
    }
}
