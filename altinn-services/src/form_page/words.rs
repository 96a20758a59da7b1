//! What form pages say by themselves, in bokmål, nynorsk and English; Sami pages say it in bokmål.

use altinn_core::Language;

use crate::words::words;

/// The words of form pages in a language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words(pub(crate) Language);

words! { Words:
    submit: "Send inn", "Send inn", "Submit";
    draft: "Lag utkast som PDF", "Lag utkast som PDF", "Make a draft as a PDF";
    begin: "Begynn", "Byrj", "Begin";
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
    kind_of_file: "Hva er dette?", "Kva er dette?", "What is this?";
    new_file: "ny fil", "ny fil", "new file";
    upload: "Last opp", "Last opp", "Upload";
    not_rendered: "Denne delen av skjemaet vises ikke her.", "Denne delen av skjemaet blir ikkje vist her.",
        "This part of the form is not shown here.";
    embedded: "Innhold fra tjenesten", "Innhald frå tenesta", "Content of the service";
    street: "Gateadresse", "Gateadresse", "Street address";
    care_of: "c/o", "c/o", "c/o";
    postal_code: "Postnummer", "Postnummer", "Postal code";
    postal_place: "Poststed", "Poststad", "Postal place";
    house_number: "Bolignummer", "Bustadnummer", "House number";
    national_identity_number: "Fødselsnummer", "Fødselsnummer", "National identity number";
    organization_number: "Organisasjonsnummer", "Organisasjonsnummer", "Organization number";
    name: "Navn", "Namn", "Name";
    first_name: "Fornavn", "Fornamn", "First name";
    middle_name: "Mellomnavn", "Mellomnamn", "Middle name";
    last_name: "Etternavn", "Etternamn", "Last name";
    coordinates: "Skriv breddegrad og lengdegrad, for eksempel 59.9139,10.7522.",
        "Skriv breiddegrad og lengdegrad, til dømes 59.9139,10.7522.",
        "Write latitude and longitude, for example 59.9139,10.7522.";
    of_web_component: "Tjenesten har sin egen måte å vise dette på, som ikke brukes her. Du kan lese og skrive det under.",
        "Tenesta har sin eigen måte å vise dette på, som ikkje blir brukt her. Du kan lese og skrive det under.",
        "The service has its own way of showing this, which is not used here. You can read and write it below.";
    shape: "Geometri", "Geometri", "Geometry";
    where_drawn: "Koordinater", "Koordinatar", "Coordinates";
    nothing_drawn: "Ingenting er tegnet.", "Ingenting er teikna.", "Nothing is drawn.";
    write_wkt: "Skriv hver geometri som WKT, med lengdegraden før breddegraden, for eksempel POINT (10.7522 59.9139).",
        "Skriv kvar geometri som WKT, med lengdegraden før breiddegraden, til dømes POINT (10.7522 59.9139).",
        "Write each geometry as WKT, with the longitude before the latitude, for example POINT (10.7522 59.9139).";
    write_geo_json: "Skriv hver geometri som GeoJSON, med lengdegraden før breddegraden, for eksempel \
          {\"type\": \"Point\", \"coordinates\": [10.7522, 59.9139]}.",
        "Skriv kvar geometri som GeoJSON, med lengdegraden før breiddegraden, til dømes \
          {\"type\": \"Point\", \"coordinates\": [10.7522, 59.9139]}.",
        "Write each geometry as GeoJSON, with the longitude before the latitude, for example \
          {\"type\": \"Point\", \"coordinates\": [10.7522, 59.9139]}.";
    signees: "Hvem som skal signere", "Kven som skal signere", "Who is to sign";
    status: "Status", "Status", "Status";
    waits_for_signature: "Venter på signatur", "Ventar på signatur", "Waits for the signature";
    nobody_has_signed: "Ingen har signert ennå.", "Ingen har signert enno.", "Nobody has signed yet.";
    signed_files: "Dette signeres", "Dette blir signert", "What is signed";
    sign: "Signer", "Signer", "Sign";
    reject: "Avvis", "Avvis", "Reject";
    not_yours_to_sign: "Det er ikke du som skal signere her nå.", "Det er ikkje du som skal signere her no.",
        "It is not for you to sign here now.";
    yes: "Ja", "Ja", "Yes";
    no: "Nei", "Nei", "No";
}

impl Words {
    /// That somebody signed then.
    pub(super) fn signed_at(self, time: &str) -> String {
        match self.0 {
            Language::En => format!("Signed {time}"),
            _ => format!("Signert {time}"),
        }
    }

    /// What a geometry is called that has no name.
    pub(super) fn shape_number(self, number: usize) -> String {
        format!("{} {number}", self.shape())
    }

    /// That whoever looks signed then.
    pub(super) fn you_signed_at(self, time: &str) -> String {
        match self.0 {
            Language::En => format!("You signed this {time}."),
            _ => format!("Du signerte dette {time}."),
        }
    }

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
