//! Whoever names what is another's is answered as if it did not exist: with the same code, the same words, the same body,
//! and at the cost of the same statements. Every operation of every type of service is tried.
#![cfg(all(
    feature = "broker",
    feature = "collaboration",
    feature = "correspondence",
    feature = "link",
    feature = "lookup",
    feature = "webhooks"
))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]
#![allow(clippy::future_not_send, reason = "a test runs where it was started")]

mod operations;
#[path = "../own_app/mod.rs"]
mod own_app;
#[path = "../scene/mod.rs"]
mod scene;
mod sources;
mod stage;

use std::collections::BTreeSet;

use altinn_core::PartyId;
use operations::{Names, Operation, operations};
use stage::{Stage, everywhere};
use uuid::Uuid;

/// What nobody has.
const NO_ID: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
const NO_PARTY: PartyId = PartyId::new(987_654_321);

#[tokio::test]
async fn what_is_anothers_is_answered_as_if_it_did_not_exist_and_costs_the_same() {
    everywhere(async |stage| {
        let mut leaks = Vec::new();
        for operation in operations() {
            for attacker in &stage.attackers {
                for (party, id, absent) in tries(&stage, &operation, attacker.party) {
                    let there = answer(&stage, &operation, attacker, (party, id)).await;
                    let nothing = answer(&stage, &operation, attacker, absent).await;
                    if there != nothing {
                        leaks.push(format!(
                            "{} as {}: {there:#?} is not {nothing:#?}",
                            operation.name(),
                            attacker.name
                        ));
                    }
                }
            }
        }
        assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n"));
    })
    .await;
}

/// What an operation is tried with: what there is, and what there is not instead.
fn tries(stage: &Stage, operation: &Operation, own: PartyId) -> Vec<(PartyId, Uuid, (PartyId, Uuid))> {
    let (owner, id) = stage.element(operation.of);
    match operation.names {
        Names::Party => vec![(owner, NO_ID, (NO_PARTY, NO_ID))],
        Names::Element => [owner, own].into_iter().map(|party| (party, id, (party, NO_ID))).collect(),
    }
}

/// The answer, without the names that were asked for, and the statements that it cost.
async fn answer(
    stage: &Stage,
    operation: &Operation,
    attacker: &stage::Attacker,
    (party, id): (PartyId, Uuid),
) -> (String, Vec<String>) {
    stage.statements.take();
    let answer = (operation.call)(stage, &attacker.actor, party, id).await;
    let answer = answer.replace(&id.to_string(), "ID").replace(&party.to_string(), "PARTY");
    (answer, stage.statements.take())
}

#[tokio::test]
async fn whoever_it_belongs_to_is_answered_otherwise() {
    // Else the matrix would show nothing.
    everywhere(async |stage| {
        let told = operations().into_iter().filter(|operation| operation.names == Names::Element);
        let mut same = Vec::new();
        for operation in told {
            let (party, id) = stage.element(operation.of);
            let owner = stage.owner(&operation);
            let there = (operation.call)(&stage, owner, party, id).await;
            let nothing = (operation.call)(&stage, owner, party, NO_ID).await;
            if there == nothing {
                same.push(format!("{}: {there}", operation.name()));
            }
        }
        assert_eq!(same, Vec::<String>::new());
    })
    .await;
}

#[test]
fn every_operation_that_there_is_stands_in_the_matrix_or_names_nothing() {
    let known: BTreeSet<_> = operations()
        .iter()
        .map(|operation| (operation.kind.to_owned(), operation.operation.to_owned()))
        .chain(
            operations::WITHOUT_NAMES.iter().map(|(kind, name, _)| ((*kind).to_owned(), (*name).to_owned())),
        )
        .collect();
    let found = sources::operations();
    let missing: Vec<_> = found.difference(&known).collect();
    let gone: Vec<_> = known.difference(&found).collect();
    assert!(missing.is_empty(), "these operations are not in the matrix: {missing:?}");
    assert!(gone.is_empty(), "these operations of the matrix are not there any more: {gone:?}");
}
