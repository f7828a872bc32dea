-- Verify baocao:access

BEGIN;

SET LOCAL search_path = baocao;

SELECT unit_id, door, public_key, created_at FROM unit_endpoint WHERE false;
SELECT public_key, unit_id, name, added_at, added_by, revoked_at, revoked_by FROM client_key WHERE false;
SELECT token_hash, invitation_id, unit_id, name, created_at, created_by, expires_at, revoked_at, revoked_by FROM invitation WHERE false;
SELECT token_hash, public_key, at FROM enrolment WHERE false;
SELECT public_key, name, added_at, added_by, revoked_at, revoked_by FROM reader_key WHERE false;
SELECT account_id, name, class, password, added_at, added_by, removed_at, removed_by FROM portal_account WHERE false;
SELECT key_id, public_key, created_at FROM receipt_key WHERE false;
SELECT contact_id, unit_id, name, role, channel, address, language, consent_at, added_at, added_by, removed_at, removed_by
FROM contact WHERE false;
SELECT NULL::curve_key;

DO $$
BEGIN
    ASSERT NOT EXISTS (
        VALUES ('unit_endpoint', 'UNIQUE (door)'),
               ('unit_endpoint', 'UNIQUE (public_key)'),
               ('client_key', 'PRIMARY KEY (public_key)'),
               ('invitation', 'PRIMARY KEY (token_hash)'),
               ('invitation', 'UNIQUE (invitation_id)'),
               ('enrolment', 'PRIMARY KEY (token_hash)'),
               ('enrolment', 'FOREIGN KEY (token_hash) REFERENCES invitation(token_hash)'),
               ('enrolment', 'FOREIGN KEY (public_key) REFERENCES client_key(public_key)'),
               ('reader_key', 'PRIMARY KEY (public_key)'),
               ('portal_account', 'PRIMARY KEY (account_id)'),
               ('receipt_key', 'PRIMARY KEY (key_id)'),
               ('contact', 'PRIMARY KEY (contact_id)')
        EXCEPT SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
    ), 'a constraint is missing';
    ASSERT EXISTS (SELECT FROM pg_indexes WHERE schemaname = 'baocao' AND indexname = 'contact_current'),
        'an address is a unit''s contact once';
    ASSERT EXISTS (SELECT FROM pg_indexes WHERE schemaname = 'baocao' AND indexname = 'portal_account_current'),
        'a name is one account''s';
END
$$;

ROLLBACK;
