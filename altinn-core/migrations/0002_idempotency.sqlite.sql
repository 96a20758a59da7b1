create table core_idempotency (
    scope blob primary key,
    request blob not null,
    id blob not null,
    claimed_at integer not null
) strict, without rowid;
create index core_idempotency_by_age on core_idempotency (claimed_at);
