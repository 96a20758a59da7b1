-- Cases: how each stands. Every event raises the version. Shared data is sealed under the case's own key, which is wrapped
-- by a key of the agency's.
create table services_collaboration_case (
    id blob primary key,
    service text not null,
    state text not null,
    participants text not null,
    data blob not null,
    sealed_under text not null,
    wrapped_key blob not null,
    deadlines text not null,
    opened_at integer not null,
    changed_at integer not null,
    closed_at integer,
    version integer not null
) strict, without rowid;
create index services_collaboration_case_open on services_collaboration_case (service, id) where closed_at is null;
create index services_collaboration_case_key on services_collaboration_case (sealed_under);

-- The names of the agency's keys that cases may be under.
create table services_collaboration_key (name text primary key) strict, without rowid;

-- Who takes part.
create table services_collaboration_participant (
    case_id blob not null,
    role text not null,
    party integer not null,
    primary key (case_id, role)
) strict, without rowid;
create index services_collaboration_participant_party on services_collaboration_participant (party, case_id);

-- Every event of a case, by the case's version, with what it came to.
create table services_collaboration_history (
    case_id blob not null,
    version integer not null,
    event_id text not null,
    at integer not null,
    happened text not null,
    actor text not null,
    taken integer not null,
    state text not null,
    condition_name text,
    condition_result integer,
    code text,
    detail text,
    primary key (case_id, version)
) strict, without rowid;
create unique index services_collaboration_history_event on services_collaboration_history (case_id, event_id);

-- What is to be done: deadlines by their names, and what follows from transitions.
create table services_collaboration_work (
    id blob primary key,
    case_id blob not null,
    deadline text,
    job text not null,
    attempts integer not null,
    problem text,
    due_at integer not null,
    lease_until integer not null,
    lease_generation integer not null
) strict, without rowid;
create unique index services_collaboration_work_deadline on services_collaboration_work (case_id, deadline) where deadline is not null;
create index services_collaboration_work_due on services_collaboration_work (due_at);
create index services_collaboration_work_case on services_collaboration_work (case_id);

-- Which instance of which member belongs to which case.
create table services_collaboration_instance (
    instance blob primary key,
    party integer not null,
    case_id blob not null,
    member text not null
) strict, without rowid;

-- How far the feed of events has been followed.
create table services_collaboration_cursor (id integer primary key check (id = 1), position integer not null) strict;
insert into services_collaboration_cursor (id, position) values (1, 0);
