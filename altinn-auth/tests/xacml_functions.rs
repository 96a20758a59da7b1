//! What functions give where the standard is easily misread, each as a condition that must hold (XACML 3.0, A.3).
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use altinn_auth::xacml::{
    CombiningAlgorithm, CompiledPolicy, Decision, Evaluation, PolicyDocument, PolicyIndex, RequestDocument,
    StatusCode,
};

const NAMESPACE: &str = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17";
const RESOURCE: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:resource";
const ACTION: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:action";

/// The data types by the letters that name them here.
const TYPES: [(&str, &str); 12] = [
    ("s", "http://www.w3.org/2001/XMLSchema#string"),
    ("i", "http://www.w3.org/2001/XMLSchema#integer"),
    ("d", "http://www.w3.org/2001/XMLSchema#double"),
    ("b", "http://www.w3.org/2001/XMLSchema#boolean"),
    ("u", "http://www.w3.org/2001/XMLSchema#anyURI"),
    ("time", "http://www.w3.org/2001/XMLSchema#time"),
    ("date", "http://www.w3.org/2001/XMLSchema#date"),
    ("dateTime", "http://www.w3.org/2001/XMLSchema#dateTime"),
    ("months", "http://www.w3.org/2001/XMLSchema#yearMonthDuration"),
    ("seconds", "http://www.w3.org/2001/XMLSchema#dayTimeDuration"),
    ("mail", "urn:oasis:names:tc:xacml:1.0:data-type:rfc822Name"),
    ("x500", "urn:oasis:names:tc:xacml:1.0:data-type:x500Name"),
];

fn is_undecided(decision: Decision) -> bool {
    matches!(decision, Decision::Indeterminate(_))
}

/// A value, after the name of its type.
fn value(text: &str) -> String {
    let (kind, text) = text.split_once(':').unwrap();
    let (_, data_type) = TYPES.into_iter().find(|(name, _)| *name == kind).unwrap();
    format!("<AttributeValue DataType='{data_type}'>{text}</AttributeValue>")
}

fn apply(function: &str, arguments: &[String]) -> String {
    format!("<Apply FunctionId='urn:oasis:names:tc:xacml:{function}'>{}</Apply>", arguments.concat())
}

fn function(name: &str) -> String {
    format!("<Function FunctionId='urn:oasis:names:tc:xacml:{name}'/>")
}

/// A function of values.
fn of(function: &str, values: &[&str]) -> String {
    apply(function, &values.iter().map(|text| value(text)).collect::<Vec<_>>())
}

fn bag(data_type: &str, values: &[&str]) -> String {
    of(&format!("1.0:function:{data_type}-bag"), values)
}

fn policy_xml(id: &str, condition: &str) -> String {
    format!(
        "<Policy xmlns='{NAMESPACE}' xmlns:x='urn:x' PolicyId='{id}' Version='1.0'
          RuleCombiningAlgId='urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides'><Target/>
          <Rule RuleId='r' Effect='Permit'><Condition>{condition}</Condition></Rule></Policy>"
    )
}

fn compiled(condition: &str) -> CompiledPolicy {
    CompiledPolicy::compile(&PolicyDocument::read(policy_xml("p", condition)).unwrap()).unwrap()
}

fn decide(condition: &str, attributes: &str) -> Evaluation {
    compiled(condition).evaluate(request(attributes).requests().first().unwrap())
}

fn request(attributes: &str) -> RequestDocument {
    let xml = format!(
        "<Request xmlns='{NAMESPACE}' ReturnPolicyIdList='false' CombinedDecision='false'>{attributes}</Request>"
    );
    RequestDocument::read_xml(xml).unwrap()
}

fn attribute(category: &str, text: &str) -> String {
    format!(
        "<Attributes Category='{category}'>{}</Attributes>",
        format_args!("<Attribute AttributeId='a' IncludeInResult='false'>{}</Attribute>", value(text))
    )
}

/// The function of a value in the request, so that nothing is known before it.
fn of_attribute(category: &str) -> String {
    let designator = format!(
        "<AttributeDesignator Category='{category}' AttributeId='a' MustBePresent='false'
          DataType='http://www.w3.org/2001/XMLSchema#string'/>"
    );
    apply("1.0:function:string-one-and-only", &[designator])
}

#[test]
fn numbers_are_cut_and_rounded_as_the_standard_says() {
    for (function, arguments, expected) in [
        ("1.0:function:integer-divide", vec!["i:-7", "i:2"], "i:-3"),
        ("1.0:function:integer-mod", vec!["i:-7", "i:2"], "i:-1"),
        ("1.0:function:integer-mod", vec!["i:7", "i:-2"], "i:1"),
        ("1.0:function:integer-abs", vec!["i:-7"], "i:7"),
        ("1.0:function:double-to-integer", vec!["d:-1.9"], "i:-1"),
        ("1.0:function:integer-add", vec!["i:1", "i:2", "i:3"], "i:6"),
    ] {
        let condition = apply("1.0:function:integer-equal", &[of(function, &arguments), value(expected)]);
        assert_eq!(decide(&condition, "").decision(), Decision::Permit, "{function} {arguments:?}");
    }
    for (function, argument, expected) in [
        ("1.0:function:round", "d:2.5", "d:2"),
        ("1.0:function:round", "d:3.5", "d:4"),
        ("1.0:function:round", "d:-2.5", "d:-2"),
        ("1.0:function:floor", "d:-1.5", "d:-2"),
        ("1.0:function:double-abs", "d:-1.5", "d:1.5"),
    ] {
        let condition = apply("1.0:function:double-equal", &[of(function, &[argument]), value(expected)]);
        assert_eq!(decide(&condition, "").decision(), Decision::Permit, "{function} {argument}");
    }
}

#[test]
fn texts_are_searched_cut_and_normalized_as_the_standard_says() {
    for (function, arguments, expected) in [
        ("1.0:function:string-normalize-space", vec!["s: a  b "], "s:a  b"),
        ("1.0:function:string-normalize-to-lower-case", vec!["s:ÅB"], "s:åb"),
        ("2.0:function:string-concatenate", vec!["s:a", "s:b", "s:c"], "s:abc"),
        ("3.0:function:string-substring", vec!["s:abcd", "i:1", "i:3"], "s:bc"),
        ("3.0:function:string-substring", vec!["s:abcd", "i:1", "i:-1"], "s:bcd"),
        ("3.0:function:anyURI-substring", vec!["u:urn:x", "i:4", "i:-1"], "s:x"),
        ("3.0:function:string-from-integer", vec!["i:007"], "s:7"),
        ("3.0:function:string-from-boolean", vec!["b:1"], "s:true"),
    ] {
        let condition = apply("1.0:function:string-equal", &[of(function, &arguments), value(expected)]);
        assert_eq!(decide(&condition, "").decision(), Decision::Permit, "{function} {arguments:?}");
    }
}

#[test]
fn predicates_take_their_arguments_in_the_standards_order() {
    for (function, arguments, expected) in [
        ("3.0:function:string-starts-with", vec!["s:ab", "s:abc"], true),
        ("3.0:function:string-ends-with", vec!["s:abc", "s:bc"], false),
        ("3.0:function:anyURI-contains", vec!["s:n:", "u:urn:x"], true),
        ("1.0:function:string-regexp-match", vec!["s:b+", "s:abbc"], true),
        ("1.0:function:rfc822Name-match", vec!["s:.example.no", "mail:kari@post.example.no"], true),
        ("1.0:function:rfc822Name-match", vec!["s:.example.no", "mail:kari@example.no"], false),
        ("1.0:function:rfc822Name-match", vec!["s:kari@EXAMPLE.no", "mail:kari@example.NO"], true),
        ("1.0:function:x500Name-match", vec!["x500:O=Altinn,C=NO", "x500:CN=Kari,O=Altinn,C=NO"], true),
        ("1.0:function:x500Name-match", vec!["x500:CN=Kari,O=Altinn,C=NO", "x500:O=Altinn,C=NO"], false),
        ("2.0:function:time-in-range", vec!["time:01:00:00Z", "time:22:00:00Z", "time:02:00:00Z"], true),
        ("2.0:function:time-in-range", vec!["time:12:00:00Z", "time:22:00:00Z", "time:02:00:00Z"], false),
        ("1.0:function:date-less-than", vec!["date:2026-01-01", "date:2026-01-01-05:00"], true),
        ("1.0:function:string-greater-than", vec!["s:a", "s:B"], true),
        ("1.0:function:and", vec![], true),
        ("1.0:function:or", vec![], false),
        ("1.0:function:n-of", vec!["i:0"], true),
        ("1.0:function:n-of", vec!["i:2", "b:true", "b:false", "b:true"], true),
    ] {
        let decision = decide(&of(function, &arguments), "").decision();
        assert_eq!(decision == Decision::Permit, expected, "{function} {arguments:?}: {decision}");
        assert!(!is_undecided(decision), "{function} {arguments:?}");
    }
}

#[test]
fn a_month_is_added_to_the_last_day_that_there_is() {
    for (function, arguments, expected) in [
        ("3.0:function:date-add-yearMonthDuration", ["date:2028-01-31", "months:P1M"], "date:2028-02-29"),
        (
            "3.0:function:date-subtract-yearMonthDuration",
            ["date:2027-03-31", "months:P1M"],
            "date:2027-02-28",
        ),
    ] {
        let condition = apply("1.0:function:date-equal", &[of(function, &arguments), value(expected)]);
        assert_eq!(decide(&condition, "").decision(), Decision::Permit, "{function} {arguments:?}");
    }
    let later = of(
        "3.0:function:dateTime-add-dayTimeDuration",
        &["dateTime:2026-12-31T23:59:59Z", "seconds:-P1DT1S"],
    );
    let expected = value("dateTime:2026-12-31T00:59:58+01:00");
    let condition = apply("1.0:function:dateTime-equal", &[later, expected]);
    assert_eq!(decide(&condition, "").decision(), Decision::Permit);
}

#[test]
fn bags_are_compared_as_sets() {
    let (ab, bbc) = (bag("string", &["s:a", "s:b"]), bag("string", &["s:b", "s:b", "s:c"]));
    for (function, expected) in [("intersection", "i:1"), ("union", "i:3")] {
        let both = apply(&format!("1.0:function:string-{function}"), &[ab.clone(), bbc.clone()]);
        let size = apply("1.0:function:string-bag-size", &[both]);
        let condition = apply("1.0:function:integer-equal", &[size, value(expected)]);
        assert_eq!(decide(&condition, "").decision(), Decision::Permit, "{function}");
    }
    let twice = bag("string", &["s:a", "s:b", "s:a"]);
    for (function, expected) in [("set-equals", true), ("subset", true), ("at-least-one-member-of", true)] {
        let condition = apply(&format!("1.0:function:string-{function}"), &[twice.clone(), ab.clone()]);
        assert_eq!(decide(&condition, "").decision() == Decision::Permit, expected, "{function}");
    }
}

#[test]
fn higher_order_functions_tell_any_from_all() {
    let (small, large) = (bag("integer", &["i:1", "i:5"]), bag("integer", &["i:2", "i:4"]));
    let greater = function("1.0:function:integer-greater-than");
    for (name, expected) in [
        ("1.0:function:any-of-all", true),
        ("1.0:function:all-of-any", false),
        ("1.0:function:all-of-all", false),
        ("3.0:function:any-of-any", true),
    ] {
        let condition = apply(name, &[greater.clone(), small.clone(), large.clone()]);
        assert_eq!(decide(&condition, "").decision() == Decision::Permit, expected, "{name}");
    }
    let nothing = bag("integer", &[]);
    let all = apply("3.0:function:all-of", &[greater, value("i:3"), nothing]);
    assert_eq!(decide(&all, "").decision(), Decision::Permit, "of an empty bag everything holds");
}

#[test]
fn what_settles_a_higher_order_function_wins_over_what_cannot_be_computed() {
    let applied = |name: &str, patterns: &[&str]| {
        let texts = if name.starts_with("1.0") { bag("string", &["s:aa"]) } else { value("s:aa") };
        apply(name, &[function("1.0:function:string-regexp-match"), bag("string", patterns), texts])
    };
    for (name, patterns, expected) in [
        ("3.0:function:any-of", ["s:(", "s:a+"], Decision::Permit),
        ("3.0:function:all-of", ["s:(", "s:b"], Decision::NotApplicable),
        ("1.0:function:any-of-all", ["s:(", "s:a+"], Decision::Permit),
        ("1.0:function:all-of-any", ["s:(", "s:b"], Decision::NotApplicable),
    ] {
        assert_eq!(decide(&applied(name, &patterns), "").decision(), expected, "{name}");
    }
    for (name, patterns) in [("3.0:function:any-of", ["s:(", "s:b"]), ("3.0:function:all-of", ["s:(", "s:a"])]
    {
        assert!(is_undecided(decide(&applied(name, &patterns), "").decision()), "{name}");
    }
}

#[test]
fn what_cannot_be_computed_is_undecided_with_the_standards_status() {
    let text = of_attribute(RESOURCE);
    let parsed = apply("3.0:function:integer-from-string", std::slice::from_ref(&text));
    let condition = apply("1.0:function:integer-equal", &[parsed.clone(), value("i:1")]);
    let evaluation = decide(&condition, &attribute(RESOURCE, "s:one"));
    assert_eq!(evaluation.status().code(), StatusCode::SyntaxError);

    let divided = apply("1.0:function:integer-divide", &[value("i:1"), parsed]);
    let condition = apply("1.0:function:integer-equal", &[divided, value("i:1")]);
    let evaluation = decide(&condition, &attribute(RESOURCE, "s:0"));
    assert!(is_undecided(evaluation.decision()));
    assert_eq!(evaluation.status().code(), StatusCode::ProcessingError);
    assert_eq!(
        decide(&condition, "").status().code(),
        StatusCode::ProcessingError,
        "an empty bag has not one value"
    );
}

/// A content of the resource with two places.
fn places() -> String {
    format!(
        "<Attributes Category='{RESOURCE}'><Content><m:record xmlns:m='urn:x'><m:place>a</m:place>\
         <m:place>b</m:place></m:record></Content></Attributes>"
    )
}

#[test]
fn paths_of_1_0_are_texts_into_the_content_of_the_resource() {
    let count = of("1.0:function:xpath-node-count", &["s://x:place"]);
    let two = apply("1.0:function:integer-equal", &[count, value("i:2")]);
    assert_eq!(decide(&two, &places()).decision(), Decision::Permit);
    assert_eq!(decide(&two, "").decision(), Decision::NotApplicable, "no content, no nodes");
    for (function, paths, expected) in [
        ("equal", ["s://x:place", "s:/x:record/x:place[2]"], true),
        ("equal", ["s://x:record", "s://x:place"], false),
        ("match", ["s://x:record", "s://x:place"], true),
        ("match", ["s://x:place", "s://x:record"], false),
    ] {
        let condition = of(&format!("1.0:function:xpath-node-{function}"), &paths);
        assert_eq!(
            decide(&condition, &places()).decision() == Decision::Permit,
            expected,
            "{function} {paths:?}"
        );
    }
    for wrong in ["s://", "s://unknown:place"] {
        let condition = of("1.0:function:xpath-node-match", &["s://x:record", wrong]);
        assert_eq!(decide(&condition, &places()).status().code(), StatusCode::SyntaxError, "{wrong}");
    }
}

#[test]
fn functions_over_nodes_can_be_applied_to_bags() {
    let counts = apply(
        "3.0:function:map",
        &[function("1.0:function:xpath-node-count"), bag("string", &["s://x:place", "s://x:record"])],
    );
    let condition = apply("1.0:function:integer-is-in", &[value("i:2"), counts]);
    assert_eq!(decide(&condition, &places()).decision(), Decision::Permit);
}

/// Whether all policies permit the request with the resource named so.
fn permitted_for(resource: &str) -> String {
    let content = attribute(RESOURCE, resource);
    let (_, content) = content.split_once('>').unwrap();
    let content = content.strip_suffix("</Attributes>").unwrap().replace('<', "&lt;");
    of("3.0:function:access-permitted", &[&format!("u:{RESOURCE}"), &format!("s:{content}")])
}

fn is_resource(text: &str) -> String {
    apply("1.0:function:string-equal", &[of_attribute(RESOURCE), value(text)])
}

#[test]
fn access_to_something_may_depend_on_access_to_something_else() {
    let permitted = |open: &str| {
        let condition = apply(
            "1.0:function:or",
            &[
                is_resource(open),
                apply("1.0:function:and", &[is_resource("s:child"), permitted_for("s:parent")]),
            ],
        );
        let named = |name: &str| decide(&condition, &attribute(RESOURCE, name)).decision();
        (named("s:child"), named("s:parent"))
    };
    assert_eq!(permitted("s:parent"), (Decision::Permit, Decision::Permit));
    assert_eq!(permitted("s:other"), (Decision::NotApplicable, Decision::NotApplicable));
}

#[test]
fn access_is_permitted_by_all_policies_together() {
    let asks = PolicyDocument::read(policy_xml(
        "asks",
        &apply("1.0:function:and", &[is_resource("s:child"), permitted_for("s:parent")]),
    ));
    let grants = PolicyDocument::read(policy_xml("grants", &is_resource("s:parent")));
    let policies = [asks, grants].map(|document| CompiledPolicy::compile(&document.unwrap()).unwrap());
    let index = PolicyIndex::new(CombiningAlgorithm::PermitOverrides, policies.into());
    let child = request(&format!("{}{}", attribute(RESOURCE, "s:child"), attribute(ACTION, "s:read")));
    assert_eq!(index.evaluate(child.requests().first().unwrap()).decision(), Decision::Permit);
}

#[test]
fn a_decision_that_asks_for_itself_ends_undecided() {
    let in_circles = permitted_for("s:same");
    let twice = apply("1.0:function:or", &[in_circles.clone(), in_circles.clone()]);
    let hidden = apply("1.0:function:not", std::slice::from_ref(&in_circles));
    for condition in [in_circles, twice, hidden] {
        let evaluation = decide(&condition, &attribute(RESOURCE, "s:same"));
        assert!(is_undecided(evaluation.decision()), "{}", evaluation.decision());
        assert_eq!(evaluation.status().code(), StatusCode::ProcessingError);
    }
}

#[test]
fn what_is_no_content_of_a_category_is_a_syntax_error() {
    for content in
        ["s:&lt;Attribute/>", "s:&lt;/Attributes>&lt;Attributes>", "s:text &lt;", "s:&lt;!DOCTYPE a>"]
    {
        let condition = of("3.0:function:access-permitted", &[&format!("u:{RESOURCE}"), content]);
        assert_eq!(decide(&condition, "").status().code(), StatusCode::SyntaxError, "{content}");
    }
}
