alter table services_event add column instance blob;
create index services_event_instance on services_event (instance, position) where instance is not null;
