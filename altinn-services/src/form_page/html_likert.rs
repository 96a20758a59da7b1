//! Questions with the same answers as HTML: a table that becomes a list on a narrow screen.

use super::field::as_text;
use super::html::{Html, HtmlForm, escaped, id_of, plain_line};
use super::likert::Likert;
use super::model::{Content, Field};

impl HtmlForm<'_> {
    pub(super) fn likert(&self, html: &mut Html, id: &str, likert: &Likert) {
        html.put(&format!("<div class=\"altinn-likert\" id=\"{}\">\n", id_of(id)));
        let title = likert.title.as_ref().map(plain_line);
        let questions = likert.questions.iter().filter_map(|item| match &item.content {
            Content::Field(field) => Some((item.id.as_str(), &**field)),
            _ => None,
        });
        let (alone, asked): (Vec<_>, Vec<_>) =
            questions.partition(|(_, field)| field.read_only || field.options.is_empty());
        title.iter().for_each(|title| html.put(&format!("<p class=\"ds-label\">{title}</p>\n")));
        likert.description.iter().for_each(|text| html.blocks(text, 4));
        alone.into_iter().for_each(|(id, field)| self.field(html, id, field));
        if let Some((_, first)) = asked.first() {
            html.put("<table class=\"ds-table\">\n<thead>\n<tr><td></td>");
            for option in &first.options {
                html.put(&format!("<th scope=\"col\">{}</th>", plain_line(&option.label)));
            }
            html.put("</tr>\n</thead>\n<tbody>\n");
            asked.iter().for_each(|(id, field)| self.question(html, &id_of(id), field));
            html.put("</tbody>\n</table>\n");
        }
        html.put("</div>\n");
    }

    /// A row: the question, and a button for each answer, which says both to those who do not see the table.
    fn question(&self, html: &mut Html, id: &str, field: &Field) {
        let (label, name) = (self.label(field), escaped(&field.name));
        html.put(&format!("<tr>\n<th scope=\"row\" id=\"{id}\" tabindex=\"-1\">{label}\n"));
        let error = format!("{id}-error");
        html.notices(&field.issues, Some(&error), self.words);
        html.put("</th>\n");
        let described =
            if field.issues.is_empty() { String::new() } else { format!(" aria-describedby=\"{error}\"") };
        let question = escaped(&field.label.to_plain());
        for option in &field.options {
            let checked = if option.chosen { " checked" } else { "" };
            html.put(&format!(
                "<td><label><input class=\"ds-input\" type=\"radio\" name=\"{name}\" value=\"{}\"{checked}{described}>\
                 <span class=\"ds-sr-only\">{question}: </span><span class=\"altinn-answer\">{}</span></label></td>\n",
                escaped(&as_text(&option.value)),
                plain_line(&option.label)
            ));
        }
        html.put("</tr>\n");
    }
}
