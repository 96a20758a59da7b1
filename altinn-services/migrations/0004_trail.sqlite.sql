create table services_trail (
    id blob primary key,
    at integer not null,
    actor text not null,
    level integer not null,
    party integer not null,
    service text not null,
    element text,
    action text not null,
    rule text,
    purpose text
) strict, without rowid;
create index services_trail_party on services_trail (party, id);
