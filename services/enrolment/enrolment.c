#include "enrolment.h"

#include "attempts.h"
#include "baocao/v1/enrolment.pb-c.h"
#include "common/clock.h"
#include "common/door.h"
#include "common/keys.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/wire.h"
#include "common/xmem.h"
#include "enrolment_db.h"
#include "report/limits.h"

#define DOMAIN "enrolment"  // of ZAP

enum {
    TOKEN_SIZE = 32,
    MAX_REQUEST = 2048,  // bytes
    REQUEST_CAP = 8192,  // unpacked
    MAX_REPLIES = 16,    // to a peer that does not read
    LINES = 128,         // unless configured
    MAX_WAITING = 64,    // transactions
    REQUESTS_A_TURN = 64,
    REFUSE_AFTER_MS = 1000,  // every refusal, whatever its reason, counted from the request
    BUSY_MS = 1000,
    RACE_MS = 100,
};

typedef struct {
    zloop_t *loop;
    bc_arena_t *arena;  // of the request just received
    bc_zap_t *zap;
    bc_door_t *door;
    bc_db_t *db;
    attempts_t *attempts;
    zlistx_t *askers;  // whose answer is still to come
    bc_metric_t *joined, *refused, *busy;
} enrolment_t;

// A request under way.
typedef struct {
    enrolment_t *enrolment;
    void *place;  // in the list
    bc_peer_t peer;
    uint64_t request_id;
    int64_t received_at;  // monotonic
    uint8_t token_hash[ENROLMENT_HASH_SIZE];
    char given[4 * REPORT_MAX_NAME + 1];  // the officer's name
    claim_verdict_t verdict;
    char *unit, *name;  // when it is a good one
    int timer;          // until a refusal may be told; 0: none
} asker_t;

// --- Answers ---------------------------------------------------------------------------------------------------------------------

static void send_error (asker_t *asker, Baocao__V1__ErrorCode code, uint32_t retry_after_ms, const char *vi, const char *en)
{
    Baocao__V1__Error error = BAOCAO__V1__ERROR__INIT;
    Baocao__V1__EnrolReply reply = BAOCAO__V1__ENROL_REPLY__INIT;
    error.code = code;
    error.retry_after_ms = retry_after_ms;
    error.message_vi = (char *)vi;
    error.message_en = (char *)en;
    reply.request_id = asker->request_id;
    reply.reply_case = BAOCAO__V1__ENROL_REPLY__REPLY_ERROR;
    reply.error = &error;
    bc_door_send (asker->enrolment->door, &asker->peer, &reply.base);
}

static void free_asker (void **asker_p)
{
    asker_t *asker = *asker_p;
    if (asker->timer)
        zloop_timer_end (asker->enrolment->loop, asker->timer);
    free (asker->unit);
    free (asker->name);
    free (asker);
    *asker_p = NULL;
}

static void finish (asker_t *asker)
{
    zlistx_delete (asker->enrolment->askers, asker->place);
}

static void answer_enrolled (asker_t *asker)
{
    Baocao__V1__Enrolled enrolled = BAOCAO__V1__ENROLLED__INIT;
    Baocao__V1__EnrolReply reply = BAOCAO__V1__ENROL_REPLY__INIT;
    enrolled.unit = asker->unit;
    enrolled.name = asker->name;
    reply.request_id = asker->request_id;
    reply.reply_case = BAOCAO__V1__ENROL_REPLY__REPLY_ENROLLED;
    reply.enrolled = &enrolled;
    bc_door_send (asker->enrolment->door, &asker->peer, &reply.base);
    finish (asker);
}

static void answer_busy (asker_t *asker, uint32_t retry_after_ms)
{
    bc_metric_add (asker->enrolment->busy, 1);
    send_error (asker, BAOCAO__V1__ERROR_CODE__ERROR_CODE_BUSY, retry_after_ms,
                "Máy chủ đang có quá nhiều yêu cầu tham gia; hãy thử lại sau một phút",
                "The server has too many requests to join just now; try again in a minute");
    finish (asker);
}

static int on_refusal (zloop_t *loop, int timer, void *arg)
{
    (void)loop, (void)timer;
    asker_t *asker = arg;
    asker->timer = 0;
    send_error (asker, BAOCAO__V1__ERROR_CODE__ERROR_CODE_NOT_FOUND, 0,
                "Tệp mời đã được dùng, đã hết hạn hoặc không có trên máy chủ; hãy đề nghị cơ quan thường trực cấp tệp mời mới",
                "The invite is used, expired or not known; ask the standing agency for a new one");
    finish (asker);
    return 0;
}

// Later, and always after the same time: how long the answer took is not to say how near a token was.
static void refuse (asker_t *asker, claim_verdict_t verdict)
{
    int64_t past = bc_clock_monotonic_ms () - asker->received_at;
    bc_metric_add (asker->enrolment->refused, 1);
    bc_log (BC_LOG_INFO, "enrolment.refused", NULL, "key %s: %s", asker->peer.key, claim_verdict_name (verdict));
    asker->timer =
        zloop_timer (asker->enrolment->loop, past < REFUSE_AFTER_MS ? (size_t)(REFUSE_AFTER_MS - past) : 1, 1, on_refusal, asker);
}

// --- The transaction -------------------------------------------------------------------------------------------------------------

static bc_tx_next_t enrol (bc_tx_t *tx, int step, void *arg)
{
    asker_t *asker = arg;
    claim_t claim;
    if (step == 0) {
        enrolment_db_ask (tx, asker->token_hash, asker->peer.key);
        return BC_TX_NEXT;
    }
    bool found = enrolment_db_read (bc_tx_result (tx, 0), &claim);
    int64_t now = bc_clock_ms ();
    asker->verdict = claim_judge (found ? &claim : NULL, asker->peer.key, now);
    if (asker->verdict != CLAIM_GOOD && asker->verdict != CLAIM_DONE)
        return BC_TX_ROLLBACK;
    free (asker->unit);
    free (asker->name);
    asker->unit = xstrdup (claim.unit);
    asker->name = xstrdup (claim_name (&claim, asker->given));
    if (asker->verdict == CLAIM_GOOD)
        enrolment_db_add (tx, asker->token_hash, asker->peer.key, &claim, asker->name, now);
    return BC_TX_COMMIT;
}

// A commit that is uncertain is answered as busy, too: the next try finds out.
static void on_done (bc_tx_t *tx, bc_outcome_t outcome, void *arg)
{
    asker_t *asker = arg;
    enrolment_t *self = asker->enrolment;
    bool raced = outcome == BC_DB_FAILED && streq (bc_tx_sqlstate (tx), "23505");
    if (outcome == BC_DB_ROLLED_BACK) {
        refuse (asker, asker->verdict);
        return;
    }
    if (outcome == BC_DB_DONE && asker->verdict == CLAIM_GOOD) {
        bc_metric_add (self->joined, 1);
        bc_log (BC_LOG_INFO, "enrolment.joined", NULL, "key %s for %s, as %s", asker->peer.key, asker->unit, asker->name);
    }
    // A key that is in may ask again now and then, like one that is not.
    if (outcome != BC_DB_DONE || asker->verdict == CLAIM_GOOD)
        attempts_forgive (self->attempts, asker->peer.key);
    if (outcome == BC_DB_DONE)
        answer_enrolled (asker);
    else
        answer_busy (asker, raced ? RACE_MS : BUSY_MS);
}

// --- Requests --------------------------------------------------------------------------------------------------------------------

static asker_t *add_asker (enrolment_t *self, const bc_peer_t *peer)
{
    asker_t *asker = xcalloc (1, sizeof *asker);
    asker->enrolment = self;
    asker->peer = *peer;
    asker->received_at = bc_clock_monotonic_ms ();
    asker->place = zlistx_add_end (self->askers, asker);
    return asker;
}

// Takes the token's hash and the name. False: the request is not one.
static bool take_request (asker_t *asker, const Baocao__V1__EnrolRequest *request)
{
    if (!request)
        return false;
    asker->request_id = request->request_id;
    if (request->token.len != TOKEN_SIZE || !claim_is_name (request->name))
        return false;
    crypto_hash_sha256 (asker->token_hash, request->token.data, request->token.len);
    snprintf (asker->given, sizeof asker->given, "%s", request->name);
    return true;
}

static void handle (enrolment_t *self, const bc_peer_t *peer, zmq_msg_t *frame)
{
    const char *reason;
    bc_arena_reset (self->arena);
    asker_t *asker = add_asker (self, peer);
    bool good = take_request (asker, (const Baocao__V1__EnrolRequest *)bc_wire_unpack (&baocao__v1__enrol_request__descriptor,
                                                                                       zmq_msg_data (frame), zmq_msg_size (frame),
                                                                                       self->arena, &reason));
    bool allowed = attempts_begin (self->attempts, peer->key, asker->received_at);
    if (allowed && !good)
        refuse (asker, CLAIM_MALFORMED);
    else if (!allowed || bc_db_run (self->db, BC_TX_READ_COMMITTED, enrol, on_done, asker) == -1)
        answer_busy (asker, BUSY_MS);
}

static int on_request (zloop_t *loop, zsock_t *socket, void *arg)
{
    (void)loop, (void)socket;
    enrolment_t *self = arg;
    bc_peer_t peer;
    zmq_msg_t frame;
    bool permitted;
    for (int i = 0; i < REQUESTS_A_TURN && bc_door_recv (self->door, &peer, &frame, &permitted) == 0; i++) {
        handle (self, &peer, &frame);
        zmq_msg_close (&frame);
    }
    return 0;
}

// --- Life ------------------------------------------------------------------------------------------------------------------------

// 0 or -1 (logged).
static int open_door (enrolment_t *self, bc_config_t *config)
{
    bool ok = true;
    const char *host = bc_config_get (config, "enrolment/host", "127.0.0.1");
    const char *key = bc_config_get (config, "enrolment/key", NULL);
    long port = bc_config_number (config, "enrolment/port", 7400, 1, 65535, &ok);
    const bc_door_limits_t limits = {.max_message = MAX_REQUEST,
                                     .max_replies = MAX_REPLIES,
                                     .max_lines = (int)bc_config_number (config, "enrolment/lines", LINES, 1, 65535, &ok)};
    if (!key)
        bc_log (BC_LOG_ERROR, "config.invalid", NULL, "enrolment/key is missing: name the file with the certificate");
    zcert_t *certificate = key && ok ? bc_cert_load (key) : NULL;
    if (!certificate)
        return -1;
    char *endpoint = xasprintf ("tcp://%s:%ld", host, port);
    bc_zap_open (self->zap, DOMAIN);
    self->door = bc_door_new (self->zap, DOMAIN, endpoint, certificate, &limits);
    if (self->door)
        bc_log (BC_LOG_INFO, "door.open", NULL, "enrolment at %s", endpoint);
    zcert_destroy (&certificate);
    free (endpoint);
    return self->door ? 0 : -1;
}

void *enrolment_start (bc_service_t *service)
{
    enrolment_t *self = xcalloc (1, sizeof *self);
    self->loop = bc_service_loop (service);
    self->arena = bc_arena_new (REQUEST_CAP);
    self->attempts = attempts_new ();
    self->askers = zlistx_new ();
    zlistx_set_destructor (self->askers, free_asker);
    self->joined = bc_metric_counter ("baocao_enrolments_total{result=\"joined\"}", "Requests to join by result");
    self->refused = bc_metric_counter ("baocao_enrolments_total{result=\"refused\"}", "Requests to join by result");
    self->busy = bc_metric_counter ("baocao_enrolments_total{result=\"busy\"}", "Requests to join by result");
    self->zap = bc_zap_new (self->loop);
    if (!self->zap || open_door (self, bc_service_config (service)) == -1) {
        enrolment_stop ((void **)&self);
        return NULL;
    }
    self->db = bc_db_new (self->loop, bc_service_conninfo (service), MAX_WAITING, NULL, NULL);
    zloop_reader (self->loop, bc_door_socket (self->door), on_request, self);
    zloop_reader_set_tolerant (self->loop, bc_door_socket (self->door));
    return self;
}

// What is under way is dropped: whoever asked asks again.
void enrolment_stop (void **state_p)
{
    enrolment_t *self = *state_p;
    if (self->door)
        zloop_reader_end (self->loop, bc_door_socket (self->door));
    bc_db_destroy (&self->db);
    zlistx_destroy (&self->askers);
    bc_door_destroy (&self->door);
    bc_zap_destroy (&self->zap);
    attempts_destroy (&self->attempts);
    bc_arena_destroy (&self->arena);
    free (self);
    *state_p = NULL;
}

bool enrolment_idle (void *state)
{
    const enrolment_t *self = state;
    return zlistx_size (self->askers) == 0;
}

bool enrolment_healthy (void *state)
{
    const enrolment_t *self = state;
    return bc_db_connected (self->db);
}
