//! The mail that says a submission has come.

use altinn_core::{Language, Text};
use altinn_notify::{Template, TemplateError};

/// The SDK's own wording, in bokmål, nynorsk and English. Nothing of what was sent in stands in it.
pub(crate) fn default() -> Result<Template, TemplateError> {
    let subject = Text::new(Language::Nb, "Kvittering: {{ title }}")
        .with(Language::Nn, "Kvittering: {{ title }}")
        .with(Language::En, "Receipt: {{ title }}");
    let body = Text::new(
        Language::Nb,
        "Vi har mottatt innsendingen din av «{{ title }}».\n\nReferanse: {{ reference }}\n\n\
         Ta vare på referansen. Kvitteringen ligger i arkivet ditt, og alle kan kontrollere den uten oss.\n",
    )
    .with(
        Language::Nn,
        "Vi har fått innsendinga di av «{{ title }}».\n\nReferanse: {{ reference }}\n\n\
         Ta vare på referansen. Kvitteringa ligg i arkivet ditt, og alle kan kontrollere ho utan oss.\n",
    )
    .with(
        Language::En,
        "We have received your submission of \"{{ title }}\".\n\nReference: {{ reference }}\n\n\
         Keep the reference. The receipt is in your archive, and anyone can check it without us.\n",
    );
    Template::new("submission-receipt", "1", subject, body)
}
