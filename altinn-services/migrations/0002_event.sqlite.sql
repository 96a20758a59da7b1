create table services_event (
    key blob primary key,
    event text not null,
    sequence integer not null,
    time integer not null,
    position integer
) strict;
create unique index services_event_position on services_event (position) where position is not null;
create index services_event_pending on services_event (sequence, time, key) where position is null;

create table services_event_head (id integer primary key check (id = 1), position integer not null) strict;
insert into services_event_head (id, position) values (1, 0);

create table services_subscription (
    id blob primary key,
    consumer text not null,
    end_point text not null,
    filter text not null,
    state text not null check (state in ('pending', 'valid', 'ended')),
    position integer not null,
    created_at integer not null
) strict;
create unique index services_subscription_same on services_subscription (consumer, end_point, filter) where state <> 'ended';
create index services_subscription_behind on services_subscription (position) where state = 'valid';

create table services_delivery (
    id blob primary key,
    subscription blob not null,
    position integer,
    state text not null check (state in ('waiting', 'delivered', 'dead')),
    attempts integer not null,
    reason text,
    created_at integer not null,
    due_at integer,
    lease_until integer not null,
    lease_generation integer not null
) strict;
create index services_delivery_due on services_delivery (due_at) where due_at is not null;
create index services_delivery_of on services_delivery (subscription, state, id);
