create table core_idempotency (
    scope bytea primary key,
    request bytea not null,
    id uuid not null,
    claimed_at bigint not null
);
create index core_idempotency_by_age on core_idempotency (claimed_at);
