-- Witnesses' signatures beneath the log's checkpoints. A row is never changed.
create table archive_cosignature (
    size bigint not null,
    -- Name and key id of the witness.
    witness text collate "C" not null,
    -- The line as it stands beneath the note.
    line text not null,
    primary key (size, witness)
);
