-- Every decision: who wanted to do what on whose behalf, and whether they might. What was asked again and again is one row.
create table auth_trail (
    id blob primary key,
    at integer not null,
    actor text not null,
    level integer not null,
    party integer not null,
    resource text not null,
    instance text,
    task text,
    action text not null,
    permitted integer not null,
    code text not null,
    rule text,
    policy_version text,
    delegation blob,
    times integer not null
) strict, without rowid;

create index auth_trail_party on auth_trail (party, at, id);
