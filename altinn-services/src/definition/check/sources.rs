//! The texts of a service's files, to say where in them a fault is.

use super::fault::{Fault, FaultSeverity};
use crate::definition::Position;
use crate::definition::app::{METADATA, POLICY, PROCESS, TEXTS};
use crate::definition::folder::AppFolder;
use crate::definition::native;

/// The largest file that is looked through for a place, in bytes.
const MAX_BYTES: u64 = 10 * 1024 * 1024;

/// Where things stand in a service's folder.
pub(super) struct Sources<'a> {
    folder: &'a AppFolder,
    is_native: bool,
}

impl<'a> Sources<'a> {
    pub(super) fn of(folder: &'a AppFolder) -> Self {
        Self { folder, is_native: !folder.has(METADATA) }
    }

    pub(super) fn metadata(&self) -> &'static str {
        if self.is_native { native::SERVICE } else { METADATA }
    }

    pub(super) fn process(&self) -> &'static str {
        if self.is_native { native::SERVICE } else { PROCESS }
    }

    pub(super) fn policy(&self) -> &'static str {
        match (self.is_native, self.folder.has(native::POLICY)) {
            (false, _) => POLICY,
            (true, true) => native::POLICY,
            (true, false) => native::SERVICE,
        }
    }

    /// The file of the texts in a language.
    pub(super) fn texts(&self, language: &str) -> String {
        if self.is_native { native::TEXTS.to_owned() } else { format!("{TEXTS}/resource.{language}.json") }
    }

    /// The names of the C# files that an app brings, and their texts.
    pub(super) fn code(&self) -> Vec<(String, String)> {
        let mut files = Vec::new();
        let mut ahead = vec![".".to_owned()];
        while let Some(folder) = ahead.pop() {
            for name in self.folder.names(&folder, "", ".cs").unwrap_or_default() {
                let file = format!("{folder}/{name}");
                let text = self.text(&file);
                files.push((file.trim_start_matches("./").to_owned(), text));
            }
            let below = self.folder.folders(&folder).unwrap_or_default();
            let own = below
                .into_iter()
                .filter(|name| !["bin", "obj", "node_modules", "wwwroot"].contains(&name.as_str()));
            ahead.extend(own.filter(|name| !name.starts_with('.')).map(|name| format!("{folder}/{name}")));
            if files.len() > 1_000 || ahead.len() > 1_000 {
                break;
            }
        }
        files
    }

    /// The text of a file; empty when it cannot be read.
    pub(super) fn text(&self, file: &str) -> String {
        self.folder.text(file, MAX_BYTES).unwrap_or_default()
    }

    /// A fault at the place in a file where a word stands in quotes, else where it stands at all.
    pub(super) fn fault(
        &self,
        code: &'static str,
        severity: FaultSeverity,
        (file, word): (&str, &str),
        detail: String,
    ) -> Fault {
        let text = self.text(file);
        let quoted = text.find(&format!("\"{word}\"")).map(|at| at + 1);
        let at = quoted.or_else(|| text.find(word)).filter(|_| !word.is_empty());
        Fault {
            code,
            severity,
            file: file.to_owned(),
            position: at.map(|at| Position::of(&text, at)),
            detail,
        }
    }
}
