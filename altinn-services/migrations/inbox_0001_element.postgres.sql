-- What a party has in its inbox: one row an element, written with the change of what it is of. Titles are sealed.
create table services_inbox (
    party bigint not null,
    id uuid not null,
    service text collate "C" not null,
    scope text collate "C" not null,
    kind text not null,
    place bigint not null,
    sent bigint not null,
    status text not null,
    state text not null,
    title bytea not null,
    news bigint not null,
    entry uuid,
    created_at bigint not null,
    changed_at bigint not null,
    due_at bigint,
    visible_from bigint,
    primary key (party, id)
);
create index services_inbox_changed on services_inbox (party, service, scope, place, changed_at, id);
create index services_inbox_due on services_inbox (party, service, scope, place, due_at, id) where due_at is not null;

-- Under what elements are authorised: few rows, one for each part of a service.
create table services_inbox_scope (
    service text collate "C" not null,
    scope text collate "C" not null,
    kind text not null,
    primary key (service, scope)
);

-- How much of an element's news somebody has seen.
create table services_inbox_seen (
    party bigint not null,
    id uuid not null,
    reader text collate "C" not null,
    news bigint not null,
    primary key (party, id, reader)
);

-- Somebody's own labels: found by a keyed digest, named in a seal.
create table services_inbox_label (
    party bigint not null,
    id uuid not null,
    owner text collate "C" not null,
    tag bytea not null,
    name bytea not null,
    primary key (party, id, owner, tag)
);
