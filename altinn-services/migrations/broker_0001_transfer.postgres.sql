-- File transfers. What has to be done by itself is due at `due_at`.
create table services_broker_transfer (
    id uuid primary key,
    service text not null,
    sender bigint not null,
    status text not null,
    file_name text,
    reference text,
    properties text not null,
    checksum text,
    announced bigint,
    received bigint not null,
    segments bigint not null,
    sha256 bytea,
    entry uuid,
    created_at bigint not null,
    expires_at bigint,
    version bigint not null,
    due_at bigint,
    lease_until bigint not null,
    lease_generation bigint not null
);
create index services_broker_transfer_sender on services_broker_transfer (sender, service, id);
create index services_broker_transfer_due on services_broker_transfer (due_at) where due_at is not null;

-- What was uploaded and is not published yet, in pieces: where each is, encrypted.
create table services_broker_segment (
    transfer uuid not null,
    number bigint not null,
    size bigint not null,
    parked bytea not null,
    primary key (transfer, number)
);

-- Who receives.
create table services_broker_recipient (
    transfer uuid not null,
    party bigint not null,
    status text not null,
    at bigint not null,
    confirmation uuid,
    primary key (transfer, party)
);
create index services_broker_recipient_party on services_broker_recipient (party, transfer);

-- Every step of a transfer and of its recipients, by the transfer's version.
create table services_broker_history (
    transfer uuid not null,
    version bigint not null,
    at bigint not null,
    recipient bigint,
    status text not null,
    reason text,
    primary key (transfer, version)
);
