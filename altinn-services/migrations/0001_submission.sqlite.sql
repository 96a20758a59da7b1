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

create table services_event (
    id blob primary key,
    source text not null,
    type text not null,
    subject text not null,
    time integer not null,
    resource text not null,
    instance text not null,
    sequence integer not null,
    position integer
) strict;
create unique index services_event_position on services_event (position) where position is not null;
create index services_event_pending on services_event (sequence, time, id) where position is null;

create table services_event_head (id integer primary key check (id = 1), position integer not null) strict;
insert into services_event_head (id, position) values (1, 0);
