//! People and organizations: registers, rules, channels, and what follows when one fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]
#![allow(clippy::indexing_slicing, reason = "tests fail by panicking")]

mod scene;

use std::sync::Arc;

use altinn_core::store::Batch;
use altinn_core::testing::SyntheticPeople;
use altinn_core::{Language, NationalIdentityNumber, Text};
use altinn_notify::channel::{Bounce, BounceAction, Capture, ChannelKind, Outcome, Rejection};
use altinn_notify::contact::{
    ContactRegister, FixedToken, Krr, OrganizationAddress, OrganizationContact, PersonContact,
};
use altinn_notify::testing::FakeKrr;
use altinn_notify::{
    ChannelSchema, Content, Fallback, NotificationStatus, Notifier, Order, OrganizationRecipient,
    PersonRecipient, Reason, Recipient, Recipients, Template, Variables,
};
use chrono::{DateTime, Utc};
use scene::{Scene, history, reason};
use serde_json::json;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn number(seed: u64) -> NationalIdentityNumber {
    SyntheticPeople::from_seed(seed).national_identity_number()
}

fn both() -> Content {
    Content::text("Vedtak", "Du har fått et vedtak.").with_sms("Du har fått et vedtak.")
}

/// Somebody with a fresh mail address and a fresh mobile number.
fn reachable() -> PersonContact {
    let verified = at("2026-06-01T00:00:00Z");
    let contact = PersonContact::active().with_email("ola@example.com".parse().unwrap(), verified);
    contact.with_mobile("99999999".parse().unwrap(), verified)
}

struct Told {
    channels: Vec<(ChannelKind, NotificationStatus)>,
    reason: String,
}

/// Tells one person whom the store's register knows so, and says what came of it.
async fn tell(scene: &Scene, id: &str, contact: &PersonContact, person: PersonRecipient) -> Told {
    let contacts = scene.contacts();
    let mut batch = Batch::new();
    contacts.put_person(&mut batch, &person.national_identity_number, contact).unwrap();
    scene.store.commit(batch).await.unwrap();
    let notifier = scene.all_channels(Capture::new()).with_person_register(Arc::new(contacts));
    let id = scene.commit(&Order::new(id, person, both())).await;
    notifier.dispatch(100).await.unwrap();
    let notifications = notifier.status(id).await.unwrap().notifications;
    let reason = notifications[0].transitions.last().unwrap().reason.clone().unwrap_or_default();
    Told { channels: notifications.iter().map(|one| (one.channel, one.status)).collect(), reason }
}

#[tokio::test]
async fn the_channel_schema_chooses_among_the_addresses_there_are() {
    use NotificationStatus::{Accepted, FailedRecipientNotIdentified, Succeeded};
    let (mail, sms) = ((ChannelKind::Email, Succeeded), (ChannelKind::Sms, Accepted));
    let mut only_mobile = reachable();
    only_mobile.email = None;
    let mut only_mail = reachable();
    only_mail.mobile = None;
    for scene in Scene::all().await {
        for (index, (schema, contact, expected)) in [
            (ChannelSchema::Email, &reachable(), vec![mail]),
            (ChannelSchema::Sms, &reachable(), vec![sms]),
            (ChannelSchema::EmailPreferred, &reachable(), vec![mail]),
            (ChannelSchema::SmsPreferred, &reachable(), vec![sms]),
            (ChannelSchema::EmailAndSms, &reachable(), vec![mail, sms]),
            (ChannelSchema::EmailPreferred, &only_mobile, vec![sms]),
            (ChannelSchema::SmsPreferred, &only_mail, vec![mail]),
            (ChannelSchema::EmailAndSms, &only_mail, vec![mail]),
            (ChannelSchema::Email, &only_mobile, vec![(ChannelKind::Email, FailedRecipientNotIdentified)]),
            (ChannelSchema::Sms, &only_mail, vec![(ChannelKind::Sms, FailedRecipientNotIdentified)]),
        ]
        .into_iter()
        .enumerate()
        {
            let person = PersonRecipient::new(number(index as u64)).with_channel_schema(schema);
            let told = tell(&scene, &format!("schema/{index}"), contact, person).await;
            assert_eq!(told.channels, expected, "{} {schema}", scene.back_end);
        }
    }
}

#[tokio::test]
async fn reservation_and_the_18_month_rule_hold_unless_they_are_passed_over() {
    use NotificationStatus::{Accepted, FailedRecipientNotIdentified, FailedRecipientReserved, Succeeded};
    // The clock stands at 2026-12-01.
    let (fresh, stale) = (at("2025-06-02T00:00:00Z"), at("2025-05-31T00:00:00Z"));
    let with = |email, mobile| {
        let contact = PersonContact::active().with_email("ola@example.com".parse().unwrap(), email);
        contact.with_mobile("99999999".parse().unwrap(), mobile)
    };
    let person = |seed| PersonRecipient::new(number(seed));
    for scene in Scene::all().await {
        let told = tell(&scene, "1", &reachable().reserved(), person(1)).await;
        assert_eq!(told.channels, [(ChannelKind::Email, FailedRecipientReserved)], "{}", scene.back_end);
        assert!(told.reason.contains("reserved"), "{}", told.reason);
        let told = tell(&scene, "2", &reachable().reserved(), person(2).ignoring_reservation()).await;
        assert_eq!(told.channels, [(ChannelKind::Email, Succeeded)]);
        // Each address is counted by itself.
        let told = tell(&scene, "3", &with(stale, fresh), person(3)).await;
        assert_eq!(told.channels, [(ChannelKind::Sms, Accepted)]);
        let told = tell(&scene, "4", &with(stale, stale), person(4)).await;
        assert_eq!(told.channels, [(ChannelKind::Email, FailedRecipientNotIdentified)]);
        assert!(told.reason.contains("18 months"), "{}", told.reason);
        let told = tell(&scene, "5", &with(stale, stale), person(5).using_stale_contact_information()).await;
        assert_eq!(told.channels, [(ChannelKind::Email, Succeeded)]);
        let mut refused = reachable();
        refused.can_be_notified = false;
        let told = tell(&scene, "6", &refused, person(6)).await;
        assert_eq!(told.channels, [(ChannelKind::Email, FailedRecipientNotIdentified)]);
    }
}

#[tokio::test]
async fn a_person_is_told_in_their_own_language_and_found_again_by_number() {
    for scene in Scene::all().await {
        let capture = Arc::new(Capture::new());
        let contacts = scene.contacts();
        let person = PersonRecipient::new(number(7)).with_channel_schema(ChannelSchema::Email);
        let mut batch = Batch::new();
        let contact = reachable().with_language(Language::Se);
        contacts.put_person(&mut batch, &person.national_identity_number, &contact).unwrap();
        scene.store.commit(batch).await.unwrap();
        let subject = Text::new(Language::Nb, "Vedtak").with(Language::Se, "Mearrádus");
        let template = Template::new("t", "1", subject.clone(), subject).unwrap();
        let order = Order::new("t", person.clone(), Content::template(template, Variables::new()));
        scene.commit(&order).await;
        let notifier = scene.all_channels(Arc::clone(&capture)).with_person_register(Arc::new(contacts));
        notifier.dispatch(10).await.unwrap();
        assert_eq!(capture.mails()[0].subject, "Mearrádus", "{}", scene.back_end);
        let found = notifier.notifications_to(&Recipient::Person(person).key(), None, 10).await.unwrap();
        assert_eq!(history(&found[0]), ["New", "Sending", "Succeeded"]);
    }
}

#[tokio::test]
async fn an_organization_is_told_at_every_address_that_fits_the_service() {
    for scene in Scene::all().await {
        let mail = |name: &str| OrganizationAddress::email(format!("{name}@example.com").parse().unwrap());
        let addresses = vec![
            mail("post"),
            mail("post"),
            mail("tax").for_resource("tax"),
            mail("permits").for_resource("permits").for_action("read"),
            OrganizationAddress::mobile("99999999".parse().unwrap()),
        ];
        let contacts = scene.contacts();
        let number = SyntheticPeople::from_seed(3).organization_number();
        let mut batch = Batch::new();
        contacts.put_organization(&mut batch, number, &OrganizationContact { addresses }).unwrap();
        scene.store.commit(batch).await.unwrap();
        let organization = OrganizationRecipient::new(number);
        for (recipient, expected) in [
            (organization.clone(), vec!["post@example.com"]),
            (organization.clone().about_resource("tax"), vec!["post@example.com", "tax@example.com"]),
            (organization.clone().about_resource("permits"), vec!["post@example.com"]),
            (
                organization.clone().about_resource("permits").about_action("read"),
                vec!["post@example.com", "permits@example.com"],
            ),
            (organization.with_channel_schema(ChannelSchema::SmsPreferred), vec!["+4799999999"]),
        ] {
            let notifier =
                scene.all_channels(Capture::new()).with_organization_register(Arc::new(contacts.clone()));
            let previewed = notifier.preview(&Order::new("o", recipient.clone(), both()), 10).await.unwrap();
            assert_eq!(previewed.len(), expected.len());
            let order =
                Order::new(format!("o/{expected:?}{}", recipient.resource_id.is_some()), recipient, both());
            let id = scene.commit(&order).await;
            notifier.dispatch(10).await.unwrap();
            let told = notifier.status(id).await.unwrap().notifications;
            let addresses: Vec<_> = told.iter().map(|one| one.address.as_ref().unwrap().expose()).collect();
            assert_eq!(addresses, expected, "{}", scene.back_end);
        }
    }
}

#[tokio::test]
async fn krr_is_asked_for_many_at_once_and_its_silence_holds_everything_back() {
    for scene in Scene::all().await {
        let register = FakeKrr::start().await.unwrap();
        let mut people = SyntheticPeople::from_seed(11);
        let numbers: Vec<_> = (0..700).map(|_| people.national_identity_number()).collect();
        let contact = json!({"reservasjon": "NEI", "status": "AKTIV", "varslingsstatus": "KAN_VARSLES", "spraak": "nn",
            "kontaktinformasjon": {"epostadresse": "ola@example.com", "epostadresse_oppdatert": "2026-06-01T09:00:00+02",
                "epostadresse_sist_verifisert": "2026-06-02T09:00:00Z"}});
        register.put(&numbers[0], contact);
        let krr = Arc::new(Krr::new(&register.url(), FixedToken::new(FakeKrr::TOKEN)).unwrap());
        let notifier = scene.all_channels(Capture::new()).with_person_register(krr.clone());
        let recipients: Recipients =
            numbers.iter().map(|number| PersonRecipient::new(number.clone()).into()).collect();
        let id = scene.commit(&Order::new("many", recipients, both())).await;

        register.answer_with(Some(503));
        notifier.dispatch(1000).await.unwrap();
        assert!(notifier.status(id).await.unwrap().notifications.is_empty(), "{}", scene.back_end);
        register.answer_with(None);
        scene.step(5);
        notifier.dispatch(1000).await.unwrap();
        let state = notifier.status(id).await.unwrap();
        assert_eq!(register.calls(), [500, 500, 200]);
        assert_eq!(state.counts[&NotificationStatus::Succeeded], 1);
        assert_eq!(state.counts[&NotificationStatus::FailedRecipientNotIdentified], 699);
        let unknown = PersonRecipient::new(numbers[1].clone());
        assert_eq!(
            krr.persons(&vec![unknown.national_identity_number; 1001]).await.unwrap_err().code(),
            "NOTIFY-CONTACT-TOO-MANY"
        );
        let shut_out = Krr::new(&register.url(), FixedToken::new("wrong")).unwrap();
        assert_eq!(shut_out.persons(&numbers[..1]).await.unwrap_err().code(), "NOTIFY-CONTACT-REFUSED");
    }
}

#[tokio::test]
async fn recipients_of_a_register_that_stays_silent_come_to_an_end_too() {
    for scene in Scene::all().await {
        let register = FakeKrr::start().await.unwrap();
        register.answer_with(Some(500));
        let krr = Krr::new(&register.url(), FixedToken::new(FakeKrr::TOKEN)).unwrap();
        let notifier = scene.all_channels(Capture::new()).with_person_register(Arc::new(krr));
        let id = scene.commit(&Order::new("silent", PersonRecipient::new(number(1)), both())).await;
        for _ in 0..50 {
            notifier.dispatch(10).await.unwrap();
            scene.step(60);
        }
        let told = notifier.status(id).await.unwrap().notifications;
        assert_eq!(told[0].status, NotificationStatus::FailedTtl, "{}", scene.back_end);
        assert_eq!(
            reason(&told[0], NotificationStatus::FailedTtl),
            "the contact register did not answer in time"
        );
    }
}

fn refused() -> Outcome {
    Outcome::Rejected { rejection: Rejection::Refused, reason: Reason::new("no such mailbox") }
}

async fn fallen_back(
    scene: &Scene,
    notifier: &Notifier,
    id: &str,
    fallback: Fallback,
) -> Vec<(ChannelKind, NotificationStatus)> {
    let order = Order::new(id, PersonRecipient::new(number(1)), both()).with_fallback(fallback);
    let id = scene.commit(&order).await;
    for _ in 0..3 {
        notifier.dispatch(10).await.unwrap();
    }
    let told = notifier.status(id).await.unwrap().notifications;
    told.iter().map(|one| (one.channel, one.status)).collect()
}

#[tokio::test]
async fn what_fails_gives_way_to_the_next_channel_and_at_last_to_paper() {
    use NotificationStatus::{Accepted, Failed, FailedRejected, New};
    for scene in Scene::all().await {
        let contacts = scene.contacts();
        let mut batch = Batch::new();
        contacts.put_person(&mut batch, &number(1), &reachable()).unwrap();
        scene.store.commit(batch).await.unwrap();
        let refusing = |sms: Vec<Outcome>| {
            let notifier = scene.notifier(Capture::answering(vec![refused(); 9]));
            let notifier = notifier.with_sms_channel(Capture::answering(sms));
            notifier.with_person_register(Arc::new(contacts.clone()))
        };
        let (mail, sms) = ((ChannelKind::Email, Failed), (ChannelKind::Sms, Accepted));
        let told = fallen_back(&scene, &refusing(vec![]), "none", Fallback::None).await;
        assert_eq!(told, [mail], "{}", scene.back_end);
        let told = fallen_back(&scene, &refusing(vec![]), "next", Fallback::NextChannel).await;
        assert_eq!(told, [mail, sms]);
        let notifier = refusing(vec![refused(); 9]);
        let told = fallen_back(&scene, &notifier, "print", Fallback::Print).await;
        assert_eq!(told, [mail, (ChannelKind::Sms, FailedRejected), (ChannelKind::Print, New)]);

        let queue = notifier.print_queue(None, 10).await.unwrap();
        assert_eq!((queue.len(), queue[0].subject.as_str()), (1, "Vedtak"));
        assert!(
            matches!(&queue[0].recipient, Recipient::Person(person) if person.national_identity_number == number(1))
        );
        assert_ne!(notifier.status(queue[0].order).await.unwrap().status.as_str(), "Completed");
        for _ in 0..2 {
            notifier.printed(queue[0].id).await.unwrap();
        }
        assert!(notifier.print_queue(None, 10).await.unwrap().is_empty());
        assert_eq!(notifier.status(queue[0].order).await.unwrap().status.as_str(), "Completed");
    }
}

/// A delivery status notification about a Message-ID.
fn report(action: &str, status: &str, message_id: &str) -> String {
    format!(
        "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mx.example.com\r\n\r\nAction: {action}\r\nStatus: {status}\r\n--b\r\n\
         Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n--b--\r\n"
    )
}

#[tokio::test]
async fn a_forged_bounce_changes_nothing() {
    for scene in Scene::all().await {
        let notifier = scene.notifier(Capture::new());
        let id = scene.commit(&scene::order("known to everybody")).await;
        notifier.dispatch(10).await.unwrap();
        let sent = scene.notification(id).await;
        // The notification's id follows from the idempotency id, so anybody can know it; the token of another mail is no help.
        let other = scene.commit(&scene::order("other")).await;
        notifier.dispatch(10).await.unwrap();
        let other = scene.notification(other).await.message_id;
        let (uuid, token) = (sent.id.as_uuid().simple(), other.split_once('.').unwrap().1);
        for message_id in
            [format!("<{uuid}.{token}"), format!("<{uuid}.0@example.com>"), format!("<{uuid}.@x>")]
        {
            for action in ["failed", "delivered"] {
                let forged = Bounce::parse(report(action, "5.1.1", &message_id).as_bytes()).unwrap();
                assert_eq!(forged.notification, sent.id);
                let refused = notifier.record_bounce(&forged).await.unwrap_err();
                assert_eq!(refused.code(), "NOTIFY-RECEIPT-NOT-AUTHENTIC", "{}", scene.back_end);
            }
        }
        let bare = format!("<{uuid}@example.com>");
        assert!(Bounce::parse(report("failed", "5.1.1", &bare).as_bytes()).is_err());
        assert_eq!(scene.notification(id).await, sent);
    }
}

#[tokio::test]
async fn a_bounced_mail_gives_way_and_a_delivered_one_is_shown() {
    for scene in Scene::all().await {
        let contacts = scene.contacts();
        let mut batch = Batch::new();
        contacts.put_person(&mut batch, &number(1), &reachable()).unwrap();
        scene.store.commit(batch).await.unwrap();
        let capture = Arc::new(Capture::new());
        let notifier = scene.all_channels(Arc::clone(&capture)).with_person_register(Arc::new(contacts));
        let mut orders = Vec::new();
        for id in ["bounced", "delivered"] {
            orders.push(scene.commit(&Order::new(id, PersonRecipient::new(number(1)), both())).await);
            scene.step(1);
        }
        notifier.dispatch(10).await.unwrap();
        for (order, action, status) in [(orders[0], "failed", "5.1.1"), (orders[1], "delivered", "2.0.0")] {
            let sent = notifier.status(order).await.unwrap().notifications.remove(0);
            let bounce = Bounce::parse(report(action, status, &sent.message_id).as_bytes()).unwrap();
            assert_eq!(bounce.notification, sent.id);
            assert_eq!(bounce.action == BounceAction::Failed, action == "failed");
            for _ in 0..2 {
                notifier.record_bounce(&bounce).await.unwrap();
            }
        }
        notifier.dispatch(10).await.unwrap();
        let bounced = notifier.status(orders[0]).await.unwrap().notifications;
        assert_eq!(
            history(&bounced[0]),
            ["New", "Sending", "Succeeded", "Failed_Bounced"],
            "{}",
            scene.back_end
        );
        assert_eq!(history(&bounced[1]), ["New", "Sending", "Accepted"]);
        let delivered = notifier.status(orders[1]).await.unwrap().notifications;
        assert_eq!((delivered.len(), delivered[0].status), (1, NotificationStatus::Delivered));
    }
}
