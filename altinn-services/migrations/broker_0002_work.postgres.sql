-- Work on a transfer that failed: how often, and why the last time. Which transfer an entry of the archive holds.
alter table services_broker_transfer add column failures bigint not null default 0;
alter table services_broker_transfer add column problem text;
create index services_broker_transfer_problem on services_broker_transfer (service, id) where problem is not null;
create index services_broker_transfer_entry on services_broker_transfer (entry);
