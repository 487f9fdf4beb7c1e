-- The access token that all replicas share, one row for each account.
CREATE TABLE access_tokens (
    account          TEXT   PRIMARY KEY,
    token            TEXT   NOT NULL,
    expires_at       BIGINT NOT NULL,
    refreshed_at     BIGINT NOT NULL,
    -- The replica that is fetching a new one, so that one does it for all.
    refreshing_by    TEXT,
    refreshing_until BIGINT,
    -- Forced refreshes are rationed by WeChat: 20 a day, 30 s apart.
    forced_at        BIGINT NOT NULL,
    forced_day       BIGINT NOT NULL,
    forced_count     BIGINT NOT NULL
);
