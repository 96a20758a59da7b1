-- The trail is one, that of the decisions: what was kept beside it moves there.
insert into auth_trail (id, at, actor, level, party, resource, element, action, permitted, code, rule, purpose, times)
select id, at, actor, level, party, 'app_' || replace(service, '/', '_'), element, action, true, 'AUTH-PERMITTED', rule,
    purpose, 1
from services_trail;

drop table services_trail;
