// The only SQL of intake: each statement beside the function that gives its parameters and the one that reads its rows.
//
// intake_db_ask_* queue a SELECT, intake_db_add_* an INSERT; what reads a row borrows from the result.
#pragma once

#include "baocao/v1/client.pb-c.h"
#include "common/db.h"
#include "submission.h"

// --- Doors and keys

typedef struct {
    int unit_id, door;
    const char *code, *public_key;
} intake_door_t;

typedef struct {
    int unit_id;
    const char *public_key, *name;
} intake_key_t;

void intake_db_ask_doors (bc_tx_t *tx, char *const *units, size_t n_units);  // no units: all
intake_door_t intake_db_door (const PGresult *rows, int row);

void intake_db_ask_keys (bc_tx_t *tx);  // those not revoked
intake_key_t intake_db_key (const PGresult *rows, int row);

// --- Receipts

typedef struct {
    int64_t number;  // what the statement numbers its rows by
    const uint8_t *submission_id;
    receipt_t receipt;  // but for the unit
    const char *key_id;
    const uint8_t *signature;
} intake_stored_t;

intake_stored_t intake_db_stored (const PGresult *rows, int row);

// Those of the submissions that are stored already; number: index of the submission.
void intake_db_ask_twins (bc_tx_t *tx, submission_t *const *submissions, size_t count);

// The last receipt of each department; number: its unit_id. No row: none yet.
void intake_db_ask_heads (bc_tx_t *tx, department_t *const *departments, size_t count);

// The one submission of a department. The commit then waits for the synchronous standbys although nothing is stored: a row seen
// after a failure may not have reached them yet, and a receipt says that it has.
void intake_db_ask_receipt (bc_tx_t *tx, int unit_id, const uint8_t *report_id);

// --- Storing submissions

// The highest revision of each submission's department, plan and period; number: index of the submission. No row: none yet.
void intake_db_ask_revisions (bc_tx_t *tx, submission_t *const *submissions, size_t count);
uint32_t intake_db_revision (const PGresult *rows, int row, int64_t *number_p);

// New ones, each with its work item for validation.
void intake_db_add_submissions (bc_tx_t *tx, submission_t *const *submissions, size_t count);

// The same in one statement, which stores all of it or nothing: nothing when a report id is taken or the plan's version is another.
void intake_db_add_if_new (bc_tx_t *tx, submission_t *const *submissions, size_t count, int64_t plan_version);
bool intake_db_added (const PGresult *result);  // did it?

// Duplicates and conflicts of stored ones.
void intake_db_add_resubmissions (bc_tx_t *tx, submission_t *const *submissions, size_t count);

// A row for each file that one of them names and that is not in the store: the index of the submission.
void intake_db_ask_missing (bc_tx_t *tx, submission_t *const *submissions, size_t count);
size_t intake_db_missing (const PGresult *rows, int row);

// --- Attachments on their way in

// What is known of a file. Two results, for intake_db_upload.
void intake_db_ask_upload (bc_tx_t *tx, int unit_id, const uint8_t *sha256);

typedef struct {
    bool complete;         // it is an attachment, whoever sent it
    const uint8_t *id;     // of the department's unfinished upload; NULL: there is none
    int64_t size, stored;  // bytes: of the whole file as promised (complete: as it is), and those that are there
} intake_upload_t;

intake_upload_t intake_db_upload (const PGresult *complete, const PGresult *unfinished);

// Gives up the department's unfinished uploads of this digest, those begun before `stale` (Unix ms), and, oldest first, those for
// which there is no room when at most `count` may have `room` bytes together.
void intake_db_make_room (bc_tx_t *tx, int unit_id, const uint8_t *sha256, int64_t stale, int64_t room, int count);

// Would a file of this size, together with those that the department began after `since` (Unix ms), be more than `limit` bytes, each
// counted for 1 MiB at least? The Unix ms at which the last one began that must be older than that for it to fit; 0: it fits.
void intake_db_ask_crowded (bc_tx_t *tx, int unit_id, int64_t since, int64_t limit, int64_t size);
int64_t intake_db_crowded (const PGresult *rows);

void intake_db_add_upload (bc_tx_t *tx, const uint8_t *id, int unit_id, const uint8_t *sha256, int64_t size, int64_t started_at);
void intake_db_drop_upload (bc_tx_t *tx, const uint8_t *id);

void intake_db_add_chunk (bc_tx_t *tx, const uint8_t *id, int64_t start, const void *content, size_t size);

// Some of an upload's chunks, in order, from `start` on.
void intake_db_ask_chunks (bc_tx_t *tx, const uint8_t *id, int64_t start);
const uint8_t *intake_db_chunk (const PGresult *rows, int row, size_t *size_p);

// The upload becomes an attachment, unless another of the same digest was faster; intake_db_added tells.
void intake_db_add_attachment (bc_tx_t *tx, const uint8_t *id, int unit_id, const uint8_t *sha256, int64_t size,
                               int64_t received_at);

// --- Questions of departments

typedef struct {
    const char *plan, *period;    // "": any
    uint64_t before_chain_index;  // 0: from the latest
    int limit;
} intake_status_filter_t;

typedef struct {
    const uint8_t *submission_id, *report_id;
    const char *plan, *period;
    uint32_t revision;
    uint64_t chain_index;
    int64_t received_at, judged_at;
    int timeliness;
    const char *state;  // as in the view submission_state
    bool counted;
    const char *submitted_by;
    const char *return_reason;  // "": it was not returned
} intake_status_t;

typedef struct {
    const uint8_t *submission_id;
    const char *code, *path, *message_vi, *message_en;
    bool error;
} intake_finding_t;

enum { INTAKE_MAX_FINDINGS = 2000 };  // in one answer

// Submissions of a department (all, or those of one report id), latest first, and their findings in the same order, at most
// INTAKE_MAX_FINDINGS. Two results.
void intake_db_ask_status (bc_tx_t *tx, int unit_id, const intake_status_filter_t *filter);
void intake_db_ask_status_of (bc_tx_t *tx, int unit_id, const uint8_t *report_id);
intake_status_t intake_db_status (const PGresult *rows, int row);
intake_finding_t intake_db_finding (const PGresult *rows, int row);

// The report id of the report that GetReport means by plan and period, and the bytes of the one of that id.
void intake_db_ask_latest (bc_tx_t *tx, int unit_id, const char *plan, const char *period);
void intake_db_ask_report (bc_tx_t *tx, int unit_id, const uint8_t *report_id);

typedef struct {
    int period_id;
    bool has_accepted, late, refused, returned;
} intake_standing_t;

void intake_db_ask_standings (bc_tx_t *tx, int unit_id, const int *period_ids, size_t count);
intake_standing_t intake_db_standing (const PGresult *rows, int row);

typedef struct {
    int unit_id, period_id, task_id;  // task 0: the report has no entries
    int status, progress_percent;
} intake_progress_t;

typedef struct {
    int unit_id, period_id;
} intake_wanted_t;

// What the last accepted report of each unit and period said, unless it was returned.
void intake_db_ask_progress (bc_tx_t *tx, const intake_wanted_t *wanted, size_t count);
intake_progress_t intake_db_progress (const PGresult *rows, int row);

// Notices after the cursor, oldest first.
void intake_db_ask_notices (bc_tx_t *tx, int unit_id, uint64_t after, int limit);
uint64_t intake_db_notice (const PGresult *rows, int row, const uint8_t **notice_p, size_t *size_p);

// --- Questions to the standing agency (intake_db_ask.c)

typedef struct {
    const char *plan, *period, *until;  // of an extension
    const uint8_t *report_id;           // of a withdrawal; NULL: it is an extension
    const char *reason;
} intake_question_t;

typedef struct {
    int period_id;
    const uint8_t *submission_id;  // NULL: it is about none
    bool possible;                 // the unit must or may report in the period; the report is accepted and stands
    bool later;                    // than the unit's deadline, and not over; always of a withdrawal
    int64_t same;                  // the number under which this was asked and is not decided yet; 0: it was not
    int64_t asked_at;              // that one
    int open;                      // undecided questions of the unit
} intake_look_t;

// Holds others back who would ask for the unit, until the transaction ends. One result (ignore it).
void intake_db_lock_questions (bc_tx_t *tx, int unit_id);

// No row: there is no such period, or no such report of the unit.
void intake_db_ask_look (bc_tx_t *tx, int unit_id, const intake_question_t *question, int64_t now);
intake_look_t intake_db_look (const PGresult *rows);

// With its work item for notification; its number is the one column of the result.
void intake_db_add_question (bc_tx_t *tx, int unit_id, const intake_question_t *question, const intake_look_t *look, int64_t now,
                             const char *sender_key);

// --- What units that share a task say to each other (intake_db_coordinate.c)

typedef enum { INTAKE_CONTRIBUTION, INTAKE_DRAFT, INTAKE_AGREED, INTAKE_DISAGREED } intake_saying_kind_t;

typedef struct {
    const char *plan, *period, *task;
    intake_saying_kind_t kind;
    const uint8_t *entry;  // NULL: it is an answer; of no bytes: what the unit said before is taken back
    size_t entry_size;
    int64_t draft_id;  // of an answer; else 0
    const char *text;  // likewise; else ""
} intake_saying_t;

// Before something is said.
typedef struct {
    int period_id, task_id;
    bool permitted;              // the unit has the role for it
    const char *who;             // has: codes; "": nobody
    bool coordinated;            // the task, by a unit other than this one
    bool standing;               // the draft that is answered; always of what is no answer
    int64_t same;                // the item that says this and stands; 0: there is none
    bool stands;                 // something of the unit, task and kind, which can be taken back
    int said;                    // items of the unit in the period
    int64_t said_bytes;          // of their entries
    const char *opens, *closed;  // local times; NULL: the period has opened; it is not closed
} intake_shared_t;

// Holds others back who would say something about the period, until the transaction ends; so numbers follow commit order. One result
// (ignore it).
void intake_db_lock_coordination (bc_tx_t *tx, const char *plan, const char *period);

// No row: there is no such period or task.
void intake_db_look_at_task (bc_tx_t *tx, int unit_id, const intake_saying_t *saying, int64_t now);
intake_shared_t intake_db_shared (const PGresult *rows);

// With the work items for notification: an answer is told to the unit that wrote the draft, whatever its role is now. What is said again
// within the hour is not told again, but to whom has answered the draft before. The number is the one column of the result.
void intake_db_add_saying (bc_tx_t *tx, int unit_id, const intake_saying_t *saying, const intake_shared_t *shared, int64_t now,
                           const char *sender_key);

// What stands of the tasks in which the unit has a role, or only its own drafts and the answers to them, and who has a role in the tasks:
// two results. Past `bytes` of entries the rows come without theirs. intake_db_ask_item: the one item, as the first of them.
void intake_db_ask_coordination (bc_tx_t *tx, int unit_id, const char *plan, const char *period, int64_t after, int limit,
                                 size_t bytes, bool own_drafts);
void intake_db_ask_item (bc_tx_t *tx, int64_t number);

// Fills in a message, whose texts and bytes are borrowed from the row.
void intake_db_item (const PGresult *rows, int row, Baocao__V1__CoordinationItem *item, Google__Protobuf__Timestamp *said_at);
void intake_db_party (const PGresult *rows, int row, Baocao__V1__CoordinationParty *party);

// The commit waits for the synchronous standbys although nothing is stored. One result (ignore it).
void intake_db_confirm (bc_tx_t *tx);
