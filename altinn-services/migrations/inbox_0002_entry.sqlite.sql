-- What stands in inboxes of an entry of the archive, to go with it when it is erased.
create index services_inbox_entry on services_inbox (entry) where entry is not null;
