-- What was archived. A row is never changed, but when what it says is erased.
create table archive_entry (
    id uuid primary key,
    version bigint not null,
    -- 32 bytes a field: what the log's leaf is made of.
    commitments bytea not null,
    -- JSON, encrypted: the name, the salt and the value of every field; the key of that, wrapped; and the wrapping
    -- key's id. All three are null once the entry is erased.
    sealed bytea,
    wrap bytea,
    key_id uuid,
    -- The entry that says so, once this one is erased.
    erasure uuid
);

-- The content of an entry's elements, encrypted, by their place in the entry; gone once the entry is erased.
create table archive_content (
    entry_id uuid not null,
    position bigint not null,
    -- Where it is kept. 1: in `bytes`. 2: in the object named `object`.
    kind bigint not null,
    -- Of what is kept, as it is encrypted: its number of bytes, and the SHA-256 of the tags of its chunks.
    size bigint not null,
    tags bytea not null,
    -- The key, wrapped by the entry's wrapping key.
    wrap bytea not null,
    bytes bytea,
    object uuid,
    primary key (entry_id, position)
);

-- Entries that wait to be put into the log.
create table archive_staged (
    entry_id uuid primary key,
    leaf bytea not null
);

-- Which entry stands where in the log, and the first checkpoint that covers it.
create table archive_leaf (
    leaf_index bigint primary key,
    entry_id uuid not null unique,
    checkpoint_size bigint not null
);

-- The nodes of the log's tree, up to 256 hashes of 32 bytes side by side.
create table archive_tile (
    level bigint not null,
    tile_index bigint not null,
    hashes bytea not null,
    primary key (level, tile_index)
);

-- Every state of the log that was signed.
create table archive_checkpoint (
    size bigint primary key,
    note text not null
);

-- The log's state: the one row that every integrator compares and swaps.
create table archive_log_head (
    id bigint primary key,
    verifier_key text not null,
    version bigint not null,
    size bigint not null,
    root bytea not null
);
