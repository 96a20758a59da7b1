-- What has been given on an instance is found by the instance.
create index auth_delegation_on_instance on auth_delegation (instance) where instance <> '' and revoked_at is null;
