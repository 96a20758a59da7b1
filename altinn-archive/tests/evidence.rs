//! What users have signed is proved by the agency's seal, and no signature can be taken away.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

use altinn_archive::Participant;
use altinn_archive::evidence::{Authority, SignatureRecord, Signatures, SignedElement};
use altinn_archive::seal::{KeySealer, SealError, Sealer};
use altinn_core::key::{PrivateKey, PublicKey, SignatureAlgorithm, SigningKey};
use altinn_core::{AuthenticationLevel, Language, Text};
use async_trait::async_trait;
use serde_json::Value;

fn sealer(seed: u8) -> KeySealer {
    let key = SigningKey::from_seed(&[seed; 32]).unwrap();
    KeySealer::new(PrivateKey::from_pkcs8(key.expose_pkcs8()).unwrap())
}

fn record(name: &str) -> SignatureRecord {
    SignatureRecord {
        subject: "50001/3f0b9f0c-5a5c-4e0e-9d5e-0f6a3a3e1f10/Task_Signing".to_owned(),
        elements: vec![SignedElement::of("form", "application/json", b"{}")],
        signer: Participant::new("50002", name),
        party: Participant::new("50001", "Bakeriet AS"),
        level: AuthenticationLevel::VerySensitive,
        method: "BankID".to_owned(),
        authority: Authority::Delegation { id: "7".to_owned() },
        time: "2026-11-23T12:00:00Z".parse().unwrap(),
        text: Text::new(Language::Nb, "Jeg bekrefter at alt er riktig."),
    }
}

async fn three() -> Signatures {
    let mut signatures = Signatures::default();
    for name in ["Kari", "Ola", "Per"] {
        signatures.sign(record(name), &sealer(1)).await.unwrap();
    }
    signatures
}

fn verify(json: &str) -> Result<(), &'static str> {
    let signatures: Signatures =
        json.parse().map_err(|error: altinn_archive::evidence::EvidenceError| error.code())?;
    let sealer = sealer(1);
    signatures.verify(&sealer.public_key(), &[SignatureAlgorithm::EdDsa]).map_err(|error| error.code())
}

#[tokio::test]
async fn signatures_add_up_and_are_read_back() {
    let signatures = three().await;
    let json = signatures.to_json();
    assert_eq!(json.parse::<Signatures>().unwrap(), signatures);
    assert_eq!(verify(&json), Ok(()));
    let first = &signatures.all()[0];
    assert_eq!(first.key_id(), Some(sealer(1).public_key().thumbprint().as_str()));
    first.verify_element("form", b"{}").unwrap();
    for (name, bytes) in [("form", b"[]".as_slice()), ("other", b"{}")] {
        assert_eq!(first.verify_element(name, bytes).unwrap_err().code(), "EVIDENCE-ELEMENT");
    }
    assert_eq!(
        signatures.verify(&sealer(2).public_key(), &[SignatureAlgorithm::EdDsa]).unwrap_err().code(),
        "JWS-SIGNATURE"
    );
}

#[tokio::test]
async fn a_signature_that_was_taken_away_or_moved_is_missed() {
    let whole: Vec<Value> = serde_json::from_str(&three().await.to_json()).unwrap();
    let kept = |places: &[usize]| {
        let kept: Vec<_> = places.iter().map(|place| whole[*place].clone()).collect();
        verify(&Value::from(kept).to_string())
    };
    assert_eq!(kept(&[0, 1, 2]), Ok(()));
    for places in [[1, 2].as_slice(), &[0, 2], &[2], &[1, 0, 2], &[0, 2, 1]] {
        assert_eq!(kept(places), Err("EVIDENCE-REMOVED"), "{places:?}");
    }
    // Only the last one can be missing unseen: that is what the log is for.
    assert_eq!(kept(&[0, 1]), Ok(()));
}

/// Every value of a document changed, one at a time.
fn changed(value: &Value) -> Vec<Value> {
    match value {
        Value::String(text) => vec![format!("{text}x").into()],
        Value::Number(number) => vec![(number.as_u64().unwrap() + 1).into()],
        Value::Array(items) => {
            let with = |place: usize, item: Value| {
                let mut items = items.clone();
                items[place] = item;
                Value::from(items)
            };
            items
                .iter()
                .enumerate()
                .flat_map(|(n, item)| {
                    changed(item).into_iter().map(move |item| (n, item)).collect::<Vec<_>>()
                })
                .map(|(n, item)| with(n, item))
                .collect()
        }
        Value::Object(members) => {
            let mut all = Vec::new();
            for (name, member) in members {
                for member in changed(member) {
                    let mut members = members.clone();
                    members.insert(name.clone(), member);
                    all.push(members.into());
                }
                let mut fewer = members.clone();
                fewer.remove(name);
                all.push(fewer.into());
            }
            all
        }
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn evidence_with_anything_changed_is_refused() {
    let whole: Value = serde_json::from_str(&three().await.to_json()).unwrap();
    let all = changed(&whole);
    for changed in &all {
        assert!(verify(&changed.to_string()).is_err(), "{changed}");
    }
    assert!(all.len() > 80, "{}", all.len());
}

#[tokio::test]
async fn a_signature_of_version_1_reads_as_it_always_did() {
    let mut signatures = Signatures::default();
    signatures.sign(record("Kari"), &sealer(1)).await.unwrap();
    assert_eq!(format!("{}\n", signatures.to_json()), include_str!("snapshots/signatures.v1.json"));
}

#[test]
fn a_record_does_not_show_whom_it_names() {
    let shown = format!("{:?}", record("Kari Nordmann"));
    for personal in ["Kari", "50002", "Bakeriet", "50001", "bekrefter"] {
        assert!(!shown.contains(personal), "{shown}");
    }
}

/// A key that does not answer.
#[derive(Debug)]
struct Away(KeySealer);

#[async_trait]
impl Sealer for Away {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.0.algorithm()
    }

    fn public_key(&self) -> PublicKey {
        self.0.public_key()
    }

    fn certificates(&self) -> &[Vec<u8>] {
        &[]
    }

    async fn sign(&self, _: &[u8]) -> Result<Vec<u8>, SealError> {
        Err(SealError::Unavailable { reason: "the module does not answer".to_owned() })
    }
}

#[tokio::test]
async fn without_a_seal_nothing_is_added() {
    let mut signatures = three().await;
    let refused = signatures.sign(record("Åse"), &Away(sealer(1))).await.unwrap_err();
    assert_eq!(refused.code(), "SEAL-UNAVAILABLE");
    assert_eq!(signatures.all().len(), 3);
    assert_eq!(verify(&signatures.to_json()), Ok(()));
}
