-- Mails by which recipients forward correspondences: whether each has gone out. The address is a keyed digest.
create table services_forwarding (
    id uuid primary key,
    due_at bigint,
    lease_until bigint not null,
    lease_generation bigint not null,
    correspondence uuid not null,
    mailing uuid not null,
    address bytea not null,
    actor text not null,
    level bigint not null,
    looks bigint not null,
    created_at bigint not null
);
create unique index services_forwarding_address on services_forwarding (correspondence, address);
create index services_forwarding_due on services_forwarding (due_at) where due_at is not null;
