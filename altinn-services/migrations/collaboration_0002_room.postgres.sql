-- Transmissions between the participants of a case, numbered from 1; what they say is sealed under the case's key.
create table services_collaboration_transmission (
    case_id uuid not null,
    number bigint not null,
    party bigint not null,
    key text collate "C" not null,
    sealed bytea not null,
    at bigint not null,
    primary key (case_id, number)
);
create unique index services_collaboration_transmission_key on services_collaboration_transmission (case_id, party, key);

-- Up to which transmission each participant has seen a case, and when it saw it last.
create table services_collaboration_seen (
    case_id uuid not null,
    party bigint not null,
    number bigint not null,
    at bigint not null,
    primary key (case_id, party)
);
