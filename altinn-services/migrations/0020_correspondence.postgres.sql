create table services_mailing (
    id uuid primary key,
    due_at bigint,
    lease_until bigint not null,
    lease_generation bigint not null,
    service text collate "C" not null,
    sender bigint not null,
    senders_reference text not null,
    entry uuid not null,
    recipients bigint not null,
    phase text collate "C" not null,
    position bigint not null,
    expanded bigint not null,
    failures bigint not null,
    spec text not null,
    created_at bigint not null
);
create index services_mailing_due on services_mailing (due_at) where due_at is not null;
create index services_mailing_sender on services_mailing (sender, id);

create table services_correspondence (
    id uuid primary key,
    mailing uuid not null,
    number bigint not null,
    party bigint,
    reached bigint not null,
    latest bigint not null,
    version bigint not null,
    changed_at bigint not null
);
create unique index services_correspondence_mailing on services_correspondence (mailing, number);
create index services_correspondence_party on services_correspondence (party, id);

create table services_correspondence_history (
    correspondence uuid not null,
    sequence bigint not null,
    status bigint not null,
    at bigint not null,
    actor text,
    level bigint,
    note text,
    entry uuid,
    primary key (correspondence, sequence)
);
