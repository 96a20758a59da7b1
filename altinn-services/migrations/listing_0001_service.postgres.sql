-- The instances of a service in the order in which they were last changed: what its agency reads.
create index services_instance_of_service on services_instance (service, changed_at, id);
