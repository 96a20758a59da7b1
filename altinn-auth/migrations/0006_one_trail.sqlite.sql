-- One trail for all: what was done to what and why stands beside the decision; its key is what it is read by.
create table auth_trail_of_party (
    id blob not null,
    at integer not null,
    actor text not null,
    level integer not null,
    party integer not null,
    resource text not null,
    element text,
    task text,
    action text not null,
    permitted integer not null,
    code text not null,
    rule text,
    policy_version text,
    delegation blob,
    purpose text,
    times integer not null,
    primary key (party, at, id)
) strict, without rowid;

insert into auth_trail_of_party (id, at, actor, level, party, resource, element, task, action, permitted, code, rule,
    policy_version, delegation, times)
select id, at, actor, level, party, resource, instance, task, action, permitted, code, rule, policy_version, delegation, times
from auth_trail;

drop table auth_trail;

alter table auth_trail_of_party rename to auth_trail;
