//! The names of files in a container.

/// The folder of manifests and signatures.
const META_INF: &str = "META-INF/";

/// The most bytes of a name.
const MAX_LENGTH: usize = 1_024;

/// The name of the file that says what the container is.
pub(super) const MIMETYPE: &str = "mimetype";

/// What a file is in a container, which its name says (ETSI EN 319 162-1, clause 4.4 and annex A).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// `mimetype`.
    Mimetype,
    /// A manifest with the digests of files: `META-INF/*ASiCManifest*.xml`.
    Manifest,
    /// A manifest with the digests of files beneath an archive timestamp.
    ArchiveManifest,
    /// A CAdES signature: `META-INF/*.p7s`.
    Cades,
    /// A timestamp: `META-INF/*.tst`.
    Timestamp,
    /// XAdES signatures: `META-INF/*signatures*.xml`.
    Xades,
    /// The manifest of OpenDocument: `META-INF/manifest.xml`.
    OpenDocument,
    /// Something else in `META-INF`.
    OtherControl,
    /// A file that the container is there for.
    Data,
}

impl Role {
    pub(super) fn of(name: &str) -> Self {
        if name == MIMETYPE {
            return Self::Mimetype;
        }
        let Some((META_INF, file)) = name.split_at_checked(META_INF.len()) else { return Self::Data };
        let file = file.to_ascii_lowercase();
        let is = |part: &str, ending: &str| file.contains(part) && file.ends_with(ending);
        match () {
            () if file == "manifest.xml" => Self::OpenDocument,
            () if is("asicarchivemanifest", ".xml") => Self::ArchiveManifest,
            () if is("asicmanifest", ".xml") => Self::Manifest,
            () if is("signature", ".xml") => Self::Xades,
            () if is("", ".p7s") => Self::Cades,
            () if is("", ".tst") => Self::Timestamp,
            () => Self::OtherControl,
        }
    }

    /// Whether the file is small and read whole.
    pub(super) fn is_control(self) -> bool {
        self != Self::Data
    }
}

/// Whether the name can stand for a file beneath a folder: relative, without `..`, backslash, drive or control
/// character, so that whoever unpacks the container writes nowhere else.
pub(super) fn is_harmless(name: &str) -> bool {
    let harmless_part = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.ends_with(' ');
    let path = name.strip_suffix('/').unwrap_or(name);
    name.len() <= MAX_LENGTH
        && !name.contains(|c: char| c.is_control() || c == '\\' || c == ':')
        && path.split('/').all(harmless_part)
}

/// The name as an error shows it.
pub(super) fn shown(name: &[u8]) -> String {
    String::from_utf8_lossy(name).chars().take(255).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_elsewhere_is_not_harmless() {
        for name in ["a.txt", "META-INF/a b.xml", "a/b/", "æøå.pdf", "..a", "a..b/c"] {
            assert!(is_harmless(name), "{name}");
        }
        let long = "a".repeat(1_025);
        for name in
            ["", "/", "/a", "../a", "a/../b", "a//b", "./a", "C:a", "c:/a", r"a\b", "a\0b", "a\n", "a/.. /b"]
        {
            assert!(!is_harmless(name), "{name}");
        }
        assert!(!is_harmless(&long));
    }

    #[test]
    fn a_files_name_says_what_it_is() {
        for (name, role) in [
            ("mimetype", Role::Mimetype),
            ("META-INF/asicmanifest.xml", Role::Manifest),
            ("META-INF/ASiCManifest-002.xml", Role::Manifest),
            ("META-INF/ASiCArchiveManifest.xml", Role::ArchiveManifest),
            ("META-INF/signatures0.xml", Role::Xades),
            ("META-INF/signature-6b.p7s", Role::Cades),
            ("META-INF/timestamp1.tst", Role::Timestamp),
            ("META-INF/manifest.xml", Role::OpenDocument),
            ("META-INF/notes.txt", Role::OtherControl),
            ("manifest.xml", Role::Data),
            ("æMETA-INF/signatures.xml", Role::Data),
        ] {
            assert_eq!(Role::of(name), role, "{name}");
        }
    }
}
