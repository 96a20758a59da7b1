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
    none_yet: "Ingen er lagt til ennå.", "Ingen er lagde til enno.", "None has been added yet.";
    actions: "Valg", "Val", "Actions";
    change: "Endre", "Endre", "Change";
    show: "Vis", "Vis", "Show";
    close: "Ferdig, tilbake til skjemaet", "Ferdig, tilbake til skjemaet", "Done, back to the form";
    back: "Tilbake", "Tilbake", "Back";
    cancel: "Avbryt", "Avbryt", "Cancel";
    must_be_put_right: "Må rettes", "Må rettast", "Must be put right";
    nothing_here: "Det er ingenting å fylle ut i dette steget her.",
        "Det er ingenting å fylle ut i dette steget her.", "There is nothing to fill in in this step here.";
    form_elsewhere: "Skjemaet i dette steget har ingen sider her. Det fylles ut av et fagsystem.",
        "Skjemaet i dette steget har ingen sider her. Det blir fylt ut av eit fagsystem.",
        "The form of this step has no pages here. It is filled in by another system.";
    attach_and_go_on: "Legg ved det som trengs, og gå videre.", "Legg ved det som trengst, og gå vidare.",
        "Attach what is needed, and go on.";
    go_on: "Du kan gå videre.", "Du kan gå vidare.", "You can go on.";
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

impl Words {
    /// What a text says that Altinn's front end has of its own, and apps name by its key.
    pub(super) fn of_front_end(self, key: &str) -> Option<&'static str> {
        Some(match key {
            "general.back" => self.back(),
            "general.cancel" => self.cancel(),
            "general.next" => self.next(),
            "general.previous" => self.previous(),
            "general.save" => self.save(),
            "general.delete" => self.remove(),
            "general.edit" => self.change(),
            "general.close" => self.close(),
            "general.yes" => self.yes(),
            "general.no" => self.no(),
            _ => return None,
        })
    }
}
