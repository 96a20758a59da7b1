//! One text of a template, and where it is run.

use altinn_core::Language;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior};

use super::{TemplateError, Variables};

/// The most bytes that one text of a template may have.
pub(super) const MAX_SOURCE_BYTES: usize = 64 * 1024;
/// How many instructions a rendering may take.
const FUEL: u64 = 100_000;
/// How deep a template may nest.
const MAX_DEPTH: usize = 50;

/// One text of a template.
pub(super) struct Part<'a> {
    pub(super) template: &'a str,
    pub(super) name: &'static str,
    pub(super) language: Language,
    pub(super) source: &'a str,
    /// Whether values are escaped for HTML.
    pub(super) is_html: bool,
}

impl Part<'_> {
    pub(super) fn check(&self) -> Result<(), TemplateError> {
        if self.source.len() > MAX_SOURCE_BYTES {
            return Err(TemplateError::TooLarge {
                template: self.template.to_owned(),
                part: self.name,
                language: self.language,
                found: self.source.len(),
                limit: MAX_SOURCE_BYTES,
            });
        }
        let environment = environment(self.is_html);
        let parsed = environment.template_from_named_str(self.name, self.source);
        parsed.map(drop).map_err(|error| self.invalid(&error))
    }

    pub(super) fn render(&self, variables: &Variables) -> Result<String, TemplateError> {
        let environment = environment(self.is_html);
        let template = environment
            .template_from_named_str(self.name, self.source)
            .map_err(|error| self.invalid(&error))?;
        template.render(minijinja::Value::from(Serde(variables))).map_err(|error| match error.kind() {
            ErrorKind::UndefinedError => self.missing(template.undeclared_variables(true), variables),
            _ => self.invalid(&error),
        })
    }

    fn missing(&self, named: impl IntoIterator<Item = String>, given: &Variables) -> TemplateError {
        let mut names: Vec<_> = named.into_iter().filter(|name| !is_given(name, given)).collect();
        names.sort();
        TemplateError::MissingVariables {
            template: self.template.to_owned(),
            part: self.name,
            language: self.language,
            names: names.join(", "),
        }
    }

    /// Says what kind of fault it is, not its detail: that may repeat the value of a variable.
    fn invalid(&self, error: &minijinja::Error) -> TemplateError {
        let reason = match (error.kind(), error.detail()) {
            (
                ErrorKind::SyntaxError | ErrorKind::UnknownFilter | ErrorKind::UnknownFunction,
                Some(detail),
            ) => detail.to_owned(),
            (kind, _) => kind.to_string(),
        };
        TemplateError::Invalid {
            template: self.template.to_owned(),
            part: self.name,
            language: self.language,
            line: error.line().unwrap_or(0),
            reason,
        }
    }
}

/// Whether `a.b.c` leads to a value.
fn is_given(path: &str, variables: &Variables) -> bool {
    let mut names = path.split('.');
    let first = names.next().and_then(|name| variables.get(name));
    names.try_fold(first, |value, name| Some(value?.get(name))).flatten().is_some()
}

/// Where templates run: strict about what is undefined, values escaped for their medium, bounded in time, and without
/// other templates to include.
fn environment<'a>(is_html: bool) -> Environment<'a> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(move |_| if is_html { AutoEscape::Html } else { AutoEscape::None });
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(MAX_DEPTH);
    environment
}
