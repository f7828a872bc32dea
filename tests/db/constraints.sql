-- What the tables refuse, whoever asks. Each case is the fixture's row with something changed.
\ir fixture.psql

-- Inserts into the table what its first row would be with these changes.
CREATE FUNCTION pg_temp.variant (relation regclass, changes jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO %s OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(r, $1)).* FROM %1$s r LIMIT 1',
                   relation) USING changes;
END
$$;

CREATE TEMP TABLE trial (position int GENERATED ALWAYS AS IDENTITY, relation text, changes jsonb, expected text, description text);
INSERT INTO trial (relation, changes, expected, description) VALUES
    -- the plan
    ('plan_version', '{"only_row": false}', '23514', 'one version'),
    ('plan_version', '{}', '23505', 'one version'),
    ('unit', '{"unit_id": 9}', '23505', 'a unit''s code is its own'),
    ('unit', '{"unit_id": 9, "code": "sở ba"}', '23514', 'codes are plain'),
    ('unit', '{"unit_id": 9, "code": ""}', '23514', 'codes are not empty'),
    ('unit', '{"unit_id": 9, "code": "so-ba", "kind": "ministry"}', '23514', 'kinds are known'),
    ('unit', '{"unit_id": 9, "code": "so-ba"}', NULL, 'a third unit'),
    ('plan', '{"plan_id": 9, "code": "9/KH", "valid_to": "2020-12-31"}', '23514', 'a plan ends after it begins'),
    ('plan', '{"plan_id": 9, "code": "9/KH", "issuer": 99}', '23503', 'the issuer is known'),
    ('task', '{"task_id": 9}', '23505', 'a task''s code is its own within the plan'),
    ('task_unit', '{"unit_id": 99}', '23503', 'a task''s unit is known'),
    ('task_unit', '{}', '23505', 'a unit has one role in a task'),
    ('task_unit', '{"task_id": 2, "unit_id": 1, "role": "owner"}', '23514', 'roles are lead and coordinating'),
    ('task_unit', '{"task_id": 2, "unit_id": 1}', NULL, 'a task may have two leads'),
    ('reporter', '{"unit_id": 1, "obligation": "should"}', '23514', 'must or may'),
    ('indicator', '{"indicator_id": 9, "code": "c2", "type": "text"}', '23514', 'text is not added up'),
    ('indicator', '{"indicator_id": 9, "code": "c2", "type": "boolean", "aggregation": "mean"}', '23514', 'nor is yes or no'),
    ('indicator', '{"indicator_id": 9, "code": "c2", "type": "text", "aggregation": "none"}', NULL, 'an indicator of text'),
    ('period', '{"period_id": 9, "code": "2026", "due_before": "2025-11-15"}', '23514', 'a period is due after it opens'),
    ('period', '{"period_id": 9}', '23505', 'a period''s code is its own within the plan'),
    ('period', '{"period_id": 9, "code": "x", "kind": "weekly"}', '23514', 'kinds of periods are known'),
    ('period', '{"period_id": 9, "code": "2025-07", "kind": "monthly", "cutoff_from": "2025-07-01", "cutoff_to": "2025-08-01",
      "closes_on": "2025-12-10"}', NULL, 'a month closes when it is due'),
    ('period', '{"period_id": 9, "code": "x", "closes_on": "2025-12-09"}', '23514', 'a period does not close before it is due'),
    ('period', '{"period_id": 9, "code": "x", "cutoff_from": "2025-07-01", "cutoff_to": "2025-07-01"}', '23514',
     'a report speaks of one day at least'),
    ('task_unit', '{"valid_from": "2025-03-01"}', NULL, 'a role may change'),
    ('task_unit', '{"valid_from": "2025-03-01", "valid_to": "2025-02-28"}', '23514', 'a duty ends after it begins'),
    ('reporter', '{"valid_from": "2025-03-01", "valid_to": "2025-03-01"}', NULL, 'a duty can be taken back'),
    ('unit', '{"unit_id": 9, "code": "so-ba", "valid_from": "2025-03-01", "valid_to": "2025-02-28"}', '23514', 'so does a unit'),
    ('unit_identifier', '{"unit_id": 2}', '23505', 'an identifier is one unit''s'),
    ('unit_identifier', '{"unit_id": 2, "valid_from": "2025-03-01"}', NULL, 'at a time'),
    ('unit_identifier', '{"scheme": "", "value": "x"}', '23514', 'it has a scheme'),
    ('unit_succession', '{"succession_id": 9, "kind": "rename"}', '23514', 'kinds of succession are known'),
    ('unit_succession', '{"succession_id": 9, "successor": 2}', '23514', 'nobody succeeds itself'),
    ('unit_succession', '{"succession_id": 9, "task_id": null}', '23514', 'a transfer says of what'),
    ('unit_succession', '{"succession_id": 9, "kind": "merge"}', '23514', 'a merge is of everything'),
    ('unit_succession', '{"succession_id": 9, "kind": "merge", "task_id": null, "successor": null}', '23514', 'and has a successor'),
    ('unit_succession', '{"succession_id": 9, "kind": "end", "task_id": null, "successor": null}', NULL, 'a unit may end without one'),
    ('official_day', '{}', '23505', 'a day is one thing'),
    ('official_day', '{"day": "2025-05-01", "kind": "festival"}', '23514', 'off or working'),
    ('reminder_policy', '{"policy_id": 9}', '23505', 'one policy for a whole plan'),
    ('reminder_policy', '{"policy_id": 9, "period_id": 1}', NULL, 'and one for a period'),
    ('reminder_policy', '{"policy_id": 9, "period_id": 1, "hour": 24}', '23514', 'hours are 0 to 23'),
    ('reminder_policy', '{"policy_id": 9, "period_id": 1, "before": [3, -1]}', '23514', 'days before are not days after'),
    ('reminder_policy', '{"policy_id": 9, "period_id": 1, "channels": ["fax"]}', '23514', 'channels are known'),
    ('reminder_policy', '{"policy_id": 9, "period_id": 1, "copy_to": ["chair"]}', '23514', 'so are roles'),
    ('escalation_step', '{"step_id": 9}', '23505', 'a step is taken once'),
    ('escalation_step', '{"step_id": 9, "after_working_days": 0}', '23514', 'overdue is one day at least'),
    ('escalation_step', '{"step_id": 9, "recipient": "press"}', '23514', 'recipients are known'),
    ('extension', '{"extension_id": 99, "due_before": null}', NULL, 'an extension may be refused'),
    ('extension', '{"extension_id": 99, "reason": null}', '23502', 'and says why'),
    ('period_decision', '{"decision_id": 99, "action": "extend"}', '23514', 'decisions open or close'),
    -- doors and keys
    ('unit_endpoint', '{"unit_id": 3, "public_key": "ffffffffffffffffffffffffffffffffffffffff"}', '23505', 'a door is one unit''s'),
    ('unit_endpoint', '{"unit_id": 3, "door": 3}', '23505', 'a door has a key of its own'),
    ('unit_endpoint', '{"unit_id": 3, "door": 10000}', '23514', 'doors are numbered 1 to 9999'),
    ('client_key', '{"unit_id": 2}', '23505', 'a key is never another unit''s too'),
    ('client_key', '{"public_key": "short"}', '23514', 'a key has 40 characters'),
    ('client_key', '{"public_key": "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee", "revoked_at": "2025-12-01T00:00:00Z"}', '23514',
     'a revocation says by whom'),
    ('client_key', '{"public_key": "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee", "name": ""}', '23514', 'a key has a name'),
    ('reader_key', '{}', '23505', 'a reader''s key is its own'),
    ('receipt_key', '{"key_id": "0123456789ABCDEF"}', '23514', 'key ids are lower-case hex'),
    ('receipt_key', '{"key_id": "1123456789abcdef", "public_key": "\\x01"}', '23514', 'an Ed25519 key has 32 bytes'),
    -- submissions
    ('submission', '{"submission_id": "00000000-0000-7000-8000-000000000009", "chain_index": 2}', '23505',
     'a report id is stored once in a unit'),
    ('submission', '{"submission_id": "00000000-0000-7000-8000-000000000009", "report_id": "00000000-0000-4000-8000-000000000009"}',
     '23505', 'a link of the chain is used once'),
    ('submission', '{"submission_id": "00000000-0000-7000-8000-000000000009", "report_id": "00000000-0000-4000-8000-000000000009",
      "chain_index": 0}', '23514', 'the chain begins at 1'),
    ('submission', '{"submission_id": "00000000-0000-7000-8000-000000000009", "chain_index": 2, "revision": 0}', '23514',
     'revisions count from 1'),
    ('submission', '{"submission_id": "00000000-0000-7000-8000-000000000009", "chain_index": 2, "report_digest": "\\x02"}', '23514',
     'a digest has 32 bytes'),
    ('submission', '{"submission_id": "00000000-0000-7000-8000-000000000009", "chain_index": 2, "previous_hash": "\\x"}', '23514',
     'a hash has 32 bytes'),
    ('submission', '{"submission_id": "00000000-0000-7000-8000-000000000009", "chain_index": 2, "signature": "\\x00"}', '23514',
     'a signature has 64 bytes'),
    ('submission', '{"submission_id": "00000000-0000-7000-8000-000000000009", "chain_index": 2, "timeliness": 4}', '23514',
     'timeliness is as in receipt.proto'),
    ('submission', '{"submission_id": "00000000-0000-7000-8000-000000000009", "chain_index": 1, "unit_id": 2}', NULL,
     'another unit has its own report ids and its own chain'),
    ('submission', '{"submission_id": "00000000-0000-7000-8000-000000000002", "chain_index": 2,
      "report_id": "00000000-0000-4000-8000-000000000002", "period_id": null, "period_code": "1999"}', NULL,
     'an unknown period is received too'),
    ('resubmission', '{"submission_id": "00000000-0000-7000-8000-0000000000ff"}', '23503', 'of a submission that is there'),
    ('attachment', '{}', '23505', 'the same content is stored once'),
    ('attachment', '{"sha256": "\\x00"}', '23514', 'a SHA-256 has 32 bytes'),
    ('validation_queue', '{}', '23505', 'one item a submission'),
    -- verdicts
    ('verdict', '{}', '23505', 'judged once'),
    ('verdict', '{"submission_id": "00000000-0000-7000-8000-0000000000ff", "revision": 2}', '23503', 'only what was received'),
    ('verdict', '{"submission_id": "00000000-0000-7000-8000-000000000002"}', '23505', 'a revision is accepted once'),
    ('verdict', '{"submission_id": "00000000-0000-7000-8000-000000000002", "period_id": null}', '23514', 'accepted for a known period'),
    ('verdict', '{"submission_id": "00000000-0000-7000-8000-000000000002", "period_id": null, "accepted": false}', NULL,
     'refused without one'),
    ('finding', '{"position": 2, "severity": "fatal"}', '23514', 'warning or error'),
    ('finding', '{"submission_id": "00000000-0000-7000-8000-0000000000ff"}', '23503', 'of a verdict that is there'),
    ('report_entry', '{"task_id": 2, "progress_percent": 101}', '23514', 'at most 100 percent'),
    ('report_entry', '{"task_id": 2, "progress_percent": -1}', '23514', 'at least 0 percent'),
    ('report_entry', '{"task_id": 2, "status": 6}', '23514', 'status is as in report.proto'),
    ('report_entry', '{}', '23505', 'a task is reported once'),
    ('report_budget', '{"source": 2, "allocated": -1}', '23514', 'money is not negative'),
    ('report_budget', '{"source": 2, "disbursed": -1}', '23514', 'money spent is not negative'),
    ('report_budget', '{"source": 9}', '23514', 'sources are as in report.proto'),
    ('report_budget', '{}', '23505', 'a source is named once'),
    ('report_indicator', '{}', '23505', 'an indicator is given once'),
    ('aggregation_queue', '{}', '23505', 'one item a submission and event'),
    ('aggregation_queue', '{"event": "returned"}', NULL, 'a return is an item of its own'),
    ('aggregation_queue', '{"event": "standing"}', '23514', 'events are known'),
    -- reviews
    ('review', '{"review_id": 2}', '23505', 'confirmed once'),
    ('review', '{"review_id": 2, "action": "return"}', '23514', 'no return without a reason'),
    ('review', '{"review_id": 2, "action": "return", "reason": "Thiếu số liệu"}', NULL, 'returned with one'),
    ('review', '{"review_id": 3, "action": "admit"}', '23514', 'nor is anything admitted without one'),
    ('review', '{"review_id": 3, "action": "forget", "reason": "r"}', '23514', 'actions are known'),
    ('review', '{"review_id": 3, "submission_id": "00000000-0000-7000-8000-0000000000ff"}', '23503', 'of a submission that is there'),
    ('notification_queue', '{}', '23505', 'one item a submission and event'),
    ('notification_queue', '{"item": "00000000-0000-7000-8000-000000000002", "event": "mailed"}', '23514', 'events are known'),
    ('notification_queue', '{"item": "00000000-0000-7000-8000-000000000002", "event": "deadline", "unit_id": 1}', '23514', 'a decision says which'),
    ('notification_queue', '{"item": "00000000-0000-7000-8000-000000000002", "event": "deadline", "unit_id": 1, "decision_id": 1}', NULL,
     'one that does'),
    ('notification_queue', '{"item": "00000000-0000-7000-8000-000000000002", "event": "standing"}', '23514',
     'a standing says which'),
    ('notification_queue', '{"item": "00000000-0000-7000-8000-000000000002", "standing": 1, "feed_seq": 1}', '23514',
     'a verdict has no standing'),
    -- totals and the feed
    ('unit_standing', '{"unit_id": 2, "submission_id": null}', '23514', 'all of the accepted report, or nothing of it'),
    ('unit_standing', '{"unit_id": 2, "late": null}', '23514', 'all of the accepted report, or nothing of it'),
    ('unit_standing', '{"unit_id": 2, "submission_id": null, "revision": null, "first_received_at": null, "last_received_at": null,
      "late": null}', NULL, 'a unit whose only report was refused'),
    ('period_total', '{}', '23505', 'one total a period'),
    ('task_total', '{"task_id": 2, "delayed": -1}', '23514', 'nothing is counted below 0'),
    ('task_total', '{"task_id": 2, "progress_sum": -1}', '23514', 'nor is progress'),
    ('feed_head', '{"only_row": false}', '23514', 'one head'),
    ('feed_event', '{"seq": 2}', '23505', 'a submission is counted once'),
    ('feed_event', '{"seq": 3, "cause": "returned"}', NULL, 'and taken out once'),
    ('feed_event', '{"submission_id": "00000000-0000-7000-8000-000000000002"}', '23505', 'a number is used once'),
    ('feed_event', '{"seq": 2, "submission_id": "00000000-0000-7000-8000-0000000000ff"}', '23503', 'nothing without a submission'),
    ('feed_event', '{"seq": 2, "submission_id": "00000000-0000-7000-8000-000000000002"}', NULL, 'the next event'),
    -- notices
    ('reminder_decision', '{}', '23505', 'a reminder is decided once'),
    ('reminder_decision', '{"kind": "d-14"}', NULL, 'and another one another day'),
    ('digest_decision', '{}', '23505', 'a day''s digest is decided once'),
    ('digest_decision', '{"audience": "committee"}', NULL, 'and once for the committee'),
    ('digest_decision', '{"audience": "press"}', '23514', 'the audiences are known'),
    ('notice', '{}', '23505', 'a cursor is used once'),
    ('notice', '{"cursor": 0}', '23514', 'cursors count from 1'),
    ('notice', '{"cursor": 2, "unit_id": 99}', '23503', 'a mailbox is a unit''s'),
    -- contacts and deliveries
    ('contact', '{"contact_id": 2}', '23505', 'an address is a unit''s contact once'),
    ('contact', '{"contact_id": 2, "role": "leader"}', NULL, 'in each of its roles'),
    ('contact', '{"contact_id": 3, "removed_at": "2025-12-01T00:00:00Z", "removed_by": "test"}', NULL, 'and again after it was removed'),
    ('contact', '{"contact_id": 4, "address": "b@example.vn\r\nBcc: c@example.vn"}', '23514', 'an address is one line'),
    ('contact', '{"contact_id": 4, "address": "b@example.vn", "role": "chief"}', '23514', 'roles are known'),
    ('contact', '{"contact_id": 4, "address": "b@example.vn", "channel": "fax"}', '23514', 'channels are known'),
    ('contact', '{"contact_id": 4, "address": "b@example.vn", "consent_at": null}', '23502', 'nobody without having agreed'),
    ('contact', '{"contact_id": 4, "address": "b@example.vn", "removed_by": "test"}', '23514', 'removed when and by whom'),
    ('delivery', '{"delivery_id": 2}', '23505', 'a notice goes to a contact once'),
    ('delivery', '{"delivery_id": 2, "contact_id": 2, "cursor": 9}', '23503', 'of a notice that is there'),
    ('delivery', '{"delivery_id": 2, "contact_id": 2, "sequence": null}', '23514',
     'a calendar entry has its number'),
    ('delivery_queue', '{}', '23505', 'a delivery waits once'),
    ('delivery_attempt', '{}', '23505', 'attempts are counted'),
    ('delivery_attempt', '{"attempt": 2, "outcome": "lost"}', '23514', 'outcomes are known');

INSERT INTO unit (unit_id, code, kind, name_vi, name_en) OVERRIDING SYSTEM VALUE VALUES (3, 'so-tu', 'department', 'Sở Tư', '');

CREATE FUNCTION pg_temp.try (relation text, changes jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_temp.variant(relation::regclass, changes);
    RETURN NULL;
EXCEPTION WHEN others THEN
    RETURN SQLSTATE;
END
$$;

SELECT is(pg_temp.try(relation, changes), expected, format('%s: %s', relation, description)) FROM trial ORDER BY position;

-- Every number that must be there is there.
SELECT throws_ok(format('INSERT INTO submission SELECT (jsonb_populate_record(s, %L)).* FROM submission s LIMIT 1',
                        jsonb_build_object(attname, NULL)), '23502', NULL, format('a submission has its %s', attname))
FROM pg_attribute WHERE attrelid = 'submission'::regclass AND attnum > 0 AND attname <> 'period_id' ORDER BY attnum;

SELECT * FROM finish();
ROLLBACK;
