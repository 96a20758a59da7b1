//! Templates: subject and body with variables, in the languages of the public sector.

mod error;
mod part;

use std::collections::BTreeMap;

use altinn_core::{Language, Text};
use serde_json::Value;

pub use self::error::TemplateError;
use self::part::Part;

/// The variables of a template by name: text, numbers, lists and objects, as in JSON.
pub type Variables = BTreeMap<String, Value>;

/// A versioned template of a notification, checked when it is made: every text in it parses.
///
/// The texts are Jinja (`{{ name }}`, `{% if %}`, `{% for %}`), plain text as their medium, so nothing is escaped. A
/// variable that is not given is an error, never an empty place in a letter. Texts are the agency's own; values of
/// variables may come from anyone: they are data, and never read as a template.
///
/// ```
/// use altinn_core::{Language, Text};
/// use altinn_notify::{Template, Variables};
///
/// let receipt = Template::new(
///     "receipt",
///     "1",
///     Text::new(Language::Nb, "Kvittering").with(Language::En, "Receipt"),
///     Text::new(Language::Nb, "Hei {{ name }}!").with(Language::En, "Hello {{ name }}!"),
/// )?;
/// let variables = Variables::from([("name".to_owned(), "Kari".into())]);
/// assert_eq!(receipt.render(Language::En, &variables)?.body, "Hello Kari!");
/// assert_eq!(receipt.render(Language::Nn, &variables)?.language, Language::Nb);
/// assert!(receipt.render(Language::En, &Variables::new()).is_err());
/// # Ok::<(), altinn_notify::TemplateError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    id: String,
    version: String,
    subject: Text,
    body: Text,
}

/// What a template gave with its variables filled in.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rendered {
    /// The language that it is in: the one asked for, else the first there is of nb, nn, en and se.
    pub language: Language,
    /// The subject, one line.
    pub subject: String,
    /// The body.
    pub body: String,
}

impl std::fmt::Debug for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rendered").field("language", &self.language).finish_non_exhaustive()
    }
}

impl Template {
    /// A template; `version` is the agency's own and raised with every change of a text.
    ///
    /// # Errors
    /// [`TemplateError`] when there is no text, a language lacks one of the two, or a text does not parse.
    pub fn new(
        id: impl Into<String>,
        version: impl Into<String>,
        subject: Text,
        body: Text,
    ) -> Result<Self, TemplateError> {
        let template = Self { id: id.into(), version: version.into(), subject, body };
        template.check()?;
        Ok(template)
    }

    /// The template's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The template's version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Fills in the variables. A pure function: the same input gives the same text.
    ///
    /// # Errors
    /// [`TemplateError::MissingVariables`] names what is not given, [`TemplateError::Invalid`] what else is wrong.
    pub fn render(&self, language: Language, variables: &Variables) -> Result<Rendered, TemplateError> {
        let language = std::iter::once(language)
            .chain(Language::ALL)
            .find(|language| self.subject.get(*language).is_some())
            .ok_or_else(|| TemplateError::NoText { template: self.id.clone() })?;
        Ok(Rendered {
            language,
            subject: self.part("subject", &self.subject, language).render(variables)?,
            body: self.part("body", &self.body, language).render(variables)?,
        })
    }

    fn check(&self) -> Result<(), TemplateError> {
        if self.subject.languages().next().is_none() {
            return Err(TemplateError::NoText { template: self.id.clone() });
        }
        for language in Language::ALL {
            if self.subject.get(language).is_some() != self.body.get(language).is_some() {
                return Err(TemplateError::HalfLanguage { template: self.id.clone(), language });
            }
        }
        for (name, text) in [("subject", &self.subject), ("body", &self.body)] {
            text.languages().try_for_each(|language| self.part(name, text, language).check())?;
        }
        Ok(())
    }

    fn part<'a>(&'a self, name: &'static str, text: &'a Text, language: Language) -> Part<'a> {
        Part { template: &self.id, name, language, source: text.get(language).unwrap_or("") }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::part::MAX_SOURCE_BYTES;
    use super::*;

    fn template(subject: &str, body: &str) -> Result<Template, TemplateError> {
        Template::new("receipt", "1", Text::new(Language::Nb, subject), Text::new(Language::Nb, body))
    }

    fn variables(json: Value) -> Variables {
        serde_json::from_value(json).expect("an object")
    }

    fn body(source: &str, json: Value) -> Result<String, TemplateError> {
        Ok(template("s", source)?.render(Language::Nb, &variables(json))?.body)
    }

    #[test]
    fn text_is_filled_in_as_it_is_since_plain_text_needs_no_escaping() {
        let text = body(
            "{% for one in all %}{{ one }}\n{% endfor %}",
            json!({"all": ["<Bø & Sønn>", 7, "{{ x }}"]}),
        );
        assert_eq!(text.as_deref(), Ok("<Bø & Sønn>\n7\n{{ x }}\n"));
    }

    #[test]
    fn a_missing_variable_is_named_and_fails() {
        let error =
            body("{{ person.name }} {{ person.born }} {{ place }}", json!({"person": {"name": "Kari"}}));
        let Err(TemplateError::MissingVariables { names, part: "body", .. }) = error else {
            panic!("{error:?}")
        };
        assert_eq!(names, "person.born, place");
        assert!(body("{% if paid %}x{% endif %}", json!({})).is_err());
    }

    #[test]
    fn a_fault_of_syntax_is_found_when_the_template_is_made_with_its_line() {
        let error = template("s", "a\nb {% if %}").expect_err("it is wrong");
        assert!(matches!(error, TemplateError::Invalid { line: 2, part: "body", .. }), "{error:?}");
    }

    #[test]
    fn a_template_has_subject_and_body_in_each_of_its_languages() {
        let subject = Text::new(Language::Nb, "a").with(Language::Se, "b");
        let half = Template::new("t", "1", subject, Text::new(Language::Nb, "c"));
        assert_eq!(half.expect_err("half").code(), "NOTIFY-TEMPLATE-HALF-LANGUAGE");
        assert_eq!(
            Template::new("t", "1", Text::default(), Text::default()).expect_err("none").code(),
            "NOTIFY-TEMPLATE-NO-TEXT"
        );
    }

    #[test]
    fn endless_and_oversized_templates_are_stopped() {
        let loops = "{% for a in range(10000) %}{% for b in range(10000) %}x{% endfor %}{% endfor %}";
        assert!(matches!(body(loops, json!({})), Err(TemplateError::Invalid { .. })));
        assert_eq!(
            template("s", &"x".repeat(MAX_SOURCE_BYTES + 1)).expect_err("large").code(),
            "NOTIFY-TEMPLATE-TOO-LARGE"
        );
    }

    #[test]
    fn no_other_template_and_no_file_can_be_included() {
        assert!(body("{% include '/etc/passwd' %}", json!({})).is_err());
    }

    #[test]
    fn an_error_does_not_repeat_the_value_of_a_variable() {
        let error = body("{{ name + 1 }}", json!({"name": "Kari Nordmann"})).expect_err("text plus number");
        assert!(!error.to_string().contains("Kari"), "{error}");
        let error =
            body("{{ name|items }}", json!({"name": "Kari Nordmann"})).expect_err("text has no items");
        assert!(!error.to_string().contains("Kari"), "{error}");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(source in "([{}%|a-z .()\\[\\]'0-9-]|\\PC){0,60}", value in "\\PC{0,20}") {
            let _ = body(&source, json!({"a": value}));
        }

        #[test]
        fn a_variable_is_data_whatever_it_holds(value in "\\PC{0,40}|.*\\{\\{.*|.*\\{%.*") {
            prop_assert_eq!(body("[{{ a }}]", json!({"a": value})), Ok(format!("[{value}]")));
        }
    }
}
