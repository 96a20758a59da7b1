//! The files of a form as HTML.

use super::html::{Html, HtmlForm, button, escaped, id_of, plain_line};
use super::model::Attachments;
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
        self.listed(html, files);
        if takes {
            let accept = escaped(&files.endings.join(","));
            html.put(&format!(
                "<input class=\"ds-input\" type=\"file\" name=\"{}\" id=\"{id}-file\" accept=\"{accept}\">\n",
                escaped(&Self::file_field(&files.data_type))
            ));
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
    fn listed(&self, html: &mut Html, files: &Attachments) {
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
            let remove = if files.read_only {
                String::new()
            } else {
                button(&Press::RemoveFile(file.id.clone()), self.words.remove(), "tertiary", Some(&name))
            };
            html.put(&format!("<li>{shown} {remove}</li>\n"));
        }
        html.put("</ul>\n");
    }
}
