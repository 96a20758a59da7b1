//! What the stored register keeps, and how.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::sync::Arc;

use altinn_auth::register::{
    EnrollingRegister, HeldRole, HeldRoles, MIGRATIONS, PartyRegister, RegisterError, RegisterKey,
    RightsVersion, RoleAssignment, RoleRegister, StoredRegister, Through,
};
use altinn_core::store::{Batch, fresh, params};
use altinn_core::testing::SyntheticPeople;
use altinn_core::{Party, PartyIdentifier, PartyKind, RandomIds};
use world::World;

mod world;

#[tokio::test]
async fn a_party_comes_back_as_it_was_put_by_id_and_by_identifier() {
    let world = World::new().await;
    for party in [&world.kari, &world.bakery] {
        assert_eq!(world.register.party(party.id).await.unwrap().as_ref(), Some(party));
        let found = world.register.party_by_identifier(&party.identifier).await.unwrap();
        assert_eq!(found.as_ref(), Some(party));
    }
    let unknown = PartyIdentifier::SelfIdentified("nobody".to_owned());
    assert_eq!(world.register.party_by_identifier(&unknown).await.unwrap(), None);
}

#[tokio::test]
async fn many_parties_come_in_the_order_in_which_they_were_asked_for() {
    let world = World::new().await;
    let (kari, bakery) = (&world.kari, &world.bakery);
    let unknown = PartyIdentifier::SelfIdentified("nobody".to_owned());
    let asked = [&bakery.identifier, &unknown, &kari.identifier, &bakery.identifier].map(Clone::clone);
    let found = world.register.parties_by_identifier(&asked).await.unwrap();
    assert_eq!(found, [Some(bakery.clone()), None, Some(kari.clone()), Some(bakery.clone())]);
    // More than one query asks for.
    let ids: Vec<_> = (0..700).map(|place| if place == 650 { kari.id } else { bakery.id }).collect();
    let found = world.register.parties(&ids).await.unwrap();
    assert_eq!((found.len(), &found[650], &found[0]), (700, &Some(kari.clone()), &Some(bakery.clone())));
    assert_eq!(world.register.parties(&[]).await.unwrap(), []);
}

#[tokio::test]
async fn a_national_identity_number_stands_nowhere_in_the_clear() {
    let world = World::new().await;
    let PartyIdentifier::Person(number) = &world.kari.identifier else { panic!("Kari is a person") };
    let sql = "select identifier_lookup, identifier_sealed from auth_party where id = $1";
    let row = world.store.query_one(sql, params![world.kari.id]).await.unwrap();
    for column in ["identifier_lookup", "identifier_sealed"] {
        let bytes: Vec<u8> = row.get(column).unwrap();
        let clear = number.expose().as_bytes();
        assert!(!bytes.windows(clear.len()).any(|window| window == clear), "{column}");
    }
}

#[tokio::test]
async fn another_key_opens_no_identifier_and_finds_none() {
    let world = World::new().await;
    let other = StoredRegister::new(world.store.clone(), RegisterKey::from_bytes(&[8; 32]));
    assert_eq!(other.party(world.kari.id).await, Err(RegisterError::Sealed));
    assert_eq!(other.party_by_identifier(&world.kari.identifier).await, Ok(None));
}

#[tokio::test]
async fn a_sealed_identifier_does_not_open_in_another_partys_row() {
    let world = World::new().await;
    let mut batch = Batch::new();
    batch.execute_one(
        "update auth_party set identifier_sealed = (select identifier_sealed from auth_party where id = $1) \
         where id = $2",
        params![world.kari.id, world.ola.id],
    );
    world.store.commit(batch).await.unwrap();
    assert_eq!(world.register.party(world.ola.id).await, Err(RegisterError::Sealed));
}

#[tokio::test]
async fn every_change_of_rights_raises_the_partys_version() {
    let world = World::new().await;
    let version = async || {
        let held = world.register.roles(world.kari.id, world.bakery.id).await.unwrap();
        held.rights()[0].version
    };
    let before = version().await;
    let mut batch = Batch::new();
    world.register.grant_role(&mut batch, &world.leader());
    world.store.commit(batch).await.unwrap();
    let after_grant = version().await;
    let mut batch = Batch::new();
    world.register.revoke_role(&mut batch, &world.leader());
    world.store.commit(batch).await.unwrap();
    assert!(before < after_grant && after_grant < version().await);
    assert_eq!(world.register.roles(world.kari.id, world.bakery.id).await.unwrap().held(), []);
}

#[tokio::test]
async fn a_role_of_an_unknown_party_is_not_stored() {
    let world = World::new().await;
    let mut batch = Batch::new();
    let assignment =
        RoleAssignment { role: "DAGL".parse().unwrap(), of: altinn_core::PartyId::new(1), to: world.kari.id };
    world.register.grant_role(&mut batch, &assignment);
    assert!(world.store.commit(batch).await.unwrap_err().is_conflict());
}

#[tokio::test]
async fn a_deleted_party_gives_no_roles() {
    let world = World::new().await;
    let mut batch = Batch::new();
    let closed = Party { deleted: true, ..world.bakery.clone() };
    world.register.put_party(&mut batch, &closed).unwrap();
    world.store.commit(batch).await.unwrap();
    let held = world.register.roles(world.kari.id, world.bakery.id).await.unwrap();
    assert_eq!((held.held(), held.rights()), (&[][..], &[][..]));
}

fn role(code: &str, of: &Party, to: &Party) -> RoleAssignment {
    RoleAssignment { role: code.parse().unwrap(), of: of.id, to: to.id }
}

fn held(code: &str, through: Option<Through>) -> HeldRole {
    HeldRole { role: code.parse().unwrap(), through }
}

fn versions(roles: &HeldRoles) -> Vec<altinn_core::PartyId> {
    roles.rights().iter().map(|rights: &RightsVersion| rights.party).collect()
}

/// A shop with a sub-unit, and an accountant whose firm keeps the shop's books.
#[tokio::test]
async fn roles_come_down_from_the_main_unit_and_through_key_roles_and_no_further() {
    for (_, store) in fresh::all().await.unwrap() {
        store.migrate(&[MIGRATIONS]).await.unwrap();
        let register = StoredRegister::new(store.clone(), RegisterKey::from_bytes(&[7; 32]));
        let mut people = SyntheticPeople::from_seed(3);
        let (kari, ola) = (people.person(), people.person());
        let (shop, firm) = (people.organization(), people.organization());
        let branch = Party { kind: PartyKind::SubUnit, parent: Some(shop.id), ..people.organization() };
        let mut batch = Batch::new();
        for party in [&kari, &ola, &shop, &firm, &branch] {
            register.put_party(&mut batch, party).unwrap();
        }
        register.grant_role(&mut batch, &role("REGN", &shop, &firm));
        register.grant_role(&mut batch, &role("DAGL", &firm, &kari));
        register.grant_role(&mut batch, &role("REGNA", &firm, &ola));
        register.grant_role(&mut batch, &role("UTINN", &branch, &ola));
        register.grant_role(&mut batch, &role("LEDE", &shop, &ola));
        store.commit(batch).await.unwrap();

        let of_leader = register.roles(kari.id, shop.id).await.unwrap();
        assert_eq!(of_leader.held(), [held("REGN", Some(Through::KeyRole(firm.id)))]);
        let mut rests_on = [shop.id, firm.id];
        rests_on.sort();
        assert_eq!(versions(&of_leader), rests_on);

        let of_clerk = register.roles(ola.id, branch.id).await.unwrap();
        let (main, own) = (Some(Through::MainUnit(shop.id)), None);
        assert!(
            of_clerk.held().contains(&held("LEDE", main)) && of_clerk.held().contains(&held("UTINN", own))
        );
        assert!(!of_clerk.roles().any(|role| role.code() == "REGN"), "an employee holds no key role");
        assert_eq!(register.roles(ola.id, firm.id).await.unwrap().held(), [held("REGNA", None)]);
        assert_eq!(register.roles(kari.id, ola.id).await.unwrap().held(), []);

        assert_eq!(register.key_role_units(kari.id).await.unwrap(), [firm.id]);
        assert_eq!(register.key_role_units(ola.id).await.unwrap(), [shop.id]);
    }
}

#[tokio::test]
async fn a_newcomer_who_proves_who_they_are_is_taken_in_once_and_nobody_else_is() {
    for (name, store) in fresh::all().await.unwrap() {
        store.migrate(&[altinn_core::MIGRATIONS, MIGRATIONS]).await.unwrap();
        let register = StoredRegister::new(store.clone(), RegisterKey::from_bytes(&[7; 32]));
        let enrolling = EnrollingRegister::new(register.clone(), Arc::new(RandomIds));
        let mut people = SyntheticPeople::from_seed(9);
        let (newcomer, bakery) = (people.person(), people.organization());
        assert_eq!(register.party_by_identifier(&newcomer.identifier).await.unwrap(), None);

        let at_once: Vec<_> = (0..8)
            .map(|_| {
                let (enrolling, identifier) = (enrolling.clone(), newcomer.identifier.clone());
                tokio::spawn(
                    async move { enrolling.party_by_identifier(&identifier).await.unwrap().unwrap() },
                )
            })
            .collect();
        let mut found = Vec::new();
        for asked in at_once {
            found.push(asked.await.unwrap());
        }
        let party = register.party_by_identifier(&newcomer.identifier).await.unwrap().unwrap();
        assert!(found.iter().all(|found| *found == party), "{name}: {found:?}");
        assert_eq!((party.kind, party.name.as_str()), (PartyKind::Person, ""));
        assert!(party.id.get() > i64::from(i32::MAX), "an id that Altinn gives nobody");

        assert_eq!(enrolling.party_by_identifier(&bakery.identifier).await.unwrap(), None, "{name}");
        assert_eq!(enrolling.party(newcomer.id).await.unwrap(), None, "{name}");
        assert_eq!(enrolling.party_by_uuid(newcomer.uuid).await.unwrap(), None, "{name}");
    }
}
