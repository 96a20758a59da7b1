-- What entries are found by: party, service, words of the title, labels, and whom they concern, each as a keyed digest.
create table archive_tag (
    tag blob not null,
    -- The entry's time, in microseconds.
    time integer not null,
    entry_id blob not null,
    primary key (tag, time, entry_id)
) strict, without rowid;

-- Entries by the key that wraps theirs, to wrap them with another.
create index archive_entry_key on archive_entry (key_id);

-- What was erased, by which entry of the log, and which entry says that it is final.
create table archive_erasure (
    entry_id blob primary key,
    by_entry blob not null,
    -- The generation of the agency's key that has to go for the erasure to be final.
    generation text not null,
    erased_at integer not null,
    final_by blob
) strict, without rowid;

create index archive_erasure_by on archive_erasure (by_entry);
create index archive_erasure_generation on archive_erasure (generation);

-- Who has read which entry, encrypted under a key of the entry's.
create table archive_read (
    entry_id blob not null,
    time integer not null,
    id blob not null,
    sealed blob not null,
    primary key (entry_id, time, id)
) strict, without rowid;

-- What may not be erased: entries with this tag.
create table archive_hold (
    id blob primary key,
    tag blob not null,
    placed_at integer not null
) strict;

-- The one row that is changed with every hold, and that every erasure relies on.
create table archive_hold_head (
    id integer primary key,
    version integer not null
) strict;

insert into archive_hold_head (id, version) values (1, 1);

-- How long entries of a service and an archive class are kept; claimed by those who erase what is older.
create table archive_rule (
    id blob primary key,
    service text not null,
    class text not null,
    keep_days integer not null,
    due_at integer,
    lease_until integer not null,
    lease_generation integer not null,
    unique (service, class)
) strict;
