-- Mails by which recipients forward correspondences: whether each has gone out. The address is a keyed digest.
create table services_forwarding (
    id blob primary key,
    due_at integer,
    lease_until integer not null,
    lease_generation integer not null,
    correspondence blob not null,
    mailing blob not null,
    address blob not null,
    actor text not null,
    level integer not null,
    looks integer not null,
    created_at integer not null
) strict, without rowid;
create unique index services_forwarding_address on services_forwarding (correspondence, address);
create index services_forwarding_due on services_forwarding (due_at) where due_at is not null;
