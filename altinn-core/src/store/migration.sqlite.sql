create table if not exists core_migration (
    owner text not null,
    number integer not null,
    name text not null,
    digest text not null,
    applied_at integer not null,
    primary key (owner, number)
) strict, without rowid;
