//! What a policy file may do wrong: each is a typed fault with its place, in bounded time.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use altinn_auth::xacml::{
    CompiledPolicy, MAX_DEPTH, PolicyDocument, Request, RequestDocument, XacmlError, XacmlFault,
};
use proptest::prelude::*;

const BAKERY: &str = include_str!("policies/bakery_licence.xml");

fn load(policy: &str) -> Result<CompiledPolicy, XacmlError> {
    CompiledPolicy::compile(&PolicyDocument::read(policy)?)
}

/// The fault of a policy with these elements in the place of its rules.
fn fault_of(body: &str) -> XacmlError {
    load(&policy_with(body)).map(|policy| policy.id().to_owned()).unwrap_err()
}

fn policy_with(body: &str) -> String {
    format!(
        "<Policy xmlns='urn:oasis:names:tc:xacml:3.0:core:schema:wd-17' PolicyId='p' Version='1.0' \
         RuleCombiningAlgId='urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides'>\n\
         <Target/>\n{body}</Policy>"
    )
}

fn rule_with(condition: &str) -> String {
    format!("<Rule RuleId='r' Effect='Permit'>\n<Condition>\n{condition}\n</Condition></Rule>")
}

const STRING: &str = "DataType='http://www.w3.org/2001/XMLSchema#string'";

#[test]
fn a_fault_names_its_line_and_column_and_what_was_expected() {
    let error = fault_of("<Rule RuleId='r' Effect='Perhaps'/>");
    assert_eq!(error.to_string(), "line 3, column 1: `Perhaps` is not Permit or Deny");
    let error = fault_of("<Rule RuleId='r' Effect='Permit'><Aim/></Rule>");
    assert_eq!(
        error.to_string(),
        "line 3, column 34: found `Aim`, expected a part of a rule, such as `Target` or `Condition`"
    );
}

#[test]
fn unknown_functions_types_and_algorithms_are_faults() {
    let unknown = "<Apply FunctionId='urn:oasis:names:tc:xacml:1.0:function:string-resembles'/>";
    assert_eq!(fault_of(&rule_with(unknown)).code(), "AUTH-XACML-UNKNOWN-FUNCTION");
    let unknown = "<AttributeValue DataType='string'>x</AttributeValue>";
    assert_eq!(fault_of(&rule_with(unknown)).code(), "AUTH-XACML-UNKNOWN-DATA-TYPE");
    let error = load(&policy_with("").replace("deny-overrides", "dice")).unwrap_err();
    assert_eq!(error.code(), "AUTH-XACML-UNKNOWN-COMBINING-ALGORITHM");
}

#[test]
fn a_function_given_the_wrong_types_is_a_fault() {
    let wrong = format!(
        "<Apply FunctionId='urn:oasis:names:tc:xacml:1.0:function:integer-equal'>\
         <AttributeValue {STRING}>1</AttributeValue><AttributeValue {STRING}>1</AttributeValue></Apply>"
    );
    let error = fault_of(&rule_with(&wrong));
    assert_eq!(
        error.to_string(),
        "line 5, column 1: `urn:oasis:names:tc:xacml:1.0:function:integer-equal` does not take (string, string)"
    );
    let text = format!("<AttributeValue {STRING}>true</AttributeValue>");
    assert_eq!(fault_of(&rule_with(&text)).code(), "AUTH-XACML-WRONG-TYPE");
}

#[test]
fn a_value_outside_its_type_is_a_fault() {
    let wrong = "<AttributeValue DataType='http://www.w3.org/2001/XMLSchema#integer'>four</AttributeValue>";
    assert!(fault_of(&rule_with(wrong)).to_string().ends_with("`four` is not a value of type integer"));
}

#[test]
fn duplicate_rules_and_undefined_or_circular_variables_are_faults() {
    let twice = "<Rule RuleId='r' Effect='Permit'/><Rule RuleId='r' Effect='Deny'/>";
    assert_eq!(fault_of(twice).code(), "AUTH-XACML-DUPLICATE");
    let undefined = rule_with("<VariableReference VariableId='v'/>");
    assert_eq!(fault_of(&undefined).fault(), &XacmlFault::UndefinedVariable("v".to_owned()));
    let variable = |id, refers| {
        format!(
            "<VariableDefinition VariableId='{id}'><VariableReference VariableId='{refers}'/></VariableDefinition>"
        )
    };
    let circle = variable("a", "b") + &variable("b", "a");
    assert_eq!(fault_of(&circle).code(), "AUTH-XACML-VARIABLE-CYCLE");
}

#[test]
fn a_bomb_of_entities_and_an_external_entity_are_refused() {
    for dtd in [
        "<!DOCTYPE p [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]>",
        "<!DOCTYPE p [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE p SYSTEM 'http://evil.test/p.dtd'>",
    ] {
        let error = load(&(dtd.to_owned() + &policy_with(""))).unwrap_err();
        assert_eq!(error.code(), "AUTH-XACML-NOT-XML", "{dtd}");
    }
}

#[test]
fn expressions_and_sets_nested_too_deep_are_refused_with_the_limit() {
    let not = "<Apply FunctionId='urn:oasis:names:tc:xacml:1.0:function:not'>";
    let deep = not.repeat(5_000) + &"</Apply>".repeat(5_000);
    assert_eq!(fault_of(&rule_with(&deep)).fault(), &XacmlFault::TooDeep { limit: MAX_DEPTH });
    let set = "<PolicySet xmlns='urn:oasis:names:tc:xacml:3.0:core:schema:wd-17' PolicySetId='s' Version='1' \
               PolicyCombiningAlgId='urn:oasis:names:tc:xacml:1.0:policy-combining-algorithm:first-applicable'>\
               <Target/>";
    let deep = set.repeat(5_000) + &"</PolicySet>".repeat(5_000);
    assert_eq!(load(&deep).unwrap_err().fault(), &XacmlFault::TooDeep { limit: MAX_DEPTH });
}

#[test]
fn variables_that_double_again_and_again_are_evaluated_once_each() {
    let or = "urn:oasis:names:tc:xacml:1.0:function:or";
    let mut body =
        format!("<VariableDefinition VariableId='v0'><Apply FunctionId='{or}'/></VariableDefinition>");
    for n in 1..60 {
        let refers = format!("<VariableReference VariableId='v{}'/>", n - 1).repeat(2);
        body += &format!(
            "<VariableDefinition VariableId='v{n}'><Apply FunctionId='{or}'>{refers}</Apply></VariableDefinition>"
        );
    }
    body += &rule_with("<VariableReference VariableId='v59'/>");
    let policy = load(&policy_with(&body)).unwrap();
    assert_eq!(policy.evaluate(&Request::new()).effect(), None);
}

#[test]
fn a_file_that_is_too_large_or_not_in_utf8_is_refused() {
    let huge = vec![b' '; altinn_auth::xacml::MAX_BYTES + 1];
    assert_eq!(PolicyDocument::read(huge).unwrap_err().code(), "AUTH-XACML-TOO-LARGE");
    assert_eq!(PolicyDocument::read([0xff, 0xfe]).unwrap_err().code(), "AUTH-XACML-NOT-UTF8");
    assert!(PolicyDocument::read(format!("\u{feff}{BAKERY}")).is_ok());
}

#[test]
fn a_small_request_for_many_decisions_on_many_values_is_refused() {
    let attributes = |category: &str, values: usize| {
        let value = format!("<AttributeValue {STRING}>x</AttributeValue>").repeat(values);
        format!(
            "<Attributes Category='{category}'><Attribute AttributeId='a' IncludeInResult='false'>{value}</Attribute></Attributes>"
        )
    };
    let with_values = |count: usize| {
        let many = attributes("urn:x:subject", count) + &attributes("urn:x:resource", 1).repeat(1_000);
        RequestDocument::read_xml(format!(
            "<Request xmlns='urn:oasis:names:tc:xacml:3.0:core:schema:wd-17' ReturnPolicyIdList='false' \
             CombinedDecision='false'>{many}</Request>"
        ))
    };
    assert_eq!(with_values(10).unwrap().requests().len(), 1_000);
    assert_eq!(with_values(1_000).unwrap_err().code(), "AUTH-XACML-TOO-MANY-VALUES");
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = PolicyDocument::read(&bytes);
        let _ = RequestDocument::read_xml(&bytes);
    }

    #[test]
    fn no_change_of_a_policy_makes_loading_or_deciding_panic(
        at in any::<prop::sample::Index>(), length in 0_usize..40, put in "[<>/='\"a-zA-Z0-9:.&;\\[\\]-]{0,20}",
    ) {
        let at = at.index(BAKERY.len());
        let end = (at + length).min(BAKERY.len());
        prop_assume!(BAKERY.is_char_boundary(at) && BAKERY.is_char_boundary(end));
        let changed = format!("{}{put}{}", &BAKERY[..at], &BAKERY[end..]);
        if let Ok(policy) = load(&changed) {
            let _ = policy.evaluate(&Request::new().with_action("read"));
        }
    }
}
