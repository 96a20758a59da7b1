-- What was archived. A row is never changed.
create table archive_entry (
    id blob primary key,
    version integer not null,
    -- 32 bytes a field: what the log's leaf is made of.
    commitments blob not null,
    -- JSON: the name, the salt and the value of every field.
    openings text not null
) strict;

-- The content of an entry's elements, by their place in the entry.
create table archive_content (
    entry_id blob not null,
    position integer not null,
    -- How it is kept. 1: as it is in `bytes`. 2: as it is in the object named `object`.
    kind integer not null,
    -- Of what is kept: its number of bytes and their SHA-256.
    size integer not null,
    digest blob not null,
    bytes blob,
    object blob,
    primary key (entry_id, position)
) strict;

-- Entries that wait to be put into the log.
create table archive_staged (
    entry_id blob primary key,
    leaf blob not null
) strict, without rowid;

-- Which entry stands where in the log, and the first checkpoint that covers it.
create table archive_leaf (
    leaf_index integer primary key,
    entry_id blob not null unique,
    checkpoint_size integer not null
) strict;

-- The nodes of the log's tree, up to 256 hashes of 32 bytes side by side.
create table archive_tile (
    level integer not null,
    tile_index integer not null,
    hashes blob not null,
    primary key (level, tile_index)
) strict;

-- Every state of the log that was signed.
create table archive_checkpoint (
    size integer primary key,
    note text not null
) strict;

-- The log's state: the one row that every integrator compares and swaps.
create table archive_log_head (
    id integer primary key,
    verifier_key text not null,
    version integer not null,
    size integer not null,
    root blob not null
) strict;
