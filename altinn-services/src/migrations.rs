//! The tables of this crate.

use altinn_core::store::Migration;

/// The steps of every table that an [`Altinn`](crate::Altinn) stands on, those of the lower crates first: for
/// [`Store::migrate`](altinn_core::store::Store::migrate) and [`Store::copy_to`](altinn_core::store::Store::copy_to).
pub fn all_migrations() -> [&'static [Migration]; 5] {
    [
        altinn_core::MIGRATIONS,
        altinn_auth::register::MIGRATIONS,
        altinn_archive::MIGRATIONS,
        altinn_notify::MIGRATIONS,
        MIGRATIONS,
    ]
}

/// The tables of this crate, for [`Store::migrate`](altinn_core::store::Store::migrate).
pub static MIGRATIONS: &[Migration] = &[
    Migration {
        owner: "altinn-services",
        number: 1,
        name: "submission",
        sqlite: include_str!("../migrations/0001_submission.sqlite.sql"),
        postgres: include_str!("../migrations/0001_submission.postgres.sql"),
    },
    Migration {
        owner: "altinn-services",
        number: 2,
        name: "event",
        sqlite: include_str!("../migrations/0002_event.sqlite.sql"),
        postgres: include_str!("../migrations/0002_event.postgres.sql"),
    },
    Migration {
        owner: "altinn-services",
        number: 3,
        name: "service_task",
        sqlite: include_str!("../migrations/0003_service_task.sqlite.sql"),
        postgres: include_str!("../migrations/0003_service_task.postgres.sql"),
    },
    Migration {
        owner: "altinn-services",
        number: 4,
        name: "trail",
        sqlite: include_str!("../migrations/0004_trail.sqlite.sql"),
        postgres: include_str!("../migrations/0004_trail.postgres.sql"),
    },
    Migration {
        owner: "altinn-services",
        number: 5,
        name: "file_scan",
        sqlite: include_str!("../migrations/0005_file_scan.sqlite.sql"),
        postgres: include_str!("../migrations/0005_file_scan.postgres.sql"),
    },
    Migration {
        owner: "altinn-services",
        number: 6,
        name: "instance_status",
        sqlite: include_str!("../migrations/0006_instance_status.sqlite.sql"),
        postgres: include_str!("../migrations/0006_instance_status.postgres.sql"),
    },
    Migration {
        owner: "altinn-services-inbox",
        number: 1,
        name: "element",
        sqlite: include_str!("../migrations/inbox_0001_element.sqlite.sql"),
        postgres: include_str!("../migrations/inbox_0001_element.postgres.sql"),
    },
    Migration {
        owner: "altinn-services-inbox",
        number: 2,
        name: "entry",
        sqlite: include_str!("../migrations/inbox_0002_entry.sqlite.sql"),
        postgres: include_str!("../migrations/inbox_0002_entry.postgres.sql"),
    },
    Migration {
        owner: "altinn-services-listing",
        number: 1,
        name: "instances_of_service",
        sqlite: include_str!("../migrations/listing_0001_service.sqlite.sql"),
        postgres: include_str!("../migrations/listing_0001_service.postgres.sql"),
    },
    Migration {
        owner: "altinn-services",
        number: 7,
        name: "one_trail",
        sqlite: include_str!("../migrations/0007_one_trail.sqlite.sql"),
        postgres: include_str!("../migrations/0007_one_trail.postgres.sql"),
    },
    Migration {
        owner: "altinn-services",
        number: 8,
        name: "instance_subscription",
        sqlite: include_str!("../migrations/0008_instance_subscription.sqlite.sql"),
        postgres: include_str!("../migrations/0008_instance_subscription.postgres.sql"),
    },
    Migration {
        owner: "altinn-services",
        number: 9,
        name: "event_instance",
        sqlite: include_str!("../migrations/0009_event_instance.sqlite.sql"),
        postgres: include_str!("../migrations/0009_event_instance.postgres.sql"),
    },
    Migration {
        owner: "altinn-services",
        number: 10,
        name: "element_metadata",
        sqlite: include_str!("../migrations/0010_element_metadata.sqlite.sql"),
        postgres: include_str!("../migrations/0010_element_metadata.postgres.sql"),
    },
    #[cfg(feature = "broker")]
    Migration {
        owner: "altinn-services-broker",
        number: 1,
        name: "transfer",
        sqlite: include_str!("../migrations/broker_0001_transfer.sqlite.sql"),
        postgres: include_str!("../migrations/broker_0001_transfer.postgres.sql"),
    },
    #[cfg(feature = "broker")]
    Migration {
        owner: "altinn-services-broker",
        number: 2,
        name: "work",
        sqlite: include_str!("../migrations/broker_0002_work.sqlite.sql"),
        postgres: include_str!("../migrations/broker_0002_work.postgres.sql"),
    },
    #[cfg(feature = "collaboration")]
    Migration {
        owner: "altinn-services-collaboration",
        number: 1,
        name: "case",
        sqlite: include_str!("../migrations/collaboration_0001_case.sqlite.sql"),
        postgres: include_str!("../migrations/collaboration_0001_case.postgres.sql"),
    },
    #[cfg(feature = "collaboration")]
    Migration {
        owner: "altinn-services-collaboration",
        number: 2,
        name: "room",
        sqlite: include_str!("../migrations/collaboration_0002_room.sqlite.sql"),
        postgres: include_str!("../migrations/collaboration_0002_room.postgres.sql"),
    },
    #[cfg(feature = "link")]
    Migration {
        owner: "altinn-services-link",
        number: 1,
        name: "code",
        sqlite: include_str!("../migrations/link_0001_code.sqlite.sql"),
        postgres: include_str!("../migrations/link_0001_code.postgres.sql"),
    },
    #[cfg(feature = "correspondence")]
    Migration {
        owner: "altinn-services-correspondence",
        number: 1,
        name: "shared_attachment",
        sqlite: include_str!("../migrations/correspondence_0001_shared_attachment.sqlite.sql"),
        postgres: include_str!("../migrations/correspondence_0001_shared_attachment.postgres.sql"),
    },
    #[cfg(feature = "correspondence")]
    Migration {
        owner: "altinn-services",
        number: 20,
        name: "correspondence",
        sqlite: include_str!("../migrations/0020_correspondence.sqlite.sql"),
        postgres: include_str!("../migrations/0020_correspondence.postgres.sql"),
    },
    #[cfg(feature = "correspondence")]
    Migration {
        owner: "altinn-services",
        number: 21,
        name: "mailing_entry",
        sqlite: include_str!("../migrations/0021_mailing_entry.sqlite.sql"),
        postgres: include_str!("../migrations/0021_mailing_entry.postgres.sql"),
    },
    #[cfg(feature = "correspondence")]
    Migration {
        owner: "altinn-services-correspondence",
        number: 2,
        name: "work",
        sqlite: include_str!("../migrations/correspondence_0002_work.sqlite.sql"),
        postgres: include_str!("../migrations/correspondence_0002_work.postgres.sql"),
    },
    #[cfg(feature = "correspondence")]
    Migration {
        owner: "altinn-services-correspondence",
        number: 3,
        name: "forwarding",
        sqlite: include_str!("../migrations/correspondence_0003_forwarding.sqlite.sql"),
        postgres: include_str!("../migrations/correspondence_0003_forwarding.postgres.sql"),
    },
];
