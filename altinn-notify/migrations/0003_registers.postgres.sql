create table notify_person_contact (
    number text collate "C" primary key,
    status text not null,
    reserved bigint not null,
    can_be_notified bigint not null,
    email text,
    email_updated bigint,
    email_verified bigint,
    mobile text,
    mobile_updated bigint,
    mobile_verified bigint,
    language text
);

create table notify_organization_address (
    organization text collate "C" not null,
    position bigint not null,
    email text,
    mobile text,
    resources text not null,
    actions text not null,
    primary key (organization, position)
);
