-- The generations of the agency's key that anything here is wrapped with.
create table archive_generation (
    id text primary key,
    -- The key of the search index, wrapped with this generation; null once that is destroyed.
    index_key blob,
    -- 1, and 0 once it is to be destroyed.
    live integer not null
) strict;

-- The keys that wrap the keys of entries and contents: one at a time for every party and archive class.
create table archive_key (
    id blob primary key,
    -- The tag of party and class.
    owner blob not null,
    -- Which one of its owner's keys: the highest is in use.
    number integer not null,
    -- The generation of the agency's key that wraps it, and what that makes of it.
    generation text not null,
    wrapped blob not null,
    -- 1, and 0 once it is being replaced: nothing more is wrapped with it.
    live integer not null,
    unique (owner, number)
) strict;

create index archive_key_generation on archive_key (generation);

-- Objects that no entry names: removed when due, unless they get an entry before.
create table archive_unnamed (
    id blob primary key,
    due_at integer,
    lease_until integer not null,
    lease_generation integer not null
) strict;

create index archive_unnamed_due on archive_unnamed (due_at);
