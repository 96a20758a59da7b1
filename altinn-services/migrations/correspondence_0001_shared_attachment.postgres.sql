-- Files that can go with any number of correspondences. `links` counts the mailings that each goes with.
create table services_shared_attachment (
    id uuid primary key,
    service text collate "C" not null,
    sender bigint not null,
    file_name text not null,
    senders_reference text not null,
    checksum text,
    status bigint not null,
    size bigint,
    sha256 bytea,
    entry uuid,
    created_at bigint not null,
    published_at bigint,
    purged_at bigint,
    version bigint not null,
    links bigint not null
);

create table services_shared_attachment_mailing (
    attachment uuid not null,
    mailing uuid not null,
    primary key (attachment, mailing)
);
