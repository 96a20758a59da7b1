-- What entries are found by: party, service, words of the title, labels, and whom they concern, each as a keyed digest.
create table archive_tag (
    tag bytea not null,
    -- The entry's time, in microseconds.
    time bigint not null,
    entry_id uuid not null,
    primary key (tag, time, entry_id)
);

-- Entries by the key that wraps theirs, to wrap them with another.
create index archive_entry_key on archive_entry (key_id);

-- What was erased, by which entry of the log, and which entry says that it is final.
create table archive_erasure (
    entry_id uuid primary key,
    by_entry uuid not null,
    -- The generation of the agency's key that has to go for the erasure to be final.
    generation text collate "C" not null,
    erased_at bigint not null,
    final_by uuid
);

create index archive_erasure_by on archive_erasure (by_entry);
create index archive_erasure_generation on archive_erasure (generation);

-- Who has read which entry, encrypted under a key of the entry's.
create table archive_read (
    entry_id uuid not null,
    time bigint not null,
    id uuid not null,
    sealed bytea not null,
    primary key (entry_id, time, id)
);

-- What may not be erased: entries with this tag.
create table archive_hold (
    id uuid primary key,
    tag bytea not null,
    placed_at bigint not null
);

-- The one row that is changed with every hold, and that every erasure relies on.
create table archive_hold_head (
    id bigint primary key,
    version bigint not null
);

insert into archive_hold_head (id, version) values (1, 1);

-- How long entries of a service and an archive class are kept; claimed by those who erase what is older.
create table archive_rule (
    id uuid primary key,
    service text collate "C" not null,
    class text collate "C" not null,
    keep_days bigint not null,
    due_at bigint,
    lease_until bigint not null,
    lease_generation bigint not null,
    unique (service, class)
);
