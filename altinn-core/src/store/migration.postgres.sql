create table if not exists core_migration (
    owner text collate "C" not null,
    number bigint not null,
    name text not null,
    digest text not null,
    applied_at bigint not null,
    primary key (owner, number)
);
