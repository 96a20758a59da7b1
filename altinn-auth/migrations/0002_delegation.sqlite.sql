-- Rights and access packages that a party has given somebody for a time. What is revoked stays, for those who ask later.
create table auth_delegation (
    id blob primary key,
    offered_by integer not null references auth_party (id),
    recipient text not null,
    recipient_kind integer not null,
    recipient_party integer references auth_party (id),
    recipient_system_user blob,
    kind integer not null,
    name text not null,
    instance text not null,
    part text not null,
    action text not null,
    valid_from integer not null,
    valid_to integer,
    basis text not null,
    parent blob references auth_delegation (id),
    basis_unit integer,
    basis_role text,
    depth integer not null,
    given_by text not null,
    given_at integer not null,
    revoked_by text,
    revoked_at integer
) strict, without rowid;

create unique index auth_delegation_in_force on auth_delegation
    (offered_by, recipient, kind, name, instance, part, action, basis) where revoked_at is null;

create index auth_delegation_received on auth_delegation (recipient, id) where revoked_at is null;
create index auth_delegation_given on auth_delegation (offered_by, id) where revoked_at is null;

-- Who changed which delegation, and how: one row a change.
create table auth_delegation_change (
    id blob primary key,
    delegation blob not null references auth_delegation (id),
    offered_by integer not null,
    recipient text not null,
    change integer not null,
    at integer not null,
    by_whom text not null,
    valid_from integer not null,
    valid_to integer
) strict, without rowid;

create index auth_delegation_change_giver on auth_delegation_change (offered_by, at, id);
create index auth_delegation_change_recipient on auth_delegation_change (recipient, at, id);
