create table auth_party (
    id integer primary key,
    uuid blob not null unique,
    kind integer not null,
    name text not null,
    identifier_kind integer not null,
    identifier_lookup blob not null unique,
    identifier_sealed blob not null,
    parent integer,
    deleted integer not null,
    version integer not null
) strict;

create index auth_party_parent on auth_party (parent) where parent is not null;

create table auth_role (
    offered_by integer not null references auth_party (id),
    held_by integer not null references auth_party (id),
    role text not null,
    primary key (offered_by, held_by, role)
) strict, without rowid;

create index auth_role_holder on auth_role (held_by, offered_by);

-- Which key the register is kept under: told by a digest that the key makes.
create table auth_register (
    id integer primary key check (id = 1),
    key_check blob not null
) strict;
