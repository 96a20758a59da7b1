//! What a signature leaves: a record of what was signed and shown, by whom and by what right, under the agency's seal.

use altinn_archive::Participant;
use altinn_archive::evidence::{Authority, Signatures};
use altinn_core::{AuthenticationLevel, Language};
use altinn_services::submission::{Instance, Signee};

use crate::scene::{FORM, SIGN, Scene, everywhere};
use crate::signing::{party, to_be_signed};

const EVIDENCE: &str = "signature-evidence";

/// The signatures of an instance, once every seal holds.
fn signatures(scene: &Scene, instance: &Instance) -> Signatures {
    let evidence = instance.element(EVIDENCE).unwrap();
    let signatures: Signatures = std::str::from_utf8(evidence.content()).unwrap().parse().unwrap();
    let sealer = scene.altinn.sealer();
    signatures.verify(&sealer.public_key(), &[sealer.algorithm()]).unwrap();
    signatures
}

#[tokio::test]
async fn a_signature_seals_what_was_signed_with_the_text_that_was_shown() {
    everywhere(async |scene| {
        let id = scene.to_be_signed().await;
        let submissions = scene.altinn.submissions();
        let shown = submissions.signing_text(&scene.leader, &id).await.unwrap();
        assert!(!shown.in_language(Language::En).is_empty());
        let signed = submissions.next(&scene.leader, &id, None).await.unwrap();
        let signatures = signatures(&scene, &signed);
        let [signature] = signatures.all() else { panic!("one signature") };
        signature.verify_element(FORM, signed.element(FORM).unwrap().content()).unwrap();
        assert!(signature.verify_element(FORM, b"{}").is_err(), "another form was not signed");
        let record = signature.record();
        assert_eq!(record.subject, format!("{id}/{SIGN}"));
        assert_eq!((&record.text, record.level), (&shown, AuthenticationLevel::VerySensitive));
        assert_eq!(record.authority, Authority::Role { code: "DAGL".to_owned() });
        let bakery = Participant::new(scene.bakery.id.to_string(), scene.bakery.name.clone());
        assert_eq!(record.party, bakery);
    })
    .await;
}

#[tokio::test]
async fn signatures_add_up_and_a_withdrawn_one_leaves_its_record() {
    everywhere(async |scene| {
        let signees = vec![Signee::new(party(&scene.filler)), Signee::new(party(&scene.leader))];
        let id = to_be_signed(&scene, signees).await;
        let submissions = scene.altinn.submissions();
        let half = submissions.next(&scene.filler, &id, None).await.unwrap();
        assert_eq!(signatures(&scene, &half).all().len(), 1);
        assert_eq!(signatures(&scene, &half).all()[0].record().authority, Authority::Own);
        let back = submissions.next(&scene.leader, &id, Some("reject")).await.unwrap();
        assert_eq!(back.element("signatures"), None);
        assert_eq!(signatures(&scene, &back).all().len(), 1, "that it was given stays");
        assert!(submissions.signatures(&scene.leader, &id).await.unwrap().is_empty(), "and does not stand");
        submissions.next(&scene.leader, &id, None).await.unwrap();
        submissions.next(&scene.filler, &id, None).await.unwrap();
        let all = submissions.next(&scene.leader, &id, None).await.unwrap();
        assert!(all.process().has_ended());
        assert_eq!(signatures(&scene, &all).all().len(), 3);
        let stand = submissions.signatures(&scene.leader, &id).await.unwrap();
        let signers: Vec<_> = stand.iter().map(|record| record.signer.expose().0).collect();
        assert_eq!(signers, [scene.filler.reference(), scene.leader.reference()]);
    })
    .await;
}

#[tokio::test]
async fn the_evidence_is_archived_with_what_was_signed() {
    everywhere(async |scene| {
        let id = scene.to_be_signed().await;
        let submissions = scene.altinn.submissions();
        let ended = submissions.next(&scene.leader, &id, None).await.unwrap();
        let archived =
            scene.altinn.archive().content(ended.archive_entry().unwrap(), EVIDENCE).await.unwrap();
        let archived = archived.bytes(1 << 20).await.unwrap();
        assert_eq!(archived, ended.element(EVIDENCE).unwrap().content());
    })
    .await;
}
