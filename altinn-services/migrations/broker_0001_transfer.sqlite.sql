-- File transfers. What has to be done by itself is due at `due_at`.
create table services_broker_transfer (
    id blob primary key,
    service text not null,
    sender integer not null,
    status text not null,
    file_name text,
    reference text,
    properties text not null,
    checksum text,
    announced integer,
    received integer not null,
    segments integer not null,
    sha256 blob,
    entry blob,
    created_at integer not null,
    expires_at integer,
    version integer not null,
    due_at integer,
    lease_until integer not null,
    lease_generation integer not null
) strict, without rowid;
create index services_broker_transfer_sender on services_broker_transfer (sender, service, id);
create index services_broker_transfer_due on services_broker_transfer (due_at) where due_at is not null;

-- What was uploaded and is not published yet, in pieces: where each is, encrypted.
create table services_broker_segment (
    transfer blob not null,
    number integer not null,
    size integer not null,
    parked blob not null,
    primary key (transfer, number)
) strict, without rowid;

-- Who receives.
create table services_broker_recipient (
    transfer blob not null,
    party integer not null,
    status text not null,
    at integer not null,
    confirmation blob,
    primary key (transfer, party)
) strict, without rowid;
create index services_broker_recipient_party on services_broker_recipient (party, transfer);

-- Every step of a transfer and of its recipients, by the transfer's version.
create table services_broker_history (
    transfer blob not null,
    version integer not null,
    at integer not null,
    recipient integer,
    status text not null,
    reason text,
    primary key (transfer, version)
) strict, without rowid;
