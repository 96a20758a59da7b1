create table services_trail (
    id uuid primary key,
    at bigint not null,
    actor text not null,
    level bigint not null,
    party bigint not null,
    service text collate "C" not null,
    element text,
    action text not null,
    rule text,
    purpose text
);
create index services_trail_party on services_trail (party, id);
