-- What parties are asked to give others, and what became of it.
create table auth_delegation_request (
    id uuid primary key,
    offered_by bigint not null references auth_party (id),
    recipient bigint not null references auth_party (id),
    kind text collate "C" not null,
    name text collate "C" not null,
    rights text collate "C" not null,
    status text collate "C" not null,
    created_at bigint not null,
    created_by text collate "C" not null,
    changed_at bigint not null,
    changed_by text collate "C" not null
);

-- The rights are text of any length: their digest stands for them.
create unique index auth_delegation_request_open
    on auth_delegation_request (offered_by, recipient, kind, name, md5(rights)) where status in ('Draft', 'Pending');
create index auth_delegation_request_made on auth_delegation_request (recipient, id);
create index auth_delegation_request_got on auth_delegation_request (offered_by, id);
