-- What a service owner says of a resource: whether rights to it may be delegated, and whether only those on a list get in.
create table auth_resource (
    id text primary key,
    delegable integer not null,
    access_list_mode integer not null
) strict, without rowid;
