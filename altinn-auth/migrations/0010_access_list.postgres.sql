-- Access lists as their service owners keep them: described, listed, and deleted without their version beginning anew.
alter table auth_access_list add column description text not null default '';
alter table auth_access_list add column deleted_at bigint;
create index auth_access_list_member_list on auth_access_list_member (owner, name, party);
create index auth_access_list_resource_list on auth_access_list_resource (owner, name, resource);
create index auth_system_user_request_system on auth_system_user_request (system, id);
