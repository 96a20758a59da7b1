//! What a decision allocates does not depend on policies that do not apply.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use allocation_counter::AllocationInfo;
use altinn_auth::xacml::{
    CombiningAlgorithm, CompiledPolicy, Decision, Placeholders, PolicyDocument, PolicyIndex, Request, name,
};

const BAKERY: &str = include_str!("policies/bakery_licence.xml");

/// What one decision allocates with so many apps' policies loaded.
fn allocations_with(count: usize) -> AllocationInfo {
    let policies = (0..count).map(|number| {
        let names = Placeholders { org: "ttd", app: &format!("app-{number}") };
        CompiledPolicy::compile(&PolicyDocument::read_for_app(BAKERY, &names).unwrap()).unwrap()
    });
    let index = PolicyIndex::new(CombiningAlgorithm::DenyOverrides, policies.collect());
    let decide = || {
        let request = Request::new()
            .with(name::ACCESS_SUBJECT, "urn:altinn:rolecode", "DAGL")
            .with(name::RESOURCE, "urn:altinn:org", "ttd")
            .with(name::RESOURCE, "urn:altinn:app", "app-0")
            .with_action("read");
        assert_eq!(index.evaluate(&request).decision(), Decision::Permit);
    };
    decide();
    allocation_counter::measure(decide)
}

#[test]
fn a_decision_allocates_the_same_with_one_policy_and_with_a_thousand() {
    let (one, many) = (allocations_with(1), allocations_with(1_000));
    assert_eq!((one.count_total, one.bytes_total), (many.count_total, many.bytes_total));
    assert!(one.count_total < 12, "{} allocations", one.count_total);
}
