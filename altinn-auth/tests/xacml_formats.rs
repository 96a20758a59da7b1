//! Requests and responses in XML and JSON: what is written is read again, in either spelling.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use altinn_auth::xacml::{
    CompiledPolicy, Decision, JsonSpelling, PolicyDocument, Request, RequestDocument, Response,
    ResponseResult, StatusCode, Value, name,
};
use proptest::prelude::*;

const REQUEST: &str = r#"<Request xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" xmlns:m="urn:m"
    ReturnPolicyIdList="true" CombinedDecision="false">
  <Attributes Category="urn:oasis:names:tc:xacml:1.0:subject-category:access-subject">
    <Attribute AttributeId="urn:x:age" IncludeInResult="true" Issuer="register">
      <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#integer">42</AttributeValue>
    </Attribute>
  </Attributes>
  <Attributes Category="urn:oasis:names:tc:xacml:3.0:attribute-category:resource">
    <Content><m:record kind="a &amp; b"><m:name>Kari</m:name></m:record></Content>
    <Attribute AttributeId="urn:x:path" IncludeInResult="true">
      <AttributeValue DataType="urn:oasis:names:tc:xacml:3.0:data-type:xpathExpression"
        XPathCategory="urn:oasis:names:tc:xacml:3.0:attribute-category:resource">//m:name</AttributeValue>
    </Attribute>
  </Attributes>
</Request>"#;

const POLICY: &str = r#"<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" xmlns:m="urn:m" PolicyId="records"
    Version="1.2" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
  <Rule RuleId="kari" Effect="Permit">
    <Condition>
      <Apply FunctionId="urn:oasis:names:tc:xacml:1.0:function:string-is-in">
        <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">Kari</AttributeValue>
        <AttributeSelector Category="urn:oasis:names:tc:xacml:3.0:attribute-category:resource"
          Path="//m:name/text()" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="true"/>
      </Apply>
    </Condition>
  </Rule>
  <ObligationExpressions>
    <ObligationExpression ObligationId="log" FulfillOn="Permit">
      <AttributeAssignmentExpression AttributeId="level" Category="urn:x:levels">
        <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#integer">3</AttributeValue>
      </AttributeAssignmentExpression>
      <AttributeAssignmentExpression AttributeId="since">
        <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#dateTime">2026-11-24T12:00:00+01:00</AttributeValue>
      </AttributeAssignmentExpression>
    </ObligationExpression>
  </ObligationExpressions>
</Policy>"#;

fn answer(request: &RequestDocument) -> Response {
    let policy = CompiledPolicy::compile(&PolicyDocument::read(POLICY).unwrap()).unwrap();
    request.answer(|one| policy.evaluate(one))
}

fn assert_same(a: &ResponseResult, b: &ResponseResult) {
    assert_eq!(a.decision, b.decision);
    assert_eq!(a.status, b.status);
    assert_eq!(a.obligations, b.obligations);
    assert_eq!(a.attributes, b.attributes);
    assert_eq!(a.policies, b.policies);
}

#[test]
fn a_response_is_read_as_it_was_written_in_both_formats_and_spellings() {
    let response = answer(&RequestDocument::read_xml(REQUEST).unwrap());
    let [result] = response.results.as_slice() else { panic!("one result") };
    assert_eq!(result.decision, Decision::Permit);
    assert_eq!(result.attributes.len(), 2);
    assert_eq!(
        result.policies.first().map(|policy| (&*policy.id, &*policy.version)),
        Some(("records", "1.2"))
    );
    let again = Response::read_xml(response.to_xml()).unwrap();
    assert_same(result, again.results.first().unwrap());
    for spelling in [JsonSpelling::Standard, JsonSpelling::Altinn] {
        let again = Response::read_json(response.to_json(spelling).to_string()).unwrap();
        assert_same(result, again.results.first().unwrap());
    }
}

#[test]
fn a_request_decides_the_same_after_it_was_written_in_either_format() {
    let document = RequestDocument::read_xml(REQUEST).unwrap();
    let request = document.requests().first().unwrap();
    let from_xml = RequestDocument::read_xml(request.to_xml()).unwrap();
    assert_eq!(answer(&from_xml).to_xml(), answer(&document).to_xml());
    for spelling in [JsonSpelling::Standard, JsonSpelling::Altinn] {
        // The prefixes of the XML content are declared by the request around it, which JSON does not have.
        let json = request.to_json(spelling).to_string().replace("<m:record", "<m:record xmlns:m='urn:m'");
        let from_json = RequestDocument::read_json(json).unwrap();
        assert_eq!(answer(&from_json).to_xml(), answer(&document).to_xml());
    }
}

#[test]
fn a_missing_attribute_is_told_in_the_status() {
    let response = answer(&RequestDocument::read_xml(Request::new().with_action("read").to_xml()).unwrap());
    let result = response.results.first().unwrap();
    assert_eq!(result.status.code(), StatusCode::MissingAttribute);
    assert!(response.to_xml().contains("<MissingAttributeDetail Category="), "{}", response.to_xml());
}

#[test]
fn altinns_spelling_has_small_first_letters_and_every_value_as_text() {
    let response = answer(&RequestDocument::read_xml(REQUEST).unwrap());
    let json = response.to_json(JsonSpelling::Altinn);
    let level = &json["response"][0]["obligations"][0]["attributeAssignment"][0];
    assert_eq!(level["value"], "3");
    assert_eq!(level["dataType"], "http://www.w3.org/2001/XMLSchema#integer");
    assert_eq!(
        response.to_json(JsonSpelling::Standard)["Response"][0]["Obligations"][0]["AttributeAssignment"][0]["Value"],
        3
    );
}

#[test]
fn several_decisions_become_one_only_when_they_are_the_same_and_oblige_to_nothing() {
    let policy = POLICY.replace("FulfillOn=\"Permit\"", "FulfillOn=\"Deny\"");
    let policy = CompiledPolicy::compile(&PolicyDocument::read(policy).unwrap()).unwrap();
    let decide = |second: &str| {
        let content = |name: &str| {
            format!("{{\"Content\":\"<m:name xmlns:m='urn:m'>{name}</m:name>\",\"Attribute\":[]}}")
        };
        let json = format!(
            "{{\"Request\":{{\"CombinedDecision\":true,\"Resource\":[{},{}]}}}}",
            content("Kari"),
            content(second)
        );
        let response = RequestDocument::read_json(json).unwrap().answer(|one| policy.evaluate(one));
        assert_eq!(response.results.len(), 1);
        response.results.first().map(|result| result.decision.to_string()).unwrap()
    };
    assert_eq!(decide("Kari"), "Permit");
    assert_eq!(decide("Ola"), "Indeterminate");
}

#[test]
fn json_values_have_the_types_that_the_profile_gives_them() {
    let json = r#"{"Request":{"Category":{"CategoryId":"Resource","Attribute":[
        {"AttributeId":"a","Value":[1,2.5]},{"AttributeId":"b","Value":true},{"AttributeId":"c","Value":7},
        {"AttributeId":"d","DataType":"dateTime","Value":"2026-01-01T00:00:00Z"},
        {"AttributeId":"e","Value":{"XPathCategory":"Resource","XPath":"//x:y","Namespaces":[{"Prefix":"x","Namespace":"urn:x"}]}}
    ]}}}"#;
    let document = RequestDocument::read_json(json).unwrap();
    let request = document.requests().first().unwrap();
    let types =
        |id| request.values(name::RESOURCE, id).map(|value| value.data_type().name()).collect::<Vec<_>>();
    assert_eq!(types("a"), ["double", "double"]);
    assert_eq!(
        [types("b"), types("c"), types("d"), types("e")].concat(),
        ["boolean", "integer", "dateTime", "xpathExpression"]
    );
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_of_json_or_of_responses_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = RequestDocument::read_json(&bytes);
        let _ = Response::read_json(&bytes);
        let _ = Response::read_xml(&bytes);
    }

    #[test]
    fn every_text_survives_xml_and_json(text in "\\PC{0,30}") {
        let request = Request::new().with(name::RESOURCE, "urn:x:text", text.as_str());
        let json = request.to_json(JsonSpelling::Standard).to_string();
        for document in [RequestDocument::read_xml(request.to_xml()), RequestDocument::read_json(json)] {
            let document = document.unwrap();
            let mut values = document.requests().first().unwrap().values(name::RESOURCE, "urn:x:text");
            prop_assert_eq!(values.next().cloned(), Some(Value::from(text.as_str())));
        }
    }
}
