-- Access lists: a service owner's organizations, and the resources that a list lets its members in to.
create table auth_access_list (
    owner text not null,
    name text not null,
    title text not null,
    version integer not null,
    primary key (owner, name)
) strict, without rowid;

create table auth_access_list_member (
    owner text not null,
    name text not null,
    party integer not null references auth_party (id),
    since integer not null,
    primary key (party, owner, name),
    foreign key (owner, name) references auth_access_list (owner, name)
) strict, without rowid;

create table auth_access_list_resource (
    owner text not null,
    name text not null,
    resource text not null,
    actions text,
    primary key (resource, owner, name),
    foreign key (owner, name) references auth_access_list (owner, name)
) strict, without rowid;

-- The catalogue of access packages: which may be delegated, and which roles have them.
create table auth_access_package (
    name text primary key,
    area text not null,
    delegable integer not null
) strict, without rowid;

create table auth_access_package_role (
    role text not null,
    package text not null references auth_access_package (name),
    primary key (role, package)
) strict, without rowid;
