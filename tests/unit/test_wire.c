// What the wire lets in and what it refuses.

#include "baocao/v1/client.pb-c.h"
#include "baocao/v1/judged.pb-c.h"
#include "baocao/v1/report.pb-c.h"
#include "common/metrics.h"
#include "common/wire.h"
#include "common/xmem.h"
#include "../support/suite.h"

#define REQUEST &baocao__v1__client_request__descriptor
#define SUBMIT &baocao__v1__submit_report__descriptor
#define REPORT &baocao__v1__report__descriptor
#define JUDGED &baocao__v1__report_judged__descriptor
#define MAILBOX &baocao__v1__read_mailbox__descriptor
#define PING &baocao__v1__ping__descriptor

enum { ARENA = 8 << 20 };

// --- The measure before unpacking ------------------------------------------------------------------------------------------------

#define BYTES(text) text, sizeof text - 1

static const struct {
    const char *what;
    const ProtobufCMessageDescriptor *type;
    const char *bytes;
    size_t size;
    const char *reason;  // part of it; NULL: let in
} CASES[] = {
    {"nothing at all", REQUEST, BYTES (""), NULL},
    {"a number", REQUEST, BYTES ("\x08\x01"), NULL},
    {"the largest number", REQUEST, BYTES ("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), NULL},
    {"a padded number", REQUEST, BYTES ("\x08\x81\x80\x00"), NULL},
    {"an empty inner message", REQUEST, BYTES ("\x3a\x00"), NULL},
    {"a field twice", REQUEST, BYTES ("\x08\x01\x08\x02"), NULL},
    {"tag cut off", REQUEST, BYTES ("\x80"), "within a tag"},
    {"tag of six bytes", REQUEST, BYTES ("\x88\x80\x80\x80\x80\x00\x01"), "within a tag"},
    {"tag of more than 32 bits", REQUEST, BYTES ("\xf8\xff\xff\xff\x7f\x01"), "within a tag"},
    {"number missing", REQUEST, BYTES ("\x08"), "ClientRequest.request_id is cut off"},
    {"number cut off", REQUEST, BYTES ("\x08\xff"), "ClientRequest.request_id is cut off"},
    {"number of 65 bits", REQUEST, BYTES ("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), "too large"},
    {"number of eleven bytes", REQUEST, BYTES ("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x80\x01"), "too large"},
    {"length missing", REQUEST, BYTES ("\x12"), "ClientRequest.submit_report is longer"},
    {"length past the end", REQUEST, BYTES ("\x12\x02\x2a"), "ClientRequest.submit_report is longer"},
    {"length of 2^32 - 1", REQUEST, BYTES ("\x12\xff\xff\xff\xff\x0f\x01"), "longer than the message"},
    {"length of 2^64 - 1", REQUEST, BYTES ("\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), "longer than the message"},
    {"inner length past the inner end", REQUEST, BYTES ("\x12\x02\x0a\x05\x41\x41\x41\x41\x41"),
     "SubmitReport.report_id is longer"},
    {"field 0", REQUEST, BYTES ("\x00\x01"), "has no field 0"},
    {"unknown field", REQUEST, BYTES ("\x98\x06\x01"), "ClientRequest has no field 99"},
    {"unknown field of the largest number", REQUEST, BYTES ("\xf8\xff\xff\xff\x0f\x01"), "has no field 536870911"},
    {"unknown field inside", REQUEST, BYTES ("\x3a\x02\x50\x01"), "Ping has no field 10"},
    {"fixed 64 bits for a number", REQUEST, BYTES ("\x09\x01\x01\x01\x01\x01\x01\x01\x01"), "request_id has wire type 1"},
    {"bytes for a number", REQUEST, BYTES ("\x0a\x01\x01"), "request_id has wire type 2"},
    {"begin of a group", REQUEST, BYTES ("\x0b\x0c"), "request_id has wire type 3"},
    {"end of a group", REQUEST, BYTES ("\x0c"), "request_id has wire type 4"},
    {"fixed 32 bits for a number", REQUEST, BYTES ("\x0d\x01\x01\x01\x01"), "request_id has wire type 5"},
    {"wire type 7", REQUEST, BYTES ("\x0f\x01"), "request_id has wire type 7"},
    {"number for a message", REQUEST, BYTES ("\x10\x01"), "submit_report has wire type 0"},
    {"group for a message", REQUEST, BYTES ("\x13\x14"), "submit_report has wire type 3"},
    {"text", REPORT,
     BYTES ("\x0a\x03"
            "208"),
     NULL},
    {"text that is not UTF-8, which the rules name", REPORT, BYTES ("\x0a\x02\xc3\x28"), NULL},
    {"NUL byte in a text", REPORT,
     BYTES ("\x0a\x03"
            "2\0008"),
     "Report.plan holds a NUL byte"},
    {"NUL byte in bytes", SUBMIT, BYTES ("\x0a\x01\x00"), NULL},
};

START_TEST (test_case)
{
    const char *reason = NULL;
    int rc = bc_wire_check (CASES[_i].type, CASES[_i].bytes, CASES[_i].size, &reason);
    if (!CASES[_i].reason)
        ck_assert_msg (rc == 0, "%s: refused: %s", CASES[_i].what, reason);
    else {
        ck_assert_msg (rc == -1, "%s: let in", CASES[_i].what);
        ck_assert_msg (strstr (reason, CASES[_i].reason), "%s: \"%s\"", CASES[_i].what, reason);
        ck_assert_uint_le (strlen (reason), 120);
    }

    bc_arena_t *arena = bc_arena_new (ARENA);
    const ProtobufCMessage *message = bc_wire_unpack (CASES[_i].type, CASES[_i].bytes, CASES[_i].size, arena, &reason);
    ck_assert_msg (!message == (rc == -1), "%s: check and unpack differ", CASES[_i].what);
    bc_arena_destroy (&arena);
}
END_TEST

// No type of baocao.v1 is recursive, so the depth is tried on one that is:
//   message nested { nested inner = 1; fixed32 a = 2; fixed64 b = 3; }
typedef struct nested {
    ProtobufCMessage base;
    struct nested *inner;
    uint32_t a;
    uint64_t b;
} nested_t;

static const ProtobufCMessageDescriptor NESTED;
static const ProtobufCFieldDescriptor NESTED_FIELDS[] = {
    {.name = "inner",
     .id = 1,
     .label = PROTOBUF_C_LABEL_NONE,
     .type = PROTOBUF_C_TYPE_MESSAGE,
     .offset = offsetof (nested_t, inner),
     .descriptor = &NESTED},
    {.name = "a", .id = 2, .label = PROTOBUF_C_LABEL_NONE, .type = PROTOBUF_C_TYPE_FIXED32, .offset = offsetof (nested_t, a)},
    {.name = "b", .id = 3, .label = PROTOBUF_C_LABEL_NONE, .type = PROTOBUF_C_TYPE_FIXED64, .offset = offsetof (nested_t, b)},
};
static const ProtobufCIntRange NESTED_RANGES[] = {{1, 0}, {0, 3}};
static const ProtobufCMessageDescriptor NESTED = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "nested",
    .short_name = "nested",
    .c_name = "nested",
    .sizeof_message = sizeof (nested_t),
    .n_fields = 3,
    .fields = NESTED_FIELDS,
    .n_field_ranges = 1,
    .field_ranges = NESTED_RANGES,
};

// `levels` messages, each the only content of the one around it; the outermost is counted.
static size_t nest (uint8_t *buffer, size_t capacity, int levels)
{
    size_t size = 0;
    for (int level = 1; level < levels; level++) {
        uint8_t head[6] = {0x0a};
        size_t head_size = 1, rest = size;
        do {
            head[head_size++] = (uint8_t)((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
            rest >>= 7;
        } while (rest);
        size += head_size;
        memcpy (buffer + capacity - size, head, head_size);
    }
    memmove (buffer, buffer + capacity - size, size);
    return size;
}

START_TEST (test_depth)
{
    static uint8_t buffer[200000];
    const char *reason = NULL;
    size_t size = nest (buffer, sizeof buffer, 8);
    ck_assert_int_eq (bc_wire_check (&NESTED, buffer, size, &reason), 0);
    size = nest (buffer, sizeof buffer, 9);
    ck_assert_int_eq (bc_wire_check (&NESTED, buffer, size, &reason), -1);
    ck_assert_msg (strstr (reason, "nested deeper than 8"), "%s", reason);
    // Enough to run protobuf-c out of stack.
    size = nest (buffer, sizeof buffer, 40000);
    ck_assert_uint_gt (size, 100000);
    ck_assert_int_eq (bc_wire_check (&NESTED, buffer, size, &reason), -1);
    // Beside each other is not within each other.
    for (int i = 0; i < 100; i++)
        memcpy (buffer + 2 * i, "\x0a\x00", 2);
    ck_assert_int_eq (bc_wire_check (&NESTED, buffer, 200, &reason), 0);
}
END_TEST

START_TEST (test_fixed)
{
    const char *reason = NULL;
    ck_assert_int_eq (bc_wire_check (&NESTED,
                                     "\x15"
                                     "1234",
                                     5, &reason),
                      0);
    ck_assert_int_eq (bc_wire_check (&NESTED,
                                     "\x15"
                                     "123",
                                     4, &reason),
                      -1);
    ck_assert_int_eq (bc_wire_check (&NESTED,
                                     "\x19"
                                     "12345678",
                                     9, &reason),
                      0);
    ck_assert_int_eq (bc_wire_check (&NESTED,
                                     "\x19"
                                     "1234567",
                                     8, &reason),
                      -1);
    ck_assert_msg (strstr (reason, "nested.b is cut off"), "%s", reason);
}
END_TEST

// A CheckReport of n empty files within a ClientRequest: n + 1 fields.
static size_t many_files (uint8_t **data_p, size_t n)
{
    Baocao__V1__CheckedFile file = BAOCAO__V1__CHECKED_FILE__INIT;
    Baocao__V1__CheckReport check = BAOCAO__V1__CHECK_REPORT__INIT;
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    Baocao__V1__CheckedFile **files = xcalloc (n, sizeof *files);
    for (size_t i = 0; i < n; i++)
        files[i] = &file;
    check.n_files = n;
    check.files = files;
    request.request_case = BAOCAO__V1__CLIENT_REQUEST__REQUEST_CHECK_REPORT;
    request.check_report = &check;
    size_t size = bc_wire_pack (&request.base, data_p);
    free (files);
    return size;
}

START_TEST (test_fields)
{
    const char *reason = NULL;
    uint8_t *data;
    bc_arena_t *arena = bc_arena_new (ARENA);
    size_t size = many_files (&data, BC_WIRE_MAX_FIELDS - 1);
    ck_assert_int_eq (bc_wire_check (REQUEST, data, size, &reason), 0);
    ck_assert_ptr_nonnull (bc_wire_unpack (REQUEST, data, size, arena, &reason));
    free (data);

    size = many_files (&data, BC_WIRE_MAX_FIELDS);
    ck_assert_int_eq (bc_wire_check (REQUEST, data, size, &reason), -1);
    ck_assert_msg (strstr (reason, "too many fields"), "%s", reason);
    bc_arena_reset (arena);
    ck_assert_ptr_null (bc_wire_unpack (REQUEST, data, size, arena, &reason));
    free (data);
    bc_arena_destroy (&arena);
}
END_TEST

// --- Arena -----------------------------------------------------------------------------------------------------------------------

START_TEST (test_arena)
{
    bc_arena_t *arena = bc_arena_new (1000);
    uint8_t *first = bc_arena_alloc (arena, 3);
    memset (first, 0xff, 3);
    uint8_t *second = bc_arena_alloc (arena, 500);
    ck_assert_uint_eq ((uintptr_t)second % _Alignof(max_align_t), 0);
    ck_assert (second >= first + 3);
    ck_assert_ptr_null (bc_arena_alloc (arena, 500));
    ck_assert_ptr_null (bc_arena_alloc (arena, SIZE_MAX));
    ck_assert_ptr_null (bc_arena_alloc (arena, SIZE_MAX - 8));
    memset (second, 0xff, 500);

    bc_arena_reset (arena);
    uint8_t *all = bc_arena_alloc (arena, 1000);
    ck_assert_ptr_nonnull (all);
    for (int i = 0; i < 1000; i++)
        ck_assert_uint_eq (all[i], 0);
    ck_assert_ptr_null (bc_arena_alloc (arena, 1));
    bc_arena_destroy (&arena);
    ck_assert_ptr_null (arena);
    bc_arena_destroy (&arena);
}
END_TEST

// 16 KB of empty files unpack into more than half a megabyte.
START_TEST (test_arena_cap)
{
    const char *reason = NULL;
    uint8_t *data;
    size_t size = many_files (&data, 8000);
    bc_arena_t *small = bc_arena_new (256 << 10), *large = bc_arena_new (4 << 20);
    ck_assert_int_eq (bc_wire_check (REQUEST, data, size, &reason), 0);
    ck_assert_ptr_null (bc_wire_unpack (REQUEST, data, size, small, &reason));
    ck_assert_msg (strstr (reason, "too much memory"), "%s", reason);
    ck_assert_ptr_nonnull (bc_wire_unpack (REQUEST, data, size, large, &reason));

    bc_arena_reset (small);
    ck_assert_ptr_nonnull (bc_wire_unpack (REQUEST, "\x08\x01", 2, small, &reason));
    bc_arena_destroy (&small);
    bc_arena_destroy (&large);
    free (data);
}
END_TEST

// --- Round trip ------------------------------------------------------------------------------------------------------------------

static size_t pack_sample (uint8_t **data_p)
{
    Baocao__V1__Document document = BAOCAO__V1__DOCUMENT__INIT;
    document.number = "45/BC-SYT";
    document.date = "2025-12-01";
    document.signer = "Nguyễn Văn A";
    Baocao__V1__IndicatorValue number = BAOCAO__V1__INDICATOR_VALUE__INIT, truth = BAOCAO__V1__INDICATOR_VALUE__INIT;
    number.indicator = "so-lop";
    number.value_case = BAOCAO__V1__INDICATOR_VALUE__VALUE_NUMBER;
    number.number = -7;
    truth.indicator = "co-quy-che";
    truth.value_case = BAOCAO__V1__INDICATOR_VALUE__VALUE_TRUTH;
    truth.truth = false;  // given, and false: not the same as no figure
    Baocao__V1__IndicatorValue *indicators[] = {&number, &truth};
    Baocao__V1__BudgetLine line = BAOCAO__V1__BUDGET_LINE__INIT;
    line.source = BAOCAO__V1__BUDGET_SOURCE__BUDGET_SOURCE_CENTRAL;
    line.allocated_figure_case = BAOCAO__V1__BUDGET_LINE__ALLOCATED_FIGURE_ALLOCATED;
    line.allocated = INT64_MAX;
    line.disbursed_figure_case = BAOCAO__V1__BUDGET_LINE__DISBURSED_FIGURE_DISBURSED;
    line.disbursed = 0;
    Baocao__V1__BudgetLine *lines[] = {&line};
    Baocao__V1__Budget budget = BAOCAO__V1__BUDGET__INIT;
    budget.n_lines = 1;
    budget.lines = lines;
    Baocao__V1__TaskEntry entry = BAOCAO__V1__TASK_ENTRY__INIT;
    entry.task = "II.2";
    entry.status = BAOCAO__V1__TASK_STATUS__TASK_STATUS_IN_PROGRESS;
    entry.progress_percent = -1;
    entry.result = "Đã tổ chức 12 lớp tập huấn";
    entry.n_indicators = 2;
    entry.indicators = indicators;
    entry.budget = &budget;
    Baocao__V1__TaskEntry *entries[] = {&entry, &entry};
    Baocao__V1__Report report = BAOCAO__V1__REPORT__INIT;
    report.plan = "208/KH-UBND";
    report.period = "2025";
    report.unit = "so-yte";
    report.document = &document;
    report.n_entries = 2;
    report.entries = entries;
    return bc_wire_pack (&report.base, data_p);
}

START_TEST (test_round_trip)
{
    const char *reason = NULL;
    uint8_t *data, *again;
    size_t size = pack_sample (&data);
    bc_arena_t *arena = bc_arena_new (ARENA);
    ProtobufCMessage *message = bc_wire_unpack (REPORT, data, size, arena, &reason);
    ck_assert_msg (message, "%s", reason);
    const Baocao__V1__Report *report = (const Baocao__V1__Report *)message;
    ck_assert_uint_eq (report->n_entries, 2);
    ck_assert_str_eq (report->entries[1]->result, "Đã tổ chức 12 lớp tập huấn");
    ck_assert_int_eq (report->entries[0]->indicators[1]->value_case, BAOCAO__V1__INDICATOR_VALUE__VALUE_TRUTH);
    ck_assert_uint_eq (bc_wire_pack (message, &again), size);
    ck_assert_mem_eq (data, again, size);
    free (data);
    free (again);
    bc_arena_destroy (&arena);
}
END_TEST

START_TEST (test_empty)
{
    Baocao__V1__Ping ping = BAOCAO__V1__PING__INIT;
    const char *reason = NULL;
    uint8_t *data;
    bc_arena_t *arena = bc_arena_new (1000);
    ck_assert_uint_eq (bc_wire_pack (&ping.base, &data), 0);
    ck_assert_ptr_nonnull (bc_wire_unpack (PING, data, 0, arena, &reason));
    ck_assert_ptr_nonnull (bc_wire_unpack (PING, NULL, 0, arena, &reason));
    free (data);
    bc_arena_destroy (&arena);
}
END_TEST

// --- Garbage ---------------------------------------------------------------------------------------------------------------------

static uint64_t random_state;

static uint32_t random_number (void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 16);
}

// What is let in must unpack, and nothing may crash (the sanitizers watch).
static void try_bytes (const ProtobufCMessageDescriptor *type, const uint8_t *data, size_t size, bc_arena_t *arena, size_t *let_in)
{
    const char *reason = NULL;
    uint8_t *exact = xmemdup (data, size);  // so that reading past the end is seen
    bool good = bc_wire_check (type, exact, size, &reason) == 0;
    bc_arena_reset (arena);
    ProtobufCMessage *message = bc_wire_unpack (type, exact, size, arena, &reason);
    ck_assert_msg (good == (message != NULL), "check says %d, unpack: %s", good, reason);
    if (message) {
        uint8_t *again;
        bc_wire_pack (message, &again);
        free (again);
        ++*let_in;
    }
    free (exact);
}

START_TEST (test_garbage)
{
    static const ProtobufCMessageDescriptor *const TYPES[] = {REQUEST, SUBMIT, REPORT, JUDGED, MAILBOX, PING, &NESTED};
    uint8_t buffer[64];
    size_t let_in = 0;
    bc_arena_t *arena = bc_arena_new (ARENA);
    random_state = 0x2082021;
    for (int round = 0; round < 50000; round++) {
        size_t size = random_number () % sizeof buffer;
        for (size_t i = 0; i < size; i++)
            buffer[i] = (uint8_t)(random_number () % (round % 2 ? 256 : 64));
        try_bytes (TYPES[(size_t)round % (sizeof TYPES / sizeof *TYPES)], buffer, size, arena, &let_in);
    }
    ck_assert_uint_gt (let_in, 0);
    bc_arena_destroy (&arena);
}
END_TEST

// Every beginning of a good report, and the report with bytes changed.
START_TEST (test_damaged)
{
    uint8_t *data;
    size_t size = pack_sample (&data), let_in = 0;
    bc_arena_t *arena = bc_arena_new (ARENA);
    for (size_t cut = 0; cut <= size; cut++)
        try_bytes (REPORT, data, cut, arena, &let_in);
    ck_assert_uint_lt (let_in, 12);  // only at the ends of the outermost fields

    random_state = 0x2082025;
    for (int round = 0; round < 20000; round++) {
        size_t place = random_number () % size;
        uint8_t before = data[place];
        data[place] = (uint8_t)random_number ();
        try_bytes (REPORT, data, size, arena, &let_in);
        data[place] = before;
    }
    free (data);
    bc_arena_destroy (&arena);
}
END_TEST

// --- Sockets ---------------------------------------------------------------------------------------------------------------------

static long long counted (const char *direction, const char *type)
{
    char name[100];
    snprintf (name, sizeof name, "baocao_messages_total{direction=\"%s\",type=\"%s\"}", direction, type);
    return atomic_load (&bc_metric_counter (name, "")->value);
}

static bool writable (zsock_t *socket)
{
    zmq_pollitem_t item = {.socket = zsock_resolve (socket), .events = ZMQ_POLLOUT};
    return zmq_poll (&item, 1, 5000) == 1;
}

START_TEST (test_sockets)
{
    Baocao__V1__ReadMailbox sent = BAOCAO__V1__READ_MAILBOX__INIT;
    sent.after = 42;
    zsock_t *push = zsock_new (ZMQ_PUSH), *pull = zsock_new (ZMQ_PULL);
    bc_arena_t *arena = bc_arena_new (ARENA);
    zsock_set_sndhwm (push, 10);
    zsock_set_rcvhwm (pull, 10);
    ck_assert_int_eq (zsock_bind (push, "inproc://wire"), 0);
    ck_assert_int_eq (bc_wire_send (push, &sent.base), -1);  // no peer
    ck_assert_int_eq (counted ("dropped", "ReadMailbox"), 1);
    ck_assert_int_eq (zsock_connect (pull, "inproc://wire"), 0);

    ck_assert_ptr_null (bc_wire_recv (pull, MAILBOX, arena));  // nothing there
    ck_assert (writable (push));
    ck_assert_int_eq (bc_wire_send (push, &sent.base), 0);
    const Baocao__V1__ReadMailbox *got = (const Baocao__V1__ReadMailbox *)bc_wire_recv (pull, MAILBOX, arena);
    ck_assert_ptr_nonnull (got);
    ck_assert_uint_eq (got->after, 42);
    ck_assert_int_eq (counted ("out", "ReadMailbox"), 1);
    ck_assert_int_eq (counted ("in", "ReadMailbox"), 1);

    zstr_sendx (push, "one frame", "another", "and one more", NULL);
    ck_assert_ptr_null (bc_wire_recv (pull, MAILBOX, arena));
    zstr_send (push, "garbage");
    ck_assert_ptr_null (bc_wire_recv (pull, MAILBOX, arena));
    ck_assert_int_eq (counted ("refused", "ReadMailbox"), 2);
    ck_assert (writable (push));
    ck_assert_int_eq (bc_wire_send (push, &sent.base), 0);  // what was refused stands in nobody's way
    ck_assert_ptr_nonnull (bc_wire_recv (pull, MAILBOX, arena));

    int room = 0;
    while (bc_wire_send (push, &sent.base) == 0)
        ck_assert_int_lt (room++, 100);
    ck_assert_int_eq (counted ("dropped", "ReadMailbox"), 2);
    bc_arena_destroy (&arena);
    zsock_destroy (&push);
    zsock_destroy (&pull);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("wire");
    TCase *tcase = tcase_create ("wire");
    tcase_set_timeout (tcase, 60);
    tcase_add_loop_test (tcase, test_case, 0, sizeof CASES / sizeof *CASES);
    tcase_add_test (tcase, test_depth);
    tcase_add_test (tcase, test_fixed);
    tcase_add_test (tcase, test_fields);
    tcase_add_test (tcase, test_arena);
    tcase_add_test (tcase, test_arena_cap);
    tcase_add_test (tcase, test_round_trip);
    tcase_add_test (tcase, test_empty);
    tcase_add_test (tcase, test_garbage);
    tcase_add_test (tcase, test_damaged);
    tcase_add_test (tcase, test_sockets);
    suite_add_tcase (suite, tcase);
    return suite_run (suite);
}
