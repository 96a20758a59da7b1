//! What comes from outside, whole or spoiled, is read or refused, and never makes a parser panic.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use altinn_core::store::{FromValue, Value};
use altinn_core::testing::SyntheticPeople;
use altinn_core::{
    Digest, InstanceId, NationalIdentityNumber, OrganizationNumber, PartyId, Problem, ResourceId, ServiceId,
    SyntheticNumbers,
};
use proptest::prelude::*;

const RIGHT: [&str; 8] = [
    "10915596784",
    "30108299939",
    "991825827",
    "50001",
    "50001/41c1099c-7edd-47f5-ad1f-6267b497796f",
    "ttd/frontend-test",
    "app_ttd_frontend-test",
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
];

/// A right text of some identifier in which one character is replaced, left out or put in.
fn spoiled() -> impl Strategy<Value = String> {
    (0..RIGHT.len(), any::<prop::sample::Index>(), any::<char>(), 0..3_u8).prop_map(
        |(text, place, character, change)| {
            let mut characters: Vec<char> = RIGHT[text].chars().collect();
            let place = place.index(characters.len());
            match change {
                0 => characters[place] = character,
                1 => drop(characters.remove(place)),
                _ => characters.insert(place, character),
            }
            characters.into_iter().collect()
        },
    )
}

/// Whether a text is refused as a `T`, or is what the `T` read from it shows, but for the case of letters.
fn is_refused_or_shown<T: std::str::FromStr + ToString>(text: &str) -> bool {
    text.parse::<T>().map_or(true, |read| read.to_string().eq_ignore_ascii_case(text))
}

proptest! {
    #[test]
    fn a_spoiled_identifier_is_refused_or_is_another_one_with_one_text(text in spoiled()) {
        prop_assert!(is_refused_or_shown::<InstanceId>(&text));
        prop_assert!(is_refused_or_shown::<PartyId>(&text));
        prop_assert!(is_refused_or_shown::<ServiceId>(&text));
        prop_assert!(is_refused_or_shown::<ResourceId>(&text));
        prop_assert!(is_refused_or_shown::<OrganizationNumber>(&text));
        prop_assert!(is_refused_or_shown::<Digest>(&text));
    }

    #[test]
    fn a_national_identity_number_is_refused_without_being_repeated(text in spoiled()) {
        match NationalIdentityNumber::parse(&text, SyntheticNumbers::Accepted) {
            Ok(number) => prop_assert_eq!(number.expose(), text),
            Err(error) => {
                let shown = format!("{error} {error:?}");
                prop_assert!(text.len() < 9 || !shown.contains(&text));
            }
        }
    }

    #[test]
    fn no_bytes_make_a_problem_or_an_identifier_in_json_panic(bytes: Vec<u8>, text: String) {
        let quoted = serde_json::to_vec(&text).unwrap();
        for json in [&bytes, &quoted] {
            let _ = serde_json::from_slice::<Problem>(json);
            let _ = serde_json::from_slice::<PartyId>(json);
            let _ = serde_json::from_slice::<InstanceId>(json);
            let _ = serde_json::from_slice::<ServiceId>(json);
        }
    }

    #[test]
    fn a_party_id_is_a_number_from_1_however_it_is_read(number: i64) {
        let right = number > 0;
        prop_assert_eq!(number.to_string().parse::<PartyId>().is_ok(), right);
        prop_assert_eq!(serde_json::from_str::<PartyId>(&number.to_string()).is_ok(), right);
        prop_assert_eq!(PartyId::from_value(&Value::Int(number)).is_some(), right);
    }

    #[test]
    fn of_a_hundred_endings_those_are_right_that_the_rule_of_2032_computes(seed: u64) {
        let number = SyntheticPeople::from_seed(seed).national_identity_number();
        let nine = &number.expose()[..9];
        let accepted: Vec<String> = (0..100)
            .map(|ending| format!("{nine}{ending:02}"))
            .filter(|text| NationalIdentityNumber::parse(text, SyntheticNumbers::Accepted).is_ok())
            .collect();
        prop_assert_eq!(accepted, computed(nine));
    }
}

#[test]
fn a_party_id_of_nought_is_refused_however_it_is_read() {
    assert!("0".parse::<PartyId>().is_err());
    assert!(serde_json::from_str::<PartyId>("0").is_err());
    assert_eq!(PartyId::from_value(&Value::Int(0)), None);
}

/// The numbers that begin with nine digits, by computing the check digits as Skatteetaten describes it instead of
/// weighing what is there: the first one for each remainder from 0 to 3, the second one from it.
fn computed(nine: &str) -> Vec<String> {
    let digits: Vec<u32> = nine.chars().filter_map(|digit| digit.to_digit(10)).collect();
    let sum =
        |weights: [u32; 9]| digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum::<u32>();
    let mut numbers: Vec<String> = (0..=3)
        .map(|left| (11 + left - sum([3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11) % 11)
        .map(|first| (first, (11 - (sum([5, 4, 3, 2, 7, 6, 5, 4, 3]) + 2 * first) % 11) % 11))
        .filter(|(first, second)| *first < 10 && *second < 10)
        .map(|(first, second)| format!("{nine}{first}{second}"))
        .collect();
    numbers.sort();
    numbers
}
