-- What was archived. A row is never changed, but when what it says is erased.
create table archive_entry (
    id blob primary key,
    version integer not null,
    -- 32 bytes a field: what the log's leaf is made of.
    commitments blob not null,
    -- JSON, encrypted: the name, the salt and the value of every field; the key of that, wrapped; and the wrapping
    -- key's id. All three are null once the entry is erased.
    sealed blob,
    wrap blob,
    key_id blob,
    -- The entry that says so, once this one is erased.
    erasure blob
) strict;

-- The content of an entry's elements, encrypted, by their place in the entry; gone once the entry is erased.
create table archive_content (
    entry_id blob not null,
    position integer not null,
    -- Where it is kept. 1: in `bytes`. 2: in the object named `object`.
    kind integer not null,
    -- Of what is kept, as it is encrypted: its number of bytes, and the SHA-256 of the tags of its chunks.
    size integer not null,
    tags blob not null,
    -- The key, wrapped by the entry's wrapping key.
    wrap blob not null,
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
