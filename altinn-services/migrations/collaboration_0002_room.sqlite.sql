-- Transmissions between the participants of a case, numbered from 1; what they say is sealed under the case's key.
create table services_collaboration_transmission (
    case_id blob not null,
    number integer not null,
    party integer not null,
    key text not null,
    sealed blob not null,
    at integer not null,
    primary key (case_id, number)
) strict, without rowid;
create unique index services_collaboration_transmission_key on services_collaboration_transmission (case_id, party, key);

-- Up to which transmission each participant has seen a case, and when it saw it last.
create table services_collaboration_seen (
    case_id blob not null,
    party integer not null,
    number integer not null,
    at integer not null,
    primary key (case_id, party)
) strict, without rowid;
