//! Fields as HTML.

use serde_json::Value;

use super::field::as_text;
use super::html::{Html, HtmlForm, escaped, id_of, plain_line};
use super::limits::{Limits, day_in};
use super::model::{Control, Field, FieldOption, Written};
use super::rich_text::RichText;
use super::time_of_day::time_in;

impl HtmlForm<'_> {
    pub(super) fn field(&self, html: &mut Html, id: &str, field: &Field) {
        let id = id_of(id);
        if field.read_only {
            self.shown_field(html, &id, field);
        } else if matches!(field.control, Control::Radio | Control::Checkboxes) {
            self.choices(html, &id, field);
        } else {
            self.one_field(html, &id, field);
        }
    }

    /// A field that can only be read.
    fn shown_field(&self, html: &mut Html, id: &str, field: &Field) {
        html.put(&format!("<dl class=\"altinn-entries\" id=\"{id}\" tabindex=\"-1\">\n"));
        html.entry(&field.label.to_plain(), &field.shown, self.words());
        html.put("</dl>\n");
        html.notices(&field.issues, None, self.words());
    }

    fn one_field(&self, html: &mut Html, id: &str, field: &Field) {
        html.put("<div class=\"ds-field\">\n");
        html.put(&format!("<label class=\"ds-label\" for=\"{id}\">{}</label>\n", self.label(field)));
        let described = self.descriptions(html, id, field);
        let attributes = attributes(id, field, &described);
        match field.control {
            Control::Lines => {
                // The line break after the tag is not part of the text.
                let text = escaped(&as_text(&field.value));
                html.put(&format!(
                    "<textarea class=\"ds-input\" rows=\"5\"{attributes}>\n{text}</textarea>\n"
                ));
            }
            Control::Dropdown => self.dropdown(html, field, &attributes),
            _ => html.put(&input(field, &attributes)),
        }
        html.put("</div>\n");
    }

    fn dropdown(&self, html: &mut Html, field: &Field, attributes: &str) {
        html.put(&format!(
            "<select class=\"ds-input\"{attributes}>\n<option value=\"\">{}</option>\n",
            self.words().choose()
        ));
        let stored = as_text(&field.value);
        if !stored.is_empty() && !field.options.iter().any(|option| option.chosen) {
            // What is stored and can not be chosen any more stays until something else is chosen.
            let stored = escaped(&stored);
            html.put(&format!("<option value=\"{stored}\" selected>{stored}</option>\n"));
        }
        for option in &field.options {
            let selected = if option.chosen { " selected" } else { "" };
            let (value, label) = (escaped(&as_text(&option.value)), escaped(&option.label.to_plain()));
            html.put(&format!("<option value=\"{value}\"{selected}>{label}</option>\n"));
        }
        html.put("</select>\n");
    }

    fn choices(&self, html: &mut Html, id: &str, field: &Field) {
        let mut inner = Html::default();
        let described = self.descriptions(&mut inner, id, field);
        let described = described_by(&described);
        html.put(&format!("<fieldset class=\"ds-fieldset\" id=\"{id}\" tabindex=\"-1\"{described}>\n"));
        html.put(&format!("<legend class=\"ds-label\">{}</legend>\n", self.label(field)));
        html.put(&inner.text);
        let name = escaped(&field.name);
        if field.control == Control::Checkboxes {
            // Boxes without a tick are not sent: this says that the field was.
            html.put(&format!("<input type=\"hidden\" name=\"{name}\" value=\"\">\n"));
        }
        for (index, option) in field.options.iter().enumerate() {
            choice(html, &format!("{id}-{index}"), &name, field, option);
        }
        html.put("</fieldset>\n");
    }

    pub(super) fn label(&self, field: &Field) -> String {
        let label = plain_line(&field.label);
        if field.required || !field.says_optional {
            label
        } else {
            format!("{label} <span class=\"ds-tag\">({})</span>", self.words().optional())
        }
    }

    /// The texts that describe a field; gives their ids.
    fn descriptions(&self, html: &mut Html, id: &str, field: &Field) -> Vec<String> {
        let mut ids = Vec::new();
        if let Some(text) = &field.description {
            ids.push(format!("{id}-description"));
            html.put(&format!("<div class=\"ds-description\" id=\"{id}-description\">\n"));
            html.blocks(text, 4);
            html.put("</div>\n");
        }
        if let Some(text) = &field.help {
            self.help(html, text, field);
        }
        if !field.issues.is_empty() {
            ids.push(format!("{id}-error"));
            html.notices(&field.issues, Some(&format!("{id}-error")), self.words());
        }
        ids
    }

    fn help(&self, html: &mut Html, text: &RichText, field: &Field) {
        let label = escaped(&field.label.to_plain());
        html.put(&format!("<details class=\"ds-details\">\n<summary>{}<span class=\"ds-sr-only\">: {label}</span></summary>\n", self.words().help()));
        html.blocks(text, 4);
        html.put("</details>\n");
    }
}

fn choice(html: &mut Html, id: &str, name: &str, field: &Field, option: &FieldOption) {
    let kind = if field.control == Control::Radio { "radio" } else { "checkbox" };
    let checked = if option.chosen { " checked" } else { "" };
    let value = escaped(&as_text(&option.value));
    let described = option.description.as_ref().map(|_| format!("{id}-description"));
    let describes = described_by(described.as_slice());
    html.put(&format!(
        "<div class=\"ds-field\">\n<input class=\"ds-input\" type=\"{kind}\" id=\"{id}\" name=\"{name}\" value=\"{value}\"{checked}{describes}>\n\
         <label class=\"ds-label\" for=\"{id}\">{}</label>\n",
        plain_line(&option.label)
    ));
    if let Some(text) = &option.description {
        html.put(&format!("<div class=\"ds-description\" id=\"{id}-description\">\n"));
        html.blocks(text, 4);
        html.put("</div>\n");
    }
    html.put("</div>\n");
}

fn described_by(ids: &[String]) -> String {
    if ids.is_empty() { String::new() } else { format!(" aria-describedby=\"{}\"", ids.join(" ")) }
}

/// What all controls have.
fn attributes(id: &str, field: &Field, described: &[String]) -> String {
    let mut attributes = format!(" id=\"{id}\" name=\"{}\"", escaped(&field.name));
    attributes.push_str(&described_by(described));
    if field.required {
        attributes.push_str(" required");
    }
    if field.issues.iter().any(|notice| notice.severity == crate::form::Severity::Error) {
        attributes.push_str(" aria-invalid=\"true\"");
    }
    if let Some(autocomplete) = &field.autocomplete {
        attributes.push_str(&format!(" autocomplete=\"{}\"", escaped(autocomplete)));
    }
    if let Some(length) =
        field.max_length.filter(|_| matches!(field.control, Control::Line | Control::Email | Control::Lines))
    {
        attributes.push_str(&format!(" maxlength=\"{length}\""));
    }
    if let Some(limits) = &field.limits {
        let (first, last) = match limits {
            Limits::Days { first, last } => (first.to_string(), last.to_string()),
            Limits::Times { first, last } => (first.to_string(), last.to_string()),
        };
        attributes.push_str(&format!(" min=\"{first}\" max=\"{last}\""));
    }
    if matches!(field.written, Written::Time(written) if written.has_seconds) {
        attributes.push_str(" step=\"1\"");
    }
    attributes
}

fn input(field: &Field, attributes: &str) -> String {
    let value = as_text(&field.value);
    let (kind, mode, value) = match field.control {
        Control::Email => ("email", "email", value),
        Control::Integer => ("text", "numeric", value),
        Control::Decimal if field.written == Written::Text => ("text", "decimal", value),
        Control::Decimal => ("text", "decimal", decimal(&field.value)),
        Control::Date => match day_in(&value) {
            Some(day) => ("date", "", day.to_string()),
            None if value.is_empty() => ("date", "", value),
            None => ("text", "", value),
        },
        Control::Time => match (field.written, time_in(&value)) {
            (Written::Time(written), Some(time)) => ("time", "", written.shown(time)),
            _ if value.is_empty() => ("time", "", value),
            _ => ("text", "", value),
        },
        _ => ("text", "", value),
    };
    let mode = if mode.is_empty() { String::new() } else { format!(" inputmode=\"{mode}\"") };
    format!("<input class=\"ds-input\" type=\"{kind}\"{mode} value=\"{}\"{attributes}>\n", escaped(&value))
}

/// A number with the comma that Norwegians write; it is read with a point too.
fn decimal(value: &Value) -> String {
    let text = as_text(value);
    if value.is_number() && !text.contains(['e', 'E']) { text.replace('.', ",") } else { text }
}
