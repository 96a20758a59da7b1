create table services_instance_subscription (
    id blob primary key,
    due_at integer,
    lease_until integer not null,
    lease_generation integer not null,
    service text not null,
    party integer not null,
    schedule text not null,
    prefill text not null,
    notify integer not null,
    state text not null check (state in ('active', 'done', 'ended')),
    made integer not null,
    occasion integer not null,
    last_day text,
    failures integer not null,
    reason text,
    version integer not null,
    author text not null,
    author_level integer not null,
    subscriber text not null,
    created_at integer not null
) strict, without rowid;
create index services_instance_subscription_due on services_instance_subscription (due_at) where due_at is not null;
create index services_instance_subscription_party on services_instance_subscription (service, party, id);
create index services_instance_subscription_service on services_instance_subscription (service, id);

create table services_subscribed_instance (
    subscription blob not null,
    number integer not null,
    instance blob not null,
    party integer not null,
    day text not null,
    made_at integer not null,
    primary key (subscription, number)
) strict, without rowid;
