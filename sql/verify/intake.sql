-- Verify baocao:intake

BEGIN;

SET LOCAL search_path = baocao;

SELECT submission_id, unit_id, plan_code, period_code, period_id, report_id, revision, report_digest, received_at,
    timeliness, chain_index, previous_hash, submitted_by, key_id, signature, sender_key, report FROM submission WHERE false;
SELECT submission_id, received_at, report_digest, conflict, sender_key FROM resubmission WHERE false;
SELECT upload_id, unit_id, sha256, size, started_at, finished FROM upload WHERE false;
SELECT upload_id, start, content FROM attachment_chunk WHERE false;
SELECT sha256, size, unit_id, received_at, upload_id FROM attachment WHERE false;
SELECT submission_id, queued_at FROM validation_queue WHERE false;
SELECT request_id, unit_id, period_id, last_day, submission_id, reason, asked_at, sender_key FROM unit_request WHERE false;
SELECT coordination_id, period_id, task_id, unit_id, kind, entry, draft_id, remark, said_at, sender_key FROM coordination WHERE false;

DO $$
BEGIN
    ASSERT NOT EXISTS (
        VALUES ('submission', 'PRIMARY KEY (submission_id)'),
               ('submission', 'UNIQUE (unit_id, report_id)'),
               ('submission', 'UNIQUE (unit_id, chain_index)'),
               ('resubmission', 'FOREIGN KEY (submission_id) REFERENCES submission(submission_id)'),
               ('upload', 'UNIQUE (unit_id, sha256)'),
               ('attachment_chunk', 'PRIMARY KEY (upload_id, start)'),
               ('attachment_chunk', 'FOREIGN KEY (upload_id) REFERENCES upload(upload_id) ON DELETE CASCADE'),
               ('attachment', 'PRIMARY KEY (sha256)'),
               ('attachment', 'FOREIGN KEY (upload_id) REFERENCES upload(upload_id)'),
               ('validation_queue', 'PRIMARY KEY (submission_id)'),
               ('unit_request', 'PRIMARY KEY (request_id)'),
               ('coordination', 'PRIMARY KEY (coordination_id)'),
               ('coordination', 'CHECK ((length(entry) <= 262144))'),
               ('coordination', 'FOREIGN KEY (draft_id) REFERENCES coordination(coordination_id)'),
               ('unit_request', 'CHECK (((last_day IS NULL) <> (submission_id IS NULL)))')
        EXCEPT SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
    ), 'a constraint is missing';
    ASSERT (SELECT count(*) FROM pg_indexes WHERE schemaname = 'baocao' AND indexname IN ('upload_recent', 'upload_unfinished')) = 2,
        'an index is missing';
    ASSERT (SELECT attstorage = 'm' AND attcompression = 'l' FROM pg_attribute
            WHERE attrelid = 'submission'::regclass AND attname = 'report'), 'a report is stored inline, lz4';
END
$$;

ROLLBACK;
