//! Canonical JSON, held against RFC 8785.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use altinn_core::canonical_json;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Number, Value, json};

fn canonical(json: &str) -> String {
    String::from_utf8(canonical_json(&serde_json::from_str(json).unwrap())).unwrap()
}

#[test]
fn members_are_sorted_by_utf_16_code_units() {
    // RFC 8785, section 3.2.3: a character beyond the basic plane sorts by its surrogates.
    let value = json!({
        "\u{20ac}": "Euro Sign",
        "\r": "Carriage Return",
        "\u{fb33}": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\u{1f600}": "Emoji: Grinning Face",
        "\u{80}": "Control",
        "\u{f6}": "Latin Small Letter O With Diaeresis"
    });
    let written = String::from_utf8(canonical_json(&value)).unwrap();
    let places: Vec<_> = ["Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"]
        .iter()
        .map(|word| written.find(word).unwrap())
        .collect();
    assert!(places.is_sorted(), "{written}");
}

#[test]
fn the_example_of_the_rfc_is_written_as_it_says() {
    // RFC 8785, sections 3.2.2 and 3.2.4.
    let input = r#"{
        "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
        "literals": [null, true, false]
    }"#;
    let expected = concat!(
        r#"{"literals":[null,true,false],"#,
        r#""numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#,
        r#""string":"€$\u000f\nA'B\"\\\\\"/"}"#
    );
    assert_eq!(canonical(input), expected);
}

#[test]
fn doubles_are_written_as_ecmascript_does() {
    // RFC 8785, appendix B.
    let cases: [(u64, &str); 25] = [
        (0x0000_0000_0000_0000, "0"),
        (0x8000_0000_0000_0000, "0"),
        (0x0000_0000_0000_0001, "5e-324"),
        (0x8000_0000_0000_0001, "-5e-324"),
        (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
        (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
        (0x4340_0000_0000_0000, "9007199254740992"),
        (0xc340_0000_0000_0000, "-9007199254740992"),
        (0x4430_0000_0000_0000, "295147905179352830000"),
        (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
        (0x44b5_2d02_c7e1_4af6, "1e+23"),
        (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
        (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
        (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
        (0x444b_1ae4_d6e2_ef50, "1e+21"),
        (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
        (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
        (0x41b3_de43_5555_5553, "333333333.3333332"),
        (0x41b3_de43_5555_5554, "333333333.33333325"),
        (0x41b3_de43_5555_5555, "333333333.3333333"),
        (0x41b3_de43_5555_5556, "333333333.3333334"),
        (0x41b3_de43_5555_5557, "333333333.33333343"),
        (0x3d30_0000_0000_0000, "5.684341886080802e-14"),
        (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
    ];
    for (bits, expected) in cases {
        let number = Number::from_f64(f64::from_bits(bits)).unwrap();
        assert_eq!(String::from_utf8(canonical_json(&number.into())).unwrap(), expected, "{bits:016x}");
    }
}

#[test]
fn whole_numbers_are_exact_up_to_2_to_the_53rd_and_rounded_beyond() {
    assert_eq!(
        canonical("[9007199254740991,-9007199254740991,9007199254740993]"),
        "[9007199254740991,-9007199254740991,9007199254740992]"
    );
    assert_eq!(
        canonical("[18446744073709551615,-9223372036854775808]"),
        "[18446744073709552000,-9223372036854776000]"
    );
}

#[test]
fn only_what_must_be_escaped_is() {
    let text: String = (0..0x20).chain([0x22, 0x5c, 0x7f, 0x2028]).filter_map(char::from_u32).collect();
    let expected = concat!(
        r#""\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f"#,
        r#"\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f"#,
        "\\\"\\\\\u{7f}\u{2028}\""
    );
    assert_eq!(String::from_utf8(canonical_json(&Value::String(text))).unwrap(), expected);
}

fn values() -> impl Strategy<Value = Value> {
    let doubles =
        any::<f64>().prop_filter_map("finite", |double| Number::from_f64(double).map(Value::Number));
    let leaves = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        doubles,
        any::<i32>().prop_map(Value::from),
        any::<String>().prop_map(Value::String),
    ];
    leaves.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::Array),
            btree_map(any::<String>(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn the_canonical_form_reads_back_as_the_same_value_and_is_its_own_canonical_form(value in values()) {
        let form = canonical_json(&value);
        let read: Value = serde_json::from_slice(&form).unwrap();
        prop_assert_eq!(canonical_json(&read), form);
        prop_assert!(alike(&read, &value));
    }

    #[test]
    fn a_double_reads_back_as_the_same_double(double in any::<f64>().prop_filter("finite", |double| double.is_finite())) {
        let form = canonical_json(&json!(double));
        let read: f64 = std::str::from_utf8(&form).unwrap().parse().unwrap();
        prop_assert_eq!(read, double);
    }
}

/// Equal, where `1` and `1.0` are one number.
fn alike(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| alike(a, b)))
        }
        _ => a == b,
    }
}
