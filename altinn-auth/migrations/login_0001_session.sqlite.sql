-- Logins that browsers have begun. What would let somebody else end them is kept as a digest.
create table auth_login_attempt (
    state_digest blob primary key,
    browser_digest blob not null,
    nonce text not null,
    verifier text not null,
    level integer not null,
    return_to text not null,
    expires_at integer not null
) strict, without rowid;

create index auth_login_attempt_expiry on auth_login_attempt (expires_at);

-- Sessions of those who have logged in, found by the digest of the browser's cookie.
create table auth_session (
    cookie_digest blob primary key,
    issuer text not null,
    issuer_session text,
    party integer not null,
    level integer not null,
    method integer,
    represents text not null,
    id_token_sealed blob not null,
    expires_at integer not null
) strict, without rowid;

create index auth_session_issuer on auth_session (issuer, issuer_session) where issuer_session is not null;
create index auth_session_expiry on auth_session (expires_at);
