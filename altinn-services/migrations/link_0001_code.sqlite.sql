-- Codes of hand-overs, by their digests, until they are redeemed or run out.
create table services_link_code (
    digest blob primary key,
    organization text not null,
    hand_over text not null,
    expires_at integer not null
) strict, without rowid;
create index services_link_code_expiry on services_link_code (expires_at);
