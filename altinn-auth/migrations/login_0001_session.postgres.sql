-- Logins that browsers have begun. What would let somebody else end them is kept as a digest.
create table auth_login_attempt (
    state_digest bytea primary key,
    browser_digest bytea not null,
    nonce text not null,
    verifier text not null,
    level bigint not null,
    return_to text not null,
    expires_at bigint not null
);

create index auth_login_attempt_expiry on auth_login_attempt (expires_at);

-- Sessions of those who have logged in, found by the digest of the browser's cookie.
create table auth_session (
    cookie_digest bytea primary key,
    issuer text collate "C" not null,
    issuer_session text collate "C",
    party bigint not null,
    level bigint not null,
    method bigint,
    represents text not null,
    id_token_sealed bytea not null,
    expires_at bigint not null
);

create index auth_session_issuer on auth_session (issuer, issuer_session) where issuer_session is not null;
create index auth_session_expiry on auth_session (expires_at);
