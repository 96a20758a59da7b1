//! Access packages and access lists of the store, as decisions ask for them.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::Arc;

use altinn_auth::decision::{Authorizer, Registers};
use altinn_auth::delegation::{
    AccessPackage, DelegationError, Detail, Offer, PackageCatalogue, Receiver, StoredAccessPackages, What,
};
use altinn_auth::register::{
    AccessListId, AccessLists, AccessPackages, ResourceRules, StoredAccessLists, StoredResources,
};
use altinn_core::store::{Batch, fresh};
use altinn_core::{Party, PartyIdentifier};
use giving::{Giving, person, role};

mod giving;

const BOOKS: &str = "regnskap";

async fn everywhere() -> Vec<(Giving, StoredAccessPackages)> {
    let mut all = Vec::new();
    for (_, store) in fresh::all().await.unwrap() {
        let giving = Giving::new(store.clone()).await;
        let mut batch = Batch::new();
        let catalogue = PackageCatalogue::new(store.clone());
        let package = |name: &str, is_delegable, roles: &[&str]| AccessPackage {
            name: name.to_owned(),
            area: "skatt-avgift-regnskap-og-toll".to_owned(),
            is_delegable,
            roles: roles.iter().map(|role| role.parse().unwrap()).collect(),
        };
        catalogue.put(&mut batch, &package(BOOKS, true, &["REGNA"]));
        catalogue.put(&mut batch, &package("hemmelig", false, &[]));
        giving.store.commit(batch).await.unwrap();
        let register = giving.register.clone();
        let packages = StoredAccessPackages::new(store, register.clone(), register, giving.clock.clone());
        all.push((giving, packages));
    }
    all
}

fn offer(giving: &Giving, to: &Party, package: &str) -> Offer {
    Offer::new(giving.bakery.id, Receiver::Party(to.id), What::Package(package.to_owned()))
}

#[tokio::test]
async fn a_package_is_given_passed_on_and_taken_back() {
    for (giving, packages) in everywhere().await {
        let holds =
            async |who: &Party| !packages.packages(who.uuid, giving.bakery.uuid).await.unwrap().is_empty();
        let (kari, nina) = (person(&giving.kari), person(&giving.nina));
        let given = giving.access.delegate(&kari, &offer(&giving, &giving.firm, BOOKS)).await.unwrap();
        // Who leads the firm has it, and passes it on.
        assert!(holds(&giving.firm).await && holds(&giving.nina).await && !holds(&giving.ola).await);
        let to_ola = offer(&giving, &giving.ola, BOOKS).acting_for(giving.firm.id);
        giving.access.delegate(&nina, &to_ola).await.unwrap();
        assert!(holds(&giving.ola).await);
        giving.access.revoke(&kari, given.id).await.unwrap();
        assert!(!holds(&giving.firm).await && !holds(&giving.ola).await);
        // By a role it is held as well, and passed on as long as the role is.
        let books = role("REGNA", &giving.bakery, &giving.firm);
        giving.assign(&books, true).await;
        giving.access.delegate(&nina, &to_ola).await.unwrap();
        assert!(holds(&giving.nina).await && holds(&giving.ola).await);
        giving.assign(&books, false).await;
        assert!(!holds(&giving.nina).await && !holds(&giving.ola).await);
    }
}

/// A decision by a package guards it until the commit, as one by a role does.
#[tokio::test]
async fn a_package_decides_and_is_guarded_until_the_commit() {
    for (giving, packages) in everywhere().await {
        let registers = Registers::new(giving.register.clone(), giving.register.clone())
            .with_access_packages(Arc::new(packages));
        let authorizer = Authorizer::with_registers(giving.policies.clone(), registers);
        let by_package = giving::POLICY.replace(">regna<", &format!(">{BOOKS}<")).replacen(
            "urn:altinn:rolecode",
            "urn:altinn:accesspackage",
            2,
        );
        assert_ne!(by_package, giving::POLICY);
        giving.policies.put(giving.service.clone(), by_package).unwrap();
        let kari = person(&giving.kari);
        let given = giving.access.delegate(&kari, &offer(&giving, &giving.ola, BOOKS)).await.unwrap();
        let access = authorizer.decide(&person(&giving.ola), &giving.request("read")).await.unwrap();
        let mut batch = Batch::new();
        access.guard(&mut batch);
        giving.store.commit(batch.clone()).await.unwrap();
        giving.access.revoke(&kari, given.id).await.unwrap();
        assert!(giving.store.commit(batch).await.unwrap_err().is_conflict());
        assert!(authorizer.decide(&person(&giving.ola), &giving.request("read")).await.is_err());
    }
}

#[tokio::test]
async fn a_package_that_is_not_held_or_not_delegable_is_not_given() {
    for (giving, _) in everywhere().await {
        let refusal = async |by: &Party, offer: &Offer| match giving.access.delegate(&person(by), offer).await
        {
            Err(DelegationError::NotDelegable { details }) => details,
            outcome => unreachable!("{outcome:?}"),
        };
        for package in ["hemmelig", "ukjent"] {
            let details = refusal(&giving.kari, &offer(&giving, &giving.ola, package)).await;
            assert_eq!(details, [Detail::PackageNotDelegable]);
        }
        let passed_on = offer(&giving, &giving.ola, BOOKS).acting_for(giving.firm.id);
        assert_eq!(refusal(&giving.nina, &passed_on).await, [Detail::MissingPackageAccess]);
        giving.assign(&role("ADMAI", &giving.bakery, &giving.per), true).await;
        let details = refusal(&giving.per, &offer(&giving, &giving.ola, BOOKS)).await;
        assert_eq!(details, [Detail::MissingPackageAccess]);
    }
}

#[tokio::test]
async fn a_list_lets_its_members_in_for_its_actions() {
    for (giving, _) in everywhere().await {
        let lists = StoredAccessLists::new(giving.store.clone(), giving.register.clone());
        let resource = "ttd-loans".parse().unwrap();
        let list = AccessListId { owner: "ttd".to_owned(), name: "approved".to_owned() };
        let PartyIdentifier::Organization(number) = giving.firm.identifier else { unreachable!() };
        assert!(!lists.are_required(&resource).await.unwrap());
        let mut batch = Batch::new();
        let rules = ResourceRules { access_list_mode: true, ..ResourceRules::default() };
        StoredResources::new(giving.store.clone()).put(&mut batch, &resource, rules);
        lists.put(&mut batch, &list, "Approved");
        lists.add_member(&mut batch, &list, giving.firm.id, giving.now());
        lists.connect(&mut batch, &list, &resource, Some(&["read".to_owned()]));
        giving.store.commit(batch).await.unwrap();
        assert!(lists.are_required(&resource).await.unwrap());
        assert_eq!(lists.lists_of(giving.firm.uuid).await.unwrap(), ["ttd:approved"]);
        let memberships = lists.memberships(number, &resource).await.unwrap();
        assert!(memberships.iter().any(|list| list.covers("read")));
        assert!(!memberships.iter().any(|list| list.covers("write")));
        let mut batch = Batch::new();
        lists.connect(&mut batch, &list, &resource, None);
        giving.store.commit(batch).await.unwrap();
        assert!(lists.memberships(number, &resource).await.unwrap().iter().any(|list| list.covers("write")));
        let mut batch = Batch::new();
        lists.remove_member(&mut batch, &list, giving.firm.id);
        giving.store.commit(batch).await.unwrap();
        assert!(lists.memberships(number, &resource).await.unwrap().is_empty());
        // There is no such list.
        let mut batch = Batch::new();
        let unknown = AccessListId { name: "unknown".to_owned(), ..list };
        lists.add_member(&mut batch, &unknown, giving.firm.id, giving.now());
        assert!(giving.store.commit(batch).await.unwrap_err().is_conflict());
    }
}

#[tokio::test]
async fn who_is_taken_off_a_list_between_decision_and_commit_is_refused() {
    for (giving, _) in everywhere().await {
        let lists = StoredAccessLists::new(giving.store.clone(), giving.register.clone());
        let registers = Registers::new(giving.register.clone(), giving.register.clone());
        let registers = registers.with_access_lists(Arc::new(lists.clone()));
        let authorizer = Authorizer::with_registers(giving.policies.clone(), registers);
        let kari = person(&giving.kari);
        let (resource, list) = (
            giving.service.resource_id(),
            AccessListId { owner: "ttd".to_owned(), name: "bakeries".to_owned() },
        );
        let mut batch = Batch::new();
        let rules = ResourceRules { access_list_mode: true, ..ResourceRules::default() };
        StoredResources::new(giving.store.clone()).put(&mut batch, &resource, rules);
        lists.put(&mut batch, &list, "Bakeries");
        lists.connect(&mut batch, &list, &resource, Some(&["read".to_owned()]));
        giving.store.commit(batch).await.unwrap();
        // An app lets in whom its policy lets in; another service, only those on a list.
        assert!(authorizer.decide(&kari, &giving.request("read")).await.is_ok());
        giving.policies.put_guarded(giving.service.clone(), giving::POLICY).unwrap();
        let refused = authorizer.decide(&kari, &giving.request("read")).await.unwrap_err();
        assert_eq!(refused.code(), "AUTH-DENIED-ACCESS-LIST");
        let mut batch = Batch::new();
        lists.add_member(&mut batch, &list, giving.bakery.id, giving.now());
        giving.store.commit(batch).await.unwrap();
        assert!(authorizer.decide(&kari, &giving.request("write")).await.is_err(), "the list is for reading");
        let request = giving.request("read");
        let first = authorizer.decide(&kari, &request).await.unwrap();
        let second = authorizer.decide(&kari, &request).await.unwrap();
        let mut batch = Batch::new();
        first.guard(&mut batch);
        giving.store.commit(batch).await.unwrap();
        let mut batch = Batch::new();
        lists.remove_member(&mut batch, &list, giving.bakery.id);
        giving.store.commit(batch).await.unwrap();
        let mut batch = Batch::new();
        second.guard(&mut batch);
        assert!(giving.store.commit(batch).await.unwrap_err().is_conflict());
        assert!(authorizer.decide(&kari, &giving.request("read")).await.is_err());
    }
}
