//! Long lists are expanded by workers, slice by slice.

use altinn_services::correspondence::{CorrespondenceStatus as Status, NewCorrespondence};

use crate::publishing::many;
use crate::scene::{everywhere, message, recipient};

#[tokio::test]
async fn a_long_list_is_one_commit_and_becomes_visible_slice_by_slice() {
    everywhere(async |mut scene| {
        let known = many(&mut scene, 1_100).await;
        let unknown = recipient(&scene.people.organization());
        let all = known.iter().take(700).chain([unknown]).chain(known.iter().skip(700)).collect::<Vec<_>>();
        let letter = NewCorrespondence::new(
            "many",
            all.into_iter().collect::<altinn_services::correspondence::Recipients>(),
            message(),
        )
        .once("many");
        let sent = scene.send(&letter).await;
        assert_eq!((sent.mailing.recipients, sent.recipients.len()), (1_101, 0));
        let letters = scene.letters();
        assert_eq!(letters.run_due(1).await.unwrap(), 1);
        assert_eq!(scene.count("services_correspondence").await, 500);
        scene.run_due().await;
        let again = scene.send(&letter).await;
        assert_eq!(again.mailing.id, sent.mailing.id);
        let counts: Vec<_> = again.mailing.counts.into_iter().collect();
        assert_eq!(counts, [("Failed", 1), ("Published", 1_100)]);

        let (mut after, mut numbers) = (None, Vec::new());
        loop {
            let page = letters
                .recipients(&scene.writer, &scene.service, scene.agency.id, sent.mailing.id, after, 400)
                .await
                .unwrap();
            for recipient in &page.recipients {
                let is_unknown = recipient.number == 700;
                assert_eq!(recipient.status == Status::Failed, is_unknown);
                assert_eq!(recipient.correspondence.is_none(), is_unknown);
                numbers.push(recipient.number);
            }
            after = page.after;
            if after.is_none() {
                break;
            }
        }
        assert!(numbers.into_iter().eq(0..1_101));
    })
    .await;
}
