//! Identifiers: what is let through, what is refused and why, and what never shows.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use altinn_core::testing::SyntheticPeople;
use altinn_core::{
    IdentifierError, InstanceId, NationalIdentityNumber, NumberKind, NumberSeries, OrganizationNumber,
    PartyId, ResourceId, ServiceId, SyntheticNumbers, UncheckedNationalIdentityNumber,
    UncheckedOrganizationNumber,
};
use chrono::NaiveDate;
use proptest::prelude::*;

fn person(text: &str) -> Result<NationalIdentityNumber, IdentifierError> {
    NationalIdentityNumber::parse(text, SyntheticNumbers::Accepted)
}

fn code<T: std::fmt::Debug>(result: Result<T, IdentifierError>) -> &'static str {
    result.unwrap_err().code()
}

#[test]
fn a_number_by_the_rule_from_before_2032_tells_the_date_of_birth() {
    let cases = [
        ("13097248022", (1972, 9, 13)),
        ("29029648784", (1996, 2, 29)),
        ("29020075838", (2000, 2, 29)),
        ("15021951940", (2019, 2, 15)),
        ("53097248016", (1972, 9, 13)),
        ("02013299997", (2032, 1, 2)),
        ("70108299914", (1982, 10, 30)),
    ];
    for (text, (year, month, day)) in cases {
        let number: NationalIdentityNumber = text.parse().unwrap();
        assert_eq!(number.birth_date(), NaiveDate::from_ymd_opt(year, month, day), "{text}");
        assert_eq!(number.expose(), text);
    }
}

#[test]
fn a_number_that_only_the_rule_from_2032_allows_is_accepted_and_tells_no_century() {
    let number: NationalIdentityNumber = "30108299939".parse().unwrap();
    assert_eq!((number.birth_date(), number.is_synthetic()), (None, false));
}

#[test]
fn the_rule_from_2032_gives_nine_digits_up_to_four_numbers_instead_of_one() {
    let right = |nine: &str| {
        (0..100)
            .filter_map(|last| format!("{nine}{last:02}").parse::<NationalIdentityNumber>().ok())
            .collect::<Vec<_>>()
    };
    let numbers = right("301082999");
    assert!((2..=4).contains(&numbers.len()), "{}", numbers.len());
    assert_eq!(numbers.iter().filter(|number| number.birth_date().is_some()).count(), 1);
}

#[test]
fn the_kind_and_the_series_are_read_from_day_and_month() {
    let cases = [
        ("13097248022", NumberKind::BirthNumber, NumberSeries::Population),
        ("53097248016", NumberKind::DNumber, NumberSeries::Population),
        ("13527248013", NumberKind::BirthNumber, NumberSeries::Help),
        ("10915596784", NumberKind::BirthNumber, NumberSeries::Tenor),
        ("68467038838", NumberKind::DNumber, NumberSeries::Help),
        ("50846202355", NumberKind::DNumber, NumberSeries::Tenor),
    ];
    for (text, kind, series) in cases {
        let number = person(text).unwrap();
        assert_eq!((number.kind(), number.series()), (kind, series), "{text}");
    }
}

#[test]
fn synthetic_people_are_refused_unless_the_setting_accepts_them() {
    for text in ["13527248013", "10915596784", "68467038838", "50846202355"] {
        assert_eq!(code(text.parse::<NationalIdentityNumber>()), "ID-SYNTHETIC");
        assert!(person(text).unwrap().is_synthetic());
    }
}

#[test]
fn a_wrong_national_identity_number_says_what_is_wrong() {
    let cases = [
        ("1309724802", "ID-FORM"),
        ("130972480222", "ID-FORM"),
        ("1309724802A", "ID-FORM"),
        ("130972 48022", "ID-FORM"),
        ("１３０９７２４８０２２", "ID-FORM"),
        ("13097248032", "ID-CHECK-DIGIT"),
        ("13097248023", "ID-CHECK-DIGIT"),
        ("02013299987", "ID-CHECK-DIGIT"),
        ("02013299996", "ID-CHECK-DIGIT"),
        ("32127248022", "ID-DATE"),
        ("13137248022", "ID-DATE"),
        ("29020112345", "ID-DATE"),
        ("00000000000", "ID-DATE"),
        ("99999999999", "ID-DATE"),
    ];
    for (text, expected) in cases {
        assert_eq!(code(person(text)), expected, "{text}");
    }
}

#[test]
fn a_personal_number_shows_neither_in_debug_nor_in_an_error() {
    let number = person("10915596784").unwrap();
    let unchecked = UncheckedNationalIdentityNumber::from(number.clone());
    let error = "10915596785".parse::<NationalIdentityNumber>().unwrap_err();
    let shown = format!("{number:?} {unchecked:?} {error:?} {error}");
    assert!(!shown.contains("109155"), "{shown}");
}

#[test]
fn organization_numbers_begin_with_8_or_9_and_synthetic_ones_with_2_or_3() {
    assert_eq!("991825827".parse::<OrganizationNumber>().unwrap().to_string(), "991825827");
    assert_eq!(code("310000000".parse::<OrganizationNumber>()), "ID-SYNTHETIC");
    assert!(OrganizationNumber::parse("213000004", SyntheticNumbers::Accepted).unwrap().is_synthetic());
    assert_eq!(code("123456785".parse::<OrganizationNumber>()), "ID-SERIES");
    assert_eq!(code("897069651".parse::<OrganizationNumber>()), "ID-CHECK-DIGIT");
    for text in ["", "99182582", "9918258270", "991 825 827", "NO991825827", "99182582x"] {
        assert_eq!(code(text.parse::<OrganizationNumber>()), "ID-FORM", "{text}");
    }
}

#[test]
fn registers_of_test_data_hold_numbers_with_wrong_check_digits() {
    let person: UncheckedNationalIdentityNumber = "01039012345".parse().unwrap();
    assert_eq!(person.check(SyntheticNumbers::Accepted), Err(code_of_person()));
    let organization: UncheckedOrganizationNumber = "897069651".parse().unwrap();
    assert_eq!(organization.to_string(), "897069651");
    assert!(organization.check(SyntheticNumbers::Accepted).is_err());
}

fn code_of_person() -> IdentifierError {
    IdentifierError::CheckDigit { identifier: "national identity number" }
}

#[test]
fn an_instance_id_is_a_party_and_a_uuid() {
    let text = "50001/41c1099c-7edd-47f5-ad1f-6267b497796f";
    let id: InstanceId = text.parse().unwrap();
    assert_eq!((id.owner, id.to_string().as_str()), (PartyId::new(50001), text));
    for wrong in ["", "/", "50001", "50001/", "050001/41c1099c-7edd-47f5-ad1f-6267b497796f"] {
        assert_eq!(code(wrong.parse::<InstanceId>()), "ID-FORM", "{wrong}");
    }
    assert!("50001/41c1099c7edd47f5ad1f6267b497796f".parse::<InstanceId>().is_err());
    assert!("50001/41c1099c-7edd-47f5-ad1f-6267b497796f/x".parse::<InstanceId>().is_err());
}

#[test]
fn a_service_id_is_as_altinn_writes_it() {
    for right in ["ttd/frontend-test", "hmf/forer-legeerklaering", "ttd/a1"] {
        assert_eq!(right.parse::<ServiceId>().unwrap().to_string(), right);
    }
    for wrong in [
        "",
        "ttd",
        "ttd/",
        "/app",
        "TTD/app",
        "ttd/App",
        "t/app",
        "ttd/app/x",
        "ttd/-app",
        "ttd/app-",
        "tt_d/app",
    ] {
        assert_eq!(code(wrong.parse::<ServiceId>()), "ID-FORM", "{wrong}");
    }
}

#[test]
fn the_longest_service_has_a_resource_id_that_can_be_read_back() {
    let service = ServiceId::new(&"o".repeat(64), &"n".repeat(64)).unwrap();
    let resource = service.resource_id();
    assert_eq!(resource.as_str().parse(), Ok(resource.clone()));
    assert!("x".repeat(134).parse::<ResourceId>().is_err());
}

#[test]
fn identifiers_are_serialized_as_the_text_they_display() {
    let service: ServiceId = "ttd/frontend-test".parse().unwrap();
    assert_eq!(serde_json::to_value(&service).unwrap(), "ttd/frontend-test");
    assert_eq!(serde_json::from_str::<ServiceId>("\"ttd/frontend-test\"").unwrap(), service);
    assert!(serde_json::from_str::<ServiceId>("\"../etc\"").is_err());
    assert_eq!(serde_json::to_value(PartyId::new(50001)).unwrap(), 50001);
    assert_eq!(format!("{service:?}"), "ServiceId(ttd/frontend-test)");
}

proptest! {
    #[test]
    fn no_text_makes_a_parser_panic(text in any::<String>()) {
        let _ = person(&text);
        let _ = OrganizationNumber::parse(&text, SyntheticNumbers::Accepted);
        let _ = text.parse::<InstanceId>();
        let _ = text.parse::<PartyId>();
        let _ = text.parse::<ServiceId>();
        let _ = text.parse::<ResourceId>();
    }

    #[test]
    fn eleven_digits_are_read_or_refused_without_panic(text in "[0-9]{11}") {
        if let Ok(number) = person(&text) {
            prop_assert_eq!(number.expose(), text);
            let _ = number.birth_date();
        }
    }

    #[test]
    fn an_id_with_one_character_changed_is_read_or_refused_without_panic(place in 0..42_usize, by: char) {
        for text in ["50001/41c1099c-7edd-47f5-ad1f-6267b497796f", "ttd/frontend-test", "10915596784", "991825827"] {
            let changed: String =
                text.chars().enumerate().map(|(at, old)| if at == place { by } else { old }).collect();
            if let Ok(id) = changed.parse::<InstanceId>() {
                prop_assert_eq!(id.to_string(), changed.to_ascii_lowercase());
            }
            if let Ok(service) = changed.parse::<ServiceId>() {
                prop_assert_eq!(service.to_string(), changed.as_str());
            }
            let _ = person(&changed);
            let _ = OrganizationNumber::parse(&changed, SyntheticNumbers::Accepted);
        }
    }

    #[test]
    fn what_the_generator_makes_is_right_and_synthetic(seed: u64) {
        let mut people = SyntheticPeople::from_seed(seed);
        let number = people.national_identity_number();
        prop_assert!(number.birth_date().is_some() && number.is_synthetic());
        prop_assert_eq!(person(number.expose()), Ok(number));
        let number = people.organization_number();
        prop_assert_eq!(OrganizationNumber::parse(&number.to_string(), SyntheticNumbers::Accepted), Ok(number));
    }

    #[test]
    fn an_organization_number_with_one_digit_changed_is_refused(seed: u64, place in 0..9_usize, by in 1..10_u8) {
        let number = SyntheticPeople::from_seed(seed).organization_number();
        let mut digits = number.to_string().into_bytes();
        digits[place] = b'0' + (digits[place] - b'0' + by) % 10;
        let changed = String::from_utf8(digits).unwrap();
        prop_assert!(OrganizationNumber::parse(&changed, SyntheticNumbers::Accepted).is_err());
    }

    #[test]
    fn a_national_identity_number_with_its_last_digit_changed_is_refused(seed: u64, by in 1..10_u8) {
        let number = SyntheticPeople::from_seed(seed).national_identity_number();
        let mut digits = number.expose().to_owned().into_bytes();
        digits[10] = b'0' + (digits[10] - b'0' + by) % 10;
        prop_assert_eq!(code(person(&String::from_utf8(digits).unwrap())), "ID-CHECK-DIGIT");
    }

    #[test]
    fn what_an_id_displays_can_be_read_back(owner in 1..i64::MAX, guid: u128, org in "[a-z][a-z0-9]{1,63}", name in "[a-z]([a-z0-9-]{0,62}[a-z0-9])?") {
        let id = InstanceId::new(PartyId::new(owner), uuid::Uuid::from_u128(guid));
        prop_assert_eq!(id.to_string().parse(), Ok(id));
        let service = ServiceId::new(&org, &name).unwrap();
        prop_assert_eq!(service.to_string().parse(), Ok(service.clone()));
        prop_assert_eq!(service.resource_id().as_str().parse(), Ok(service.resource_id()));
    }
}
