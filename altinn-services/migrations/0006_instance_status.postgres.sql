alter table services_instance add column status text;
