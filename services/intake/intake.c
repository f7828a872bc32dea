#include "intake.h"

#include "baocao/v1/posted.pb-c.h"
#include "common/clock.h"
#include "common/flow.h"
#include "common/keys.h"
#include "common/wire.h"
#include "common/xmem.h"
#include "check.h"
#include "doors.h"
#include "mailbox.h"
#include "query.h"
#include "reply.h"
#include "request.h"
#include "submit.h"
#include "upload.h"

enum {
    PROTOCOL_VERSION = 1,
    ARENA_BYTES = 4 << 20,  // an unpacked request; most are a few kilobytes
    MAX_WAITING = 1024,     // transactions behind one connection
    DRAIN_MS = 5000,        // for the transaction under way when the service stops
    DRAIN_CHECK_MS = 5,
};

typedef struct {
    zloop_t *loop;
    bc_arena_t *arena;  // the request being handled
    bc_signing_key_t key;
    bc_db_t *store, *queries, *files;
    zsock_t *received, *posted, *checked;
    bc_zap_t *zap;
    doors_t *doors;
    submit_t *submit;
    query_t *query, *uploads;
    check_t *check;
    mailbox_t *mailbox;
    size_t in_flight_max;  // of one department
    int64_t drain_until;   // monotonic
} intake_t;

// --- Requests --------------------------------------------------------------------------------------------------------------------

static void on_submit_report (intake_t *self, const asker_t *asker, const Baocao__V1__ClientRequest *request)
{
    submit_add (self->submit, asker, request->submit_report);
}

static void on_get_receipt (intake_t *self, const asker_t *asker, const Baocao__V1__ClientRequest *request)
{
    query_receipt (self->query, asker, request->get_receipt);
}

static void on_get_status (intake_t *self, const asker_t *asker, const Baocao__V1__ClientRequest *request)
{
    query_status (self->query, asker, request->get_status);
}

static void on_get_duties (intake_t *self, const asker_t *asker, const Baocao__V1__ClientRequest *request)
{
    query_duties (self->query, asker, request->get_duties);
}

static void on_read_mailbox (intake_t *self, const asker_t *asker, const Baocao__V1__ClientRequest *request)
{
    mailbox_read (self->mailbox, asker, request->read_mailbox);
}

static void on_check_report (intake_t *self, const asker_t *asker, const Baocao__V1__ClientRequest *request)
{
    check_ask (self->check, asker, request->check_report);
}

static void on_put_file (intake_t *self, const asker_t *asker, const Baocao__V1__ClientRequest *request)
{
    upload_begin (self->uploads, asker, request->put_file);
}

static void on_put_chunk (intake_t *self, const asker_t *asker, const Baocao__V1__ClientRequest *request)
{
    upload_chunk (self->uploads, asker, request->put_chunk);
}

static void on_get_report (intake_t *self, const asker_t *asker, const Baocao__V1__ClientRequest *request)
{
    query_report (self->query, asker, request->get_report);
}

static void on_ask (intake_t *self, const asker_t *asker, const Baocao__V1__ClientRequest *request)
{
    query_ask (self->query, asker, request->ask);
}

static void on_get_coordination (intake_t *self, const asker_t *asker, const Baocao__V1__ClientRequest *request)
{
    query_coordination (self->query, asker, request->get_coordination);
}

static void on_coordinate (intake_t *self, const asker_t *asker, const Baocao__V1__ClientRequest *request)
{
    query_coordinate (self->query, asker, request->coordinate);
}

static void on_ping (intake_t *self, const asker_t *asker, const Baocao__V1__ClientRequest *request)
{
    (void)self, (void)request;
    Google__Protobuf__Timestamp now;
    Baocao__V1__Pong pong = BAOCAO__V1__PONG__INIT;
    pong.server_time = bc_timestamp_set (&now, bc_clock_ms ());
    pong.protocol_version = PROTOCOL_VERSION;
    pong.rehearsal = bc_clock_is_rehearsal ();
    Baocao__V1__ServerReply reply = BAOCAO__V1__SERVER_REPLY__INIT;
    reply.reply_case = BAOCAO__V1__SERVER_REPLY__REPLY_PONG;
    reply.pong = &pong;
    reply_send (asker, &reply);
}

// By the request's case in the oneof. Whether it waits: then it counts as in flight. Whether it is a question or a piece of a file,
// of which a department may have but a few at once: the mailbox is neither, it has its own limit on those who wait, and so has
// checking.
static const struct {
    void (*handle) (intake_t *self, const asker_t *asker, const Baocao__V1__ClientRequest *request);
    bool waits, asks, uploads;
} HANDLERS[] = {
    [BAOCAO__V1__CLIENT_REQUEST__REQUEST_SUBMIT_REPORT] = {on_submit_report, true, false},
    [BAOCAO__V1__CLIENT_REQUEST__REQUEST_GET_RECEIPT] = {on_get_receipt, true, true},
    [BAOCAO__V1__CLIENT_REQUEST__REQUEST_GET_STATUS] = {on_get_status, true, true},
    [BAOCAO__V1__CLIENT_REQUEST__REQUEST_GET_DUTIES] = {on_get_duties, true, true},
    [BAOCAO__V1__CLIENT_REQUEST__REQUEST_READ_MAILBOX] = {on_read_mailbox, true, false},
    [BAOCAO__V1__CLIENT_REQUEST__REQUEST_PING] = {on_ping, false, false},
    [BAOCAO__V1__CLIENT_REQUEST__REQUEST_CHECK_REPORT] = {on_check_report, true, false},
    [BAOCAO__V1__CLIENT_REQUEST__REQUEST_PUT_FILE] = {on_put_file, true, false, true},
    [BAOCAO__V1__CLIENT_REQUEST__REQUEST_PUT_CHUNK] = {on_put_chunk, true, false, true},
    [BAOCAO__V1__CLIENT_REQUEST__REQUEST_GET_REPORT] = {on_get_report, true, true},
    [BAOCAO__V1__CLIENT_REQUEST__REQUEST_ASK] = {on_ask, true, true},
    [BAOCAO__V1__CLIENT_REQUEST__REQUEST_GET_COORDINATION] = {on_get_coordination, true, true},
    [BAOCAO__V1__CLIENT_REQUEST__REQUEST_COORDINATE] = {on_coordinate, true, true},
};

static bool has_too_many (const intake_t *self, const department_t *department, Baocao__V1__ClientRequest__RequestCase request)
{
    return (HANDLERS[request].waits && department->in_flight >= self->in_flight_max) ||
           (HANDLERS[request].asks && query_is_busy (self->query, department)) ||
           (HANDLERS[request].uploads && query_is_busy (self->uploads, department));
}

static void dispatch (intake_t *self, const asker_t *asker, const Baocao__V1__ClientRequest *request)
{
    refusal_t refusal = request_check (request);
    if (refusal == REFUSAL_NONE && has_too_many (self, asker->department, request->request_case))
        refusal = REFUSAL_BUSY_DEPARTMENT;
    if (refusal == REFUSAL_NONE)
        HANDLERS[request->request_case].handle (self, asker, request);
    else
        reply_refuse (asker, refusal, NULL);
}

static void on_request (department_t *department, const bc_peer_t *peer, zmq_msg_t *frame, bool permitted, void *arg)
{
    intake_t *self = arg;
    const char *reason = NULL;
    asker_t asker = {.department = department, .peer = *peer};
    bc_arena_reset (self->arena);
    const Baocao__V1__ClientRequest *request = (const Baocao__V1__ClientRequest *)bc_wire_unpack (
        &baocao__v1__client_request__descriptor, zmq_msg_data (frame), zmq_msg_size (frame), self->arena, &reason);
    asker.request_id = request ? request->request_id : 0;
    if (!permitted)
        reply_refuse (&asker, REFUSAL_DENIED, NULL);
    else if (!request)
        reply_refuse (&asker, REFUSAL_MALFORMED, reason);
    else
        dispatch (self, &asker, request);
}

static void on_drained (void *arg)
{
    intake_t *self = arg;
    submit_start (self->submit);
}

static int on_posted (zloop_t *loop, zsock_t *socket, void *arg)
{
    (void)loop;
    intake_t *self = arg;
    bc_arena_reset (self->arena);
    const Baocao__V1__NoticePosted *posted =
        (const Baocao__V1__NoticePosted *)bc_wire_recv (socket, &baocao__v1__notice_posted__descriptor, self->arena);
    department_t *department = posted ? doors_find (self->doors, posted->unit) : NULL;
    if (department)
        mailbox_wake (self->mailbox, department);
    return 0;
}

// --- Life ------------------------------------------------------------------------------------------------------------------------

static void on_queries_ready (void *arg)
{
    intake_t *self = arg;
    if (self->doors)
        doors_look (self->doors);
}

// 0 or -1 (logged).
static int open_all (intake_t *self, bc_service_t *service)
{
    bool ok = true;
    bc_config_t *config = bc_service_config (service);
    const doors_handler_t handler = {.request = on_request, .drained = on_drained, .arg = self};
    self->in_flight_max = (size_t)bc_config_number (config, "intake/in_flight", 64, 1, 100000, &ok);
    if (!ok || bc_signing_key_load (&self->key, bc_config_get (config, "intake/receipt_key", "")) == -1)
        return -1;
    self->received = bc_flow_sender (BC_HOP_RECEIVED, config);
    self->posted = bc_flow_receiver (BC_HOP_POSTED, config);
    self->checked = bc_flow_sender (BC_HOP_CHECK, config);
    self->zap = bc_zap_new (self->loop);
    if (!self->received || !self->posted || !self->checked || !self->zap)
        return -1;
    self->store = bc_db_new (self->loop, bc_service_conninfo (service), 1, NULL, NULL);
    self->queries = bc_db_new (self->loop, bc_service_conninfo (service), MAX_WAITING, on_queries_ready, self);
    self->files = bc_db_new (self->loop, bc_service_conninfo (service), MAX_WAITING, NULL, NULL);
    self->submit = submit_new (self->store, self->received, &self->key);
    self->query = query_new (self->queries);
    self->uploads = query_new (self->files);
    self->check = check_new (self->loop, self->checked);
    self->mailbox = mailbox_new (self->loop, self->query, self->zap);
    self->doors = doors_new (self->loop, self->zap, self->queries, config, &handler);
    if (!self->doors)
        return -1;
    zloop_reader (self->loop, self->posted, on_posted, self);
    zloop_reader_set_tolerant (self->loop, self->posted);
    return 0;
}

void *intake_start (bc_service_t *service)
{
    intake_t *self = xcalloc (1, sizeof *self);
    self->loop = bc_service_loop (service);
    self->arena = bc_arena_new (ARENA_BYTES);
    if (open_all (self, service) == -1)
        intake_stop ((void **)&self);
    return self;
}

static int on_drain (zloop_t *loop, int timer, void *arg)
{
    (void)loop, (void)timer;
    intake_t *self = arg;
    return submit_idle (self->submit) || bc_clock_monotonic_ms () >= self->drain_until ? -1 : 0;
}

// Runs the loop until the transaction under way is over: its reports are stored, so their departments are to have the receipts.
static void drain (intake_t *self)
{
    doors_stop (self->doors);
    submit_stop (self->submit);
    if (submit_idle (self->submit))
        return;
    self->drain_until = bc_clock_monotonic_ms () + DRAIN_MS;
    int timer = zloop_timer (self->loop, DRAIN_CHECK_MS, 0, on_drain, self);
    zloop_start (self->loop);
    zloop_timer_end (self->loop, timer);
}

void intake_stop (void **state_p)
{
    intake_t *self = *state_p;
    if (self->doors)
        drain (self);
    if (self->posted)
        zloop_reader_end (self->loop, self->posted);
    bc_db_destroy (&self->store);
    bc_db_destroy (&self->queries);
    bc_db_destroy (&self->files);
    check_destroy (&self->check);
    mailbox_destroy (&self->mailbox);
    query_destroy (&self->query);
    query_destroy (&self->uploads);
    submit_destroy (&self->submit);
    doors_destroy (&self->doors);
    bc_zap_destroy (&self->zap);
    zsock_destroy (&self->checked);
    zsock_destroy (&self->posted);
    zsock_destroy (&self->received);
    bc_signing_key_wipe (&self->key);
    bc_arena_destroy (&self->arena);
    free (self);
    *state_p = NULL;
}

bool intake_idle (void *state)
{
    const intake_t *self = state;
    return doors_all_open (self->doors) && submit_idle (self->submit) && query_idle (self->query) && query_idle (self->uploads);
}

bool intake_healthy (void *state)
{
    const intake_t *self = state;
    return bc_db_connected (self->store) && bc_db_connected (self->queries) && bc_db_connected (self->files) &&
           doors_all_open (self->doors);
}
