-- Deploy baocao:access
-- Doors and keys. Only public keys are here; every secret key is a file of mode 0600 beside its service.

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

-- Keys of department clients. A key is never used for two departments and never comes back once revoked.
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

-- Public halves of the Ed25519 keys that sign receipts; more than one after a change of key.
CREATE TABLE receipt_key (
    key_id     text PRIMARY KEY CHECK (key_id ~ '^[0-9a-f]{16}$'),
    public_key bytea NOT NULL CHECK (length(public_key) = 32),
    created_at timestamptz NOT NULL DEFAULT now()
);

COMMIT;
