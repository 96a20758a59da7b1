-- A role may be for a time: from its beginning up to its end, in microseconds. Access lists are guarded by an id of one column.
alter table auth_role add column valid_from bigint not null default 0;
alter table auth_role add column valid_to bigint not null default 9223372036854775807;

alter table auth_access_list add column id text collate "C" not null default '';
update auth_access_list set id = owner || ':' || name;
create unique index auth_access_list_id on auth_access_list (id);
