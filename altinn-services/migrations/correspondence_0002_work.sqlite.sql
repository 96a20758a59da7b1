-- Why the work on a mailing failed the last time. Which file an entry of the archive holds.
alter table services_mailing add column problem text;
create index services_mailing_problem on services_mailing (sender, id) where problem is not null;
create index services_shared_attachment_entry on services_shared_attachment (entry);
