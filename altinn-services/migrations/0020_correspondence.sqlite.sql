create table services_mailing (
    id blob primary key,
    due_at integer,
    lease_until integer not null,
    lease_generation integer not null,
    service text not null,
    sender integer not null,
    senders_reference text not null,
    entry blob not null,
    recipients integer not null,
    phase text not null,
    position integer not null,
    expanded integer not null,
    failures integer not null,
    spec text not null,
    created_at integer not null
) strict, without rowid;
create index services_mailing_due on services_mailing (due_at) where due_at is not null;
create index services_mailing_sender on services_mailing (sender, id);

create table services_correspondence (
    id blob primary key,
    mailing blob not null,
    number integer not null,
    party integer,
    reached integer not null,
    latest integer not null,
    version integer not null,
    changed_at integer not null
) strict, without rowid;
create unique index services_correspondence_mailing on services_correspondence (mailing, number);
create index services_correspondence_party on services_correspondence (party, id);

create table services_correspondence_history (
    correspondence blob not null,
    sequence integer not null,
    status integer not null,
    at integer not null,
    actor text,
    level integer,
    note text,
    entry blob,
    primary key (correspondence, sequence)
) strict, without rowid;
