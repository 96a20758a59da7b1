//! Messages of a real correspondence service as a member of a case.

use std::sync::Arc;

use altinn_core::testing::SyntheticPeople;
use altinn_core::{
    Actor, AuthenticationLevel, Language, OrganizationNumber, Party, PartyIdentifier, SteppableClock,
    Subject, SyntheticNumbers,
};
use altinn_services::collaboration::{CaseId, CorrespondenceMember, Members, NewCaseEvent};
use altinn_services::correspondence::{CorrespondenceService, RecipientOverview};

use crate::scene::{self, register, sample};
use crate::stage::Stage;

/// A stage whose decisions are messages that the inspectorate's agency sends.
struct Post {
    stage: Stage,
    decisions: CorrespondenceService,
}

fn agency(org: &str, party: &Party) -> Actor {
    let PartyIdentifier::Organization(number) = &party.identifier else { panic!("no organization") };
    let number = OrganizationNumber::parse(&number.to_string(), SyntheticNumbers::Accepted).ok();
    Actor::new(Subject::ServiceOwner { org: org.to_owned(), number }, AuthenticationLevel::VerySensitive)
}

async fn everywhere(org: &str, claim: impl AsyncFn(Post)) {
    for (builder, folder) in scene::builders().await {
        let clock = Arc::new(SteppableClock::at("2026-12-01T08:00:00Z".parse().unwrap()));
        let altinn = builder.clock(clock.clone()).build().await.unwrap();
        let decisions = altinn.publish_correspondence(sample("decisions")).unwrap();
        let sender = SyntheticPeople::from_seed(77).organization();
        let sender = Party { id: altinn_core::PartyId::new(77_000_001), ..sender };
        register(&altinn, &[&sender], &[]).await;
        let member = CorrespondenceMember::new(decisions.clone(), sender.id, agency(org, &sender));
        let members = Members::none().with("decision", member);
        let stage = Stage::set(altinn, clock, folder, members).await;
        claim(Post { stage, decisions }).await;
    }
}

impl Post {
    /// What workers do, until there is nothing to be done.
    async fn work(&self) {
        let (stage, mut done) = (&self.stage, 1);
        while done > 0 {
            let sent = stage.altinn.correspondences().run_due(10).await.unwrap();
            let collaborations = stage.altinn.collaborations();
            done = collaborations.follow().await.unwrap() + collaborations.run_due(10).await.unwrap();
            done += u64::from(sent);
        }
    }

    /// A case whose inspection has been passed, so that the decision is sent.
    async fn decided(&self) -> CaseId {
        let id = self.stage.inspecting().await;
        let passed = NewCaseEvent::new("inspected", "1").with("passed", true).with("remark", "spotless");
        self.stage.raise(&self.stage.inspectorate, id, &passed).await.unwrap();
        self.work().await;
        id
    }

    /// The bakery's messages.
    async fn inbox(&self) -> Vec<RecipientOverview> {
        let (bakery, party) = (&self.stage.bakery.1, self.stage.bakery.0.id);
        self.stage.altinn.correspondences().list(bakery, &self.decisions, party, None, 10).await.unwrap()
    }
}

#[tokio::test]
async fn a_message_of_a_case_is_sent_once_and_its_reading_is_an_event_of_the_case() {
    everywhere("mattilsynet", async |post| {
        let id = post.decided().await;
        post.work().await;
        let inbox = post.inbox().await;
        assert_eq!(inbox.len(), 1, "one message, however often the work is looked at");
        let message = inbox[0].correspondence.unwrap();
        assert_eq!(message.owner, post.stage.bakery.0.id);
        let before = post.stage.history(id).await;
        assert!(before.iter().any(|(happened, _)| happened == "Instantiated of decision"), "{before:?}");
        assert!(!before.iter().any(|(happened, _)| happened == "Opened of decision"));

        let letters = post.stage.altinn.correspondences();
        let read = letters.read(&post.stage.bakery.1, &post.decisions, &message).await.unwrap();
        assert_eq!(read.content.message.title().in_language(Language::Nb), "Vedtak");
        letters.read(&post.stage.bakery.1, &post.decisions, &message).await.unwrap();
        post.work().await;
        let after = post.stage.history(id).await;
        let opened = after.iter().filter(|(happened, _)| happened == "Opened of decision").count();
        assert_eq!(opened, 1, "{after:?}");
        assert_eq!(after.last().unwrap().1, "open", "the case is where it was");
        assert!(post.stage.pending(id).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_message_that_its_sender_may_not_send_is_shown_as_refused() {
    everywhere("skd", async |post| {
        let id = post.decided().await;
        assert!(post.inbox().await.is_empty());
        let collaborations = post.stage.altinn.collaborations();
        let pending = collaborations.pending(&post.stage.agency, &post.stage.service, id).await.unwrap();
        let message = pending.iter().find(|work| work.what == "message decision").unwrap();
        assert_eq!((message.attempts, message.problem.as_deref()), (1, Some("CORRESPONDENCE-NOT-FOUND")));
    })
    .await;
}
