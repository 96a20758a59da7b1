create table services_instance_subscription (
    id uuid primary key,
    due_at bigint,
    lease_until bigint not null,
    lease_generation bigint not null,
    service text collate "C" not null,
    party bigint not null,
    schedule text not null,
    prefill text not null,
    notify boolean not null,
    state text collate "C" not null check (state in ('active', 'done', 'ended')),
    made bigint not null,
    occasion bigint not null,
    last_day text,
    failures bigint not null,
    reason text,
    version bigint not null,
    author text not null,
    author_level bigint not null,
    subscriber text not null,
    created_at bigint not null
);
create index services_instance_subscription_due on services_instance_subscription (due_at) where due_at is not null;
create index services_instance_subscription_party on services_instance_subscription (service, party, id);
create index services_instance_subscription_service on services_instance_subscription (service, id);

create table services_subscribed_instance (
    subscription uuid not null,
    number bigint not null,
    instance uuid not null,
    party bigint not null,
    day text not null,
    made_at bigint not null,
    primary key (subscription, number)
);
