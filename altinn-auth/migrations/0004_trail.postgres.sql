-- Every decision: who wanted to do what on whose behalf, and whether they might. What was asked again and again is one row.
create table auth_trail (
    id uuid primary key,
    at bigint not null,
    actor text collate "C" not null,
    level bigint not null,
    party bigint not null,
    resource text collate "C" not null,
    instance text collate "C",
    task text collate "C",
    action text collate "C" not null,
    permitted boolean not null,
    code text collate "C" not null,
    rule text collate "C",
    policy_version text collate "C",
    delegation uuid,
    times bigint not null
);

create index auth_trail_party on auth_trail (party, at, id);
