-- The JS-SDK tickets that all replicas share, one row for each account. No replica claims the refresh as one does for the access
-- token: while a ticket is valid WeChat gives out the same one, so two that ask at once do no harm.
CREATE TABLE tickets (
    account    TEXT   PRIMARY KEY,
    ticket     TEXT   NOT NULL,
    expires_at BIGINT NOT NULL
);
