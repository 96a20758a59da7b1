-- Access lists: a service owner's organizations, and the resources that a list lets its members in to.
create table auth_access_list (
    owner text collate "C" not null,
    name text collate "C" not null,
    title text collate "C" not null,
    version bigint not null,
    primary key (owner, name)
);

create table auth_access_list_member (
    owner text collate "C" not null,
    name text collate "C" not null,
    party bigint not null references auth_party (id),
    since bigint not null,
    primary key (party, owner, name),
    foreign key (owner, name) references auth_access_list (owner, name)
);

create table auth_access_list_resource (
    owner text collate "C" not null,
    name text collate "C" not null,
    resource text collate "C" not null,
    actions text collate "C",
    primary key (resource, owner, name),
    foreign key (owner, name) references auth_access_list (owner, name)
);

-- The catalogue of access packages: which may be delegated, and which roles have them.
create table auth_access_package (
    name text collate "C" primary key,
    area text collate "C" not null,
    delegable boolean not null
);

create table auth_access_package_role (
    role text collate "C" not null,
    package text collate "C" not null references auth_access_package (name),
    primary key (role, package)
);
