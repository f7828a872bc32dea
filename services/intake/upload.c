#include "upload.h"

#include <sodium.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/xmem.h"
#include "intake_db.h"
#include "reply.h"
#include "report/limits.h"

#define STALE_MS (7 * DAY_MS)

// Of a department's unfinished files.
#define ROOM_BYTES (4 * (int64_t)REPORT_MAX_FILE)
enum { ROOM_FILES = 64 };

// Of a department's files that are new to the store, finished or not, named by a report or not.
#define DAY_MS INT64_C (86400000)
#define DAY_BYTES (INT64_C (1) << 30)

typedef struct {
    query_job_t job;
    uint8_t sha256[REPORT_DIGEST_SIZE];
    uint8_t id[BC_UUID_SIZE];  // of the upload
    int64_t size, stored;      // of the file, and what the store has of it
    bool complete;
    refusal_t refusal;
    char detail[24];                // of the refusal
    crypto_hash_sha256_state hash;  // of what was read back
    int64_t hashed;
    bool added;
    int64_t offset;  // of the chunk that came
    size_t chunk_size;
    uint8_t chunk[];
} upload_job_t;

static void answer (query_job_t *arg, bc_tx_t *tx)
{
    upload_job_t *job = (upload_job_t *)arg;
    (void)tx;
    if (job->refusal != REFUSAL_NONE) {
        reply_refuse (&arg->asker, job->refusal, *job->detail ? job->detail : NULL);
        return;
    }
    Baocao__V1__FileState state = BAOCAO__V1__FILE_STATE__INIT;
    state.sha256 = (ProtobufCBinaryData){sizeof job->sha256, job->sha256};
    state.stored = (uint64_t)job->stored;
    state.complete = job->complete;
    state.credit = QUERY_DEPARTMENT_MAX;
    Baocao__V1__ServerReply reply = BAOCAO__V1__SERVER_REPLY__INIT;
    reply.reply_case = BAOCAO__V1__SERVER_REPLY__REPLY_FILE;
    reply.file = &state;
    reply_send (&arg->asker, &reply);
}

static int unit_of (const upload_job_t *job)
{
    return job->job.asker.department->id;
}

// What the store has when the transaction begins. True: the department is in the middle of this file.
static bool take_state (upload_job_t *job, const bc_tx_t *tx)
{
    intake_upload_t upload = intake_db_upload (bc_tx_result (tx, 0), bc_tx_result (tx, 1));
    job->complete = upload.complete;
    job->stored = upload.stored;
    job->refusal = REFUSAL_NONE;
    if (upload.complete || !upload.id)
        return false;
    memcpy (job->id, upload.id, sizeof job->id);
    return true;
}

// --- PutFile ---------------------------------------------------------------------------------------------------------------------

static bc_tx_next_t begin_step (bc_tx_t *tx, int step, void *arg)
{
    upload_job_t *job = arg;
    int64_t now = bc_clock_ms ();
    if (step == 0) {
        intake_db_ask_upload (tx, unit_of (job), job->sha256);
        intake_db_ask_crowded (tx, unit_of (job), now - DAY_MS, DAY_BYTES, job->size);
        return BC_TX_NEXT;
    }
    bool begun = take_state (job, tx) && intake_db_upload (bc_tx_result (tx, 0), bc_tx_result (tx, 1)).size == job->size;
    if (begun || job->complete)
        return BC_TX_COMMIT;
    int64_t crowded = intake_db_crowded (bc_tx_result (tx, 2));
    if (crowded) {
        int64_t hours = (crowded + DAY_MS - now + 3599999) / 3600000;
        job->refusal = REFUSAL_FILES_A_DAY;
        snprintf (job->detail, sizeof job->detail, "%lld h", (long long)hours);
        return BC_TX_COMMIT;
    }
    job->stored = 0;
    bc_uuid_new (job->id);
    intake_db_make_room (tx, unit_of (job), job->sha256, now - STALE_MS, ROOM_BYTES - job->size, ROOM_FILES - 1);
    intake_db_add_upload (tx, job->id, unit_of (job), job->sha256, job->size, now);
    return BC_TX_COMMIT;
}

void upload_begin (query_t *uploads, const asker_t *asker, const Baocao__V1__PutFile *request)
{
    upload_job_t *job = query_job_new (sizeof *job, asker, begin_step, answer);
    memcpy (job->sha256, request->sha256.data, sizeof job->sha256);
    job->size = (int64_t)request->size;
    query_run (uploads, &job->job, BC_TX_READ_COMMITTED);
}

// --- PutChunk --------------------------------------------------------------------------------------------------------------------

// Is the chunk the next one? If not it changes nothing; the answer, or the refusal, says where to go on.
static bool fits (upload_job_t *job, const intake_upload_t *upload)
{
    int64_t end = job->offset + (int64_t)job->chunk_size;
    if (end > upload->size || (job->chunk_size < REPORT_MIN_CHUNK && end != upload->size))
        job->refusal = REFUSAL_CHUNK;
    return job->refusal == REFUSAL_NONE && job->offset == upload->stored;
}

static bc_tx_next_t put_step (upload_job_t *job, bc_tx_t *tx)
{
    bool begun = take_state (job, tx);
    intake_upload_t upload = intake_db_upload (bc_tx_result (tx, 0), bc_tx_result (tx, 1));
    if (!begun && !job->complete)
        job->refusal = REFUSAL_NO_UPLOAD;
    if (!begun || !fits (job, &upload))
        return BC_TX_COMMIT;
    intake_db_add_chunk (tx, job->id, job->offset, job->chunk, job->chunk_size);
    job->size = upload.size;
    job->stored += (int64_t)job->chunk_size;
    if (job->stored < job->size)
        return BC_TX_COMMIT;
    crypto_hash_sha256_init (&job->hash);
    job->hashed = 0;
    job->added = false;
    return BC_TX_NEXT;
}

// All of it is there: is it what was promised? What lies in the store is read, a little at a time, so that others are served between.
static bc_tx_next_t judge_step (upload_job_t *job, bc_tx_t *tx)
{
    uint8_t digest[REPORT_DIGEST_SIZE];
    crypto_hash_sha256_final (&job->hash, digest);
    job->complete = memcmp (digest, job->sha256, sizeof digest) == 0;
    if (!job->complete) {
        bc_log (BC_LOG_WARNING, "upload.wrong_digest", NULL, "%s sent a file of %lld bytes that has not the digest it promised",
                job->job.asker.department->code, (long long)job->size);
        job->refusal = REFUSAL_FILE_DIGEST;
        intake_db_drop_upload (tx, job->id);
        return BC_TX_COMMIT;
    }
    intake_db_add_attachment (tx, job->id, unit_of (job), job->sha256, job->size, bc_clock_ms ());
    job->added = true;
    return BC_TX_NEXT;
}

static bc_tx_next_t read_step (upload_job_t *job, bc_tx_t *tx)
{
    const PGresult *rows = bc_tx_result (tx, 0);
    for (int row = 0; row < PQntuples (rows); row++) {
        size_t size;
        const uint8_t *content = intake_db_chunk (rows, row, &size);
        crypto_hash_sha256_update (&job->hash, content, size);
        job->hashed += (int64_t)size;
    }
    if (job->hashed >= job->size)
        return judge_step (job, tx);
    intake_db_ask_chunks (tx, job->id, job->hashed);
    return BC_TX_NEXT;
}

static bc_tx_next_t chunk_step (bc_tx_t *tx, int step, void *arg)
{
    upload_job_t *job = arg;
    if (step == 0) {
        intake_db_ask_upload (tx, unit_of (job), job->sha256);
        return BC_TX_NEXT;
    }
    if (step == 1)
        return put_step (job, tx);
    if (step == 2) {  // the chunk's own result has no rows
        intake_db_ask_chunks (tx, job->id, 0);
        return BC_TX_NEXT;
    }
    if (!job->added)
        return read_step (job, tx);
    if (!intake_db_added (bc_tx_result (tx, 0)))  // another department's was complete first
        intake_db_drop_upload (tx, job->id);
    return BC_TX_COMMIT;
}

void upload_chunk (query_t *uploads, const asker_t *asker, const Baocao__V1__PutChunk *request)
{
    upload_job_t *job = query_job_new (sizeof *job + request->content.len, asker, chunk_step, answer);
    memcpy (job->sha256, request->sha256.data, sizeof job->sha256);
    job->offset = (int64_t)request->offset;
    job->chunk_size = request->content.len;
    memcpy (job->chunk, request->content.data, request->content.len);
    query_run (uploads, &job->job, BC_TX_READ_COMMITTED);
}
