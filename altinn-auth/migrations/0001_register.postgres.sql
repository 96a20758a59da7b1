create table auth_party (
    id bigint primary key,
    uuid uuid not null unique,
    kind bigint not null,
    name text not null,
    identifier_kind bigint not null,
    identifier_lookup bytea not null unique,
    identifier_sealed bytea not null,
    parent bigint,
    deleted boolean not null,
    version bigint not null
);

create index auth_party_parent on auth_party (parent) where parent is not null;

create table auth_role (
    offered_by bigint not null references auth_party (id),
    held_by bigint not null references auth_party (id),
    role text collate "C" not null,
    primary key (offered_by, held_by, role)
);

create index auth_role_holder on auth_role (held_by, offered_by);

-- Which key the register is kept under: told by a digest that the key makes.
create table auth_register (
    id bigint primary key check (id = 1),
    key_check bytea not null
);
