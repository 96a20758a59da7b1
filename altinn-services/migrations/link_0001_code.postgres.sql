-- Codes of hand-overs, by their digests, until they are redeemed or run out.
create table services_link_code (
    digest bytea primary key,
    organization text not null,
    hand_over text not null,
    expires_at bigint not null
);
create index services_link_code_expiry on services_link_code (expires_at);
