//! Whoever has nothing to do with a case learns nothing.

use altinn_core::{Actor, AuthenticationLevel, PartyId, Subject};
use altinn_services::collaboration::{Address, CaseId, NewCaseEvent};
use uuid::Uuid;

use crate::stage::everywhere;

#[tokio::test]
async fn another_partys_case_is_as_if_it_did_not_exist() {
    everywhere(async |stage| {
        let id = stage.opened().await;
        let nothing = CaseId::new(Uuid::now_v7());
        let (service, collaborations) = (&stage.service, stage.altinn.collaborations());
        let told = "there is no such case";
        let event = NewCaseEvent::new("withdrawn", "1");
        let before = stage.case(id).await;
        // A stranger for itself, for the bakery, for nobody; the bakery's leader for the stranger.
        let cases = [
            (&stage.stranger.1, stage.stranger.0.id, id),
            (&stage.stranger.1, stage.bakery.0.id, id),
            (&stage.stranger.1, PartyId::new(99_999_999), id),
            (&stage.bakery.1, stage.stranger.0.id, id),
            (&stage.bakery.1, stage.bakery.0.id, nothing),
        ];
        for (actor, party, id) in cases {
            let case = collaborations.case(actor, service, party, id).await.unwrap_err();
            let turn = collaborations.turn(actor, service, party, id).await.unwrap_err();
            let history = collaborations.history(actor, service, party, id).await.unwrap_err();
            let raise = collaborations.raise(actor, service, party, id, &event).await.unwrap_err();
            for error in [case, turn, history, raise] {
                assert_eq!((error.to_string().as_str(), error.code()), (told, "COLLABORATION-NOT-FOUND"));
            }
        }
        let other_agency = Subject::ServiceOwner { org: "nav".to_owned(), number: None };
        let other_agency = Actor::new(other_agency, AuthenticationLevel::VerySensitive);
        for actor in [&other_agency, &stage.stranger.1, &stage.bakery.1] {
            for id in [id, nothing] {
                let notify = collaborations.notify_event(actor, service, Address::Case(id), &event).await;
                let pending = collaborations.pending(actor, service, id).await;
                assert_eq!(notify.unwrap_err().to_string(), told);
                assert_eq!(pending.unwrap_err().to_string(), told);
            }
            let all = Address::All { after: None };
            let notify = collaborations.notify_event(actor, service, all, &event).await;
            assert_eq!(notify.unwrap_err().to_string(), told);
        }
        let list = collaborations.list(&stage.stranger.1, service, stage.bakery.0.id, None).await;
        assert_eq!(list.unwrap_err().to_string(), told);
        let own = collaborations.list(&stage.stranger.1, service, stage.stranger.0.id, None).await.unwrap();
        assert!(own.cases.is_empty());
        let open = collaborations.open(&stage.stranger.1, service, &stage.new_case()).await;
        assert_eq!(open.unwrap_err().to_string(), told);
        assert_eq!(stage.case(id).await, before);
    })
    .await;
}

#[tokio::test]
async fn who_looked_and_who_acted_is_in_the_trail() {
    everywhere(async |stage| {
        let id = stage.opened().await;
        stage.case(id).await;
        stage.raise(&stage.bakery, id, &NewCaseEvent::new("withdrawn", "1")).await.unwrap();
        let mut trail =
            stage.altinn.trail().of(&stage.bakery.1, stage.bakery.0.id, None).await.unwrap().entries;
        trail.retain(|entry| entry.element.is_some());
        let actions: Vec<_> = trail.iter().map(|entry| entry.action.as_str()).collect();
        assert_eq!(actions, ["write", "read", "instantiate"]);
        assert!(trail.iter().all(|entry| entry.element.as_deref() == Some(format!("case/{id}").as_str())));
    })
    .await;
}

#[tokio::test]
async fn a_level_that_is_too_low_is_told_to_those_who_represent_the_party() {
    everywhere(async |stage| {
        let id = stage.opened().await;
        let low = Actor::new(stage.bakery.1.subject().clone(), AuthenticationLevel::SelfIdentified);
        let collaborations = stage.altinn.collaborations();
        let refused = collaborations.case(&low, &stage.service, stage.bakery.0.id, id).await.unwrap_err();
        assert_ne!(refused.code(), "COLLABORATION-NOT-FOUND");
    })
    .await;
}
