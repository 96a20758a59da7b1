-- Systems that vendors have registered, what they ask customers for, and the system users that customers have.
create table auth_system (
    id text primary key,
    vendor text not null,
    name text not null,
    description text not null,
    powers text not null,
    redirect_urls text not null,
    visible integer not null,
    created_at integer not null,
    deleted_at integer,
    version integer not null
) strict, without rowid;

create table auth_system_client (
    client_id text primary key,
    system text not null references auth_system (id)
) strict, without rowid;

create index auth_system_client_system on auth_system_client (system);

create table auth_system_change (
    system text not null references auth_system (id),
    at integer not null,
    id blob not null,
    what text not null,
    by_whom text not null,
    primary key (system, at, id)
) strict, without rowid;

create table auth_system_user (
    id blob primary key,
    system text not null references auth_system (id),
    owner integer not null references auth_party (id),
    external_ref text not null,
    kind text not null,
    powers text not null,
    created_at integer not null,
    created_by text not null,
    deleted_at integer,
    version integer not null
) strict, without rowid;

create unique index auth_system_user_owner on auth_system_user (owner, system, external_ref) where deleted_at is null;
create index auth_system_user_system on auth_system_user (system) where deleted_at is null;

create table auth_system_user_request (
    id blob primary key,
    system text not null references auth_system (id),
    owner integer not null references auth_party (id),
    external_ref text not null,
    kind text not null,
    system_user blob references auth_system_user (id),
    required text not null,
    unwanted text not null,
    redirect_url text,
    created_at integer not null,
    status text not null,
    settled_at integer,
    settled_by text,
    escalated_at integer,
    escalated_by text
) strict, without rowid;

create unique index auth_system_user_request_open on auth_system_user_request (owner, system, external_ref)
    where status = 'New' and system_user is null;
create unique index auth_system_user_request_change on auth_system_user_request (system_user)
    where status = 'New' and system_user is not null;
create index auth_system_user_request_owner on auth_system_user_request (owner, created_at) where status = 'New';
