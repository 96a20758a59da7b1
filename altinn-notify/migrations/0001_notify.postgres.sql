create table notify_order (
    id uuid primary key,
    idempotency_id text not null,
    digest bytea not null,
    senders_reference text,
    template_id text,
    template_version text,
    requested_send_time bigint,
    registered_at bigint not null
);

create table notify_notification (
    id uuid primary key,
    due_at bigint,
    lease_until bigint not null,
    lease_generation bigint not null,
    order_id uuid not null references notify_order (id),
    number bigint not null,
    status text not null,
    attempts bigint not null,
    unknown_outcomes bigint not null,
    sequence bigint not null,
    message_id text not null,
    send_at bigint not null,
    expires_at bigint not null,
    sender text not null,
    address text not null,
    language text not null,
    subject text not null,
    body text not null
);

create index notify_notification_due on notify_notification (due_at) where due_at is not null;

create unique index notify_notification_order on notify_notification (order_id, number);

create table notify_transition (
    notification_id uuid not null references notify_notification (id),
    sequence bigint not null,
    at bigint not null,
    status text not null,
    reason text,
    primary key (notification_id, sequence)
);
