create table notify_contact (
    found_by blob primary key,
    sealed_under text not null,
    sealed blob not null
) strict, without rowid;

create index notify_contact_sealed_under on notify_contact (sealed_under);
