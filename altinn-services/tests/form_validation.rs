//! How form data is read and what is said of it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

use altinn_core::Language;
use altinn_services::form::{
    FormData, FormDataError, FormLimits, FormSchema, Issue, MAX_ISSUES, SampleError, Severity, sample,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn schema(rules: &Value) -> FormSchema {
    FormSchema::compile(rules).unwrap()
}

/// The one issue that a value has by the rules of its field `f`.
fn only_issue(rules: &Value, value: &Value) -> Issue {
    let issues = schema(&json!({"properties": {"f": rules}})).validate(&json!({"f": value}));
    assert_eq!(issues.len(), 1, "{issues:?}");
    issues.into_iter().next().unwrap()
}

fn parsed(text: &str) -> Result<FormData, FormDataError> {
    FormData::parse(text.as_bytes(), FormLimits::default())
}

#[test]
fn every_rule_has_a_code_and_words() {
    let cases = [
        (json!({"type": "integer"}), json!("x"), "FORM-TYPE", "This must be a whole number."),
        (
            json!({"type": ["string", "null"]}),
            json!(1),
            "FORM-TYPE",
            "This must be nothing (null) or a text.",
        ),
        (json!({"pattern": "^\\d{4}$"}), json!("x"), "FORM-PATTERN", "This must be exactly 4 digits."),
        (json!({"pattern": "^x+$"}), json!("y"), "FORM-PATTERN", "The text must follow the pattern ^x+$"),
        (json!({"format": "date"}), json!("31.12.2026"), "FORM-FORMAT", "This must be a date (YYYY-MM-DD)."),
        (json!({"format": "email"}), json!("a"), "FORM-FORMAT", "This must be an e-mail address."),
        (json!({"enum": ["a", "b"]}), json!("c"), "FORM-NOT-A-CHOICE", "Choose one of: a, b."),
        (json!({"const": true}), json!(false), "FORM-NOT-A-CHOICE", "The answer must be yes (true)."),
        (json!({"minLength": 1}), json!(""), "FORM-TOO-SHORT", "This field must be filled in."),
        (json!({"minLength": 3}), json!("a"), "FORM-TOO-SHORT", "The text must have at least 3 characters."),
        (json!({"maxLength": 1}), json!("ab"), "FORM-TOO-LONG", "The text may have at most 1 characters."),
        (json!({"minimum": 5}), json!(4), "FORM-TOO-SMALL", "The number must be at least 5."),
        (json!({"maximum": 5}), json!(6), "FORM-TOO-LARGE", "The number must be at most 5."),
        (json!({"exclusiveMinimum": 5}), json!(5), "FORM-TOO-SMALL", "The number must be greater than 5."),
        (json!({"exclusiveMaximum": 5}), json!(5), "FORM-TOO-LARGE", "The number must be less than 5."),
        (json!({"multipleOf": 5}), json!(6), "FORM-NOT-A-MULTIPLE", "The number must be a multiple of 5."),
        (json!({"minItems": 2}), json!([1]), "FORM-TOO-FEW", "There must be at least 2 here."),
        (json!({"maxItems": 1}), json!([1, 2]), "FORM-TOO-MANY", "There may be at most 1 here."),
        (json!({"uniqueItems": true}), json!([1, 1]), "FORM-NOT-UNIQUE", "The list holds the same twice."),
        (json!(false), json!(1), "FORM-NOT-ALLOWED", "This may not be filled in here."),
        (
            json!({"oneOf": [{"type": "string"}, {"type": "null"}]}),
            json!(1),
            "FORM-NO-ALTERNATIVE",
            "What is filled in here does not fit exactly one of the form's alternatives.",
        ),
    ];
    for (rules, value, code, words) in cases {
        let issue = only_issue(&rules, &value);
        assert_eq!((issue.code.as_str(), issue.path.as_str()), (code, "/f"));
        assert_eq!(issue.detail.get(Language::En), Some(words));
        assert!([Language::Nb, Language::Nn].iter().all(|language| issue.detail.get(*language).is_some()));
        assert_eq!(issue.severity, Severity::Error);
    }
}

#[test]
fn a_missing_field_and_an_unknown_one_are_named_by_their_own_path() {
    let rules = schema(&json!({
        "type": "object",
        "properties": {"person": {"$ref": "#/$defs/person"}},
        "$defs": {"person": {"allOf": [{"required": ["a/b"]}], "properties": {"a/b": {}}, "additionalProperties": false}}
    }));
    let issues = rules.validate(&json!({"person": {"other": 1, "more": 2}}));
    let mut found: Vec<_> = issues.iter().map(|issue| (issue.path.as_str(), issue.code.as_str())).collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("/person/a~1b", "FORM-REQUIRED"),
            ("/person/more", "FORM-UNKNOWN-FIELD"),
            ("/person/other", "FORM-UNKNOWN-FIELD"),
        ]
    );
}

#[test]
fn where_there_is_only_one_alternative_its_own_issues_are_told() {
    let rules = schema(&json!({
        "oneOf": [{"$ref": "#/$defs/form"}],
        "$defs": {"form": {"properties": {"a": {"anyOf": [{"properties": {"b": {"type": "integer"}}}]}}}}
    }));
    let issues = rules.validate(&json!({"a": {"b": "x"}}));
    let found: Vec<_> = issues.iter().map(|issue| (issue.path.as_str(), issue.code.as_str())).collect();
    assert_eq!(found, [("/a/b", "FORM-TYPE")]);
}

#[test]
fn a_schema_that_only_refers_to_itself_does_no_harm() {
    let in_a_circle = json!({
        "allOf": [{"$ref": "#/$defs/a"}],
        "$defs": {"a": {"oneOf": [{"$ref": "#/$defs/b"}, false]}, "b": {"if": {"$ref": "#/$defs/a"}, "then": true}}
    });
    for rules in
        [in_a_circle, json!({"$ref": "#"}), json!({"allOf": [{"$ref": "#"}]}), json!({"not": {"$ref": "#"}})]
    {
        if let Ok(schema) = FormSchema::compile(&rules) {
            let _ = schema.validate(&json!({}));
            let _ = sample(&schema);
        }
    }
}

#[test]
fn no_issue_repeats_a_value() {
    let rules = schema(&json!({
        "properties": {
            "number": {"pattern": "^[0-9]{11}$", "maxLength": 5, "enum": ["x"], "format": "date", "type": "integer"}
        }
    }));
    let issues = rules.validate(&json!({"number": "secret-value"}));
    assert_eq!(issues.len(), 5);
    assert!(!serde_json::to_string(&issues).unwrap().contains("secret"));
    assert!(!format!("{issues:?}").contains("secret"));
    let closed = schema(&json!({"properties": {"a": {}}, "additionalProperties": false}));
    assert_eq!(closed.validate(&json!({"010170 12345": "x"}))[0].path, "");
    let data = parsed(r#"{"number": "secret-value"}"#).unwrap();
    assert!(!format!("{data:?}").contains("secret"));
}

#[test]
fn an_issue_of_text_says_its_line_and_column() {
    let rules =
        schema(&json!({"properties": {"list": {"items": {"properties": {"n": {"type": "integer"}}}}}}));
    let data =
        parsed("{\n  \"list\": [\n    {\"n\": 1},\n    {\"æ\": \"}\\\"\", \"n\": \"two\"}\n  ]\n}").unwrap();
    let issues = rules.validate_data(&data);
    assert_eq!(issues[0].path, "/list/1/n");
    let issue = serde_json::to_value(&issues[0]).unwrap();
    assert_eq!((&issue["line"], &issue["column"]), (&json!(4), &json!(23)));
    assert_eq!(issue["code"], "FORM-TYPE");
}

#[test]
fn issues_are_limited_in_number() {
    let rules =
        schema(&json!({"items": {"type": "string"}, "properties": {"a": {}}, "additionalProperties": false}));
    assert_eq!(rules.validate(&json!(vec![1; 1_000])).len(), MAX_ISSUES);
    let fields: serde_json::Map<_, _> = (0..1_000).map(|index| (format!("f{index}"), json!(1))).collect();
    assert_eq!(rules.validate(&Value::Object(fields)).len(), MAX_ISSUES);
}

#[test]
fn every_draft_is_compiled_by_its_own_rules() {
    for draft in [
        "http://json-schema.org/draft-04/schema#",
        "http://json-schema.org/draft-07/schema#",
        "https://json-schema.org/draft/2019-09/schema",
        "https://json-schema.org/draft/2020-12/schema",
        "http://json-schema.org/schema#",
    ] {
        let rules = schema(&json!({"$schema": draft, "type": "object", "required": ["a"]}));
        assert!(!rules.is_valid(&json!({})), "{draft}");
    }
    let exclusive =
        json!({"$schema": "http://json-schema.org/draft-04/schema#", "minimum": 1, "exclusiveMinimum": true});
    assert!(!schema(&exclusive).is_valid(&json!(1)));
}

#[test]
fn nothing_outside_a_schema_is_fetched() {
    for reference in
        ["https://example.com/a.json", "http://localhost:1/a", "file:///etc/passwd", "other.schema.json"]
    {
        let error = FormSchema::compile(&json!({"properties": {"a": {"$ref": reference}}})).unwrap_err();
        assert_eq!(error.code(), "SCHEMA-REMOTE-REFERENCE", "{reference}: {error}");
    }
    let error = FormSchema::compile(&json!({"$schema": "https://example.com/own-dialect"})).unwrap_err();
    assert!(error.code().starts_with("SCHEMA-"), "{error}");
    let error = FormSchema::compile(&json!({"$ref": "#/$defs/gone"})).unwrap_err();
    assert_eq!(error.code(), "SCHEMA-REFERENCE");
}

#[test]
fn the_schema_says_which_of_its_types_is_the_form() {
    let types = json!({"form": {"type": "object", "required": ["a"]}});
    let by_node =
        schema(&json!({"info": {"rootNode": "#/$defs/form"}, "properties": {"x": {}}, "$defs": types}));
    assert_eq!(by_node.validate(&json!({}))[0].path, "/a");
    let by_message = schema(&json!({
        "info": {"meldingsnavn": "melding"},
        "required": ["melding"],
        "properties": {"melding": {"$ref": "#/definitions/form"}},
        "definitions": types
    }));
    assert_eq!(by_message.validate(&json!({}))[0].path, "/a");
    let plain =
        schema(&json!({"required": ["x"], "properties": {"x": {"$ref": "#/$defs/form"}}, "$defs": types}));
    assert_eq!(plain.validate(&json!({}))[0].path, "/x");
}

#[test]
fn fixed_values_that_the_converter_wrote_as_texts_are_of_their_type() {
    let rules = schema(
        &json!({"properties": {"n": {"type": "integer", "const": "1472"}, "c": {"type": "string", "const": "7"}}}),
    );
    assert!(rules.is_valid(&json!({"n": 1472, "c": "7"})));
    assert!(!rules.is_valid(&json!({"n": 1473})));
    assert!(!rules.is_valid(&json!({"c": 7})));
}

#[test]
fn a_pattern_that_takes_for_ever_is_given_up() {
    let rules = schema(&json!({"properties": {"f": {"pattern": "^(?=x)(x+x+)+y\\1$"}}}));
    let issues = rules.validate(&json!({"f": "x".repeat(5_000)}));
    assert_eq!(issues.len(), 1);
}

#[test]
fn data_as_deep_as_the_limit_is_checked_by_a_schema_of_any_depth() {
    let rules = schema(&json!({
        "$ref": "#/$defs/node",
        "$defs": {"node": {"type": "object", "properties": {"n": {"allOf": [{"$ref": "#/$defs/node"}]}}, "required": ["n"]}}
    }));
    let data = parsed(&format!("{}1{}", "{\"n\": ".repeat(64), "}".repeat(64))).unwrap();
    let issues = rules.validate_data(&data);
    assert_eq!((issues.len(), issues[0].path.len()), (1, 128));
}

#[test]
fn form_data_is_one_object_with_each_field_once() {
    assert_eq!(parsed("[]").unwrap_err(), FormDataError::NotAnObject);
    assert_eq!(parsed("{\"a\": 1,}").unwrap_err().code(), "FORM-DATA-NOT-JSON");
    let twice = parsed("{\n \"a\": {\"b\": 1,\n \"b\": 2}}").unwrap_err();
    assert_eq!(twice.code(), "FORM-DATA-NOT-JSON");
    assert_eq!(twice.position().map(|at| at.line), Some(3));
    assert!(parsed("{\"a\": {\"b\": 1}, \"b\": 2}").is_ok());
}

#[test]
fn form_data_has_limits() {
    let limits = FormLimits::default().with_max_bytes(10);
    let error = FormData::parse(b"{\"a\": 12345}", limits).unwrap_err();
    assert_eq!(error, FormDataError::TooLarge { size: 12, limit: 10 });
    let deep = format!("{{\"a\":\n{}1{}}}", "[".repeat(70), "]".repeat(70));
    let error = parsed(&deep).unwrap_err();
    assert_eq!(error.position().map(|at| (at.line, at.column)), Some((2, 64)));
    assert_eq!(error.code(), "FORM-DATA-TOO-DEEP");
    let many = format!("{{\n\"a\": [{}0]}}", "1,".repeat(100_000));
    let error = parsed(&many).unwrap_err();
    assert_eq!((error.code(), error.position().map(|at| at.line)), ("FORM-DATA-TOO-MANY", Some(2)));
    assert_eq!(FormData::parse(b"\xff", FormLimits::default()).unwrap_err().code(), "FORM-DATA-NOT-UTF8");
    assert!(parsed("\u{feff}{}").is_ok());
}

#[test]
fn a_sample_meets_what_is_asked_for_or_says_that_it_can_not() {
    let rules = schema(&json!({
        "type": "object",
        "required": ["s", "n", "e", "l", "o", "d"],
        "properties": {
            "s": {"type": "string", "minLength": 20, "maxLength": 30},
            "n": {"type": "number", "exclusiveMinimum": 2.5, "multipleOf": 0.5},
            "e": {"enum": [null, "first", "second"]},
            "l": {"type": "array", "minItems": 2, "items": {"type": "integer", "minimum": 7}},
            "o": {"allOf": [{"$ref": "#/$defs/o"}]},
            "d": {"type": "string", "format": "date"}
        },
        "$defs": {"o": {"type": "object", "required": ["x"], "properties": {"x": {"type": ["null", "boolean"]}}}}
    }));
    let made = sample(&rules).unwrap();
    assert_eq!((&made["e"], &made["l"], &made["o"]), (&json!("first"), &json!([7, 7]), &json!({"x": false})));

    let endless = json!({"$ref": "#/$defs/a", "$defs": {"a": {"required": ["a"], "properties": {"a": {"$ref": "#/$defs/a"}}}}});
    assert!(matches!(sample(&schema(&endless)), Err(SampleError::NotPossible { .. })));
    let impossible =
        json!({"required": ["a"], "properties": {"a": {"type": "string", "not": {"type": "string"}}}});
    assert_eq!(
        sample(&schema(&impossible)).unwrap_err(),
        SampleError::NotValid { path: "/a".into(), code: "FORM-NOT-ALLOWED" }
    );
    let grouped = json!({"required": ["a"], "properties": {"a": {"type": "string", "pattern": "^(x|y)$"}}});
    assert_eq!(sample(&schema(&grouped)), Ok(json!({"a": "x"})));
    let ahead = json!({"required": ["a"], "properties": {"a": {"type": "string", "pattern": "^(?=x)x$"}}});
    assert!(matches!(sample(&schema(&ahead)), Err(SampleError::NotPossible { path, .. }) if path == "/a"));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z/~\\[{\"\\\\ æ]{0,6}".prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::btree_map("[a-z/~\"\\\\æ]{0,4}", inner, 0..5)
                .prop_map(|fields| json!(fields)),
        ]
    })
}

/// Something that looks like a schema.
fn any_schema() -> impl Strategy<Value = Value> {
    let keyword = proptest::sample::select(
        &[
            "type",
            "properties",
            "required",
            "items",
            "enum",
            "const",
            "pattern",
            "minLength",
            "minItems",
            "multipleOf",
            "minimum",
            "allOf",
            "oneOf",
            "$ref",
            "$id",
            "$schema",
            "$defs",
            "format",
            "info",
            "not",
        ][..],
    );
    let leaf = prop_oneof![
        proptest::sample::select(
            &["object", "string", "integer", "array", "#", "#/$defs/a", "^a*$", "(", "date"][..]
        )
        .prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        (-3_i64..50).prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(keyword.clone().prop_map(str::to_owned), inner, 0..5)
                .prop_map(|fields| json!(fields)),
        ]
    })
}

proptest! {
    #[test]
    fn any_bytes_are_form_data_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = FormData::parse(&bytes, FormLimits::default());
    }

    #[test]
    fn form_data_is_what_was_written_and_every_value_has_its_place(value in any_json()) {
        let whole = json!({"whole": value});
        let text = serde_json::to_string_pretty(&whole).unwrap();
        let data = parsed(&text).unwrap();
        prop_assert_eq!(data.value(), &whole);
        let mut pointers = vec![String::new()];
        while let Some(pointer) = pointers.pop() {
            let value = whole.pointer(&pointer).unwrap();
            let at = data.position(&pointer).unwrap();
            let line: String = text.lines().nth(at.line as usize - 1).unwrap().chars().skip(at.column as usize - 1).collect();
            let begins = serde_json::to_string(value).unwrap().chars().next().unwrap();
            prop_assert_eq!(line.chars().next(), Some(begins), "{}", pointer);
            match value {
                Value::Array(list) => pointers.extend((0..list.len()).map(|index| format!("{pointer}/{index}"))),
                Value::Object(fields) => pointers.extend(fields.keys().map(|name| format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1")))),
                _ => {}
            }
        }
    }

    #[test]
    fn any_schema_compiles_or_is_refused_and_a_sample_of_it_is_valid(rules in any_schema(), value in any_json()) {
        if let Ok(schema) = FormSchema::compile(&rules) {
            let issues = schema.validate(&value);
            prop_assert_eq!(issues.is_empty(), schema.is_valid(&value));
            if let Ok(made) = sample(&schema) {
                prop_assert!(schema.is_valid(&made));
            }
        }
    }
}
