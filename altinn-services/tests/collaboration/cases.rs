//! Cases from opening to the end.

use altinn_core::PartyId;
use altinn_services::collaboration::{Address, CollaborationError, NewCase, NewCaseEvent};
use serde_json::json;

use crate::stage::everywhere;

fn inspected(id: &str, passed: bool) -> NewCaseEvent {
    NewCaseEvent::new("inspected", id).with("passed", passed).with("remark", "spotless")
}

#[tokio::test]
async fn a_case_goes_from_the_application_over_the_inspection_to_the_decision() {
    everywhere(async |stage| {
        let id = stage.opened().await;
        assert_eq!(stage.pending(id).await, ["start application", "deadline apply"]);
        stage.work().await;
        assert_eq!(stage.pending(id).await, ["deadline apply"]);
        assert_eq!(stage.instances().await.len(), 1);
        stage.apply().await;
        stage.work().await;
        let case = stage.case(id).await;
        assert_eq!((case.stands.state.as_str(), &case.stands.data["area"]), ("inspecting", &json!(140)));
        assert_eq!(stage.pending(id).await, ["deadline inspect"], "the other one is cancelled");
        let collaborations = stage.altinn.collaborations();
        let turn = collaborations.turn(&stage.bakery.1, &stage.service, stage.bakery.0.id, id).await.unwrap();
        assert_eq!(turn, [stage.inspectorate.0.id]);

        let answer = stage.raise(&stage.inspectorate, id, &inspected("i-1", false)).await.unwrap();
        assert_eq!(
            serde_json::to_value(&answer).unwrap(),
            json!({
                "CaseID": id, "IsStateChanged": true, "ConditionName": "small-premises",
                "ConditionEvaluationResult": true, "CurrentStateName": "inspecting", "HasException": false,
                "ExceptionDetail": null, "ErrorCode": null
            })
        );
        let answer = stage.raise(&stage.inspectorate, id, &inspected("i-2", true)).await.unwrap();
        assert_eq!(
            (answer.condition_name.as_deref(), answer.current_state_name.as_str()),
            (Some("passed"), "open")
        );
        let case = stage.case(id).await;
        assert!(case.closed_at.is_some() && case.stands.deadlines.is_empty());
        assert_eq!(case.stands.data["remark"], "spotless");
        assert!(!format!("{case:?}").contains("spotless"));
        stage.work().await;
        assert_eq!(stage.pending(id).await, Vec::<String>::new());
        let happened: Vec<_> = stage.history(id).await.into_iter().map(|(happened, _)| happened).collect();
        assert_eq!(
            happened,
            [
                "Instantiated of application",
                "Submitted of application",
                "Archived of application",
                "inspected",
                "inspected",
                "Instantiated of decision"
            ]
        );
        let told = ["caseopened", "caseopened", "casestatechanged", "casestatechanged", "casestatechanged"];
        assert_eq!(stage.events().await[..5], told);
        assert_eq!(stage.events().await[7..], ["caseclosed"]);
    })
    .await;
}

#[tokio::test]
async fn an_event_that_comes_again_or_too_late_does_nothing() {
    everywhere(async |stage| {
        let id = stage.inspecting().await;
        let first = stage.raise(&stage.inspectorate, id, &inspected("i-1", true)).await.unwrap();
        let version = stage.case(id).await.version;
        for _ in 0..3 {
            let again = stage.raise(&stage.inspectorate, id, &inspected("i-1", true)).await.unwrap();
            assert_eq!(again, first);
        }
        assert_eq!(stage.case(id).await.version, version);
        let late = stage.raise(&stage.inspectorate, id, &inspected("i-2", false)).await.unwrap();
        assert_eq!(
            (late.is_state_changed, late.error_code.as_deref()),
            (false, Some("COLLABORATION-CLOSED"))
        );
        let other = stage.notify(id, &NewCaseEvent::new("withdrawn", "w-1")).await.unwrap();
        assert_eq!(other.error_code.as_deref(), Some("COLLABORATION-CLOSED"));
        assert_eq!(stage.case(id).await.stands.state, "open");
    })
    .await;
}

#[tokio::test]
async fn an_event_under_a_used_id_must_be_the_same_event() {
    everywhere(async |stage| {
        let id = stage.opened().await;
        let early = stage.raise(&stage.inspectorate, id, &inspected("1", true)).await.unwrap();
        assert_eq!(early.error_code.as_deref(), Some("COLLABORATION-NOT-EXPECTED"));
        assert!(!early.has_exception);
        stage.raise(&stage.bakery, id, &NewCaseEvent::new("withdrawn", "1")).await.unwrap();
        let other = stage.notify(id, &NewCaseEvent::new("withdrawn", "1")).await.unwrap();
        assert_eq!(other.error_code.as_deref(), Some("COLLABORATION-CLOSED"), "ids belong to their senders");
        for (event, code) in [
            (NewCaseEvent::new("withdrawn", ""), "COLLABORATION-EVENT-ID"),
            (NewCaseEvent::new("withdrawn", "x".repeat(201)), "COLLABORATION-EVENT-ID"),
            (NewCaseEvent::new("withdrawn", "2").with("why", "x"), "COLLABORATION-EVENT-DATA"),
            (NewCaseEvent::new("unheard", "2"), "COLLABORATION-NO-SUCH-EVENT"),
            (NewCaseEvent::new("inspected", "2"), "COLLABORATION-NO-SUCH-EVENT"),
        ] {
            assert_eq!(stage.raise(&stage.bakery, id, &event).await.unwrap_err().code(), code, "{event:?}");
        }
        for (field, value) in
            [("passed", json!("yes")), ("remark", json!("x".repeat(4_001))), ("remark", json!(1))]
        {
            let event = NewCaseEvent::new("inspected", "3").with(field, value);
            let refused = stage.raise(&stage.inspectorate, id, &event).await.unwrap_err();
            assert_eq!(refused.code(), "COLLABORATION-EVENT-DATA");
        }
    })
    .await;
}

#[tokio::test]
async fn one_event_goes_to_all_open_cases_of_a_service_page_by_page() {
    everywhere(async |stage| {
        let mut cases = Vec::new();
        for _ in 0..103 {
            cases.push(stage.opened().await);
        }
        cases.sort_unstable();
        let event = NewCaseEvent::new("withdrawn", "all");
        stage.raise(&stage.bakery, cases[0], &event).await.unwrap();
        let (mut after, mut told) = (None, Vec::new());
        loop {
            let address = Address::All { after };
            let collaborations = stage.altinn.collaborations();
            let notified =
                collaborations.notify_event(&stage.agency, &stage.service, address, &event).await.unwrap();
            assert!(notified.answers.iter().all(|answer| answer.is_state_changed));
            told.extend(notified.answers.into_iter().map(|answer| answer.case_id));
            after = notified.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(told, cases[1..], "the first is closed");
        let (mut before, mut listed) = (None, Vec::new());
        loop {
            let collaborations = stage.altinn.collaborations();
            let bakery = (&stage.bakery.1, stage.bakery.0.id);
            let page = collaborations.list(bakery.0, &stage.service, bakery.1, before).await.unwrap();
            listed.extend(page.cases.into_iter().map(|case| case.id));
            before = page.before;
            if before.is_none() {
                break;
            }
        }
        listed.reverse();
        assert_eq!(listed, cases);
    })
    .await;
}

#[tokio::test]
async fn a_case_is_opened_once_for_those_who_may_be_in_it() {
    everywhere(async |stage| {
        let collaborations = stage.altinn.collaborations();
        let open = async |new: &NewCase| collaborations.open(&stage.agency, &stage.service, new).await;
        let id = open(&stage.new_case().once("k")).await.unwrap();
        assert_eq!(open(&stage.new_case().once("k")).await.unwrap(), id);
        let other = stage.new_case().with("inspectorate", stage.stranger.0.id).once("k");
        assert_eq!(open(&other).await.unwrap_err().code(), "IDEMPOTENCY-DIFFERENT-REQUEST");
        for (new, told) in [
            (NewCase::new(), "the participant `business` is not named"),
            (
                NewCase::new().with("business", stage.bakery.0.id),
                "the participant `inspectorate` is not named",
            ),
            (
                stage.new_case().with("king", stage.bakery.0.id),
                "the participant `king` is not one of the collaboration",
            ),
            (
                stage.new_case().with("inspectorate", PartyId::new(99_999_999)),
                "the participant `inspectorate` is not known",
            ),
        ] {
            assert_eq!(open(&new).await.unwrap_err().to_string(), told);
        }
        let own = collaborations.open(&stage.bakery.1, &stage.service, &stage.new_case()).await.unwrap_err();
        assert!(matches!(own, CollaborationError::Participant { role, .. } if role == "inspectorate"));
        assert_eq!(stage.count("services_collaboration_case").await, 1);
    })
    .await;
}
