create table services_instance (
    id uuid primary key,
    party bigint not null,
    service text collate "C" not null,
    process text not null,
    version bigint not null,
    created_at bigint not null,
    changed_at bigint not null,
    entry uuid
);
create index services_instance_party on services_instance (party, changed_at);

create table services_data (
    id uuid primary key,
    instance uuid not null,
    data_type text collate "C" not null,
    content_type text not null,
    file_name text,
    content bytea not null,
    created_at bigint not null,
    changed_at bigint not null
);
create index services_data_instance on services_data (instance);

create table services_history (
    instance uuid not null,
    sequence bigint not null,
    type text not null,
    at bigint not null,
    actor text not null,
    level bigint not null,
    element text,
    process text not null,
    primary key (instance, sequence)
);
