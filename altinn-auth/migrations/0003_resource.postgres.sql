-- What a service owner says of a resource: whether rights to it may be delegated, and whether only those on a list get in.
create table auth_resource (
    id text collate "C" primary key,
    delegable boolean not null,
    access_list_mode boolean not null
);
