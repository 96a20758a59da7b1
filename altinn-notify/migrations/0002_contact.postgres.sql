create table notify_contact (
    party bigint primary key,
    email text not null,
    language text not null
);
