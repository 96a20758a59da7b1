create table notify_person_contact (
    number text primary key,
    status text not null,
    reserved integer not null,
    can_be_notified integer not null,
    email text,
    email_updated integer,
    email_verified integer,
    mobile text,
    mobile_updated integer,
    mobile_verified integer,
    language text
) strict;

create table notify_organization_address (
    organization text not null,
    position integer not null,
    email text,
    mobile text,
    resources text not null,
    actions text not null,
    primary key (organization, position)
) strict, without rowid;
