-- Files that can go with any number of correspondences. `links` counts the mailings that each goes with.
create table services_shared_attachment (
    id blob primary key,
    service text not null,
    sender integer not null,
    file_name text not null,
    senders_reference text not null,
    checksum text,
    status integer not null,
    size integer,
    sha256 blob,
    entry blob,
    created_at integer not null,
    published_at integer,
    purged_at integer,
    version integer not null,
    links integer not null
) strict, without rowid;

create table services_shared_attachment_mailing (
    attachment blob not null,
    mailing blob not null,
    primary key (attachment, mailing)
) strict, without rowid;
