//! What participants say to each other in a case.

use altinn_services::collaboration::NewTransmission;

use crate::stage::everywhere;

fn question(key: &str) -> NewTransmission {
    NewTransmission::new(key, "The sink", "Does it have to be of steel?")
}

#[tokio::test]
async fn participants_talk_once_and_in_order_and_see_how_far_the_others_have_read() {
    everywhere(async |stage| {
        let id = stage.opened().await;
        let (service, room) = (&stage.service, stage.altinn.collaborations());
        let (bakery, inspectorate) = (&stage.bakery, &stage.inspectorate);
        let say = async |by: &(altinn_core::Party, altinn_core::Actor), key: &str| {
            room.transmit(&by.1, service, by.0.id, id, &question(key)).await.unwrap()
        };
        assert_eq!((say(bakery, "1").await, say(bakery, "1").await, say(inspectorate, "1").await), (1, 1, 2));
        let said = room.transmissions(&bakery.1, service, bakery.0.id, id, 0).await.unwrap();
        let who: Vec<_> = said.iter().map(|said| (said.number, said.party)).collect();
        assert_eq!(who, [(1, bakery.0.id), (2, inspectorate.0.id)]);
        assert!(said[0].body.contains("steel") && !format!("{said:?}").contains("steel"));
        assert!(!format!("{:?}", question("1")).contains("steel"));
        assert_eq!(say(inspectorate, "2").await, 3);
        // Looking back takes nothing away of what was seen.
        room.transmissions(&inspectorate.1, service, inspectorate.0.id, id, 0).await.unwrap();
        room.transmissions(&inspectorate.1, service, inspectorate.0.id, id, 9).await.unwrap();
        let seen = room.seen(&bakery.1, service, bakery.0.id, id).await.unwrap();
        let mut seen: Vec<_> = seen.into_iter().map(|seen| (seen.party, seen.number)).collect();
        let mut expected = vec![(bakery.0.id, 2), (inspectorate.0.id, 3)];
        seen.sort_unstable();
        expected.sort_unstable();
        assert_eq!(seen, expected);
    })
    .await;
}

#[tokio::test]
async fn whoever_talks_at_the_same_time_gets_a_number_of_their_own() {
    everywhere(async |stage| {
        let id = stage.opened().await;
        let (service, room, bakery) = (&stage.service, stage.altinn.collaborations(), &stage.bakery);
        let say = |number: usize| {
            let (room, new) = (&room, question(&number.to_string()));
            async move { room.transmit(&bakery.1, service, bakery.0.id, id, &new).await.unwrap() }
        };
        let mut numbers = futures_util::future::join_all((0..5).map(say)).await;
        numbers.sort_unstable();
        assert_eq!(numbers, [1, 2, 3, 4, 5]);
    })
    .await;
}

#[tokio::test]
async fn strangers_hear_nothing_and_texts_have_limits() {
    everywhere(async |stage| {
        let id = stage.opened().await;
        let (service, room) = (&stage.service, stage.altinn.collaborations());
        let (bakery, stranger) = (&stage.bakery, &stage.stranger);
        for party in [bakery.0.id, stranger.0.id] {
            let transmit = room.transmit(&stranger.1, service, party, id, &question("1")).await.unwrap_err();
            let read = room.transmissions(&stranger.1, service, party, id, 0).await.unwrap_err();
            let seen = room.seen(&stranger.1, service, party, id).await.unwrap_err();
            for error in [transmit, read, seen] {
                assert_eq!(error.to_string(), "there is no such case");
            }
        }
        for (new, told) in [
            (NewTransmission::new("", "a", "b"), "the key has 1 to 200 characters"),
            (NewTransmission::new("1", "", "b"), "the title has 1 to 255 characters"),
            (NewTransmission::new("1", "ø".repeat(256), "b"), "the title has 1 to 255 characters"),
            (NewTransmission::new("1", "a", "x".repeat(30_001)), "the body has 1 to 30000 characters"),
        ] {
            let refused = room.transmit(&bakery.1, service, bakery.0.id, id, &new).await.unwrap_err();
            assert_eq!(refused.to_string(), told);
        }
        assert_eq!(stage.count("services_collaboration_transmission").await, 0);
    })
    .await;
}
