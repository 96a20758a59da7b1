-- What a party has in its inbox: one row an element, written with the change of what it is of. Titles are sealed.
create table services_inbox (
    party integer not null,
    id blob not null,
    service text not null,
    scope text not null,
    kind text not null,
    place integer not null,
    sent integer not null,
    status text not null,
    state text not null,
    title blob not null,
    news integer not null,
    entry blob,
    created_at integer not null,
    changed_at integer not null,
    due_at integer,
    visible_from integer,
    primary key (party, id)
) strict, without rowid;
create index services_inbox_changed on services_inbox (party, service, scope, place, changed_at, id);
create index services_inbox_due on services_inbox (party, service, scope, place, due_at, id) where due_at is not null;

-- Under what elements are authorised: few rows, one for each part of a service.
create table services_inbox_scope (
    service text not null,
    scope text not null,
    kind text not null,
    primary key (service, scope)
) strict, without rowid;

-- How much of an element's news somebody has seen.
create table services_inbox_seen (
    party integer not null,
    id blob not null,
    reader text not null,
    news integer not null,
    primary key (party, id, reader)
) strict, without rowid;

-- Somebody's own labels: found by a keyed digest, named in a seal.
create table services_inbox_label (
    party integer not null,
    id blob not null,
    owner text not null,
    tag blob not null,
    name blob not null,
    primary key (party, id, owner, tag)
) strict, without rowid;
