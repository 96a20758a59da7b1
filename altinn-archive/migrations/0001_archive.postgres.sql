-- What was archived. A row is never changed.
create table archive_entry (
    id uuid primary key,
    version bigint not null,
    -- 32 bytes a field: what the log's leaf is made of.
    commitments bytea not null,
    -- JSON: the name, the salt and the value of every field.
    openings text not null
);

-- The content of an entry's elements, by their place in the entry.
create table archive_content (
    entry_id uuid not null,
    position bigint not null,
    -- How it is kept. 1: as it is in `bytes`. 2: as it is in the object named `object`.
    kind bigint not null,
    -- Of what is kept: its number of bytes and their SHA-256.
    size bigint not null,
    digest bytea not null,
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
