//! What the portal is told at its start.

use std::fmt;
use std::path::PathBuf;

use altinn_core::Language;

/// The settings of the portal. All have a value that works on a machine that has nothing but this program.
///
/// | variable | unless it is set | |
/// |---|---|---|
/// | `PORTAL_FOLDER` | a temporary one | where everything is kept |
/// | `PORTAL_PORT` | 8080 | the port on this machine; 0 is any free one |
/// | `PORTAL_LANGUAGE` | `nb` | the language for those who have chosen none: `nb`, `nn` or `en` |
/// | `PORTAL_APP` | | the folder of another Altinn 3 app, to be filled in |
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// Where everything is kept; a temporary folder when there is none.
    pub folder: Option<PathBuf>,
    /// The port on this machine; 0 is any free one.
    pub port: u16,
    /// The language for those who have chosen none.
    pub language: Language,
    /// The folder of another Altinn 3 app.
    pub app: Option<PathBuf>,
}

/// Everything that is wrong with the settings, a line for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError(Vec<String>);

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the settings are not in order:")?;
        self.0.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

impl std::error::Error for SettingsError {}

impl Default for Settings {
    fn default() -> Self {
        Self { folder: None, port: 8080, language: Language::Nb, app: None }
    }
}

impl Settings {
    /// Reads the settings from variables, such as [`std::env::vars`].
    ///
    /// # Errors
    /// [`SettingsError`] names every variable that is wrong, and what it must be.
    pub fn read(variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, SettingsError> {
        let (mut settings, mut faults) = (Self::default(), Vec::new());
        for (name, value) in variables {
            if let Some(known) = name.strip_prefix("PORTAL_") {
                settings.set(known, &value).unwrap_or_else(|must| faults.push(format!("{name} {must}")));
            }
        }
        faults.sort();
        if faults.is_empty() { Ok(settings) } else { Err(SettingsError(faults)) }
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "FOLDER" if value.is_empty() => return Err("must be the path of a folder".to_owned()),
            "FOLDER" => self.folder = Some(value.into()),
            "PORT" => self.port = value.parse().map_err(|_| "must be a number from 0 to 65535".to_owned())?,
            "LANGUAGE" => self.language = offered(value).ok_or("must be `nb`, `nn` or `en`")?,
            "APP" if !PathBuf::from(value).join("App/config/applicationmetadata.json").is_file() => {
                return Err("must be the folder of an Altinn 3 app (with App/config in it)".to_owned());
            }
            "APP" => self.app = Some(value.into()),
            _ => {
                let known = "PORTAL_FOLDER, PORTAL_PORT, PORTAL_LANGUAGE and PORTAL_APP";
                return Err(format!("is no setting; there are {known}"));
            }
        }
        Ok(())
    }
}

/// A language that the portal's pages are in.
pub(super) fn offered(code: &str) -> Option<Language> {
    code.parse().ok().filter(|language| super::texts::LANGUAGES.contains(language))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        Settings::read(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn without_variables_everything_has_a_value() {
        assert_eq!(read(&[("PATH", "/bin")]).unwrap(), Settings::default());
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let error = read(&[
            ("PORTAL_PORT", "eighty"),
            ("PORTAL_LANGUAGE", "de"),
            ("PORTAL_APP", "nowhere"),
            ("PORTAL_PROT", "1"),
        ]);
        let shown = error.unwrap_err().to_string();
        for named in
            ["PORTAL_APP must", "PORTAL_LANGUAGE must", "PORTAL_PORT must", "PORTAL_PROT is no setting"]
        {
            assert!(shown.contains(named), "{shown}");
        }
    }
}
