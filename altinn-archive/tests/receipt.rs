//! A receipt proves what it shows, or is refused.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod world;

use std::sync::LazyLock;

use altinn_archive::{LogKey, NewElement, Promise, Receipt, ReceiptError, VerifierKey};
use proptest::prelude::*;
use serde_json::Value;
use world::{World, entry, stores};

/// A receipt from the middle of a log, and its key.
static RECEIPT: LazyLock<(String, VerifierKey)> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let world = World::on(stores().await.remove(0)).await;
        for n in 0..6 {
            world.archive.append(entry(n.to_string())).await.unwrap();
        }
        let receipt = world.archive.append(entry("{}")).await.unwrap();
        (receipt.to_json(), world.archive.verifier_key().clone())
    })
});

fn verify(json: &str) -> Result<(), ReceiptError> {
    json.parse::<Receipt>()?.verify(&RECEIPT.1)
}

/// The ways to every value in a JSON document.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, item)| pointers(item, &format!("{at}/{n}"), found));
        }
        Value::Object(members) => {
            members.iter().for_each(|(name, item)| pointers(item, &format!("{at}/{name}"), found));
        }
        _ => {}
    }
}

/// Other values that could stand in a value's place.
fn changes(value: &Value) -> Vec<Value> {
    match value {
        Value::String(text) => {
            let mut longer = text.clone();
            longer.push('A');
            let mut flipped = text.clone().into_bytes();
            if let Some(first) = flipped.iter_mut().find(|byte| byte.is_ascii_alphanumeric()) {
                *first = if *first == b'7' { b'8' } else { b'7' };
            }
            vec![longer.into(), String::from_utf8(flipped).unwrap().into(), "".into(), 1.into(), Value::Null]
        }
        Value::Number(number) => {
            let number = number.as_u64().unwrap();
            vec![(number + 1).into(), number.wrapping_sub(1).into(), (number as f64).into(), "1".into()]
        }
        Value::Array(items) => {
            let mut all = vec![Value::Null];
            if items.len() > 1 {
                all.push(items[1..].to_vec().into());
                all.push(items.iter().rev().cloned().collect());
            }
            let mut longer = items.clone();
            longer.push(items.first().cloned().unwrap_or_else(|| "x".into()));
            all.push(longer.into());
            all
        }
        Value::Object(members) => {
            let mut all = vec![Value::Null];
            for name in members.keys() {
                let mut fewer = members.clone();
                fewer.remove(name);
                all.push(fewer.into());
            }
            let mut more = members.clone();
            more.insert("more".to_owned(), 1.into());
            all.push(more.into());
            all
        }
        _ => Vec::new(),
    }
}

#[test]
fn a_receipt_with_any_field_changed_is_refused() {
    verify(&RECEIPT.0).unwrap();
    let whole: Value = serde_json::from_str(&RECEIPT.0).unwrap();
    let mut ways = Vec::new();
    pointers(&whole, "", &mut ways);
    let mut tried = 0;
    for way in ways {
        for change in changes(whole.pointer(&way).unwrap()) {
            let mut changed = whole.clone();
            if *changed.pointer(&way).unwrap() == change {
                continue;
            }
            *changed.pointer_mut(&way).unwrap() = change.clone();
            assert!(verify(&changed.to_string()).is_err(), "`{way}` changed to {change}");
            tried += 1;
        }
    }
    assert!(tried > 250, "{tried} changes were tried");
}

#[test]
fn an_error_names_the_part_that_is_wrong() {
    let code = |from: &str, to: &str| {
        assert!(RECEIPT.0.contains(from), "{from}");
        verify(&RECEIPT.0.replace(from, to)).unwrap_err().code()
    };
    assert_eq!(code("Bakeriet AS", "Bakeriet AB"), "RECEIPT-INCLUSION");
    assert_eq!(code(r#""leafIndex":6"#, r#""leafIndex":5"#), "RECEIPT-INCLUSION");
    assert_eq!(code(r#""leafIndex":6"#, r#""leafIndex":9"#), "RECEIPT-INCLUSION");
    assert_eq!(code(r#""name":"party""#, r#""name":"actor""#), "RECEIPT-FIELD");
    assert_eq!(code(r#""version":1"#, r#""version":2"#), "RECEIPT-VERSION");
    assert_eq!(code(r#""cosignatures":[]"#, r#""cosignatures":["x"]"#), "RECEIPT-COSIGNATURES");
    assert_eq!(code(r"log\n7\n", r"log\n8\n"), "RECEIPT-CHECKPOINT");
    assert_eq!(code(r#""log":"archive"#, r#""log":"brchive"#), "RECEIPT-OTHER-LOG");
    assert_eq!(code(r#"{"checkpoint""#, r#"{"checkpint""#), "RECEIPT-FORM");
    let long = format!("{}{}", RECEIPT.0, " ".repeat(Receipt::MAX_LENGTH));
    assert_eq!(verify(&long).unwrap_err().code(), "RECEIPT-TOO-LONG");
}

#[test]
fn a_receipt_of_another_log_is_refused() {
    let receipt: Receipt = RECEIPT.0.parse().unwrap();
    for origin in ["archive.example.no/log", "other.example.no/log"] {
        let other = LogKey::generate(origin).unwrap();
        assert_eq!(receipt.verify(other.verifier_key()).unwrap_err().code(), "RECEIPT-OTHER-LOG");
    }
}

#[test]
fn neither_debug_nor_errors_show_personal_data() {
    let receipt: Receipt = RECEIPT.0.parse().unwrap();
    let refused = verify(&RECEIPT.0.replace("Bakeriet AS", "Bakeriet AB")).unwrap_err();
    let element = NewElement::new("cv", "application/pdf", Vec::new()).with_file_name("Kari.pdf");
    let shown = format!(
        "{receipt:?} {:?} {:?} {refused:?} {refused} {:?} {element:?}",
        receipt.fields(),
        receipt.fields().elements,
        entry("{}")
    );
    for personal in ["Bakeriet", "50001", "Kari", "50002", "Søknad", "2026/17", "plan.pdf"] {
        assert!(!shown.contains(personal), "{shown}");
    }
}

proptest! {
    #[test]
    fn a_receipt_with_bytes_changed_proves_the_same_or_nothing(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = RECEIPT.0.clone().into_bytes();
        for (place, to) in places {
            let place = place.index(bytes.len());
            bytes[place] = to;
        }
        let changed = String::from_utf8_lossy(&bytes).into_owned();
        if let Ok(receipt) = changed.parse::<Receipt>() && receipt.verify(&RECEIPT.1).is_ok() {
            prop_assert_eq!(receipt.to_json(), RECEIPT.0.clone());
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "(?s).{0,200}", json in r#"[\[\]{}:,"a-z0-9]{0,80}"#) {
        for text in [text, json] {
            let _ = text.parse::<Receipt>();
            let _ = text.parse::<Promise>();
        }
    }
}
