-- Which mailing an entry of the archive holds.
create index services_mailing_entry on services_mailing (entry);
