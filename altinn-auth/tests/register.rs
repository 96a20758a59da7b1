//! What the stored register keeps, and how.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use altinn_auth::register::{
    PartyRegister, RegisterError, RegisterKey, RoleAssignment, RoleRegister, StoredRegister,
};
use altinn_core::PartyIdentifier;
use altinn_core::store::{Batch, params};
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
        held.rights().unwrap().version
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
    assert_eq!(world.register.roles(world.kari.id, world.bakery.id).await.unwrap().roles(), []);
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
    let closed = altinn_core::Party { deleted: true, ..world.bakery.clone() };
    world.register.put_party(&mut batch, &closed).unwrap();
    world.store.commit(batch).await.unwrap();
    let held = world.register.roles(world.kari.id, world.bakery.id).await.unwrap();
    assert_eq!((held.roles(), held.rights()), (&[][..], None));
}
