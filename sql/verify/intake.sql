-- Verify baocao:intake

BEGIN;

SET LOCAL search_path = baocao;

SELECT submission_id, unit_id, plan_code, period_code, period_id, report_id, revision, report_digest, received_at,
    timeliness, chain_index, previous_hash, submitted_by, key_id, signature, sender_key, report FROM submission WHERE false;
SELECT submission_id, received_at, report_digest, conflict, sender_key FROM resubmission WHERE false;
SELECT sha256, size, unit_id, received_at, content FROM attachment WHERE false;
SELECT submission_id, queued_at FROM validation_queue WHERE false;

DO $$
BEGIN
    ASSERT NOT EXISTS (
        VALUES ('submission', 'PRIMARY KEY (submission_id)'),
               ('submission', 'UNIQUE (unit_id, report_id)'),
               ('submission', 'UNIQUE (unit_id, chain_index)'),
               ('resubmission', 'FOREIGN KEY (submission_id) REFERENCES submission(submission_id)'),
               ('attachment', 'PRIMARY KEY (sha256)'),
               ('validation_queue', 'PRIMARY KEY (submission_id)')
        EXCEPT SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
    ), 'a constraint is missing';
    ASSERT (SELECT attstorage = 'm' AND attcompression = 'l' FROM pg_attribute
            WHERE attrelid = 'submission'::regclass AND attname = 'report'), 'a report is stored inline, lz4';
END
$$;

ROLLBACK;
