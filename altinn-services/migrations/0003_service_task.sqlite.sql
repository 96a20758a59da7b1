create table services_task (
    id blob primary key,
    due_at integer,
    lease_until integer not null,
    lease_generation integer not null,
    instance blob not null,
    party integer not null,
    service text not null,
    task text not null,
    flow integer not null,
    kind text not null,
    state text not null,
    failures integer not null,
    reason text,
    author text not null,
    author_party integer,
    author_level integer not null,
    created_at integer not null,
    changed_at integer not null
) strict, without rowid;
create index services_task_due on services_task (due_at) where due_at is not null;
create index services_task_instance on services_task (instance, created_at);
create index services_task_open on services_task (state, changed_at) where state in ('waiting', 'failed');
