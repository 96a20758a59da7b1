//! What was filled in as HTML, to be read.

use super::html::{Html, escaped, plain_line};
use super::summary::{Summary, SummaryPart};
use super::words::Words;

impl Html {
    /// A summary with its title.
    pub(super) fn summary(&mut self, summary: &Summary, words: Words) {
        self.put("<section class=\"altinn-summary\">\n");
        if let Some(title) = &summary.title {
            self.put(&format!("<h3 class=\"ds-heading\">{}</h3>\n", plain_line(title)));
        }
        self.parts(&summary.parts, words);
        self.put("</section>\n");
    }

    /// Entries, headings and tables, in their order.
    pub(crate) fn parts(&mut self, parts: &[SummaryPart], words: Words) {
        let mut in_list = false;
        for part in parts {
            let is_entry = matches!(part, SummaryPart::Entry { .. });
            if is_entry != in_list {
                self.put(if is_entry { "<dl class=\"altinn-entries\">\n" } else { "</dl>\n" });
                in_list = is_entry;
            }
            match part {
                SummaryPart::Entry { label, value } => self.entry(label, value, words),
                SummaryPart::Heading { level, text } => {
                    self.put(&format!("<h{level} class=\"ds-heading\">{}</h{level}>\n", escaped(text)));
                }
                SummaryPart::Text(text) => self.put(&format!("<p>{}</p>\n", escaped(text))),
                SummaryPart::Table { caption, columns, rows } => self.table(caption, columns, rows),
            }
        }
        if in_list {
            self.put("</dl>\n");
        }
    }

    pub(super) fn entry(&mut self, label: &str, value: &str, words: Words) {
        let value = match value {
            "" => format!("<span class=\"altinn-empty\">{}</span>", words.not_filled_in()),
            filled_in => escaped(filled_in).replace('\n', "<br>"),
        };
        self.put(&format!("<dt>{}</dt>\n<dd>{value}</dd>\n", escaped(label)));
    }

    fn table(&mut self, caption: &str, columns: &[String], rows: &[Vec<String>]) {
        self.put("<table class=\"ds-table\">\n");
        if !caption.is_empty() {
            self.put(&format!("<caption>{}</caption>\n", escaped(caption)));
        }
        self.put("<thead>\n<tr>");
        columns.iter().for_each(|name| self.put(&format!("<th scope=\"col\">{}</th>", escaped(name))));
        self.put("</tr>\n</thead>\n<tbody>\n");
        for row in rows {
            self.put("<tr>");
            row.iter().for_each(|cell| self.put(&format!("<td>{}</td>", escaped(cell))));
            self.put("</tr>\n");
        }
        self.put("</tbody>\n</table>\n");
    }
}
