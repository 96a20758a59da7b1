create table services_task (
    id uuid primary key,
    due_at bigint,
    lease_until bigint not null,
    lease_generation bigint not null,
    instance uuid not null,
    party bigint not null,
    service text collate "C" not null,
    task text not null,
    flow bigint not null,
    kind text not null,
    state text collate "C" not null,
    failures bigint not null,
    reason text,
    author text not null,
    author_party bigint,
    author_level bigint not null,
    created_at bigint not null,
    changed_at bigint not null
);
create index services_task_due on services_task (due_at) where due_at is not null;
create index services_task_instance on services_task (instance, created_at);
create index services_task_open on services_task (state, changed_at) where state in ('waiting', 'failed');
