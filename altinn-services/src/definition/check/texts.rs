//! Texts that are missing in a language.

use altinn_core::Language;

use super::fault::{Fault, FaultSeverity};
use super::sources::Sources;
use crate::definition::AppDefinition;

/// The languages that a public service must speak, and English.
const LANGUAGES: [Language; 3] = [Language::Nb, Language::Nn, Language::En];

pub(super) fn look(app: &AppDefinition, sources: &Sources<'_>, faults: &mut Vec<Fault>) {
    let texts = app.texts();
    let there: Vec<Language> = texts.languages().collect();
    let some = texts.ids().next().is_some();
    for language in LANGUAGES {
        let code = language.code();
        if app.metadata().title().get(language).is_none_or(str::is_empty) {
            let detail = format!("the title is missing in `{code}`");
            faults.push(sources.fault(
                "CHECK-TEXT-MISSING",
                FaultSeverity::Warning,
                (sources.metadata(), "title"),
                detail,
            ));
        }
        if !some {
            continue;
        }
        let file = sources.texts(code);
        if !there.contains(&language) {
            let detail = format!("there are no texts in `{code}`");
            faults.push(sources.fault("CHECK-TEXT-MISSING", FaultSeverity::Warning, (&file, ""), detail));
            continue;
        }
        for id in texts.ids().filter(|id| texts.get(language, id).is_none()) {
            let detail = format!("text `{id}` is missing in `{code}`");
            faults.push(sources.fault("CHECK-TEXT-MISSING", FaultSeverity::Warning, (&file, ""), detail));
        }
    }
    for task in app.process().tasks() {
        let name = task.pdf.as_ref().and_then(|config| config.filename_text_resource.as_deref());
        if let Some(name) = name.filter(|name| texts.text(name).is_none()) {
            let detail =
                format!("task `{}` takes a file name from text `{name}`, and there is none", task.id);
            faults.push(sources.fault(
                "CHECK-TEXT-MISSING",
                FaultSeverity::Warning,
                (sources.process(), name),
                detail,
            ));
        }
    }
}
