-- Hand-overs that have been used, until they could not be used any more.
create table auth_hand_over_used (
    id uuid primary key,
    until bigint not null
);

create index auth_hand_over_used_until on auth_hand_over_used (until);
