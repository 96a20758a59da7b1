//! Fields: what they hold, what can be chosen, and how they are filled in.

use serde_json::Value;

use super::kind::Kind;
use super::model::{Control, Field, Written};
use super::resolve::{At, Resolver};
use super::rich_text::RichText;
use super::time_of_day::{TimeOfDay, time_in};
use super::words::Words;
use crate::expression::{Binding, Expression};

/// What a schema says of a field, as far as it matters for filling it in.
#[derive(Debug, Default)]
struct Facts {
    written: Written,
    max_length: Option<u64>,
    format: Option<String>,
}

impl Resolver<'_, '_> {
    /// A component that is bound to one field.
    pub(super) fn field(&self, kind: Kind, at: At<'_>) -> Field {
        let label = self.text(at, "title");
        let mut field = self.bound_field(at, at.component.simple_binding(), at.id(), label);
        field.control = control(kind, &field, self.property(at, "formatting"));
        if kind == Kind::Date && field.written == Written::Text && !self.is_date(at, &field) {
            field.written = Written::Timestamp;
        }
        if kind == Kind::Time && field.written == Written::Text {
            field.written = Written::Time(self.time_of_day(at));
        }
        field.limits = self.limits(kind, at);
        if kind == Kind::Shown {
            let shown = self.property(at, "value").and_then(|value| Expression::from_json(value).ok());
            let value = shown.and_then(|value| self.evaluator.evaluate(&value, &at.scope()).ok());
            field.value = value.unwrap_or_default();
            field.read_only = true;
        }
        if kind == Kind::Map && field.description.is_none() {
            field.description = Some(RichText::plain(self.view.words().coordinates()));
        }
        field.options = self.options(at, &field.value);
        if kind.is_choice() && field.options.is_empty() && at.component.options_id.is_some() {
            // Nobody says what can be chosen: it is written.
            field.control = Control::Line;
        }
        field.shown = self.shown(at, &field);
        self.preselect(at, &mut field);
        field
    }

    /// Marks the option that is chosen as long as nobody chooses (`preselectedOptionIndex`).
    fn preselect(&self, at: At<'_>, field: &mut Field) {
        let index = self.property(at, "preselectedOptionIndex").and_then(Value::as_u64);
        let index = index.and_then(|index| usize::try_from(index).ok()).filter(|_| field.is_empty());
        if let Some(option) = index.and_then(|index| field.options.get_mut(index)) {
            option.chosen = true;
        }
    }

    pub(super) fn bound_field(
        &self,
        at: At<'_>,
        binding: Option<&Binding>,
        name: String,
        label: Option<RichText>,
    ) -> Field {
        let data_type = binding.map(|binding| self.data_type_of(binding)).unwrap_or_default();
        let pointer = binding.and_then(|binding| self.pointer(binding, at.rows));
        let model = self.view.context.model(Some(&data_type)).ok().flatten();
        let value = pointer.as_deref().and_then(|pointer| model?.pointer(pointer)).cloned();
        let facts = binding.map(|binding| self.facts_of(&data_type, &binding.field)).unwrap_or_default();
        let own_length = self.property(at, "maxLength").and_then(Value::as_u64);
        let can_write = pointer.is_some() && !self.view.only_reads(&data_type);
        Field {
            label: label.unwrap_or_else(|| RichText::plain(&at.component.id)),
            description: self.text(at, "description"),
            help: self.text(at, "help"),
            control: if facts.format.as_deref() == Some("email") { Control::Email } else { Control::Line },
            value: value.unwrap_or_default(),
            shown: String::new(),
            options: Vec::new(),
            required: self.is_true(at.component.required.as_ref(), at, false),
            says_optional: self.property(at, "labelSettings").and_then(|said| said.get("optionalIndicator"))
                != Some(&Value::Bool(false)),
            read_only: !can_write || self.is_true(at.component.read_only.as_ref(), at, true),
            autocomplete: self.property(at, "autocomplete").and_then(Value::as_str).map(str::to_owned),
            max_length: own_length.or(facts.max_length),
            limits: None,
            issues: pointer.as_deref().map(|at| self.issues_at(&data_type, at)).unwrap_or_default(),
            written: facts.written,
            name,
            data_type,
            pointer,
        }
    }

    fn facts_of(&self, data_type: &str, path: &str) -> Facts {
        let mut facts = Facts::default();
        let Some(schema) = self.view.app.form_schema(data_type) else { return facts };
        for said in schema.facts(path) {
            let named = said.get("type").and_then(|named| match named {
                Value::Array(several) => {
                    several.iter().filter_map(Value::as_str).find(|name| *name != "null")
                }
                one => one.as_str(),
            });
            facts.written = match named {
                Some("integer") => Written::Integer,
                Some("number") => Written::Number,
                Some("boolean") => Written::Boolean,
                Some("array") => Written::List,
                _ => facts.written,
            };
            facts.max_length = facts.max_length.or_else(|| said.get("maxLength").and_then(Value::as_u64));
            let format = said.get("format").and_then(Value::as_str).map(str::to_owned);
            facts.format = facts.format.or(format);
        }
        facts
    }

    /// How a time picker's value is written.
    fn time_of_day(&self, at: At<'_>) -> TimeOfDay {
        let format = self.property(at, "format").and_then(Value::as_str).unwrap_or_default();
        let is_moment = self.property(at, "timeStamp") == Some(&Value::Bool(true));
        TimeOfDay { on: self.view.today.filter(|_| is_moment), ..TimeOfDay::of_format(format) }
    }

    /// Whether a date is written without a time of day.
    fn is_date(&self, at: At<'_>, field: &Field) -> bool {
        let path = at.component.simple_binding().map_or("", |binding| binding.field.as_str());
        match self.facts_of(&field.data_type, path).format.as_deref() {
            Some(format) => format == "date",
            None => self.property(at, "timeStamp") == Some(&Value::Bool(false)),
        }
    }

    /// What a field holds, as it is shown.
    pub(super) fn shown(&self, at: At<'_>, field: &Field) -> String {
        let chosen: Vec<String> = field
            .options
            .iter()
            .filter(|option| option.chosen)
            .map(|option| option.label.to_plain())
            .collect();
        if !chosen.is_empty() {
            return chosen.join(", ");
        }
        if let Written::Time(written) = field.written
            && let Some(time) = field.value.as_str().and_then(time_in)
        {
            return written.shown(time);
        }
        if field.value.is_boolean() {
            return plain(&field.value, self.view.words());
        }
        let shown = self.evaluator.shown_value(at.component, &field.value, &at.scope()).unwrap_or_default();
        let formatting = self.property(at, "formatting").and_then(|formatting| formatting.get("number"));
        formatting.map_or_else(|| shown.clone(), |formatting| formatted(&shown, formatting))
    }
}

/// A value as it is read.
pub(super) fn plain(value: &Value, words: Words) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => words.yes().to_owned(),
        Value::Bool(false) => words.no().to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn control(kind: Kind, field: &Field, formatting: Option<&Value>) -> Control {
    match kind {
        Kind::Lines => Control::Lines,
        Kind::Date => Control::Date,
        Kind::Time => Control::Time,
        Kind::Dropdown => Control::Dropdown,
        Kind::Radio => Control::Radio,
        Kind::Checkboxes => Control::Checkboxes,
        _ => match field.written {
            Written::Integer => Control::Integer,
            Written::Number => Control::Decimal,
            _ if formatting.is_some_and(|formatting| formatting.get("number").is_some()) => Control::Decimal,
            _ => field.control,
        },
    }
}

/// A value as forms send it.
pub(super) fn as_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A number with the marks that the layout asks for: spaces between thousands, and what stands before and after it.
fn formatted(number: &str, formatting: &Value) -> String {
    let said = |name: &str| formatting.get(name).and_then(Value::as_str).unwrap_or_default();
    if number.is_empty() || number.parse::<f64>().is_err() {
        return number.to_owned();
    }
    let (whole, rest) = number.split_once('.').map_or((number, None), |(whole, rest)| (whole, Some(rest)));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let separator = match formatting.get("thousandSeparator") {
        Some(Value::String(separator)) => separator.as_str(),
        Some(Value::Bool(true)) => " ",
        _ => "",
    };
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            grouped.push_str(separator);
        }
        grouped.push(digit);
    }
    let point = match said("decimalSeparator") {
        "" => ",",
        own => own,
    };
    let decimals = rest.map(|rest| format!("{point}{rest}")).unwrap_or_default();
    format!("{}{sign}{grouped}{decimals}{}", said("prefix"), said("suffix"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_get_the_marks_of_the_layout() {
        let formatting = json!({"thousandSeparator": " ", "suffix": " 000 NOK"});
        assert_eq!(formatted("1234567", &formatting), "1 234 567 000 NOK");
        assert_eq!(formatted("-12.5", &formatting), "-12,5 000 NOK");
        assert_eq!(formatted("", &formatting), "");
        assert_eq!(formatted("tolv", &formatting), "tolv");
        assert_eq!(formatted("2024", &json!({"format": "####"})), "2024");
    }
}
