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

/// The title of a receipt.
pub(super) fn receipt_title(service: &Service) -> Text {
    let nb = |title: &str| format!("Kvittering for signatur: {title}");
    in_all(service, nb, |title| format!("Receipt for your signature: {title}"))
}

/// The summary of a receipt.
pub(super) fn receipt_summary(service: &Service) -> Text {
    in_all(
        service,
        |title| format!("Du har signert «{title}»."),
        |title| format!("You have signed \"{title}\"."),
    )
}

/// The body of a receipt.
pub(super) fn receipt_body(service: &Service) -> Text {
    let nb = |title: &str| {
        format!("Dette er kvitteringen for at du har signert «{title}». Det du signerte, er vedlagt.\n")
    };
    let en = |title: &str| {
        format!("This is the receipt for your signature on \"{title}\". What you signed is attached.\n")
    };
    let nn = service.title(Language::Nn);
    let nn = format!("Dette er kvitteringa for at du har signert «{nn}». Det du signerte, er vedlagt.\n");
    in_all(service, nb, en).with(Language::Nn, nn)
}

/// A text of an app as Markdown without HTML: its line breaks (`<br />`) are lines.
pub(super) fn without_tags(text: Text) -> Text {
    let plain = |text: &str| {
        ["<br />", "<br/>", "<br>"].iter().fold(text.to_owned(), |text, tag| text.replace(tag, "\n"))
    };
    let known: Vec<_> =
        text.languages().filter_map(|language| Some((language, plain(text.get(language)?)))).collect();
    known.into_iter().fold(Text::default(), |text, (language, said)| text.with(language, said))
}

fn in_all(service: &Service, nb: impl Fn(&str) -> String, en: impl Fn(&str) -> String) -> Text {
    Text::new(Language::Nb, nb(service.title(Language::Nb)))
        .with(Language::Nn, nb(service.title(Language::Nn)))
        .with(Language::En, en(service.title(Language::En)))
}
