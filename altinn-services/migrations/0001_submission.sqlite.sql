create table services_instance (
    id blob primary key,
    party integer not null,
    service text not null,
    process text not null,
    version integer not null,
    created_at integer not null,
    changed_at integer not null,
    entry blob
) strict, without rowid;
create index services_instance_party on services_instance (party, changed_at);

create table services_data (
    id blob primary key,
    instance blob not null,
    data_type text not null,
    content_type text not null,
    file_name text,
    content blob not null,
    created_at integer not null,
    changed_at integer not null
) strict;
create index services_data_instance on services_data (instance);

create table services_history (
    instance blob not null,
    sequence integer not null,
    type text not null,
    at integer not null,
    actor text not null,
    level integer not null,
    element text,
    process text not null,
    primary key (instance, sequence)
) strict, without rowid;
