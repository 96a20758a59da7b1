//! Who has reserved against digital communication (eForvaltningsforskriften § 9).

use altinn_core::{NationalIdentityNumber, Party, PartyIdentifier, SyntheticNumbers};

use super::CorrespondenceError;
use super::mailing::Spec;
use crate::altinn::Altinn;

/// Which of these parties are reserved, in their order. Only people can be. When the register does not answer nobody
/// is written to.
pub(super) async fn reserved(
    altinn: &Altinn,
    spec: &Spec,
    parties: &[Option<Party>],
) -> Result<Vec<bool>, CorrespondenceError> {
    if spec.ignore_reservation {
        return Ok(vec![false; parties.len()]);
    }
    let numbers: Vec<_> = parties.iter().map(|party| number_of(party.as_ref()?)).collect();
    let asked: Vec<_> = numbers.iter().flatten().cloned().collect();
    let mut contacts = match asked.is_empty() {
        true => Vec::new(),
        false => altinn.notifier().person_contacts(&asked).await?,
    }
    .into_iter();
    let is_reserved = |number: Option<NationalIdentityNumber>| {
        let contact = number.and_then(|_| contacts.next().flatten());
        contact.is_some_and(|contact| contact.is_reserved)
    };
    Ok(numbers.into_iter().map(is_reserved).collect())
}

/// A person's number, if it is one that the register of contacts can know.
fn number_of(party: &Party) -> Option<NationalIdentityNumber> {
    match &party.identifier {
        PartyIdentifier::Person(number) => number.check(SyntheticNumbers::Accepted).ok(),
        _ => None,
    }
}
