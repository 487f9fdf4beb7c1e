-- What pictures, voice, sight, reading and limits need. Times are unix milliseconds.
-- The same text runs on SQLite and Postgres.

-- What a question asks for. A drawing is the same durable question with a picture for an answer.
ALTER TABLE questions ADD COLUMN kind TEXT NOT NULL DEFAULT 'chat' CHECK (kind IN ('chat', 'draw'));
-- When it was counted against the limits: once, however often a process dies over it.
ALTER TABLE questions ADD COLUMN admitted_at BIGINT;
CREATE INDEX questions_admitted ON questions (account, openid, admitted_at) WHERE admitted_at IS NOT NULL;
CREATE INDEX questions_answering ON questions (account) WHERE state = 'answering';

-- A part is a text, or a picture or spoken answer in the object storage.
ALTER TABLE answer_parts ADD COLUMN kind TEXT NOT NULL DEFAULT 'text' CHECK (kind IN ('text', 'image', 'voice'));
ALTER TABLE answer_parts ADD COLUMN object TEXT;
CREATE INDEX answer_parts_object ON answer_parts (object) WHERE object IS NOT NULL;

-- A passive reply is a text, or the media_id of a picture or voice.
ALTER TABLE inbound ADD COLUMN reply_kind TEXT NOT NULL DEFAULT 'text' CHECK (reply_kind IN ('text', 'image', 'voice'));

-- What an answer cost, in millionths of the operator's currency, and the pictures in it.
ALTER TABLE usage ADD COLUMN pictures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE usage ADD COLUMN cost_micros BIGINT NOT NULL DEFAULT 0;
CREATE INDEX usage_of_account ON usage (account, used_at);

-- What a follower sent along, or before, a question: pictures, voice, pages, files.
CREATE TABLE attachments (
    id          TEXT   PRIMARY KEY,
    account     TEXT   NOT NULL,
    openid      TEXT   NOT NULL,
    -- The question it belongs to; none yet for a picture that waits for one, none ever for a file, which serves the whole session.
    question_id TEXT   REFERENCES questions (id) ON DELETE CASCADE,
    kind        TEXT   NOT NULL CHECK (kind IN ('image', 'voice', 'page', 'file')),
    -- A file's or page's name.
    name        TEXT   NOT NULL,
    -- Where it comes from: a media_id for pictures and voice, an address for pages, nothing for files.
    source      TEXT   NOT NULL,
    -- The address under which WeChat shows a picture, where its media_id cannot be used.
    url         TEXT,
    state       TEXT   NOT NULL CHECK (state IN ('waiting', 'ready', 'failed')),
    failure     TEXT,
    -- Its bytes in the object storage, and what was read or heard in them.
    object      TEXT,
    text        TEXT   NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE INDEX attachments_of_follower ON attachments (account, openid, received_at);
CREATE INDEX attachments_of_question ON attachments (question_id) WHERE question_id IS NOT NULL;
CREATE INDEX attachments_unread ON attachments (received_at) WHERE state = 'waiting' AND kind = 'file';
CREATE INDEX attachments_object ON attachments (object) WHERE object IS NOT NULL;

-- What a follower chose. Their own row, so that the row every push writes stays small.
CREATE TABLE preferences (
    account       TEXT    NOT NULL,
    openid        TEXT    NOT NULL,
    language      TEXT    CHECK (language IN ('zh', 'en')),
    chat_model    TEXT,
    picture_model TEXT,
    -- Answers are spoken, too.
    speaks        BOOLEAN NOT NULL,
    changed_at    BIGINT  NOT NULL,
    PRIMARY KEY (account, openid)
);
CREATE INDEX preferences_changed ON preferences (changed_at);

-- An object that WeChat holds for three days under a media_id.
CREATE TABLE temporary_media (
    account    TEXT   NOT NULL,
    object     TEXT   NOT NULL,
    media_id   TEXT   NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (account, object)
);

-- The personal pages on which followers hand in files.
CREATE TABLE upload_links (
    token      TEXT   PRIMARY KEY,
    account    TEXT   NOT NULL,
    openid     TEXT   NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX upload_links_expired ON upload_links (expires_at);

-- What a moderator decided: never the text, unless a person is to look at it (hold).
CREATE TABLE moderations (
    id          TEXT   PRIMARY KEY,
    account     TEXT   NOT NULL,
    question_id TEXT   NOT NULL,
    point       TEXT   NOT NULL,
    decision    TEXT   NOT NULL CHECK (decision IN ('replace', 'instead', 'hold', 'drop')),
    moderator   TEXT   NOT NULL,
    label       TEXT   NOT NULL,
    text_hash   TEXT   NOT NULL,
    held_text   TEXT,
    decided_at  BIGINT NOT NULL
);
CREATE INDEX moderations_question ON moderations (question_id);
