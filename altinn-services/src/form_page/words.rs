//! What form pages say by themselves, in bokmål, nynorsk and English; Sami pages say it in bokmål.

use altinn_core::Language;

use crate::words::words;

/// The words of form pages in a language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words(pub(crate) Language);

words! { Words:
    submit: "Send inn", "Send inn", "Submit";
    save: "Lagre", "Lagre", "Save";
    next: "Neste", "Neste", "Next";
    previous: "Forrige", "Førre", "Previous";
    add: "Legg til", "Legg til", "Add";
    remove: "Slett", "Slett", "Delete";
    row: "Rad", "Rad", "Row";
    optional: "valgfritt", "valfritt", "optional";
    choose: "Velg", "Vel", "Choose";
    help: "Hjelp", "Hjelp", "Help";
    pages: "Sider i skjemaet", "Sider i skjemaet", "Pages of the form";
    not_filled_in: "Ikke fylt ut", "Ikkje fylt ut", "Not filled in";
    errors: "Dette må rettes", "Dette må rettast", "This must be put right";
    error: "Feil", "Feil", "Error";
    files: "Vedlegg", "Vedlegg", "Attachments";
    no_files: "Ingen filer", "Ingen filer", "No files";
    upload: "Last opp", "Last opp", "Upload";
    not_rendered: "Denne delen av skjemaet vises ikke her.", "Denne delen av skjemaet blir ikkje vist her.",
        "This part of the form is not shown here.";
    embedded: "Innhold fra tjenesten", "Innhald frå tenesta", "Content of the service";
    street: "Gateadresse", "Gateadresse", "Street address";
    care_of: "c/o", "c/o", "c/o";
    postal_code: "Postnummer", "Postnummer", "Postal code";
    postal_place: "Poststed", "Poststad", "Postal place";
    house_number: "Bolignummer", "Bustadnummer", "House number";
    yes: "Ja", "Ja", "Yes";
    no: "Nei", "Nei", "No";
}
