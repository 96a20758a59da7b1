//! Personal data in the store: sealed under the agency's keys, found by keyed digests, and brought under other keys.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]
#![allow(clippy::indexing_slicing, reason = "tests fail by panicking")]

mod scene;

use std::sync::Arc;

use altinn_core::key::SecretKey;
use altinn_core::store::{Batch, Store, StoreError};
use altinn_core::testing::SyntheticPeople;
use altinn_core::{Clock, NationalIdentityNumber};
use altinn_notify::channel::{Bounce, Capture, Outcome, Rejection};
use altinn_notify::contact::{ContactError, ContactRegister, PersonContact};
use altinn_notify::{
    ChannelSchema, Content, Keyring, KeyringError, MIGRATIONS, NotificationStatus, Notifier, Order,
    OrderStatus, PersonRecipient, Reason, Recipient, Recipients, Reminder, SealError,
};
use async_trait::async_trait;
use scene::{Scene, clock, history, keyring, order, reason};

fn secret(byte: u8) -> SecretKey {
    SecretKey::from_bytes([byte; 32])
}

/// A notifier of a scene with a keyring of its own.
fn with_keyring(scene: &Scene, keyring: Keyring, capture: &Arc<Capture>) -> Notifier {
    let sender = "noreply@example.com".parse().unwrap();
    let notifier = Notifier::new(scene.store.clone(), keyring, sender, scene.clock.clone());
    notifier.with_email_channel(Arc::clone(capture)).with_sms_channel(Arc::clone(capture))
}

async fn commit(notifier: &Notifier, store: &Store, order: &Order) -> Result<(), StoreError> {
    let mut batch = Batch::new();
    notifier.order(&mut batch, order).unwrap();
    store.commit(batch).await.map(drop)
}

#[tokio::test]
async fn nothing_in_the_files_of_the_database_tells_who_is_told_or_what() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("notify.db").display());
    let store = Store::open(&url).await.unwrap();
    store.migrate(&[MIGRATIONS]).await.unwrap();
    let scene = Scene { back_end: "SQLite", store, clock: clock() };
    let number = SyntheticPeople::from_seed(5).national_identity_number();
    let person = PersonRecipient::new(number.clone()).with_channel_schema(ChannelSchema::EmailPreferred);
    let recipients: Recipients = [
        Recipient::Person(person),
        Recipient::Email("kari.larsen@example.com".parse().unwrap()),
        Recipient::Sms("+4798765432".parse().unwrap()),
    ]
    .into_iter()
    .collect();
    let refused = Outcome::Rejected { rejection: Rejection::Refused, reason: Reason::new("no") };
    let capture = Arc::new(Capture::answering(vec![refused]));
    let contacts = Register(
        PersonContact::active()
            .with_email("ola.nordmann@example.com".parse().unwrap(), scene.clock.now())
            .with_mobile("+4791234567".parse().unwrap(), scene.clock.now()),
    );
    let notifier = with_keyring(&scene, keyring(), &capture).with_sms_sender("Etaten".parse().unwrap());
    let notifier = notifier.with_person_register(Arc::new(contacts));
    let content = Content::text("Vedtak om barnevern", "Hei Kari").with_sms("Hei Kari på mobil");
    let content = Order::new("sealed", recipients, content).with_reminder(Reminder::after_days(7));
    commit(&notifier, &scene.store, &content).await.unwrap();
    let report = notifier.dispatch(10).await.unwrap();
    assert!(report.succeeded >= 2, "{report:?}");

    let mut kept = Vec::new();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        kept.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    assert!(contains(&kept, b"notify_recipients"), "the files are those of the database");
    let hidden = [
        number.expose(),
        "larsen",
        "98765432",
        "nordmann",
        "91234567",
        "barnevern",
        "Hei Kari",
        "noreply@example.com",
    ];
    for hidden in hidden {
        assert!(!contains(&kept, hidden.as_bytes()), "{hidden} stands in the database");
    }
}

fn contains(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

/// A register of one person, which is not in the store.
#[derive(Debug)]
struct Register(PersonContact);

#[async_trait]
impl ContactRegister for Register {
    async fn persons(
        &self,
        numbers: &[NationalIdentityNumber],
    ) -> Result<Vec<Option<PersonContact>>, ContactError> {
        Ok(numbers.iter().map(|_| Some(self.0.clone())).collect())
    }
}

#[tokio::test]
async fn an_order_whose_key_is_missing_is_parked_and_goes_on_when_the_key_is_given() {
    for scene in Scene::all().await {
        let id = scene.commit(&order("receipt").with_reminder(Reminder::after_days(1))).await;
        let capture = Arc::new(Capture::new());
        let stranger = with_keyring(&scene, Keyring::new(&secret(8)), &capture);
        assert_eq!(stranger.dispatch(10).await.unwrap().claimed, 0, "{}", scene.back_end);
        let parked = stranger.parked_orders(None, 10).await.unwrap();
        assert_eq!((parked.len(), parked[0].order), (1, id));
        let why = parked[0].reason.clone().unwrap();
        let expected =
            format!("parked: the key `{}` that it is sealed under is not in the keyring", keyring().name());
        assert_eq!(why, expected);
        let state = stranger.status(id).await.unwrap();
        assert_eq!((state.status, state.reason), (OrderStatus::Registered, Some(expected)));

        let notifier = with_keyring(&scene, keyring(), &capture);
        assert_eq!(notifier.dispatch(10).await.unwrap().claimed, 0, "it is parked");
        notifier.redrive_order(id).await.unwrap();
        let again = notifier.redrive_order(id).await.unwrap_err();
        assert_eq!(again.code(), "NOTIFY-REDRIVE-NOT-PARKED");
        assert_eq!(notifier.dispatch(10).await.unwrap().succeeded, 1);
        scene.step(24 * 60);
        assert_eq!(notifier.dispatch(10).await.unwrap().succeeded, 1, "the reminder was never lost");
        assert_eq!(capture.mails().len(), 2);
    }
}

#[tokio::test]
async fn a_notification_whose_key_is_missing_is_parked_untried_and_driven_again() {
    for scene in Scene::all().await {
        let id = scene.commit(&order("receipt")).await;
        scene.expand().await;
        let capture = Arc::new(Capture::new());
        let stranger = with_keyring(&scene, Keyring::new(&secret(8)), &capture);
        assert_eq!(stranger.dispatch(10).await.unwrap().failed, 1, "{}", scene.back_end);
        let parked = stranger.parked(None, 10).await.unwrap().remove(0);
        assert_eq!((parked.attempts, parked.status), (0, NotificationStatus::Failed));
        assert!(parked.address.is_none());
        assert!(reason(&parked, NotificationStatus::Failed).contains("is not in the keyring"));
        let notifier = with_keyring(&scene, keyring(), &capture);
        notifier.redrive(parked.id).await.unwrap();
        assert_eq!(notifier.dispatch(10).await.unwrap().succeeded, 1);
        let sent = scene.notification(id).await;
        assert_eq!(history(&sent), ["New", "Failed", "New", "Sending", "Succeeded"]);
        assert_eq!(sent.address.unwrap().expose(), "ola.nordmann@example.com");
    }
}

#[tokio::test]
async fn a_store_is_claimed_by_the_keyring_that_holds_its_keys_alone() {
    for scene in Scene::all().await {
        let claim = async |keyring| with_keyring(&scene, keyring, &Arc::default()).claim_keys().await;
        claim(keyring()).await.unwrap();
        let missing = claim(Keyring::new(&secret(8))).await.unwrap_err();
        let key = keyring().name().to_owned();
        assert_eq!(missing, KeyringError::Seal(SealError::NoSuchKey { key }), "{}", scene.back_end);
        assert_eq!(missing.code(), "SEAL-NO-SUCH-KEY");
        claim(Keyring::new(&secret(8)).with_former(&secret(7))).await.unwrap();
        claim(keyring()).await.expect_err("the store may hold data under the newer key");
    }
}

#[tokio::test]
async fn orders_come_under_a_new_key_and_the_former_one_is_needed_no_longer() {
    for scene in Scene::all().await {
        let capture = Arc::new(Capture::new());
        let old = with_keyring(&scene, keyring(), &capture);
        old.claim_keys().await.unwrap();
        commit(&old, &scene.store, &order("sent")).await.unwrap();
        old.dispatch(10).await.unwrap();
        let waiting = order("waiting").with_requested_send_time("2026-12-24T08:00:00Z".parse().unwrap());
        commit(&old, &scene.store, &waiting).await.unwrap();
        commit(&old, &scene.store, &order("written")).await.unwrap();
        scene.expand().await;
        let ola = Recipient::Email("ola.nordmann@example.com".parse().unwrap()).key();

        let both = with_keyring(&scene, Keyring::new(&secret(8)).with_former(&secret(7)), &capture);
        both.claim_keys().await.unwrap();
        commit(&both, &scene.store, &order("sent")).await.expect("it is the same order under either key");
        let other = order("sent").with_language(altinn_core::Language::En);
        commit(&both, &scene.store, &other).await.expect_err("it is another order");
        assert_eq!(both.notifications_to(&ola, None, 10).await.unwrap().len(), 2, "{}", scene.back_end);
        let first = both.rotate_keys(2).await.unwrap();
        assert_eq!((first.orders, first.more), (2, true));
        let second = both.rotate_keys(2).await.unwrap();
        assert_eq!((second.orders, second.more), (1, false));
        assert_eq!(both.rotate_keys(2).await.unwrap().orders, 0);

        let new = with_keyring(&scene, Keyring::new(&secret(8)), &capture);
        new.claim_keys().await.expect("nothing is left under the former key");
        let found = new.notifications_to(&ola, None, 10).await.unwrap();
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|one| one.address.is_some()));
        commit(&new, &scene.store, &order("sent")).await.expect("it is still the same order");
        commit(&new, &scene.store, &other).await.expect_err("it is still another order");
        assert_eq!(new.dispatch(10).await.unwrap().succeeded, 1);
        scene.step(23 * 24 * 60);
        assert_eq!(new.dispatch(10).await.unwrap().succeeded, 1);
        let alone = old.rotate_keys(10).await.unwrap_err();
        assert_eq!(alone.code(), "SEAL-NO-SUCH-KEY");
    }
}

#[tokio::test]
async fn a_receipt_that_needs_a_missing_key_is_refused_and_can_come_again() {
    for scene in Scene::all().await {
        let id = scene.commit(&order("receipt")).await;
        let capture = Arc::new(Capture::new());
        with_keyring(&scene, keyring(), &capture).dispatch(10).await.unwrap();
        let sent = scene.notification(id).await;
        let report = format!(
            "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\
             Action: failed\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {}\r\n--b--\r\n",
            sent.message_id
        );
        let bounce = Bounce::parse(report.as_bytes()).unwrap();
        let stranger = with_keyring(&scene, Keyring::new(&secret(8)), &capture);
        let refused = stranger.record_bounce(&bounce).await.unwrap_err();
        assert_eq!(refused.code(), "SEAL-NO-SUCH-KEY", "{}", scene.back_end);
        assert_eq!(scene.notification(id).await, sent);
        with_keyring(&scene, keyring(), &capture).record_bounce(&bounce).await.unwrap();
        assert_eq!(scene.notification(id).await.status, NotificationStatus::FailedBounced);
    }
}
