-- The tables that answering needs. Times are unix milliseconds; ids are UUIDv7 made by huixin or the platform's own.
-- The same text runs on SQLite and Postgres.

-- Who writes to an account, and what may be sent to them unasked.
CREATE TABLE followers (
    account             TEXT    NOT NULL,
    openid              TEXT    NOT NULL,
    first_seen_at       BIGINT  NOT NULL,
    last_seen_at        BIGINT  NOT NULL,
    -- Turns before this moment are forgotten (/reset).
    session_started_at  BIGINT  NOT NULL,
    -- WeChat's allowance of pushes: after a message (48 h) and after a menu click, follow or scan (1 min).
    message_sends       BIGINT  NOT NULL CHECK (message_sends >= 0),
    message_sends_until BIGINT  NOT NULL,
    event_sends         BIGINT  NOT NULL CHECK (event_sends >= 0),
    event_sends_until   BIGINT  NOT NULL,
    -- Set while they do not follow: nothing is pushed, and the rows go after seven days.
    unfollowed_at       BIGINT,
    PRIMARY KEY (account, openid)
);
CREATE INDEX followers_unfollowed ON followers (unfollowed_at) WHERE unfollowed_at IS NOT NULL;

-- The ledger of pushes. Its key decides which delivery of a message is the first; WeChat's MsgId repeats between followers.
CREATE TABLE inbound (
    account     TEXT    NOT NULL,
    openid      TEXT    NOT NULL,
    dedup_key   TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    received_at BIGINT  NOT NULL,
    deliveries  BIGINT  NOT NULL CHECK (deliveries >= 1),
    -- The question this message asked, or wants to hear more of.
    question_id TEXT,
    -- The passive reply as first written. WeChat repeats a push whose answer it did not see; it gets the same again.
    reply       TEXT,
    -- The process that is writing the reply to WeChat. If it dies, what the reply took along waits again.
    reply_owner TEXT,
    -- A MsgId grows with time, so that new rows stand side by side in the index; behind the openid each would touch a page of its own.
    PRIMARY KEY (account, dedup_key, openid)
);
CREATE INDEX inbound_replying ON inbound (reply_owner) WHERE reply_owner IS NOT NULL;
CREATE INDEX inbound_received ON inbound (received_at);

-- One row for each question. docs/ARCHITECTURE.md draws the states; src/db/questions.rs has one function for each arrow.
CREATE TABLE questions (
    id              TEXT    PRIMARY KEY,
    account         TEXT    NOT NULL,
    openid          TEXT    NOT NULL,
    text            TEXT    NOT NULL,
    state           TEXT    NOT NULL CHECK (state IN ('received', 'answering', 'answered', 'delivered', 'failed')),
    -- The process that answers it. When its lease has ended, whoever is alive takes over.
    owner           TEXT,
    attempts        BIGINT  NOT NULL CHECK (attempts >= 0),
    -- The answer so far, or whole, as the model wrote it (Markdown), and what it thought before.
    answer          TEXT    NOT NULL,
    reasoning       TEXT    NOT NULL,
    model           TEXT,
    -- How long it thought before the first word.
    reasoned_ms     BIGINT,
    -- Why there is no (whole) answer: a class of upstream error, or 'length'.
    failure         TEXT,
    -- How many bytes of `answer` were handed out before it was whole.
    shown           BIGINT  NOT NULL CHECK (shown >= 0),
    page_token      TEXT    NOT NULL UNIQUE,
    page_expires_at BIGINT  NOT NULL,
    asked_at        BIGINT  NOT NULL,
    answered_at     BIGINT,
    -- WeChat was told `success`, so that no delivery will bring the answer.
    acknowledged_at BIGINT,
    -- When a push is due, who pushes, and how often it was tried.
    push_at         BIGINT,
    push_owner      TEXT,
    push_tries      BIGINT  NOT NULL,
    CHECK ((state IN ('received', 'answering')) = (answered_at IS NULL)),
    CHECK (state NOT IN ('received', 'answering') OR owner IS NOT NULL)
);
CREATE INDEX questions_of_follower ON questions (account, openid, asked_at);
-- With the id, since every arrow of an open question names both: by the owner alone Postgres would read all that this process has open,
-- thousands of rows for each of thousands of followers.
CREATE INDEX questions_open ON questions (owner, id) WHERE state IN ('received', 'answering');
CREATE INDEX questions_push ON questions (push_at) WHERE push_at IS NOT NULL;
CREATE INDEX questions_undelivered ON questions (asked_at) WHERE state IN ('answered', 'failed');
CREATE INDEX questions_page ON questions (page_expires_at);

-- What was or will be delivered of an answer, in the order of reading.
CREATE TABLE answer_parts (
    question_id TEXT    NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
    seq         BIGINT  NOT NULL,
    text        TEXT    NOT NULL,
    -- 'sending' is a push whose outcome is not known yet; 'unknown' one whose outcome never will be.
    state       TEXT    NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'unknown', 'dropped')),
    via         TEXT    CHECK (via IN ('passive', 'push')),
    -- The dedup_key of the message whose passive reply took it along.
    reply_to    TEXT,
    tries       BIGINT  NOT NULL CHECK (tries >= 0),
    changed_at  BIGINT  NOT NULL,
    PRIMARY KEY (question_id, seq),
    CHECK ((state = 'waiting') OR (via IS NOT NULL) OR (state = 'dropped'))
);

-- What an answer cost, as the upstream counted it.
CREATE TABLE usage (
    question_id       TEXT   PRIMARY KEY,
    account           TEXT   NOT NULL,
    openid            TEXT   NOT NULL,
    model             TEXT   NOT NULL,
    prompt_tokens     BIGINT NOT NULL,
    completion_tokens BIGINT NOT NULL,
    used_at           BIGINT NOT NULL
);
CREATE INDEX usage_of_follower ON usage (account, openid, used_at);

-- What the platform lets an account do, learnt from its answers.
CREATE TABLE capabilities (
    account    TEXT    NOT NULL,
    api        TEXT    NOT NULL,
    allowed    BOOLEAN NOT NULL,
    learned_at BIGINT  NOT NULL,
    PRIMARY KEY (account, api)
);

-- Who is alive, and who does a task that one replica does for all. The database's clock decides when a lease ends.
CREATE TABLE leases (
    name       TEXT   PRIMARY KEY,
    holder     TEXT   NOT NULL,
    expires_at BIGINT NOT NULL
);
