//! What signees are told where the agency says nothing. Nothing of what is to be signed stands in it.

use altinn_core::{Language, Text};

use crate::submission::Service;

/// The subject of a mail and the title of a correspondence.
pub(super) fn title(service: &Service) -> Text {
    in_all(service, |title| format!("Til signering: {title}"), |title| format!("To be signed: {title}"))
}

/// The body of a mail and of a correspondence, and an SMS.
pub(super) fn body(service: &Service) -> Text {
    let nb = |title: &str| format!("Signaturen din trengs på «{title}». Logg inn for å lese og signere.\n");
    let en = |title: &str| format!("Your signature is needed on \"{title}\". Log in to read and sign.\n");
    let nn = service.title(Language::Nn);
    let nn = format!("Signaturen din trengst på «{nn}». Logg inn for å lese og signere.\n");
    in_all(service, nb, en).with(Language::Nn, nn)
}

fn in_all(service: &Service, nb: impl Fn(&str) -> String, en: impl Fn(&str) -> String) -> Text {
    Text::new(Language::Nb, nb(service.title(Language::Nb)))
        .with(Language::Nn, nb(service.title(Language::Nn)))
        .with(Language::En, en(service.title(Language::En)))
}
