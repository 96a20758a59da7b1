//! The files of a form as HTML.

use super::attachments::{Attachment, Attachments, FileTags};
use super::field::as_text;
use super::html::{Html, HtmlForm, button, escaped, id_of, plain_line};
use super::post::tag_field;
use super::press::Press;

impl HtmlForm<'_> {
    pub(super) fn attachments(&self, html: &mut Html, id: &str, files: &Attachments) {
        let id = id_of(id);
        html.put(&format!("<div class=\"ds-field\" id=\"{id}\" tabindex=\"-1\">\n"));
        let label = plain_line(&files.title);
        let takes = self.takes_files(files);
        if takes {
            html.put(&format!("<label class=\"ds-label\" for=\"{id}-file\">{label}</label>\n"));
        } else {
            html.put(&format!("<p class=\"ds-label\">{label}</p>\n"));
        }
        files.description.iter().for_each(|text| html.blocks(text, 4));
        html.notices(&files.issues, None, self.words);
        self.listed(html, &id, files);
        if takes {
            let accept = escaped(&files.endings.join(","));
            html.put(&format!(
                "<input class=\"ds-input\" type=\"file\" name=\"{}\" id=\"{id}-file\" accept=\"{accept}\">\n",
                escaped(&Self::file_field(&files.data_type))
            ));
            if let Some(tags) = &files.tags {
                self.tag_of_new(html, &id, files, tags);
            }
            let about = escaped(&files.title.to_plain());
            let press = Press::Upload(files.data_type.clone());
            html.put(&button(&press, self.words.upload(), "secondary", Some(&about)));
        }
        html.put("</div>\n");
    }

    /// Whether files may be sent from the page.
    pub(super) fn takes_files(&self, files: &Attachments) -> bool {
        self.files.is_some() && !files.read_only && (files.files.len() as u64) < files.max
    }

    /// The files that are there, each to be read, and taken away where it can be.
    fn listed(&self, html: &mut Html, id: &str, files: &Attachments) {
        if files.files.is_empty() {
            html.put(&format!("<p>{}</p>\n", self.words.no_files()));
            return;
        }
        html.put("<ul class=\"altinn-files\">\n");
        for file in &files.files {
            let name = escaped(&file.name);
            let size = self.words.0.size(file.bytes as u64);
            let shown = match self.files {
                Some(address) => {
                    let (address, id) = (escaped(address), escaped(&file.id));
                    format!("<a class=\"ds-link\" href=\"{address}/{id}\" download>{name}</a> ({size})")
                }
                None => format!("{name} ({size})"),
            };
            html.put(&format!("<li>{shown} "));
            if !files.read_only {
                let press = Press::RemoveFile(file.id.clone());
                html.put(&button(&press, self.words.remove(), "tertiary", Some(&name)));
            }
            if let Some(tags) = &files.tags {
                self.tag_of(html, id, files, file, tags);
            }
            html.put("</li>\n");
        }
        html.put("</ul>\n");
    }

    /// What a file is said to be: to choose, or to read.
    fn tag_of(&self, html: &mut Html, id: &str, files: &Attachments, file: &Attachment, tags: &FileTags) {
        let label = plain_line(&tags.label);
        let chosen = file.tag.as_deref().unwrap_or_default();
        if files.read_only {
            let said = escaped(&tags.label_of(chosen));
            html.put(&format!("<p>{label}: {said}</p>\n"));
            return;
        }
        let id = tag_id(id, &file.id);
        let (name, about) = (escaped(&tag_field(&file.id)), escaped(&file.name));
        html.put(&format!(
            "<div class=\"altinn-tag\">\n<label class=\"ds-label\" for=\"{id}\">{label}<span class=\"ds-sr-only\">: {about}</span></label>\n"
        ));
        let (mut described, mut invalid) = (String::new(), "");
        if !file.issues.is_empty() {
            html.notices(&file.issues, Some(&format!("{id}-error")), self.words);
            (described, invalid) = (format!(" aria-describedby=\"{id}-error\""), " aria-invalid=\"true\"");
        }
        html.put(&format!("<select class=\"ds-input\" id=\"{id}\" name=\"{name}\"{described}{invalid}>\n"));
        self.tag_options(html, tags, chosen);
        html.put("</select>\n</div>\n");
    }

    /// What the file that is sent next is said to be.
    fn tag_of_new(&self, html: &mut Html, id: &str, files: &Attachments, tags: &FileTags) {
        let (label, name) = (plain_line(&tags.label), escaped(&tag_field(&files.data_type)));
        let about = self.words.new_file();
        html.put(&format!(
            "<div class=\"altinn-tag\">\n<label class=\"ds-label\" for=\"{id}-new-tag\">{label}<span class=\"ds-sr-only\">: {about}</span></label>\n\
             <select class=\"ds-input\" id=\"{id}-new-tag\" name=\"{name}\">\n"
        ));
        self.tag_options(html, tags, "");
        html.put("</select>\n</div>\n");
    }

    fn tag_options(&self, html: &mut Html, tags: &FileTags, chosen: &str) {
        html.put(&format!("<option value=\"\">{}</option>\n", self.words.choose()));
        if !chosen.is_empty() && !tags.offers(chosen) {
            // What is stored and can not be chosen any more stays until something else is chosen.
            let chosen = escaped(chosen);
            html.put(&format!("<option value=\"{chosen}\" selected>{chosen}</option>\n"));
        }
        for option in &tags.options {
            let value = as_text(&option.value);
            let selected = if value == chosen { " selected" } else { "" };
            let label = escaped(&option.label.to_plain());
            html.put(&format!("<option value=\"{}\"{selected}>{label}</option>\n", escaped(&value)));
        }
    }
}

/// The id on the page of the choice of what a file is; `id` is that of the list of files.
pub(super) fn tag_id(id: &str, file: &str) -> String {
    format!("{id}-tag-{}", escaped(file))
}
