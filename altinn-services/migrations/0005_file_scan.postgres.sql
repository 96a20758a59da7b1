alter table services_data add column file_scan text;
