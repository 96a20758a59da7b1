//! Form pages as HTML that works without JavaScript.

use std::fmt::Write as _;

use altinn_core::Language;

use super::html_errors::has_errors;
use super::model::{Button, Content, FormPage, FormPages, Group, Item, Purpose, Rows};
use super::post::DO;
use super::press::Press;
use super::rich_text::{Block, Inline, RichText};
use super::words::Words;
use crate::form::Severity;

/// A page of a form as HTML: a `<form>` that is sent back as [`FormPost`](super::FormPost) reads it.
///
/// Everything is escaped. Labels belong to their fields, groups are fieldsets with legends, what is wrong stands at its
/// field and in a summary with links; classes and attributes are Designsystemet's (`ds-field`, `data-variant`, ...), and
/// no style is needed to use the page. The heading of the page itself is the portal's.
#[derive(Debug, Clone)]
pub struct HtmlForm<'f> {
    pub(super) pages: &'f FormPages,
    pub(super) page: &'f FormPage,
    pub(super) words: Words,
    action: &'f str,
    own: Vec<(&'f str, &'f str)>,
    pub(super) files: Option<&'f str>,
    closes: bool,
}

impl<'f> HtmlForm<'f> {
    /// A page that is sent to an address.
    pub fn new(pages: &'f FormPages, page: &'f FormPage, language: Language, action: &'f str) -> Self {
        Self { pages, page, words: Words(language), action, own: Vec::new(), files: None, closes: false }
    }

    /// With a hidden field of the portal's own, such as a token against forged requests.
    #[must_use]
    pub fn with_hidden(mut self, name: &'f str, value: &'f str) -> Self {
        self.own.push((name, value));
        self
    }

    /// With the address of the instance's files: each is read at it with its id behind a slash. A page that takes files is sent
    /// as `multipart/form-data`, each file as [`file_field`](Self::file_field) names it, so that nothing that was filled in is
    /// lost with an upload. Without it no file is sent or read.
    #[must_use]
    pub fn with_files(mut self, address: &'f str) -> Self {
        self.files = Some(address);
        self
    }

    /// With a button that leads back to the page above, where the page has none: for a form below another.
    #[must_use]
    pub fn with_close(mut self) -> Self {
        self.closes = true;
        self
    }

    /// The name that the file of a data type is sent under.
    pub fn file_field(data_type: &str) -> String {
        format!("file:{data_type}")
    }

    /// The HTML.
    pub fn to_html(&self) -> String {
        let mut html = Html::default();
        self.error_summary(&mut html);
        let sends_files = self
            .page
            .all_items()
            .iter()
            .any(|item| matches!(&item.content, Content::Attachments(files) if self.takes_files(files)));
        html.put(&format!(
            "<form class=\"altinn-form\" method=\"post\" action=\"{}\"{} novalidate>\n",
            escaped(self.action),
            if sends_files { " enctype=\"multipart/form-data\"" } else { "" }
        ));
        self.hidden_fields(&mut html);
        // Enter in a field presses the first button of the form: it stores.
        html.put(&format!("<button type=\"submit\" name=\"{DO}\" value=\"save\" hidden></button>\n"));
        self.items(&mut html, &self.page.items);
        let has_buttons =
            self.page.all_items().iter().any(|item| matches!(item.content, Content::PageButtons { .. }));
        if !has_buttons {
            // Where the app's own button leads there, it is not shown twice.
            let own = |way: Purpose| self.page.has_button(|purpose| *purpose == way);
            let previous = Some(self.words.previous()).filter(|_| !own(Purpose::Previous));
            let next = Some(self.words.next()).filter(|_| !own(Purpose::Next));
            self.page_buttons(&mut html, previous, next);
        }
        if self.closes && !self.page.closes() {
            html.put(&button(&Press::Close { checked: false }, self.words.close(), "secondary", None));
        }
        html.put("</form>\n");
        html.text
    }

    pub(super) fn words(&self) -> Words {
        self.words
    }

    pub(super) fn hidden_fields(&self, html: &mut Html) {
        for (name, value) in &self.own {
            let (name, value) = (escaped(name), escaped(value));
            html.put(&format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">\n"));
        }
    }

    fn items(&self, html: &mut Html, items: &[Item]) {
        items.iter().for_each(|item| self.item(html, item));
    }

    fn item(&self, html: &mut Html, item: &Item) {
        match &item.content {
            Content::Heading { level, text } => {
                let line = plain_line(text);
                html.put(&format!("<h{level} class=\"ds-heading\">{line}</h{level}>\n"));
            }
            Content::Text(text) => html.blocks(text, 3),
            Content::Panel { severity, title, body } => panel(html, *severity, title.as_ref(), body),
            Content::Field(field) => self.field(html, &item.id, field),
            Content::Group(group) => self.group(html, group),
            Content::Rows(rows) => self.rows(html, &item.id, rows),
            Content::SubForms(list) => self.sub_forms(html, &item.id, list),
            Content::Summary(summary) => html.summary(summary, self.words),
            Content::Attachments(files) => self.attachments(html, &item.id, files),
            Content::Likert(likert) => self.likert(html, &item.id, likert),
            Content::Image { alternative, address } => image(html, alternative, address.as_deref()),
            Content::Frame { html: own } => frame(html, own, self.words),
            Content::Button(button) => html.put(&self.button(&item.id, button)),
            Content::PageButtons { previous, next } => {
                self.page_buttons(html, previous.as_deref(), next.as_deref());
            }
            Content::PageList => self.page_list(html),
            Content::NotRendered { title } => {
                let body = RichText::plain(self.words.not_rendered());
                panel(html, Severity::Info, title.as_ref(), &body);
            }
        }
    }

    fn group(&self, html: &mut Html, group: &Group) {
        let title = group.title.as_ref().map(plain_line);
        let (open, close) = match (title, group.folds) {
            (Some(title), true) => {
                let open = if has_errors(&group.items) { " open" } else { "" };
                (
                    format!("<details class=\"ds-details\"{open}>\n<summary>{title}</summary>\n"),
                    "</details>\n",
                )
            }
            (Some(title), false) => (
                format!("<fieldset class=\"ds-fieldset\">\n<legend class=\"ds-label\">{title}</legend>\n"),
                "</fieldset>\n",
            ),
            (None, _) => ("<div class=\"altinn-group\">\n".to_owned(), "</div>\n"),
        };
        html.put(&open);
        group.description.iter().for_each(|text| html.blocks(text, 4));
        self.items(html, &group.items);
        html.put(close);
    }

    fn rows(&self, html: &mut Html, id: &str, rows: &Rows) {
        let title = escaped(&rows.title.as_ref().map(RichText::to_plain).unwrap_or_default());
        html.put(&format!(
            "<fieldset class=\"ds-fieldset altinn-rows\" id=\"{}\" tabindex=\"-1\">\n",
            id_of(id)
        ));
        if !title.is_empty() {
            html.put(&format!("<legend class=\"ds-label\">{title}</legend>\n"));
        }
        rows.description.iter().for_each(|text| html.blocks(text, 4));
        html.notices(&rows.issues, None, self.words);
        self.items(html, &rows.beside);
        for row in &rows.rows {
            let name =
                format!("{} {}", if title.is_empty() { self.words.row() } else { &title }, row.index + 1);
            html.put(&format!(
                "<fieldset class=\"ds-fieldset\">\n<legend class=\"ds-label\">{name}</legend>\n"
            ));
            self.items(html, &row.items);
            if row.can_remove {
                let press = Press::RemoveRow(id.to_owned(), row.index);
                html.put(&button(&press, self.words.remove(), "tertiary", Some(&name)));
            }
            html.put("</fieldset>\n");
        }
        if rows.can_add {
            let label = rows.add_label.as_deref().unwrap_or(self.words.add());
            let about = rows.add_label.is_none().then_some(title.as_str()).filter(|title| !title.is_empty());
            html.put(&button(&Press::AddRow(id.to_owned()), label, "secondary", about));
        }
        html.put("</fieldset>\n");
    }

    fn button(&self, id: &str, shown: &Button) -> String {
        let press = match &shown.purpose {
            Purpose::Submit => Press::Submit,
            Purpose::Save => Press::Save,
            Purpose::Action(action) => Press::Action(action.clone()),
            Purpose::Begin(_) => Press::Begin(id.to_owned()),
            Purpose::Draft => Press::Draft,
            Purpose::Next => Press::Next,
            Purpose::Previous => Press::Previous,
            Purpose::Page(name) => Press::Page(name.clone()),
            Purpose::Close { checked } => Press::Close { checked: *checked },
        };
        button(&press, &shown.label, if shown.primary { "primary" } else { "secondary" }, None)
    }

    fn page_buttons(&self, html: &mut Html, previous: Option<&str>, next: Option<&str>) {
        let previous = previous.filter(|_| self.pages.before(&self.page.name).is_some());
        let next = next.filter(|_| self.pages.after(&self.page.name).is_some());
        if previous.is_none() && next.is_none() {
            return;
        }
        html.put("<div class=\"altinn-buttons\">\n");
        previous.iter().for_each(|label| html.put(&button(&Press::Previous, label, "secondary", None)));
        next.iter().for_each(|label| html.put(&button(&Press::Next, label, "primary", None)));
        html.put("</div>\n");
    }

    fn page_list(&self, html: &mut Html) {
        html.put(&format!("<nav aria-label=\"{}\">\n<ol class=\"altinn-pages\">\n", self.words.pages()));
        for page in &self.pages.pages {
            let title = plain_line(&page.title);
            if page.name == self.page.name {
                html.put(&format!("<li><span aria-current=\"page\">{title}</span></li>\n"));
            } else {
                let press = escaped(&Press::Page(page.name.clone()).to_value());
                html.put(&format!(
                    "<li><button class=\"ds-button\" data-variant=\"tertiary\" type=\"submit\" name=\"{DO}\" value=\"{press}\">{title}</button></li>\n"
                ));
            }
        }
        html.put("</ol>\n</nav>\n");
    }
}

/// A button that sends the form; `about` says to screen readers which of several it is.
pub(super) fn button(press: &Press, label: &str, variant: &str, about: Option<&str>) -> String {
    let about = about.map(|about| format!("<span class=\"ds-sr-only\"> {about}</span>")).unwrap_or_default();
    format!(
        "<button class=\"ds-button\" data-variant=\"{variant}\" type=\"submit\" name=\"{DO}\" value=\"{}\">{}{about}</button>\n",
        escaped(&press.to_value()),
        escaped(label)
    )
}

fn panel(html: &mut Html, severity: Severity, title: Option<&RichText>, body: &RichText) {
    let colour = match severity {
        Severity::Error => "danger",
        other => other.as_str(),
    };
    html.put(&format!("<div class=\"ds-alert\" data-color=\"{colour}\">\n"));
    title.iter().for_each(|title| html.put(&format!("<p><strong>{}</strong></p>\n", plain_line(title))));
    html.blocks(body, 3);
    html.put("</div>\n");
}

/// A picture in words: a page loads nothing from elsewhere, so that nobody else learns who has opened it.
fn image(html: &mut Html, alternative: &str, address: Option<&str>) {
    let text = escaped(alternative);
    match address.filter(|_| !text.is_empty()) {
        Some(address) => html.put(&format!(
            "<p class=\"ds-paragraph\"><a class=\"ds-link\" href=\"{}\" rel=\"noopener noreferrer\">{text}</a></p>\n",
            escaped(address)
        )),
        None if text.is_empty() => {}
        None => html.put(&format!("<p class=\"ds-paragraph\">{text}</p>\n")),
    }
}

/// HTML of the app's own in a frame in which nothing runs and nothing is sent.
fn frame(html: &mut Html, own: &str, words: Words) {
    html.put(&format!(
        "<iframe class=\"altinn-frame\" sandbox title=\"{}\" srcdoc=\"{}\"></iframe>\n",
        words.embedded(),
        escaped(own)
    ));
}

/// HTML that is being written.
#[derive(Debug, Default)]
pub(crate) struct Html {
    pub(crate) text: String,
}

impl Html {
    pub(crate) fn put(&mut self, html: &str) {
        self.text.push_str(html);
    }

    /// A text of several paragraphs, with headings from a level.
    pub(super) fn blocks(&mut self, text: &RichText, level: u8) {
        for block in text.blocks() {
            match block {
                Block::Paragraph(line) => {
                    self.put(&format!("<p class=\"ds-paragraph\">{}</p>\n", inline(line)));
                }
                Block::Heading(line) => {
                    self.put(&format!("<h{level} class=\"ds-heading\">{}</h{level}>\n", inline(line)));
                }
                Block::List { ordered, items } => {
                    let tag = if *ordered { "ol" } else { "ul" };
                    let items = items.iter().fold(String::new(), |mut all, item| {
                        let _ = writeln!(all, "<li>{}</li>", inline(item));
                        all
                    });
                    self.put(&format!("<{tag} class=\"ds-list\">\n{items}</{tag}>\n"));
                }
            }
        }
    }

    pub(super) fn notices(&mut self, notices: &[super::Notice], id: Option<&str>, words: Words) {
        if notices.is_empty() {
            return;
        }
        let id = id.map(|id| format!(" id=\"{id}\"")).unwrap_or_default();
        self.put(&format!("<div class=\"ds-validation-message\"{id}>\n"));
        for notice in notices {
            let text = escaped(&notice.text);
            match notice.severity {
                Severity::Error => {
                    self.put(&format!(
                        "<p><span class=\"ds-sr-only\">{}: </span>{text}</p>\n",
                        words.error()
                    ));
                }
                other => self.put(&format!("<p data-color=\"{}\">{text}</p>\n", other.as_str())),
            }
        }
        self.put("</div>\n");
    }
}

/// A text on one line, with what is stressed and its links.
pub(super) fn plain_line(text: &RichText) -> String {
    let lines: Vec<String> = text
        .blocks()
        .iter()
        .flat_map(|block| match block {
            Block::Paragraph(line) | Block::Heading(line) => vec![inline(line)],
            Block::List { items, .. } => items.iter().map(|item| inline(item)).collect(),
        })
        .collect();
    lines.join(" ")
}

fn inline(line: &[Inline]) -> String {
    line.iter()
        .map(|piece| match piece {
            Inline::Text(text) => escaped(text),
            Inline::Strong(text) => format!("<strong>{}</strong>", escaped(text)),
            Inline::Link { text, address } => {
                let (text, address) = (escaped(text), escaped(address));
                format!("<a class=\"ds-link\" href=\"{address}\" rel=\"noopener noreferrer\">{text}</a>")
            }
            Inline::Break => "<br>".to_owned(),
        })
        .collect()
}

/// The id of an element of the page.
pub(super) fn id_of(name: &str) -> String {
    escaped(&format!("f-{}", name.replace(char::is_whitespace, "_")))
}

/// Text in HTML, in an element or an attribute.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter if letter.is_control() && !matches!(letter, '\n' | '\t') => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}
