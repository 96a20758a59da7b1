//! The fast ways to a decision come to the same as the plain one: an index of policies as a policy set of all of them,
//! comparisons looked up as comparisons made.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fmt::Write as _;

use altinn_auth::xacml::{
    AttributeSource, CombiningAlgorithm, CompiledPolicy, DataType, Evaluation, PolicyDocument, PolicyIndex,
    Request, Surroundings, Value, name,
};
use proptest::prelude::*;

const NAMESPACE: &str = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17";
const POLICY_ALGORITHM: &str = "urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:";
const RULE_ALGORITHM: &str = "urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:";

/// A comparison: whether case counts, the attribute, the text, whether the attribute must be there.
type Match = (bool, usize, usize, bool);
/// `AnyOf` of `AllOf`.
type Target = Vec<Vec<Vec<Match>>>;
/// A policy's algorithm, target and rules, which permit or deny.
type Policy = (usize, Target, Vec<(bool, Target)>);

const IDS: [&str; 4] = ["urn:x:app", "urn:x:org", "urn:x:a-very-long-name-of-an-attribute", "a"];
// The sign for kelvin is a small k in small letters.
const TEXTS: [&str; 6] = ["kari", "KARI", "\u{212a}ari", "ola", "blåbær", ""];
const ALGORITHMS: [&str; 4] =
    ["deny-overrides", "permit-overrides", "deny-unless-permit", "permit-unless-deny"];

fn target_xml(target: &Target) -> String {
    let mut xml = String::from("<Target>");
    for any_of in target {
        xml += "<AnyOf>";
        for all_of in any_of {
            xml += "<AllOf>";
            for (exact, id, text, required) in all_of {
                let function = if *exact {
                    "1.0:function:string-equal"
                } else {
                    "3.0:function:string-equal-ignore-case"
                };
                write!(
                    xml,
                    "<Match MatchId='urn:oasis:names:tc:xacml:{function}'>\
                     <AttributeValue DataType='http://www.w3.org/2001/XMLSchema#string'>{}</AttributeValue>\
                     <AttributeDesignator Category='{}' AttributeId='{}' \
                     DataType='http://www.w3.org/2001/XMLSchema#string' MustBePresent='{required}'/></Match>",
                    TEXTS.get(*text).unwrap(),
                    name::RESOURCE,
                    IDS.get(*id).unwrap(),
                )
                .unwrap();
            }
            xml += "</AllOf>";
        }
        xml += "</AnyOf>";
    }
    xml + "</Target>"
}

fn policy_xml(number: usize, (algorithm, target, rules): &Policy) -> String {
    let mut xml = format!(
        "<Policy xmlns='{NAMESPACE}' PolicyId='p{number}' Version='1.0' RuleCombiningAlgId='{RULE_ALGORITHM}{}'>{}",
        ALGORITHMS.get(*algorithm).unwrap(),
        target_xml(target)
    );
    for (rule, (permits, target)) in rules.iter().enumerate() {
        let effect = if *permits { "Permit" } else { "Deny" };
        write!(
            xml,
            "<Rule RuleId='r{rule}' Effect='{effect}'>{}<AdviceExpressions><AdviceExpression AdviceId='p{number}r{rule}' \
             AppliesTo='{effect}'/></AdviceExpressions></Rule>",
            target_xml(target)
        )
        .unwrap();
    }
    xml + "</Policy>"
}

fn compiled(xml: &str) -> CompiledPolicy {
    CompiledPolicy::compile(&PolicyDocument::read(xml).unwrap()).unwrap()
}

fn request_of(values: &[(usize, usize)]) -> Request {
    values.iter().fold(Request::new(), |request, (id, text)| {
        request.with(name::RESOURCE, *IDS.get(*id).unwrap(), *TEXTS.get(*text).unwrap())
    })
}

fn outcome(evaluation: &Evaluation) -> String {
    let advice: Vec<_> = evaluation.advice().iter().map(|advice| advice.id.to_string()).collect();
    format!("{} {advice:?}", evaluation.decision())
}

/// Knows nothing; that it is there makes the engine make every comparison.
struct Nothing;

impl AttributeSource for Nothing {
    fn values(&self, _: &str, _: &str, _: DataType) -> Result<Vec<Value>, String> {
        Ok(Vec::new())
    }
}

fn target() -> impl Strategy<Value = Target> {
    let one = (any::<bool>(), 0..IDS.len(), 0..TEXTS.len(), prop::bool::weighted(0.1));
    let all_of = prop::collection::vec(one, 1..3);
    prop::collection::vec(prop::collection::vec(all_of, 1..3), 0..3)
}

fn policy() -> impl Strategy<Value = Policy> {
    let rules = prop::collection::vec((any::<bool>(), target()), 0..4);
    (0..ALGORITHMS.len(), target(), rules)
}

fn values() -> impl Strategy<Value = Vec<(usize, usize)>> {
    prop::collection::vec((0..IDS.len(), 0..TEXTS.len()), 0..5)
}

proptest! {
    #[test]
    fn an_index_decides_as_a_policy_set_of_all_policies(
        policies in prop::collection::vec(policy(), 1..6), algorithm in 0..ALGORITHMS.len(), values in values(),
    ) {
        let urn = format!("{POLICY_ALGORITHM}{}", ALGORITHMS.get(algorithm).unwrap());
        let texts: Vec<String> = policies.iter().enumerate().map(|(number, one)| policy_xml(number, one)).collect();
        let set = format!(
            "<PolicySet xmlns='{NAMESPACE}' PolicySetId='s' Version='1.0' PolicyCombiningAlgId='{urn}'><Target/>{}</PolicySet>",
            texts.concat()
        );
        let index = PolicyIndex::new(
            CombiningAlgorithm::from_policy_urn(&urn).unwrap(),
            texts.iter().map(|text| compiled(text)).collect(),
        );
        let request = request_of(&values);
        let expected = outcome(&compiled(&set).evaluate(&request));
        prop_assert_eq!(outcome(&index.evaluate(&request)), expected.clone());
        let asking = Surroundings { now: None, attributes: Some(&Nothing) };
        prop_assert_eq!(outcome(&index.evaluate_in(&request, &asking)), expected);
    }

    #[test]
    fn comparisons_looked_up_hold_when_comparisons_made_do(policy in policy(), values in values()) {
        let policy = compiled(&policy_xml(0, &policy));
        let request = request_of(&values);
        let asking = Surroundings { now: None, attributes: Some(&Nothing) };
        prop_assert_eq!(outcome(&policy.evaluate(&request)), outcome(&policy.evaluate_in(&request, &asking)));
    }
}
