//! Forms below a page as HTML: a table with a button to each.

use super::html::{Html, HtmlForm, button, escaped, id_of, plain_line};
use super::press::Press;
use super::rich_text::RichText;
use super::sub_forms::SubForms;

impl HtmlForm<'_> {
    pub(super) fn sub_forms(&self, html: &mut Html, id: &str, list: &SubForms) {
        let title = escaped(&list.title.as_ref().map(RichText::to_plain).unwrap_or_default());
        html.put(&format!("<section class=\"altinn-sub-forms\" id=\"{}\" tabindex=\"-1\">\n", id_of(id)));
        list.title.iter().for_each(|title| {
            html.put(&format!("<h3 class=\"ds-heading\">{}</h3>\n", plain_line(title)));
        });
        list.description.iter().for_each(|text| html.blocks(text, 4));
        html.notices(&list.issues, None, self.words);
        if list.forms.is_empty() {
            html.put(&format!("<p class=\"altinn-empty\">{}</p>\n", self.words.none_yet()));
        } else {
            self.sub_form_table(html, list, &title);
        }
        if list.can_add {
            let label = list.add_label.as_deref().unwrap_or(self.words.add());
            let about = list.add_label.is_none().then_some(title.as_str()).filter(|title| !title.is_empty());
            html.put(&button(&Press::AddForm(id.to_owned()), label, "secondary", about));
        }
        html.put("</section>\n");
    }

    fn sub_form_table(&self, html: &mut Html, list: &SubForms, title: &str) {
        html.put("<table class=\"ds-table\">\n<thead>\n<tr><th scope=\"col\">");
        html.put(&format!("<span class=\"ds-sr-only\">{}</span></th>", self.words.row()));
        list.columns.iter().for_each(|name| {
            html.put(&format!("<th scope=\"col\">{}</th>", escaped(name)));
        });
        html.put(&format!(
            "<th scope=\"col\"><span class=\"ds-sr-only\">{}</span></th></tr>\n</thead>\n<tbody>\n",
            self.words.actions()
        ));
        for (index, form) in list.forms.iter().enumerate() {
            let number = index + 1;
            html.put(&format!("<tr><th scope=\"row\">{number}</th>"));
            for (index, cell) in form.cells.iter().enumerate() {
                let header = list.columns.get(index).map_or("", String::as_str);
                let shown = if cell.is_empty() { "–".to_owned() } else { escaped(cell) };
                html.put(&format!("<td data-header=\"{}\">{shown}</td>", escaped(header)));
            }
            html.put("<td>");
            if form.is_wrong {
                html.put(&format!(
                    "<p class=\"ds-validation-message\">{}</p>\n",
                    self.words.must_be_put_right()
                ));
            }
            let about = format!("{title} {number}");
            let open = if list.read_only { self.words.show() } else { self.words.change() };
            html.put(&button(&Press::OpenForm(form.element), open, "tertiary", Some(about.trim())));
            if list.can_remove {
                let press = Press::RemoveForm(form.element);
                html.put(&button(&press, self.words.remove(), "tertiary", Some(about.trim())));
            }
            html.put("</td></tr>\n");
        }
        html.put("</tbody>\n</table>\n");
    }
}
