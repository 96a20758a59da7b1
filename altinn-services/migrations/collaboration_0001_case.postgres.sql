-- Cases: how each stands. Every event raises the version. Shared data is sealed under the case's own key, which is wrapped
-- by a key of the agency's.
create table services_collaboration_case (
    id uuid primary key,
    service text collate "C" not null,
    state text not null,
    participants text not null,
    data bytea not null,
    sealed_under text collate "C" not null,
    wrapped_key bytea not null,
    deadlines text not null,
    opened_at bigint not null,
    changed_at bigint not null,
    closed_at bigint,
    version bigint not null
);
create index services_collaboration_case_open on services_collaboration_case (service, id) where closed_at is null;
create index services_collaboration_case_key on services_collaboration_case (sealed_under);

-- The names of the agency's keys that cases may be under.
create table services_collaboration_key (name text collate "C" primary key);

-- Who takes part.
create table services_collaboration_participant (
    case_id uuid not null,
    role text collate "C" not null,
    party bigint not null,
    primary key (case_id, role)
);
create index services_collaboration_participant_party on services_collaboration_participant (party, case_id);

-- Every event of a case, by the case's version, with what it came to.
create table services_collaboration_history (
    case_id uuid not null,
    version bigint not null,
    event_id text collate "C" not null,
    at bigint not null,
    happened text not null,
    actor text not null,
    taken bigint not null,
    state text not null,
    condition_name text,
    condition_result bigint,
    code text,
    detail text,
    primary key (case_id, version)
);
create unique index services_collaboration_history_event on services_collaboration_history (case_id, event_id);

-- What is to be done: deadlines by their names, and what follows from transitions.
create table services_collaboration_work (
    id uuid primary key,
    case_id uuid not null,
    deadline text collate "C",
    job text not null,
    attempts bigint not null,
    problem text,
    due_at bigint not null,
    lease_until bigint not null,
    lease_generation bigint not null
);
create unique index services_collaboration_work_deadline on services_collaboration_work (case_id, deadline) where deadline is not null;
create index services_collaboration_work_due on services_collaboration_work (due_at);
create index services_collaboration_work_case on services_collaboration_work (case_id);

-- Which instance of which member belongs to which case.
create table services_collaboration_instance (
    instance uuid primary key,
    party bigint not null,
    case_id uuid not null,
    member text not null
);

-- How far the feed of events has been followed.
create table services_collaboration_cursor (id bigint primary key check (id = 1), position bigint not null);
insert into services_collaboration_cursor (id, position) values (1, 0);
