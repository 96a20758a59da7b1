create table notify_contact (
    party integer primary key,
    email text not null,
    language text not null
) strict;
