create table services_event (
    key uuid primary key,
    event text not null,
    sequence bigint not null,
    time bigint not null,
    position bigint
);
create unique index services_event_position on services_event (position) where position is not null;
create index services_event_pending on services_event (sequence, time, key) where position is null;

create table services_event_head (id bigint primary key check (id = 1), position bigint not null);
insert into services_event_head (id, position) values (1, 0);

create table services_subscription (
    id uuid primary key,
    consumer text collate "C" not null,
    end_point text collate "C" not null,
    filter text collate "C" not null,
    state text not null check (state in ('pending', 'valid', 'ended')),
    position bigint not null,
    created_at bigint not null
);
create unique index services_subscription_same on services_subscription (consumer, end_point, filter) where state <> 'ended';
create index services_subscription_behind on services_subscription (position) where state = 'valid';

create table services_delivery (
    id uuid primary key,
    subscription uuid not null,
    position bigint,
    state text not null check (state in ('waiting', 'delivered', 'dead')),
    attempts bigint not null,
    reason text,
    created_at bigint not null,
    due_at bigint,
    lease_until bigint not null,
    lease_generation bigint not null
);
create index services_delivery_due on services_delivery (due_at) where due_at is not null;
create index services_delivery_of on services_delivery (subscription, state, id);
