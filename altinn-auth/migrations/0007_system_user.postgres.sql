-- Systems that vendors have registered, what they ask customers for, and the system users that customers have.
create table auth_system (
    id text collate "C" primary key,
    vendor text not null,
    name text not null,
    description text not null,
    powers text not null,
    redirect_urls text not null,
    visible boolean not null,
    created_at bigint not null,
    deleted_at bigint,
    version bigint not null
);

create table auth_system_client (
    client_id text collate "C" primary key,
    system text collate "C" not null references auth_system (id)
);

create index auth_system_client_system on auth_system_client (system);

create table auth_system_change (
    system text collate "C" not null references auth_system (id),
    at bigint not null,
    id uuid not null,
    what text not null,
    by_whom text not null,
    primary key (system, at, id)
);

create table auth_system_user (
    id uuid primary key,
    system text collate "C" not null references auth_system (id),
    owner bigint not null references auth_party (id),
    external_ref text collate "C" not null,
    kind text not null,
    powers text not null,
    created_at bigint not null,
    created_by text not null,
    deleted_at bigint,
    version bigint not null
);

create unique index auth_system_user_owner on auth_system_user (owner, system, external_ref) where deleted_at is null;
create index auth_system_user_system on auth_system_user (system) where deleted_at is null;

create table auth_system_user_request (
    id uuid primary key,
    system text collate "C" not null references auth_system (id),
    owner bigint not null references auth_party (id),
    external_ref text collate "C" not null,
    kind text not null,
    system_user uuid references auth_system_user (id),
    required text not null,
    unwanted text not null,
    redirect_url text,
    created_at bigint not null,
    status text not null,
    settled_at bigint,
    settled_by text,
    escalated_at bigint,
    escalated_by text
);

create unique index auth_system_user_request_open on auth_system_user_request (owner, system, external_ref)
    where status = 'New' and system_user is null;
create unique index auth_system_user_request_change on auth_system_user_request (system_user)
    where status = 'New' and system_user is not null;
create index auth_system_user_request_owner on auth_system_user_request (owner, created_at) where status = 'New';
