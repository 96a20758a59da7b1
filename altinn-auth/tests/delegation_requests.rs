//! Somebody without a right asks the party for it; whoever manages its access answers.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::sync::Arc;

use altinn_auth::decision::Authorizer;
use altinn_auth::delegation::{AccessManagement, AccessPackage, DelegationError, PackageCatalogue};
use altinn_auth::delegation_request::{
    DelegationRequest, DelegationRequestError, DelegationRequestStatus as Status, DelegationRequests,
    NewDelegationRequest, RequestQuery, RequestedAccess,
};
use altinn_auth::trail::{Trail, TrailReader};
use altinn_core::store::{Batch, fresh, params};
use altinn_core::{Actor, Party, PartyId, RandomIds};
use giving::{BOOKS, Giving, person, role};
use uuid::Uuid;

mod giving;

/// The bakery, which Kari leads, and Ola, who audits it and may not read its licence.
struct Scene {
    giving: Giving,
    requests: DelegationRequests,
    trail: Trail,
    authorizer: Authorizer,
}

impl Scene {
    async fn everywhere() -> Vec<Self> {
        let mut all = Vec::new();
        for (_, store) in fresh::all().await.unwrap() {
            let giving = Giving::new(store.clone()).await;
            giving.assign(&role("REVI", &giving.bakery, &giving.ola), true).await;
            let mut batch = Batch::new();
            let package = AccessPackage {
                name: BOOKS.to_owned(),
                area: "skatt".to_owned(),
                is_delegable: true,
                roles: vec!["REGN".parse().unwrap()],
            };
            PackageCatalogue::new(store.clone()).put(&mut batch, &package);
            store.commit(batch).await.unwrap();
            let trail = Trail::with_clock(store.clone(), giving.clock.clone(), Arc::new(RandomIds));
            let authorizer = giving.authorizer.clone().with_trail(trail.clone());
            let access = AccessManagement::new(store, authorizer.clone(), giving.register.clone())
                .with_clock(giving.clock.clone(), Arc::new(RandomIds));
            all.push(Self { requests: DelegationRequests::new(access), giving, trail, authorizer });
        }
        all
    }

    fn reading(&self) -> RequestedAccess {
        let (resource, rights) = (self.giving.service.resource_id(), vec![self.giving.right("read")]);
        RequestedAccess::Resource { resource, rights }
    }

    fn asking_for(&self, what: RequestedAccess) -> NewDelegationRequest {
        NewDelegationRequest::new(self.giving.bakery.id, self.giving.ola.id, what)
    }

    async fn ask(&self, what: RequestedAccess) -> DelegationRequest {
        self.requests.ask(&person(&self.giving.ola), &self.asking_for(what)).await.unwrap()
    }

    async fn approve(
        &self,
        who: &Party,
        id: Uuid,
        only: Option<&[String]>,
    ) -> Result<DelegationRequest, DelegationRequestError> {
        self.requests.approve(&person(who), self.giving.bakery.id, id, only).await
    }

    async fn given(&self) -> i64 {
        let sql = "select count(*) as number from auth_delegation where revoked_at is null";
        self.giving.store.query_one(sql, params![]).await.unwrap().get("number").unwrap()
    }

    async fn trail(&self) -> Vec<String> {
        let reader = TrailReader::new(&self.trail, &self.authorizer);
        let page = reader.of(&person(&self.giving.kari), self.giving.bakery.id, None).await.unwrap();
        page.entries.into_iter().map(|entry| entry.action).collect()
    }
}

fn code<T: std::fmt::Debug>(outcome: Result<T, DelegationRequestError>) -> &'static str {
    outcome.unwrap_err().code()
}

#[tokio::test]
async fn a_right_that_is_asked_for_is_given_by_the_answer_once() {
    for scene in Scene::everywhere().await {
        let (ola, kari) = (scene.giving.ola.clone(), scene.giving.kari.clone());
        assert!(!scene.giving.may(&ola, "read").await);
        let asked = scene.ask(scene.reading()).await;
        assert_eq!((asked.status, asked.from, asked.to), (Status::Pending, scene.giving.bakery.id, ola.id));
        assert_eq!(scene.ask(scene.reading()).await.id, asked.id, "the same again is the same request");
        assert!(!scene.giving.may(&ola, "read").await);

        let got =
            scene.requests.received(&person(&kari), scene.giving.bakery.id, &RequestQuery::default()).await;
        assert_eq!(got.unwrap(), std::slice::from_ref(&asked));
        let (one, other) =
            tokio::join!(scene.approve(&kari, asked.id, None), scene.approve(&kari, asked.id, None));
        assert_eq!((one.unwrap().status, other.unwrap().status), (Status::Approved, Status::Approved));
        assert_eq!(scene.given().await, 1);
        assert!(scene.giving.may(&ola, "read").await && !scene.giving.may(&ola, "write").await);
        assert_eq!(
            code(scene.requests.withdraw(&person(&ola), ola.id, asked.id).await),
            "AUTH-DELEGATION-REQUEST-SETTLED"
        );
        let rejected = scene.requests.reject(&person(&kari), scene.giving.bakery.id, asked.id).await;
        assert_eq!(code(rejected), "AUTH-DELEGATION-REQUEST-SETTLED");
        let trail = scene.trail().await;
        for action in ["request.create", "request.approve", "delegate"] {
            assert_eq!(trail.iter().filter(|told| *told == action).count(), 1, "{action}: {trail:?}");
        }
        assert_ne!(scene.ask(scene.reading()).await.id, asked.id, "what is settled can be asked for again");
    }
}

#[tokio::test]
async fn all_of_a_resource_is_what_the_caller_may_give_and_some_of_it_what_they_name() {
    for scene in Scene::everywhere().await {
        let (ola, kari) = (scene.giving.ola.clone(), scene.giving.kari.clone());
        let resource = scene.giving.service.resource_id();
        let asked = scene.ask(RequestedAccess::all_of(resource.clone())).await;
        let unknown = ["fly".to_owned()];
        assert_eq!(
            code(scene.approve(&kari, asked.id, Some(&unknown)).await),
            "AUTH-DELEGATION-NOT-DELEGABLE"
        );
        assert_eq!(scene.given().await, 0);
        let only = ["read".to_owned()];
        scene.approve(&kari, asked.id, Some(&only)).await.unwrap();
        assert!(scene.giving.may(&ola, "read").await && !scene.giving.may(&ola, "write").await);
        let rest = scene.ask(RequestedAccess::all_of(resource)).await;
        scene.approve(&kari, rest.id, None).await.unwrap();
        assert!(scene.giving.may(&ola, "write").await);
        let package = scene.ask(RequestedAccess::Package(BOOKS.to_owned())).await;
        scene.approve(&kari, package.id, None).await.unwrap();
        assert!(scene.giving.may(&ola, "books").await);
    }
}

#[tokio::test]
async fn a_request_is_rejected_or_taken_back_and_a_draft_is_nobody_elses() {
    for scene in Scene::everywhere().await {
        let (ola, kari) = (scene.giving.ola.clone(), person(&scene.giving.kari));
        let bakery = scene.giving.bakery.id;
        let asked = scene.ask(scene.reading()).await;
        for _ in 0..2 {
            assert_eq!(
                scene.requests.reject(&kari, bakery, asked.id).await.unwrap().status,
                Status::Rejected
            );
        }
        assert_eq!(
            code(scene.approve(&scene.giving.kari, asked.id, None).await),
            "AUTH-DELEGATION-REQUEST-SETTLED"
        );
        let asked = scene.ask(scene.reading()).await;
        for _ in 0..2 {
            let withdrawn = scene.requests.withdraw(&person(&ola), ola.id, asked.id).await.unwrap();
            assert_eq!(withdrawn.status, Status::Withdrawn);
        }
        let draft = scene.asking_for(scene.reading()).as_draft();
        let draft = scene.requests.ask(&person(&ola), &draft).await.unwrap();
        assert_eq!(
            code(scene.requests.request(&kari, bakery, draft.id).await),
            "AUTH-DELEGATION-REQUEST-NOT-FOUND"
        );
        assert_eq!(
            code(scene.approve(&scene.giving.kari, draft.id, None).await),
            "AUTH-DELEGATION-REQUEST-NOT-FOUND"
        );
        let got = RequestQuery::default().of_status(Status::Pending).of_status(Status::Draft);
        assert_eq!(scene.requests.count_received(&kari, bakery, &got).await.unwrap(), 0);
        assert_eq!(
            code(scene.requests.confirm(&kari, bakery, draft.id).await),
            "AUTH-DELEGATION-REQUEST-NOT-FOUND"
        );
        let sent = scene.requests.confirm(&person(&ola), ola.id, draft.id).await.unwrap();
        assert_eq!((sent.status, sent.id), (Status::Pending, draft.id));
        assert_eq!(scene.requests.count_received(&kari, bakery, &got).await.unwrap(), 1);
        let all =
            scene.requests.sent(&person(&ola), ola.id, &RequestQuery::default().with(bakery)).await.unwrap();
        let statuses: Vec<_> = all.iter().map(|request| request.status).collect();
        assert_eq!(statuses, [Status::Rejected, Status::Withdrawn, Status::Pending]);
        let packages = RequestQuery::default().for_packages();
        assert_eq!(scene.requests.count_sent(&person(&ola), ola.id, &packages).await.unwrap(), 0);
        let behind = RequestQuery::default().after(all[1].id);
        assert_eq!(scene.requests.sent(&person(&ola), ola.id, &behind).await.unwrap(), all[2..]);
        assert_eq!(scene.given().await, 0);
    }
}

#[tokio::test]
async fn nobody_asks_a_party_that_they_have_nothing_to_do_with_or_for_somebody_else() {
    for scene in Scene::everywhere().await {
        let giving = &scene.giving;
        let ask = async |who: &Actor, from: PartyId, to: PartyId| {
            let new = NewDelegationRequest::new(from, to, scene.reading());
            code(scene.requests.ask(who, &new).await)
        };
        let per = person(&giving.per);
        for from in [giving.bakery.id, PartyId::new(987_654_321)] {
            assert_eq!(ask(&per, from, giving.per.id).await, "AUTH-DELEGATION-REQUEST-NOT-CONNECTED");
        }
        assert_eq!(ask(&per, giving.bakery.id, giving.ola.id).await, "AUTH-DELEGATION-NOT-ACCESS-MANAGER");
        assert_eq!(
            ask(&person(&giving.kari), giving.kari.id, giving.kari.id).await,
            "AUTH-DELEGATION-TO-ITSELF"
        );
        let odd = giving.right("fly");
        let what = RequestedAccess::Resource { resource: odd.resource.clone(), rights: vec![odd] };
        let unknown = scene.requests.ask(&person(&giving.ola), &scene.asking_for(what)).await;
        assert!(matches!(
            unknown,
            Err(DelegationRequestError::Delegation(DelegationError::NotDelegable { .. }))
        ));
        let what = RequestedAccess::Package("hemmelig".to_owned());
        let unknown = scene.requests.ask(&person(&giving.ola), &scene.asking_for(what)).await;
        assert_eq!(code(unknown), "AUTH-DELEGATION-NOT-DELEGABLE");

        let asked = scene.ask(scene.reading()).await;
        for who in [&giving.ola, &giving.per, &giving.nina] {
            assert_eq!(code(scene.approve(who, asked.id, None).await), "AUTH-DELEGATION-NOT-ACCESS-MANAGER");
        }
        let by_its_own = scene.requests.approve(&person(&giving.ola), giving.ola.id, asked.id, None).await;
        assert_eq!(code(by_its_own), "AUTH-DELEGATION-REQUEST-NOT-FOUND");
        let elsewhere = scene.requests.approve(&person(&giving.nina), giving.firm.id, asked.id, None).await;
        assert_eq!(code(elsewhere), "AUTH-DELEGATION-REQUEST-NOT-FOUND");
        assert_eq!(scene.given().await, 0);
    }
}

#[tokio::test]
async fn what_the_one_who_answers_may_not_give_is_not_given() {
    for scene in Scene::everywhere().await {
        // Nina manages the bakery's access, and does not hold the access package.
        let giving = &scene.giving;
        giving.assign(&role("ADMAI", &giving.bakery, &giving.nina), true).await;
        let asked = scene.ask(RequestedAccess::Package(BOOKS.to_owned())).await;
        assert_eq!(code(scene.approve(&giving.nina, asked.id, None).await), "AUTH-DELEGATION-NOT-DELEGABLE");
        let got = scene.requests.request(&person(&giving.nina), giving.bakery.id, asked.id).await.unwrap();
        assert_eq!((got.status, scene.given().await), (Status::Pending, 0));
    }
}
