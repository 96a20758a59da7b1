create table notify_order (
    id blob primary key,
    due_at integer,
    lease_until integer not null,
    lease_generation integer not null,
    main_id blob not null,
    number integer not null,
    idempotency_id text not null,
    digest blob not null,
    status text not null,
    status_reason text,
    sequence integer not null,
    attempts integer not null,
    senders_reference text,
    template_id text,
    template_version text,
    requested_send_time integer,
    registered_at integer not null,
    send_at integer not null,
    spec blob not null,
    sealed_under text not null,
    wrapped_key blob not null,
    recipients_of blob not null,
    recipients integer not null,
    slices integer not null,
    next_slice integer not null,
    erased_at integer
) strict;

create index notify_order_due on notify_order (due_at) where due_at is not null;

create unique index notify_order_main on notify_order (main_id, number);

create index notify_order_registered on notify_order (registered_at) where erased_at is null;

create index notify_order_sealed_under on notify_order (sealed_under) where erased_at is null;

create index notify_order_parked on notify_order (id) where due_at is null and status in ('Registered', 'Processing');

create table notify_recipients (
    order_id blob not null references notify_order (id),
    slice integer not null,
    recipients blob not null,
    primary key (order_id, slice)
) strict, without rowid;

create table notify_notification (
    id blob primary key,
    due_at integer,
    lease_until integer not null,
    lease_generation integer not null,
    order_id blob not null references notify_order (id),
    number integer not null,
    route integer not null,
    channel text not null,
    status text not null,
    parked integer not null,
    attempts integer not null,
    unknown_outcomes integer not null,
    sequence integer not null,
    message_id text not null,
    send_at integer not null,
    expires_at integer not null,
    recipient blob,
    routes blob,
    language text not null
) strict;

create index notify_notification_due on notify_notification (channel, due_at) where due_at is not null;

create unique index notify_notification_order on notify_notification (order_id, number, route);

create index notify_notification_recipient on notify_notification (recipient, id);

create index notify_notification_print on notify_notification (id) where channel = 'print' and status = 'New';

create index notify_notification_parked on notify_notification (id) where parked = 1;

create table notify_transition (
    subject blob not null,
    sequence integer not null,
    order_id blob not null,
    at integer not null,
    status text not null,
    reason text,
    position integer,
    primary key (subject, sequence)
) strict, without rowid;

create index notify_transition_unnumbered on notify_transition (sequence, at) where position is null;

create unique index notify_transition_position on notify_transition (position) where position is not null;

create index notify_transition_order on notify_transition (order_id, position);

create table notify_feed_head (
    id integer primary key check (id = 1),
    position integer not null
) strict;

insert into notify_feed_head (id, position) values (1, 0);

create table notify_key (
    name text primary key
) strict;
