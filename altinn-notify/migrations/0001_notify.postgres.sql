create table notify_order (
    id uuid primary key,
    due_at bigint,
    lease_until bigint not null,
    lease_generation bigint not null,
    main_id uuid not null,
    number bigint not null,
    idempotency_id text not null,
    digest bytea not null,
    status text not null,
    status_reason text,
    sequence bigint not null,
    attempts bigint not null,
    senders_reference text,
    template_id text,
    template_version text,
    requested_send_time bigint,
    registered_at bigint not null,
    send_at bigint not null,
    spec bytea not null,
    sealed_under text not null,
    wrapped_key bytea not null,
    recipients_of uuid not null,
    recipients bigint not null,
    slices bigint not null,
    next_slice bigint not null,
    erased_at bigint
);

create index notify_order_due on notify_order (due_at) where due_at is not null;

create unique index notify_order_main on notify_order (main_id, number);

create index notify_order_registered on notify_order (registered_at) where erased_at is null;

create index notify_order_sealed_under on notify_order (sealed_under) where erased_at is null;

create index notify_order_parked on notify_order (id) where due_at is null and status in ('Registered', 'Processing');

create table notify_recipients (
    order_id uuid not null references notify_order (id),
    slice bigint not null,
    recipients bytea not null,
    primary key (order_id, slice)
);

create table notify_notification (
    id uuid primary key,
    due_at bigint,
    lease_until bigint not null,
    lease_generation bigint not null,
    order_id uuid not null references notify_order (id),
    number bigint not null,
    route bigint not null,
    channel text not null,
    status text not null,
    parked bigint not null,
    attempts bigint not null,
    unknown_outcomes bigint not null,
    sequence bigint not null,
    message_id text not null,
    send_at bigint not null,
    expires_at bigint not null,
    recipient bytea,
    routes bytea,
    language text not null
);

create index notify_notification_due on notify_notification (channel, due_at) where due_at is not null;

create unique index notify_notification_order on notify_notification (order_id, number, route);

create index notify_notification_recipient on notify_notification (recipient, id);

create index notify_notification_print on notify_notification (id) where channel = 'print' and status = 'New';

create index notify_notification_parked on notify_notification (id) where parked = 1;

create table notify_transition (
    subject uuid not null,
    sequence bigint not null,
    order_id uuid not null,
    at bigint not null,
    status text not null,
    reason text,
    position bigint,
    primary key (subject, sequence)
);

create index notify_transition_unnumbered on notify_transition (sequence, at) where position is null;

create unique index notify_transition_position on notify_transition (position) where position is not null;

create index notify_transition_order on notify_transition (order_id, position);

create table notify_feed_head (
    id bigint primary key check (id = 1),
    position bigint not null
);

insert into notify_feed_head (id, position) values (1, 0);

create table notify_key (
    name text collate "C" primary key
);
