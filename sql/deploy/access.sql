-- Deploy baocao:access
-- Doors, keys and contacts. Only public keys are here; every secret key is a file of mode 0600 beside its service.

BEGIN;

SET LOCAL search_path = baocao;

CREATE DOMAIN curve_key AS text CHECK (length(VALUE) = 40);  -- Z85

-- A department's own door at intake: its number (the port is intake/port_base + door) and its own server key pair.
CREATE TABLE unit_endpoint (
    unit_id    int PRIMARY KEY REFERENCES unit,
    door       int NOT NULL UNIQUE CHECK (door BETWEEN 1 AND 9999),
    public_key curve_key NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Keys of department clients, one an officer's computer. A key is never used for two departments and never comes back once revoked.
CREATE TABLE client_key (
    public_key curve_key PRIMARY KEY,
    unit_id    int NOT NULL REFERENCES unit,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    added_at   timestamptz NOT NULL DEFAULT now(),
    added_by   text NOT NULL,
    revoked_at timestamptz,
    revoked_by text,
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);

-- Invites that let one officer's computer join, once: whoever has the token can have a key registered for the unit. Only the token's
-- hash is here.
CREATE TABLE invitation (
    token_hash    bytea PRIMARY KEY CHECK (length(token_hash) = 32),        -- SHA-256
    invitation_id int NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,         -- what people call it
    unit_id       int NOT NULL REFERENCES unit,
    name          text CHECK (length(name) BETWEEN 1 AND 200),              -- the officer's; null: the officer says it
    created_at    timestamptz NOT NULL,
    created_by    text NOT NULL,
    expires_at    timestamptz NOT NULL CHECK (expires_at > created_at),
    revoked_at    timestamptz,
    revoked_by    text,
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);

-- Tokens used up: the primary key lets each be used once. Written by enrolment only, and only by INSERT.
CREATE TABLE enrolment (
    token_hash bytea PRIMARY KEY REFERENCES invitation,
    public_key curve_key NOT NULL REFERENCES client_key,
    at         timestamptz NOT NULL
);

-- Keys of those who may read the feed.
CREATE TABLE reader_key (
    public_key curve_key PRIMARY KEY,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    added_at   timestamptz NOT NULL DEFAULT now(),
    added_by   text NOT NULL,
    revoked_at timestamptz,
    revoked_by text,
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);

-- Who may sign in to the committee's pages. An account that was removed never comes back: another one of its name is another one.
CREATE TABLE portal_account (
    account_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    class      text NOT NULL CHECK (class IN ('reader', 'agency')),
    password   text CHECK (password LIKE '$argon2id$%'),  -- libsodium's crypto_pwhash_str; null: signed in by a proxy in front alone
    added_at   timestamptz NOT NULL DEFAULT now(),
    added_by   text NOT NULL,
    removed_at timestamptz,
    removed_by text,
    CHECK ((removed_at IS NULL) = (removed_by IS NULL))
);
CREATE UNIQUE INDEX portal_account_current ON portal_account (name) WHERE removed_at IS NULL;

-- Public halves of the Ed25519 keys that sign receipts; more than one after a change of key.
CREATE TABLE receipt_key (
    key_id     text PRIMARY KEY CHECK (key_id ~ '^[0-9a-f]{16}$'),
    public_key bytea NOT NULL CHECK (length(public_key) = 32),
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Where a unit's notices go besides its mailbox. Nobody is written to who has not agreed; a contact removed is kept, as history.
CREATE TABLE contact (
    contact_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit_id    int NOT NULL REFERENCES unit,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    role       text NOT NULL CHECK (role IN ('officer', 'leader', 'digest')),
    channel    text NOT NULL CHECK (channel IN ('mail', 'webhook')),
    address    text NOT NULL CHECK (address ~ '^[!-~]+$' AND length(address) BETWEEN 3 AND 1000),  -- of mail, or the URL
    language   text NOT NULL CHECK (language IN ('vi', 'en')),
    consent_at timestamptz NOT NULL,
    added_at   timestamptz NOT NULL,
    added_by   text NOT NULL,
    removed_at timestamptz,
    removed_by text,
    CHECK ((removed_at IS NULL) = (removed_by IS NULL))
);
CREATE UNIQUE INDEX contact_current ON contact (unit_id, role, address) WHERE removed_at IS NULL;

COMMIT;
