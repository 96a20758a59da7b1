//! Files that are there before the correspondences that they go with.

use std::convert::Infallible;

use altinn_services::correspondence::{
    AttachmentStatus, CorrespondenceError, NewAttachment, NewSharedAttachment, SharedAttachment,
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use uuid::Uuid;

use crate::scene::{Scene, everywhere};

/// Bytes in pieces.
fn pieces(content: &[u8]) -> impl Stream<Item = Result<Bytes, Infallible>> + Send + use<> {
    let all: Vec<_> = content.chunks(7_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(all)
}

fn plan() -> Vec<u8> {
    (0..200_000_u32).map(|number| number.to_le_bytes()[0]).collect()
}

async fn initialized(scene: &Scene, new: &NewSharedAttachment) -> Uuid {
    let (letters, agency) = (scene.letters(), scene.agency.id);
    letters.initialize_attachment(&scene.writer, &scene.service, agency, new).await.unwrap()
}

async fn uploaded(scene: &Scene, id: Uuid, content: &[u8]) -> Result<SharedAttachment, CorrespondenceError> {
    let at = (scene.agency.id, id);
    scene.letters().upload_attachment(&scene.writer, &scene.service, at, pieces(content)).await
}

#[tokio::test]
async fn one_file_goes_with_many_letters_and_is_kept_once() {
    everywhere(async |scene| {
        let new = NewSharedAttachment::new("plan.pdf").under("sak-1").once("plan-1");
        let id = initialized(&scene, &new).await;
        assert_eq!(initialized(&scene, &new).await, id);
        let there = uploaded(&scene, id, &plan()).await.unwrap();
        assert_eq!((there.status, there.size), (AttachmentStatus::Published, Some(200_000)));
        let entries = scene.count("archive_entry").await;
        let own = NewAttachment::new("vedtak.pdf", b"%PDF-1.7".to_vec());
        let letter = scene.letter().with_attachment(own).with_existing_attachment(id);
        let letters = [scene.published(&letter).await, scene.published(&letter).await];
        assert_eq!(scene.count("archive_entry").await, entries + 2);
        let agency = scene.agency.id;
        for letter in &letters {
            let got = scene.letters().fetch(&scene.leader, &scene.service, letter).await.unwrap();
            let names: Vec<_> = got.content.attachments.iter().map(|file| file.file_name.as_str()).collect();
            assert_eq!(names, ["vedtak.pdf", "plan.pdf"]);
            assert_eq!(got.content.attachments[1].id, Some(id));
            let file = scene.letters().attachment(&scene.leader, &scene.service, letter, 1).await.unwrap();
            assert_eq!(file.content.bytes(1_000_000).await.unwrap(), plan());
        }
        let with =
            scene.letters().correspondences_with(&scene.writer, &scene.service, agency, id).await.unwrap();
        assert_eq!(with, letters.map(|letter| letter.guid));
        let refused = scene.letters().purge_attachment(&scene.writer, &scene.service, agency, id).await;
        assert_eq!(refused.unwrap_err().code(), "CORRESPONDENCE-ATTACHMENT-LINKED");
    })
    .await;
}

#[tokio::test]
async fn a_file_is_uploaded_whole_and_once() {
    everywhere(async |scene| {
        let code = |error: CorrespondenceError| error.code();
        let checksum = "900150983cd24fb0d6963f7d28e17f72".parse().unwrap(); // of `abc`
        let id = initialized(&scene, &NewSharedAttachment::new("a.txt").with_checksum(checksum)).await;
        let refused = uploaded(&scene, id, b"abd").await.map_err(code);
        assert_eq!(refused, Err("CORRESPONDENCE-ATTACHMENT-CHECKSUM"));
        assert_eq!(uploaded(&scene, id, b"").await.map_err(code), Err("CORRESPONDENCE-ATTACHMENT-SIZE"));
        let broken = stream::iter([Ok(Bytes::from_static(b"ab")), Err("broken")]).boxed();
        let at = (scene.agency.id, id);
        let broken = scene.letters().upload_attachment(&scene.writer, &scene.service, at, broken).await;
        assert_eq!(broken.map_err(code), Err("CORRESPONDENCE-ATTACHMENT-BROKEN-OFF"));
        assert_eq!(scene.count("archive_entry").await, 0);
        uploaded(&scene, id, b"abc").await.unwrap();
        assert_eq!(
            uploaded(&scene, id, b"abc").await.map_err(code),
            Err("CORRESPONDENCE-ATTACHMENT-UPLOADED")
        );
        let agency = scene.agency.id;
        let back = scene.letters().download_shared(&scene.writer, &scene.service, agency, id).await.unwrap();
        assert_eq!(back.content.bytes(10).await.unwrap().as_ref(), b"abc");
        let (letters, bad) = (scene.letters(), NewSharedAttachment::new("virus.exe"));
        let bad = letters.initialize_attachment(&scene.writer, &scene.service, agency, &bad).await;
        assert_eq!(bad.map_err(code), Err("CORRESPONDENCE-INVALID"));
    })
    .await;
}

#[tokio::test]
async fn only_a_file_of_the_senders_own_that_is_there_goes_with_a_letter() {
    everywhere(async |scene| {
        let empty = initialized(&scene, &NewSharedAttachment::new("a.txt")).await;
        let gone = initialized(&scene, &NewSharedAttachment::new("b.txt")).await;
        uploaded(&scene, gone, b"abc").await.unwrap();
        let agency = scene.agency.id;
        let purge =
            async || scene.letters().purge_attachment(&scene.writer, &scene.service, agency, gone).await;
        purge().await.unwrap();
        purge().await.unwrap();
        for id in [empty, gone, Uuid::from_u128(7)] {
            let letter = scene.letter().with_existing_attachment(id);
            let refused = scene.letters().send(&scene.writer, &scene.service, agency, &letter).await;
            let Err(CorrespondenceError::Invalid(faults)) = refused else { panic!("it was sent") };
            assert_eq!(
                (faults[0].code.code(), faults[0].path.as_str()),
                ("UNKNOWN-ATTACHMENT", "/existingAttachments/0")
            );
        }
        let back = scene.letters().download_shared(&scene.writer, &scene.service, agency, gone).await;
        assert_eq!(back.map(drop).map_err(|error| error.code()), Err("CORRESPONDENCE-NOTHING"));
        assert_eq!(scene.count("services_mailing").await, 0);
    })
    .await;
}
