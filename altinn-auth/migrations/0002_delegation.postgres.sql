-- Rights and access packages that a party has given somebody for a time. What is revoked stays, for those who ask later.
create table auth_delegation (
    id uuid primary key,
    offered_by bigint not null references auth_party (id),
    recipient text collate "C" not null,
    recipient_kind bigint not null,
    recipient_party bigint references auth_party (id),
    recipient_system_user uuid,
    kind bigint not null,
    name text collate "C" not null,
    instance text collate "C" not null,
    part text collate "C" not null,
    action text collate "C" not null,
    valid_from bigint not null,
    valid_to bigint,
    basis text collate "C" not null,
    parent uuid references auth_delegation (id),
    basis_unit bigint,
    basis_role text collate "C",
    depth bigint not null,
    given_by text collate "C" not null,
    given_at bigint not null,
    revoked_by text collate "C",
    revoked_at bigint
);

create unique index auth_delegation_in_force on auth_delegation
    (offered_by, recipient, kind, name, instance, part, action, basis) where revoked_at is null;

create index auth_delegation_received on auth_delegation (recipient, id) where revoked_at is null;
create index auth_delegation_given on auth_delegation (offered_by, id) where revoked_at is null;

-- Who changed which delegation, and how: one row a change.
create table auth_delegation_change (
    id uuid primary key,
    delegation uuid not null references auth_delegation (id),
    offered_by bigint not null,
    recipient text collate "C" not null,
    change bigint not null,
    at bigint not null,
    by_whom text collate "C" not null,
    valid_from bigint not null,
    valid_to bigint
);

create index auth_delegation_change_giver on auth_delegation_change (offered_by, at, id);
create index auth_delegation_change_recipient on auth_delegation_change (recipient, at, id);
