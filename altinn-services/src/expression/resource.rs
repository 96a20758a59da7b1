//! Texts of the app with their variables, labels of options, and values as they are shown.

use serde_json::Value;

use super::coerce;
use super::compare;
use super::date_format;
use super::evaluate::{Evaluator, Item, Scope, first, second};
use super::failure::{Failure, FailureKind};
use super::layout::Component;
use super::path::FieldPath;
use super::tree::Expression;
use crate::definition::{TextResource, TextVariable};

impl Evaluator<'_> {
    /// A text resource in the user's language, with its variables; a key without one is itself the text.
    pub(super) fn text(&self, key: &Value, scope: &Scope<'_>) -> Result<Value, Failure> {
        let Some(key) = coerce::text(key)? else { return Ok(Value::Null) };
        let text = match self.resource(&key) {
            Some(resource) => self.filled(resource, scope, str::to_owned)?,
            None => key.into_owned(),
        };
        self.spend(text.len() / 32)?;
        Ok(Value::String(text))
    }

    /// A text of a component as Markdown: the text resource that it names, with its variables as mere letters; what
    /// names no resource is itself the text.
    pub(crate) fn markdown(&self, text: &Expression, scope: &Scope<'_>) -> Result<Option<String>, Failure> {
        let key = self.evaluate(text, scope)?;
        let Some(key) = coerce::text(&key)? else { return Ok(None) };
        match self.resource(&key) {
            Some(resource) => self.filled(resource, scope, without_marks).map(Some),
            None => Ok(Some(key.into_owned())),
        }
    }

    /// A text resource as Markdown; none where there is none of that id.
    pub(crate) fn markdown_of(&self, id: &str, scope: &Scope<'_>) -> Result<Option<String>, Failure> {
        self.begin();
        self.resource(id).map(|resource| self.filled(resource, scope, without_marks)).transpose()
    }

    /// A value of a component as it is shown.
    pub(crate) fn shown_value(
        &self,
        component: &Component,
        value: &Value,
        scope: &Scope<'_>,
    ) -> Result<String, Failure> {
        self.begin();
        let shown = self.display_value(component, value, scope)?;
        Ok(shown.as_str().unwrap_or_default().to_owned())
    }

    fn resource(&self, key: &str) -> Option<&TextResource> {
        let texts = self.context.texts?;
        let others = texts.languages().collect::<Vec<_>>();
        let languages = [self.context.language(), altinn_core::Language::Nb].into_iter().chain(others);
        languages.into_iter().find_map(|language| texts.get(language, key))
    }

    /// A text with its variables, each as `write` writes it.
    fn filled(
        &self,
        resource: &TextResource,
        scope: &Scope<'_>,
        write: fn(&str) -> String,
    ) -> Result<String, Failure> {
        let mut text = resource.value.clone();
        for (index, variable) in resource.variables.iter().enumerate() {
            let mark = format!("{{{index}}}");
            let value = write(&self.variable(variable, scope)?);
            self.spend(1 + super::texts::size_replaced(&text, &mark, &value) / 32)?;
            text = text.replace(&mark, &value);
        }
        Ok(text)
    }

    /// What a variable stands for: what is looked up, else its default, else its key.
    fn variable(&self, variable: &TextVariable, scope: &Scope<'_>) -> Result<String, Failure> {
        let value = match variable.data_source.split_once('.') {
            Some(("dataModel", data_type)) => self.variable_in_model(variable, data_type, scope),
            _ => match variable.data_source.as_str() {
                "applicationSettings" => {
                    let settings = self.context.frontend_settings;
                    settings.and_then(|settings| settings.get(&variable.key)).cloned()
                }
                "instanceContext" => self.instance_fact(&Value::from(variable.key.as_str())).ok(),
                _ => None,
            },
        };
        let text = match &value {
            Some(value) => coerce::text(value)?.map(std::borrow::Cow::into_owned),
            None => None,
        };
        let default = || variable.default_value.clone().unwrap_or_else(|| variable.key.clone());
        Ok(text.unwrap_or_else(default))
    }

    fn variable_in_model(
        &self,
        variable: &TextVariable,
        data_type: &str,
        scope: &Scope<'_>,
    ) -> Option<Value> {
        let data_type = if data_type == "default" { scope.data_type } else { Some(data_type) };
        // A text is shown whatever it names: data that are not there are as if the field were not.
        let Ok(Some(model)) = self.context.model(data_type) else { return None };
        let mut field = variable.key.clone();
        for (index, row) in scope.rows.iter().enumerate() {
            field = field.replace(&format!("[{{{index}}}]"), &format!("[{row}]"));
        }
        match FieldPath::new(&field).get(model, scope.rows) {
            Some(value) if !value.is_array() && !value.is_object() => Some(value.clone()),
            _ => None,
        }
    }

    /// The label of an option of a list, in the user's language.
    pub(super) fn option_label(&self, items: &[Item<'_>], scope: &Scope<'_>) -> Result<Value, Failure> {
        let null = || Failure::new(FailureKind::Lookup, "Expected option list id to be a string");
        let id = coerce::text(first(items))?.ok_or_else(null)?;
        let list = self.context.options.and_then(|lists| lists.get(&*id)).and_then(Value::as_array);
        let unknown = || Failure::new(FailureKind::Lookup, format!("Could not find options with id {id}"));
        self.label(list.ok_or_else(unknown)?, second(items), scope)
    }

    fn label(&self, options: &[Value], value: &Value, scope: &Scope<'_>) -> Result<Value, Failure> {
        self.spend(options.len())?;
        let is_chosen = |option: &&Value| {
            option.get("value").is_some_and(|known| !value.is_null() && compare::are_equal(known, value))
        };
        match options.iter().find(is_chosen).and_then(|option| option.get("label")) {
            Some(label) => self.text(label, scope),
            None => Ok(Value::Null),
        }
    }

    /// A component's value as it is shown: labels of options, dates in the user's language; a hidden one shows
    /// nothing.
    pub(super) fn display_value(
        &self,
        component: &Component,
        value: &Value,
        scope: &Scope<'_>,
    ) -> Result<Value, Failure> {
        let list = component.options_id.as_ref().and_then(|id| self.context.options?.get(id)?.as_array());
        let options = list.unwrap_or(&component.options);
        let mut shown = Vec::new();
        match value {
            Value::Array(items) => {
                for item in items {
                    shown.push(self.shown(component, options, item, scope)?);
                }
            }
            one => shown.push(self.shown(component, options, one, scope)?),
        }
        self.spend(shown.iter().map(String::len).sum::<usize>() / 32)?;
        Ok(Value::String(shown.join(", ")))
    }

    fn shown(
        &self,
        component: &Component,
        options: &[Value],
        value: &Value,
        scope: &Scope<'_>,
    ) -> Result<String, Failure> {
        if let Value::String(label) = self.label(options, value, scope)? {
            return Ok(label);
        }
        if component.kind.eq_ignore_ascii_case("Datepicker")
            && let Ok(Some(moment)) = compare::moment(value)
        {
            let language = self.context.language();
            let pattern = date_format::usual_pattern(language);
            return Ok(date_format::format(moment.to_show(), pattern, language));
        }
        Ok(coerce::text(value)?.unwrap_or_default().into_owned())
    }
}

/// Text that means nothing in Markdown: what people fill in makes no links.
fn without_marks(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' | '\r' => written.push(' '),
            letter if letter.is_ascii_punctuation() => written.extend(['\\', letter]),
            letter => written.push(letter),
        }
    }
    written
}
