create table notify_contact (
    found_by bytea primary key,
    sealed_under text collate "C" not null,
    sealed bytea not null
);

create index notify_contact_sealed_under on notify_contact (sealed_under);
