//! What documents of submissions say by themselves, in bokmål, nynorsk and English; Sami documents say it in bokmål.
#![cfg_attr(not(feature = "pdf"), allow(dead_code, reason = "the accessible receipt says most of it"))]

use altinn_core::Language;
use serde_json::Value;

use crate::words::words;

/// The words of documents in a language.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReceiptWords(pub(super) Language);

words! { ReceiptWords:
    about: "Om innsendingen", "Om innsendinga", "About the submission";
    reference: "Arkivreferanse", "Arkivreferanse", "Archive reference";
    sender: "Sendt inn av", "Sendt inn av", "Sent in by";
    owner: "På vegne av", "På vegner av", "On behalf of";
    at: "Tidspunkt", "Tidspunkt", "Time";
    time: "%d.%m.%Y kl. %H.%M.%S", "%d.%m.%Y kl. %H.%M.%S", "%Y-%m-%d at %H:%M:%S, Oslo time";
    service: "Tjeneste", "Teneste", "Service";
    nothing: "Ikke fylt ut", "Ikkje fylt ut", "Not filled in";
    signatures: "Signaturer", "Signaturar", "Signatures";
    signed_by: "Signert av", "Signert av", "Signed by";
    verified: "Slik kontrolleres kvitteringen", "Slik blir kvitteringa kontrollert", "How this is verified";
    how: "Innsendingen arkiveres i en logg som ingen kan endre uten at det oppdages. Den maskinlesbare kvitteringen \
          kan kontrolleres av hvem som helst, uten nett, med arkivets offentlige nøkkel. Fingeravtrykkene under er \
          de som arkivet har av skjemaene.",
        "Innsendinga blir arkivert i ein logg som ingen kan endre utan at det blir oppdaga. Den maskinlesbare \
          kvitteringa kan kontrollerast av kven som helst, utan nett, med den offentlege nøkkelen til arkivet. \
          Fingeravtrykka under er dei som arkivet har av skjemaa.",
        "The submission is archived in a log that nobody can change without being found out. Anyone can verify the \
          machine-readable receipt, offline, with the public key of the archive. The digests below are those that \
          the archive has of the forms.";
    payment: "Betaling", "Betaling", "Payment";
    paid_for: "Hva", "Kva", "What";
    quantity: "Antall", "Tal", "Quantity";
    price: "Pris uten mva.", "Pris utan mva.", "Price without VAT";
    vat: "Mva.", "Mva.", "VAT";
    sum: "Betalt med mva.", "Betalt med mva.", "Paid, with VAT";
    entry: "Oppføring i arkivet", "Oppføring i arkivet", "Entry of the archive";
    key: "Arkivets offentlige nøkkel", "Den offentlege nøkkelen til arkivet", "Public key of the archive";
    draft: "Utkast", "Utkast", "Draft";
    not_sent: "Ikke sendt inn", "Ikkje sendt inn", "Not sent in";
    draft_reference: "Referanse", "Referanse", "Reference";
    no_draft: "Ingenting er fylt ut ennå.", "Ingenting er fylt ut enno.", "Nothing is filled in yet.";
    yes: "Ja", "Ja", "Yes";
    no: "Nei", "Nei", "No";
}

impl ReceiptWords {
    /// The language that they are in.
    pub(super) fn language(self) -> Language {
        if self.0 == Language::Se { Language::Nb } else { self.0 }
    }

    /// That a document is a draft, and of when.
    pub(super) fn about_draft(self, time: &str) -> String {
        match self.0 {
            Language::En => format!(
                "This is a draft, as the form was on {time}. It has not been sent in, and is no receipt."
            ),
            Language::Nn => format!(
                "Dette er eit utkast, slik skjemaet var {time}. Det er ikkje sendt inn, og er inga kvittering."
            ),
            Language::Nb | Language::Se => format!(
                "Dette er et utkast, slik skjemaet var {time}. Det er ikke sendt inn, og er ingen kvittering."
            ),
        }
    }

    /// A value as it is read.
    pub(super) fn value(self, value: &Value) -> String {
        match value {
            Value::Null => self.nothing().to_owned(),
            Value::Bool(true) => self.yes().to_owned(),
            Value::Bool(false) => self.no().to_owned(),
            Value::String(text) if text.trim().is_empty() => self.nothing().to_owned(),
            Value::String(text) => text.clone(),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect::<Vec<_>>().join(", "),
            other => other.to_string(),
        }
    }
}
