alter table services_data add column metadata text;
