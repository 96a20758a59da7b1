//! What the pages around forms say, beside what the forms themselves say.

use altinn_core::Language;

use crate::form_page::Words;
use crate::words::words;

words! { Words:
    saved: "Utkastet lagres hver gang du går videre.", "Utkastet blir lagra kvar gong du går vidare.",
        "The draft is saved each time you go on.";
    kept_nowhere: "Ingenting av dette lagres hos oss.", "Ingenting av dette blir lagra hos oss.",
        "Nothing of this is kept by us.";
    kept_when_begun: "Ingenting av dette lagres hos oss før du begynner på noe med det.",
        "Ingenting av dette blir lagra hos oss før du byrjar på noko med det.",
        "Nothing of this is kept by us before you begin something with it.";
    fill_in: "Det du skriver lagres underveis, så du kan fortsette en annen gang.",
        "Det du skriv blir lagra undervegs, så du kan halde fram ein annan gong.",
        "What you write is saved as you go, so that you can go on another time.";
    for_whom: "Du fyller ut for", "Du fyller ut for", "You fill it in for";
    waits: "Vi arbeider med saken. Last siden på nytt om litt; du trenger ikke å vente her.",
        "Vi arbeider med saka. Last sida på nytt om litt; du treng ikkje vente her.",
        "We are working on it. Load the page again in a while; you need not wait here.";
    filled_in: "Dette er fylt ut", "Dette er fylt ut", "What was filled in";
    others: "Nå er det andres tur. Den som skal gjøre noe, finner dette i sin innboks.",
        "No er det tur for andre. Den som skal gjere noko, finn dette i sin innboks.",
        "It is somebody else's turn. Whoever is to do something finds this in their inbox.";
    received: "Innsendingen er mottatt", "Innsendinga er motteken", "Your submission is received";
    keep_reference: "Ta gjerne vare på referansen. Alt er arkivert slik du sendte det.",
        "Ta gjerne vare på referansen. Alt er arkivert slik du sende det.",
        "Keep the reference if you like. All is archived as you sent it.";
    received_at: "Mottatt", "Motteke", "Received";
    on_behalf_of: "På vegne av", "På vegner av", "On behalf of";
    reference: "Referanse", "Referanse", "Reference";
    proof: "Bevis", "Bevis", "Proof";
    see_proof: "Se beviset i arkivet", "Sjå beviset i arkivet", "See the proof in the archive";
    receipt: "Kvittering", "Kvittering", "Receipt";
    receipt_document: "Last ned som PDF", "Last ned som PDF", "Download as a PDF";
    draft_ready: "Utkastet er klart. Det er ikke sendt inn.", "Utkastet er klart. Det er ikkje sendt inn.",
        "The draft is ready. It has not been sent in.";
    draft_document: "Last ned utkastet (PDF)", "Last ned utkastet (PDF)", "Download the draft (PDF)";
    receipt_to_verify: "Last ned for kontroll (JSON)", "Last ned for kontroll (JSON)",
        "Download for verification (JSON)";
    incomplete: "Skjemaet kom ikke helt fram. Gå tilbake og send det en gang til.",
        "Skjemaet kom ikkje heilt fram. Gå tilbake og send det ein gong til.",
        "The form did not arrive whole. Go back and send it once more.";
    file_too_large: "Filen er for stor. Den kan være på høyst 20 MB.", "Fila er for stor. Ho kan vere på høgst 20 MB.",
        "The file is too large. It may have at most 20 MB.";
    not_for_party: "Denne tjenesten er ikke for den du handler for. Bytt til en virksomhet eller person den gjelder.",
        "Denne tenesta er ikkje for den du handlar for. Byt til ei verksemd eller ein person ho gjeld.",
        "This service is not for whom you act for. Change to a business or person that it is meant for.";
    not_open_now: "Denne tjenesten er ikke åpen nå.", "Denne tenesta er ikkje open no.",
        "This service is not open now.";
    not_in_order: "Skjemaet har noe som ikke er i orden. Gå tilbake og se hva som står ved feltene.",
        "Skjemaet har noko som ikkje er i orden. Gå tilbake og sjå kva som står ved felta.",
        "Something in the form is not in order. Go back and see what it says beside the fields.";
    changed: "Noen andre har endret skjemaet siden du åpnet det. Åpne det på nytt og se hva som er der nå.",
        "Nokon andre har endra skjemaet sidan du opna det. Opne det på nytt og sjå kva som er der no.",
        "Somebody else has changed the form since you opened it. Open it again and see what is there now.";
    moved_on: "Skjemaet er kommet lenger. Åpne det på nytt.", "Skjemaet er kome lenger. Opne det på nytt.",
        "The form has moved on. Open it again.";
    not_signee: "Du er ikke blant dem som skal signere dette. Be en av dem om å gjøre det.",
        "Du er ikkje blant dei som skal signere dette. Be ein av dei om å gjere det.",
        "You are not among those who are to sign this. Ask one of them to do it.";
    of_others: "Dette er det andre enn du som fyller ut eller legger ved.",
        "Dette er det andre enn du som fyller ut eller legg ved.",
        "This is for others than you to fill in or attach.";
    signatures_missing: "Det mangler signaturer fra andre. Vent til de har signert.",
        "Det manglar signaturar frå andre. Vent til dei har signert.",
        "Signatures of others are missing. Wait until they have signed.";
    signed_before: "Du har allerede signert. Du trenger ikke å gjøre noe mer.",
        "Du har allereie signert. Du treng ikkje gjere noko meir.",
        "You have signed already. There is nothing more to do.";
    not_paid: "Betalingen er ikke gjennomført. Betal først, og gå så videre.",
        "Betalinga er ikkje gjennomført. Betal først, og gå så vidare.",
        "The payment has not been made. Pay first, and then go on.";
    confirm: "Bekreft", "Stadfest", "Confirm";
    pay: "Betal", "Betal", "Pay";
    complete: "Fullfør", "Fullfør", "Complete";
}

impl Words {
    /// Which page of how many.
    pub(super) fn page_of(self, number: usize, of: usize) -> String {
        match self.0 {
            Language::En => format!("page {number} of {of}"),
            _ => format!("side {number} av {of}"),
        }
    }

    /// What a button for an action says.
    pub(super) fn action(self, action: &str) -> String {
        match action {
            "write" => self.submit(),
            "sign" => self.sign(),
            "reject" => self.reject(),
            "confirm" => self.confirm(),
            "pay" => self.pay(),
            "complete" => self.complete(),
            other => other,
        }
        .to_owned()
    }
}
