//! Buttons of a page: what they do, and what they say.

use serde_json::Value;

use super::model::{Button, Content, Purpose};
use super::resolve::{At, Resolver};

impl<'v> Resolver<'v, '_> {
    pub(super) fn submit(&self, at: At<'_>) -> Content {
        let saves = self.property(at, "mode").and_then(Value::as_str) == Some("save");
        let words = self.view.words();
        let (purpose, label) =
            if saves { (Purpose::Save, words.save()) } else { (Purpose::Submit, words.submit()) };
        Content::Button(Button { label: self.label(at, "title", label), purpose, primary: !saves })
    }

    pub(super) fn action(&self, at: At<'_>) -> Content {
        let action = self.property(at, "action").and_then(Value::as_str).unwrap_or_default().to_owned();
        let primary = self.property(at, "buttonStyle").and_then(Value::as_str) != Some("secondary");
        let label = self.label(at, "title", &action);
        Content::Button(Button { label, purpose: Purpose::Action(action), primary })
    }

    /// A button of the app's own: an action that the agency's code does (`ServerAction`), or a way to another page. What else
    /// Altinn's front end would do by itself is storing, here.
    pub(super) fn custom_button(&self, at: At<'_>) -> Content {
        let actions = self.property(at, "actions").and_then(Value::as_array);
        let said = |action: &'v Value, name: &str| action.get(name).and_then(Value::as_str);
        let of = |kind: &str| {
            let found = actions.into_iter().flatten().find(|action| said(action, "type") == Some(kind));
            found.and_then(|action| Some((said(action, "id")?, action)))
        };
        let words = self.view.words();
        let (purpose, usual) = match (of("ServerAction"), of("ClientAction")) {
            (Some((action, _)), _) => (Purpose::Action(action.to_owned()), action),
            (None, Some(("closeSubform", action))) => {
                let checked = action.get("validation").is_some_and(Value::is_object);
                (Purpose::Close { checked }, words.close())
            }
            (None, Some(("nextPage", _))) => (Purpose::Next, words.next()),
            (None, Some(("previousPage", _))) => (Purpose::Previous, words.previous()),
            (None, Some(("navigateToPage", action))) => {
                let page = action.pointer("/metadata/page").and_then(Value::as_str).unwrap_or_default();
                (Purpose::Page(page.to_owned()), words.next())
            }
            _ => (Purpose::Save, words.save()),
        };
        let primary = self.property(at, "buttonStyle").and_then(Value::as_str) != Some("secondary");
        Content::Button(Button { label: self.label(at, "title", usual), purpose, primary })
    }

    /// `PDFPreviewButton`.
    pub(super) fn draft(&self, at: At<'_>) -> Content {
        let label = self.label(at, "title", self.view.words().draft());
        Content::Button(Button { label, purpose: Purpose::Draft, primary: false })
    }

    pub(super) fn page_buttons(&self, at: At<'_>) -> Content {
        let words = self.view.words();
        let goes_back = self.property(at, "showBackButton") == Some(&Value::Bool(true));
        Content::PageButtons {
            previous: goes_back.then(|| self.label(at, "back", words.previous())),
            next: Some(self.label(at, "next", words.next())),
        }
    }
}
