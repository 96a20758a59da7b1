create table notify_order (
    id blob primary key,
    idempotency_id text not null,
    digest blob not null,
    senders_reference text,
    template_id text,
    template_version text,
    requested_send_time integer,
    registered_at integer not null
) strict;

create table notify_notification (
    id blob primary key,
    due_at integer,
    lease_until integer not null,
    lease_generation integer not null,
    order_id blob not null references notify_order (id),
    number integer not null,
    status text not null,
    attempts integer not null,
    unknown_outcomes integer not null,
    sequence integer not null,
    message_id text not null,
    send_at integer not null,
    expires_at integer not null,
    sender text not null,
    address text not null,
    language text not null,
    subject text not null,
    body text not null
) strict;

create index notify_notification_due on notify_notification (due_at) where due_at is not null;

create unique index notify_notification_order on notify_notification (order_id, number);

create table notify_transition (
    notification_id blob not null references notify_notification (id),
    sequence integer not null,
    at integer not null,
    status text not null,
    reason text,
    primary key (notification_id, sequence)
) strict, without rowid;
