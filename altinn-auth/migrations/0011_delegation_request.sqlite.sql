-- What parties are asked to give others, and what became of it.
create table auth_delegation_request (
    id blob primary key,
    offered_by integer not null references auth_party (id),
    recipient integer not null references auth_party (id),
    kind text not null,
    name text not null,
    rights text not null,
    status text not null,
    created_at integer not null,
    created_by text not null,
    changed_at integer not null,
    changed_by text not null
) strict, without rowid;

create unique index auth_delegation_request_open on auth_delegation_request (offered_by, recipient, kind, name, rights)
    where status in ('Draft', 'Pending');
create index auth_delegation_request_made on auth_delegation_request (recipient, id);
create index auth_delegation_request_got on auth_delegation_request (offered_by, id);
