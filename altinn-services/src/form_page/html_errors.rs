//! What is wrong on a page as HTML: all of it together, with links to where.

use super::html::{Html, HtmlForm, escaped, id_of};
use super::html_files::tag_id;
use super::model::{Content, Item, Notice};
use super::rich_text::RichText;
use crate::form::Severity;

impl HtmlForm<'_> {
    /// What is wrong on the page, with links to where.
    pub(super) fn error_summary(&self, html: &mut Html) {
        let without_place = self.pages.issues.iter().filter(|notice| notice.severity == Severity::Error);
        let mut lines: Vec<String> = without_place.map(|notice| escaped(&notice.text)).collect();
        self.page.all_items().into_iter().for_each(|item| add_lines(&mut lines, item));
        if lines.is_empty() {
            return;
        }
        html.put("<section class=\"ds-error-summary\" id=\"errors\" tabindex=\"-1\" aria-labelledby=\"errors-title\">\n");
        html.put(&format!(
            "<h2 class=\"ds-heading\" id=\"errors-title\">{}</h2>\n<ul>\n",
            self.words.errors()
        ));
        lines.iter().for_each(|line| html.put(&format!("<li>{line}</li>\n")));
        html.put("</ul>\n</section>\n");
    }
}

/// A line for each thing that is wrong with an item.
fn add_lines(lines: &mut Vec<String>, item: &Item) {
    let id = id_of(&item.id);
    let titled = |title: &Option<RichText>| title.as_ref().map(RichText::to_plain).unwrap_or_default();
    let mut add = |id: &str, label: &str, issues: &[Notice]| {
        for notice in issues.iter().filter(|notice| notice.severity == Severity::Error) {
            // A question is its own end.
            let end = if label.is_empty() || label.ends_with(['?', '.', ':']) { "" } else { ":" };
            let said = format!("{label}{end} {}", notice.text);
            let said = said.trim_start();
            lines.push(format!("<a class=\"ds-link\" href=\"#{id}\">{}</a>", escaped(said)));
        }
    };
    match &item.content {
        Content::Field(field) => add(&id, &field.label.to_plain(), &field.issues),
        Content::Rows(rows) => add(&id, &titled(&rows.title), &rows.issues),
        Content::SubForms(list) => add(&id, &titled(&list.title), &list.issues),
        Content::Attachments(files) => {
            add(&id, &files.title.to_plain(), &files.issues);
            files.files.iter().for_each(|file| add(&tag_id(&id, &file.id), &file.name, &file.issues));
        }
        _ => {}
    }
}

/// Whether something is wrong with any of these.
pub(super) fn has_errors(items: &[Item]) -> bool {
    items.iter().any(|item| match &item.content {
        Content::Field(field) => !field.issues.is_empty(),
        Content::Group(group) => has_errors(&group.items),
        Content::Likert(likert) => has_errors(&likert.questions),
        Content::Rows(rows) => !rows.issues.is_empty() || rows.rows.iter().any(|row| has_errors(&row.items)),
        Content::Attachments(files) => {
            !files.issues.is_empty() || files.files.iter().any(|file| !file.issues.is_empty())
        }
        _ => false,
    })
}
