//! A task that people fill in and that the app has drawn no pages for.

use super::attachments::Attachments;
use super::model::{Button, Content, FormPage, FormPages, Item, Purpose};
use super::rich_text::RichText;
use super::view::FormView;
use crate::definition::DataType;
use crate::form::Severity;
use crate::process::Task;

impl FormView<'_> {
    /// One page for a task that the app has drawn none for: it says so, takes what can be attached, and leads on.
    pub(crate) fn bare_page(&self, task: &Task) -> FormPages {
        let (app, words) = (self.app, self.words());
        let of_task = || {
            let types = app.metadata().data_types().iter();
            types.filter(|data_type| data_type.task_id.as_deref() == Some(&task.id))
        };
        let is_written = |data_type: &DataType| app.process().tasks().any(|task| task.writes(&data_type.id));
        let files: Vec<&DataType> =
            of_task().filter(|data_type| !data_type.is_form() && !is_written(data_type)).collect();
        let has_form = of_task().any(DataType::is_form);
        let what = if has_form { words.form_elsewhere() } else { words.nothing_here() };
        let then = if files.is_empty() { words.go_on() } else { words.attach_and_go_on() };
        let said = if self.is_read_only { what.to_owned() } else { format!("{what} {then}") };
        let mut items = vec![Item {
            id: "about".to_owned(),
            kind: "Panel".to_owned(),
            content: Content::Panel { severity: Severity::Info, title: None, body: RichText::plain(&said) },
        }];
        items.extend(files.iter().map(|data_type| self.files_of(data_type)));
        if !self.is_read_only {
            let (label, purpose) = (words.submit().to_owned(), Purpose::Submit);
            let button = Button { label, purpose, primary: true };
            let (id, kind) = ("submit".to_owned(), "Button".to_owned());
            items.push(Item { id, kind, content: Content::Button(button) });
        }
        let is_of_files = |of: &str| files.iter().any(|data_type| data_type.id == of);
        let others = self.issues.iter().filter(|(of, _)| !is_of_files(of));
        let title = RichText::plain(task.name.as_deref().unwrap_or(&task.id));
        FormPages {
            issues: others.map(|(_, issue)| self.notice(issue)).collect(),
            pages: vec![FormPage { name: task.id.clone(), title, items, is_checked: false }],
        }
    }

    fn files_of(&self, data_type: &DataType) -> Item {
        let id = data_type.id.as_str();
        let described = data_type.description.as_ref().and_then(|by_language| {
            let of = |code: &str| by_language.get(code).cloned().flatten();
            of(self.language().code()).or_else(|| of("nb"))
        });
        let issues = self.issues.iter().filter(|(of, _)| of == id);
        let attachments = Attachments {
            title: RichText::plain(described.as_deref().unwrap_or(id)),
            description: None,
            data_type: id.to_owned(),
            files: self.attachments.iter().filter(|file| file.data_type == id).cloned().collect(),
            tags: None,
            min: data_type.min_count,
            max: u64::MAX,
            endings: Vec::new(),
            read_only: self.only_reads(id),
            issues: issues.map(|(_, issue)| self.notice(issue)).collect(),
        };
        let content = Content::Attachments(attachments.within(Some(data_type)));
        Item { id: id.to_owned(), kind: "FileUpload".to_owned(), content }
    }
}
