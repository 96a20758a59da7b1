//! Parties, subjects and actors: what shows of them, and what does not.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use altinn_core::testing::SyntheticPeople;
use altinn_core::{
    Actor, AuthenticationLevel, AuthenticationMethod, Party, PartyIdentifier, PartyKind, Subject,
    UnknownMethod, UnknownPartyKind,
};

fn person(party: &Party) -> Actor {
    let PartyIdentifier::Person(number) = &party.identifier else { panic!("not a person") };
    let number = number.check(altinn_core::SyntheticNumbers::Accepted).ok();
    Actor::new(
        Subject::Person { party: party.id, uuid: party.uuid, number },
        AuthenticationLevel::VerySensitive,
    )
}

#[test]
fn debug_of_a_party_and_of_a_caller_shows_neither_name_nor_number() {
    let party = SyntheticPeople::from_seed(1).person();
    let PartyIdentifier::Person(number) = &party.identifier else { panic!("not a person") };
    let shown = format!("{party:?} {:?} {:?}", party.identifier, person(&party));
    assert!(!shown.contains(number.expose()) && !shown.contains(&party.name), "{shown}");
    assert!(shown.contains(&party.id.to_string()) && shown.contains(&party.uuid.to_string()));
}

#[test]
fn every_kind_of_caller_has_a_reference_of_its_own() {
    let mut people = SyntheticPeople::from_seed(2);
    let (party, number) = (people.person(), people.organization_number());
    let uuid = party.uuid;
    let subjects = [
        Subject::Person { party: party.id, uuid, number: None },
        Subject::Organization { number, party: None },
        Subject::SystemUser { id: uuid, owner: number, system: "accounts".to_owned() },
        Subject::ServiceOwner { org: "ttd".to_owned(), number: Some(number) },
        Subject::SelfIdentified { party: party.id, uuid, name: "ola@example.com".to_owned() },
    ];
    let references = subjects.iter().map(Subject::reference).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(references.len(), subjects.len());
    assert!(!format!("{subjects:?}").contains("ola@example.com"));
}

#[test]
fn only_people_organizations_and_self_identified_are_parties_themselves() {
    let party = SyntheticPeople::from_seed(3).person();
    assert_eq!(person(&party).subject().party(), Some(party.id));
    assert_eq!(Subject::ServiceOwner { org: "ttd".to_owned(), number: None }.party(), None);
}

#[test]
fn authentication_methods_have_the_names_and_numbers_of_altinn() {
    for (name, number) in
        [("AltinnPIN", 0), ("BankID", 1), ("SMSPIN", 4), ("MaskinPorten", 20), ("IdportenEpost", 22)]
    {
        let method: AuthenticationMethod = name.parse().unwrap();
        assert_eq!((method.name(), method.number()), (name, number));
    }
    assert_eq!("maskinporten".parse(), Ok(AuthenticationMethod::Maskinporten));
    assert_eq!("Telepathy".parse::<AuthenticationMethod>(), Err(UnknownMethod));
}

#[test]
fn party_kinds_have_the_numbers_of_altinns_register() {
    for kind in PartyKind::ALL {
        assert_eq!(PartyKind::try_from(u8::from(kind)), Ok(kind));
    }
    assert_eq!(PartyKind::try_from(0), Err(UnknownPartyKind(0)));
    assert_eq!(PartyKind::try_from(6), Err(UnknownPartyKind(6)));
    assert_eq!(serde_json::to_value(PartyKind::Organization).unwrap(), 2);
}

#[test]
fn a_sub_unit_names_its_organization() {
    let mut people = SyntheticPeople::from_seed(4);
    let bakery = people.organization();
    let shop = people.sub_unit(&bakery);
    assert_eq!((shop.kind, shop.parent), (PartyKind::SubUnit, Some(bakery.id)));
}
