//! Templates: subject and body with variables, in the languages of the public sector.

mod error;
mod part;

use std::collections::BTreeMap;

use altinn_core::{Language, Text};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::error::TemplateError;
use self::part::Part;

/// The variables of a template by name: text, numbers, lists and objects, as in JSON.
pub type Variables = BTreeMap<String, Value>;

/// A versioned template of a notification, checked when it is made: every text in it parses.
///
/// The texts are Jinja (`{{ name }}`, `{% if %}`, `{% for %}`). In plain text and SMS nothing is escaped, since nothing
/// means anything there; in the body of a mail in HTML every value is. A variable that is not given is an error, never
/// an empty place in a letter. Texts are the agency's own; values of variables may come from anyone: they are data, and
/// never read as a template.
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
    content_type: ContentType,
    sms: Text,
}

/// How the body of a mail is written, as Altinn spells it (`contentType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum ContentType {
    /// Plain text.
    #[default]
    Plain,
    /// HTML.
    Html,
}

/// What a template gave with its variables filled in.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rendered {
    /// The language that it is in: the one asked for, else the first there is of nb, nn, en and se.
    pub language: Language,
    /// The subject of a mail, one line; empty in a template for SMS alone.
    pub subject: String,
    /// The body of a mail.
    pub body: String,
    /// The text of an SMS, if the template has one.
    pub sms: Option<String>,
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
        let (content_type, sms) = (ContentType::Plain, Text::default());
        Self { id: id.into(), version: version.into(), subject, body, content_type, sms }.checked()
    }

    /// A template for SMS alone.
    ///
    /// # Errors
    /// As [`Template::new`].
    pub fn sms(id: impl Into<String>, version: impl Into<String>, text: Text) -> Result<Self, TemplateError> {
        let (subject, body, content_type) = (Text::default(), Text::default(), ContentType::Plain);
        Self { id: id.into(), version: version.into(), subject, body, content_type, sms: text }.checked()
    }

    /// The same template with a text for SMS too, in the same languages.
    ///
    /// # Errors
    /// As [`Template::new`].
    pub fn with_sms(self, text: Text) -> Result<Self, TemplateError> {
        Self { sms: text, ..self }.checked()
    }

    /// The same template, whose body is HTML: the values of variables are escaped in it.
    #[must_use]
    pub fn as_html(self) -> Self {
        Self { content_type: ContentType::Html, ..self }
    }

    /// The template's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The template's version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// How the body of a mail is written.
    pub fn content_type(&self) -> ContentType {
        self.content_type
    }

    /// The languages that it has.
    pub fn languages(&self) -> impl Iterator<Item = Language> + '_ {
        Language::ALL.into_iter().filter(|language| self.has(*language))
    }

    /// Fills in the variables. A pure function: the same input gives the same text.
    ///
    /// # Errors
    /// [`TemplateError::MissingVariables`] names what is not given, [`TemplateError::Invalid`] what else is wrong.
    pub fn render(&self, language: Language, variables: &Variables) -> Result<Rendered, TemplateError> {
        let language = std::iter::once(language)
            .chain(Language::ALL)
            .find(|language| self.has(*language))
            .ok_or_else(|| TemplateError::NoText { template: self.id.clone() })?;
        let sms = self.sms.get(language).is_some();
        Ok(Rendered {
            language,
            subject: self.part("subject", &self.subject, language).render(variables)?,
            body: self.part("body", &self.body, language).render(variables)?,
            sms: sms.then(|| self.part("sms", &self.sms, language).render(variables)).transpose()?,
        })
    }

    fn has(&self, language: Language) -> bool {
        self.subject.get(language).is_some() || self.sms.get(language).is_some()
    }

    fn checked(self) -> Result<Self, TemplateError> {
        if self.languages().next().is_none() {
            return Err(TemplateError::NoText { template: self.id });
        }
        let is_in_use = |text: &Text| text.languages().next().is_some();
        for language in Language::ALL {
            let has = [&self.subject, &self.body, &self.sms].map(|text| text.get(language).is_some());
            let (is_mail, is_sms) = (is_in_use(&self.subject) || is_in_use(&self.body), is_in_use(&self.sms));
            let is_half = match has {
                [subject, body, _] if subject != body => true,
                [mail, _, sms] => is_mail && is_sms && mail != sms,
            };
            if is_half {
                return Err(TemplateError::HalfLanguage { template: self.id, language });
            }
        }
        for (name, text) in [("subject", &self.subject), ("body", &self.body), ("sms", &self.sms)] {
            text.languages().try_for_each(|language| self.part(name, text, language).check())?;
        }
        Ok(self)
    }

    fn part<'a>(&'a self, name: &'static str, text: &'a Text, language: Language) -> Part<'a> {
        let is_html = self.content_type == ContentType::Html && name == "body";
        Part { template: &self.id, name, language, source: text.get(language).unwrap_or(""), is_html }
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
    fn values_are_escaped_in_html_and_nowhere_else() {
        let letter = template("{{ name }}", "<b>{{ name }}</b>").expect("a template").as_html();
        let letter = letter.with_sms(Text::new(Language::Nb, "{{ name }}")).expect("a template");
        let rendered = letter.render(Language::Nb, &variables(json!({"name": "<Bø & Sønn>"}))).expect("text");
        assert_eq!(rendered.body, "<b>&lt;Bø &amp; Sønn&gt;</b>");
        assert_eq!(
            (rendered.subject.as_str(), rendered.sms.as_deref()),
            ("<Bø & Sønn>", Some("<Bø & Sønn>"))
        );
    }

    #[test]
    fn a_text_for_sms_is_in_the_languages_of_the_mail() {
        let both = template("s", "b").expect("a template").with_sms(Text::new(Language::En, "x"));
        assert_eq!(both.expect_err("half").code(), "NOTIFY-TEMPLATE-HALF-LANGUAGE");
        let alone = Template::sms("s", "1", Text::new(Language::En, "x")).expect("a template");
        assert_eq!(alone.render(Language::Nb, &Variables::new()).expect("text").sms.as_deref(), Some("x"));
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
