//! Where a service runs.

/// Where a service runs: some settings of a drawing hold in one environment only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Environment {
    /// On a developer's machine.
    Development,
    /// In a test environment.
    Staging,
    /// For real.
    #[default]
    Production,
}

impl Environment {
    /// The environment that a drawing names (`env="tt02"`), in the spellings that Altinn 3 knows.
    ///
    /// ```
    /// use altinn_services::process::Environment;
    ///
    /// assert_eq!(Environment::named("tt02"), Some(Environment::Staging));
    /// assert_eq!(Environment::named("moon"), None);
    /// ```
    pub fn named(name: &str) -> Option<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "development" | "dev" | "local" | "localtest" => Some(Self::Development),
            "staging" | "test" | "tt02" | "at21" | "at22" | "at23" | "at24" | "yt01" => Some(Self::Staging),
            "production" | "prod" | "produksjon" => Some(Self::Production),
            _ => None,
        }
    }
}
