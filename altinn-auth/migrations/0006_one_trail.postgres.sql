-- One trail for all: what was done to what and why stands beside the decision; its key is what it is read by.
alter table auth_trail rename column instance to element;
alter table auth_trail add column purpose text;
alter table auth_trail drop constraint auth_trail_pkey;
drop index auth_trail_party;
alter table auth_trail add primary key (party, at, id);
