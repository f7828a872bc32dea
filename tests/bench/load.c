// The load generator: many department clients over CURVE in one thread, and the feed's reader beside them.
//
//   load accept  CLIENTS IN-FLIGHT SECONDS HOMES   submissions until their receipts: rate, p50 and p99 of the latency
//   load feed    CLIENTS RATE SECONDS HOMES        submissions at a steady rate until their events in the feed: p50 and p99
//   load through CLIENTS COUNT HOMES               COUNT submissions as fast as they are accepted, until the last is in the feed: rate
//
// IN-FLIGHT is per client. HOMES is the folder of client homes (and, for the feed, "committee" in it). The report has ten entries of
// Vietnamese text, about 2,170 bytes. Output: one JSON object.
#include <czmq.h>
#include <sodium.h>

#include "baocao/v1/client.pb-c.h"
#include "baocao/v1/feed.pb-c.h"
#include "common/clock.h"
#include "common/xmem.h"

enum { MAX_CLIENTS = 2000, SLOTS = 1 << 21 };

typedef struct {
    zsock_t *socket;
    uint8_t *report;
    size_t report_size;
    int in_flight;
} client_t;

static client_t clients[MAX_CLIENTS];
static int n_clients;
static int64_t *sent_at;     // by request number, microseconds
static uint32_t *latencies;  // microseconds
static size_t n_sent, n_answered, n_busy, n_latencies, n_events;
static zsock_t *events;
static uint32_t *by_hash;  // open hash table: receipt hash -> request number + 1
static uint8_t (*hashes)[32];

static int64_t now_us (void)
{
    return zclock_usecs ();
}

static void fail (const char *text)
{
    fprintf (stderr, "load: %s\n", text);
    exit (1);
}

static const char *setting (zconfig_t *config, const char *path)
{
    const char *value = zconfig_get (config, path, NULL);
    if (!value)
        fail (path);
    return value;
}

// A report of ten entries on the tasks B.1 to B.10 of the bench plan.
static void make_report (client_t *self, const char *unit)
{
    static char *text =
        "Đã tổ chức 12 hội nghị tuyên truyền tại các xã, phường với trên 1.850 lượt người tham dự; đạt kế hoạch đề ra.";
    Baocao__V1__Document document = BAOCAO__V1__DOCUMENT__INIT;
    document.number = "45/BC-BENCH";
    document.date = "2025-11-28";
    document.signer = "Nguyễn Văn An";
    Baocao__V1__Report report = BAOCAO__V1__REPORT__INIT;
    report.plan = "bench";
    report.period = "2025";
    report.unit = (char *)unit;
    report.document = &document;
    Baocao__V1__TaskEntry entries[10], *pointers[10];
    char codes[10][8];
    for (int i = 0; i < 10; i++) {
        snprintf (codes[i], sizeof codes[i], "B.%d", i + 1);
        baocao__v1__task_entry__init (&entries[i]);
        entries[i].task = codes[i];
        entries[i].status = BAOCAO__V1__TASK_STATUS__TASK_STATUS_IN_PROGRESS;
        entries[i].progress_percent = 60;
        entries[i].result = text;
        entries[i].next_steps = "Tiếp tục triển khai trong quý I năm sau theo kế hoạch.";
        pointers[i] = &entries[i];
    }
    report.entries = pointers;
    report.n_entries = 10;
    self->report_size = baocao__v1__report__get_packed_size (&report);
    self->report = xmalloc (self->report_size);
    baocao__v1__report__pack (&report, self->report);
}

static zsock_t *open_socket (int type, const char *address, const char *server_key, const char *home)
{
    char *path = xasprintf ("%s/client.cert", home);
    zcert_t *certificate = zcert_load (path);
    if (!certificate)
        fail (path);
    free (path);
    zsock_t *socket = zsock_new (type);
    zcert_apply (certificate, socket);
    zsock_set_curve_serverkey (socket, server_key);
    zsock_set_sndhwm (socket, 100000);
    zsock_set_rcvhwm (socket, 1000000);
    if (zsock_connect (socket, "%s", address))
        fail (address);
    zcert_destroy (&certificate);
    return socket;
}

// One client of a department's home.
static void open_client (const char *invite_path)
{
    zconfig_t *invite = zconfig_load (invite_path);
    char *home = xstrdup (invite_path);
    *strrchr (home, '/') = 0;
    client_t *self = &clients[n_clients++];
    make_report (self, setting (invite, "unit/code"));
    self->socket = open_socket (ZMQ_DEALER, setting (invite, "endpoint/address"), setting (invite, "endpoint/public_key"), home);
    free (home);
    zconfig_destroy (&invite);
}

// As many as wanted: the departments in turn, again from the first when there are fewer.
static void open_clients (const char *homes, int wanted)
{
    zdir_t *folder = zdir_new (homes, NULL);
    zfile_t **files = folder ? zdir_flatten (folder) : NULL;
    for (int before = -1; files && before < n_clients && n_clients < wanted;) {
        before = n_clients;
        for (zfile_t **file = files; *file && n_clients < wanted; file++) {
            const char *name = zfile_filename (*file, NULL), *base = strrchr (name, '/');
            if (base && streq (base, "/invite") && !strstr (name, "/committee/"))
                open_client (name);
        }
    }
    if (n_clients < wanted)
        fail ("no client homes");
    zdir_flatten_free (&files);
    zdir_destroy (&folder);
}

static void open_feed (const char *homes)
{
    char *home = xasprintf ("%s/committee", homes), *path = xasprintf ("%s/invite", home);
    zconfig_t *invite = zconfig_load (path);
    if (!invite)
        fail (path);
    events = open_socket (ZMQ_SUB, setting (invite, "feed/events"), setting (invite, "feed/public_key"), home);
    zsock_set_subscribe (events, "");
    zconfig_destroy (&invite);
    free (path);
    free (home);
    hashes = xcalloc (SLOTS, sizeof *hashes);
    by_hash = xcalloc (SLOTS * 2, sizeof *by_hash);
}

static void send_one (client_t *self)
{
    uint8_t id[BC_UUID_SIZE];
    bc_uuid_new (id);
    Baocao__V1__SubmitReport submit = BAOCAO__V1__SUBMIT_REPORT__INIT;
    submit.report_id = (ProtobufCBinaryData){sizeof id, id};
    submit.plan = "bench";
    submit.period = "2025";
    submit.report = (ProtobufCBinaryData){self->report_size, self->report};
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    request.request_id = n_sent + 1;
    request.request_case = BAOCAO__V1__CLIENT_REQUEST__REQUEST_SUBMIT_REPORT;
    request.submit_report = &submit;
    uint8_t buffer[8192];
    size_t size = baocao__v1__client_request__pack (&request, buffer);
    if (n_sent + 1 >= SLOTS)
        fail ("too many submissions for one run");
    sent_at[n_sent++] = now_us ();
    self->in_flight++;
    if (zmq_send (zsock_resolve (self->socket), buffer, size, 0) < 0)
        fail ("send");
}

static uint32_t *slot (const uint8_t *hash)
{
    size_t at = (*(const uint64_t *)hash) & (SLOTS * 2 - 1);
    while (by_hash[at] && memcmp (hashes[by_hash[at] - 1], hash, 32))
        at = (at + 1) & (SLOTS * 2 - 1);
    return &by_hash[at];
}

// An event can come before its receipt: whoever comes second closes the account.
static void match (const uint8_t *hash, size_t number, int64_t at)
{
    static int64_t *event_at;
    if (!event_at)
        event_at = xcalloc (SLOTS, sizeof *event_at);
    uint32_t *found = slot (hash);
    if (!*found) {
        static uint32_t fresh;
        if (fresh >= SLOTS)
            fail ("hash table full");
        memcpy (hashes[fresh], hash, 32);
        *found = ++fresh;
        event_at[*found - 1] = at ? at : -(int64_t)number - 1;
        return;
    }
    int64_t other = event_at[*found - 1];
    int64_t sent = at ? sent_at[-other - 1] : sent_at[number];
    latencies[n_latencies++] = (uint32_t)((at ? at : other) - sent);
    n_events++;
}

static void take_reply (client_t *self, bool follow)
{
    zmq_msg_t frame;
    zmq_msg_init (&frame);
    while (zmq_msg_recv (&frame, zsock_resolve (self->socket), ZMQ_DONTWAIT) >= 0) {
        Baocao__V1__ServerReply *reply = baocao__v1__server_reply__unpack (NULL, zmq_msg_size (&frame), zmq_msg_data (&frame));
        if (!reply)
            fail ("a reply that is none");
        self->in_flight--;
        if (reply->reply_case == BAOCAO__V1__SERVER_REPLY__REPLY_RECEIPT) {
            size_t number = reply->request_id - 1;
            n_answered++;
            if (follow) {
                uint8_t hash[32];
                crypto_hash_sha256 (hash, reply->receipt->body.data, reply->receipt->body.len);
                match (hash, number, 0);
            } else
                latencies[n_latencies++] = (uint32_t)(now_us () - sent_at[number]);
        } else if (reply->reply_case == BAOCAO__V1__SERVER_REPLY__REPLY_ERROR &&
                   reply->error->code == BAOCAO__V1__ERROR_CODE__ERROR_CODE_BUSY)
            n_busy++;
        else
            fail (reply->error ? reply->error->message_en : "an unexpected reply");
        baocao__v1__server_reply__free_unpacked (reply, NULL);
    }
    zmq_msg_close (&frame);
}

static void take_events (void)
{
    zmq_msg_t frame;
    zmq_msg_init (&frame);
    while (zmq_msg_recv (&frame, zsock_resolve (events), ZMQ_DONTWAIT) >= 0) {
        int64_t at = now_us ();
        Baocao__V1__FeedEvent *event = baocao__v1__feed_event__unpack (NULL, zmq_msg_size (&frame), zmq_msg_data (&frame));
        if (event && event->receipt_hash.len == 32)
            match (event->receipt_hash.data, 0, at);
        if (event)
            baocao__v1__feed_event__free_unpacked (event, NULL);
    }
    zmq_msg_close (&frame);
}

static void turn (zmq_pollitem_t *items, int timeout_ms)
{
    int count = n_clients + (events ? 1 : 0);
    zmq_poll (items, count, timeout_ms);
    if (events)
        take_events ();
    for (int i = 0; i < n_clients; i++)
        if (items[i].revents & ZMQ_POLLIN)
            take_reply (&clients[i], events != NULL);
}

static int compare (const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void print_result (double seconds)
{
    qsort (latencies, n_latencies, sizeof *latencies, compare);
    double p50 = n_latencies ? latencies[n_latencies / 2] / 1000.0 : 0,
           p99 = n_latencies ? latencies[n_latencies * 99 / 100] / 1000.0 : 0;
    printf ("{\"sent\":%zu,\"answered\":%zu,\"busy\":%zu,\"events\":%zu,\"seconds\":%.3f,\"rate\":%.0f,\"p50_ms\":%.3f,\"p99_ms\":%"
            ".3f}\n",
            n_sent, n_answered, n_busy, n_events, seconds, (double)n_latencies / seconds, p50, p99);
}

static void warm_up (zmq_pollitem_t *items)
{
    for (int i = 0; i < n_clients; i++)
        send_one (&clients[i]);
    int64_t limit = now_us () + 20000000;
    while (n_answered + n_busy < (size_t)n_clients || (events && n_events < n_answered)) {
        turn (items, 10);
        if (now_us () > limit)
            fail ("no answer while warming up");
    }
    n_latencies = n_answered = n_busy = n_events = 0;
}

static void close_all (void)
{
    for (int i = 0; i < n_clients; i++) {
        zsock_destroy (&clients[i].socket);
        free (clients[i].report);
    }
    zsock_destroy (&events);
}

int main (int argc, char **argv)
{
    if (argc < 5)
        fail ("usage: see the head of load.c");
    const char *mode = argv[1];
    bool accept = streq (mode, "accept"), feed = streq (mode, "feed"), through = streq (mode, "through");
    const char *homes = argv[argc - 1];
    zsys_handler_set (NULL);
    zsys_set_max_sockets (0);
    sent_at = xcalloc (SLOTS, sizeof *sent_at);
    latencies = xcalloc (SLOTS, sizeof *latencies);
    open_clients (homes, atoi (argv[2]));
    if (!accept)
        open_feed (homes);
    static zmq_pollitem_t items[MAX_CLIENTS + 1];
    for (int i = 0; i < n_clients; i++)
        items[i] = (zmq_pollitem_t){zsock_resolve (clients[i].socket), 0, ZMQ_POLLIN, 0};
    if (events)
        items[n_clients] = (zmq_pollitem_t){zsock_resolve (events), 0, ZMQ_POLLIN, 0};
    zclock_sleep (300);  // the SUB socket's subscription is on its way
    warm_up (items);

    int64_t start = now_us ();
    size_t base = n_sent;
    double seconds = through ? 120 : atof (argv[4]);
    size_t limit = through ? (size_t)atol (argv[3]) : SIZE_MAX;
    int in_flight = accept ? atoi (argv[3]) : 32;
    double rate = feed ? atof (argv[3]) : 0;
    while ((double)(now_us () - start) < seconds * 1e6 && n_sent - base < limit) {
        if (feed)
            for (size_t due = (size_t)((double)(now_us () - start) * rate / 1e6); n_sent - base < due;)
                send_one (&clients[n_sent % (size_t)n_clients]);
        else
            for (int i = 0; i < n_clients; i++)
                while (clients[i].in_flight < in_flight && n_sent - base < limit)
                    send_one (&clients[i]);
        turn (items, 1);
    }
    if (accept) {
        print_result ((double)(now_us () - start) / 1e6);
        close_all ();
        return 0;
    }
    int64_t stop = now_us () + 60000000;
    while ((n_answered + n_busy < n_sent - base || n_events < n_answered) && now_us () < stop)
        turn (items, 10);
    print_result ((double)(now_us () - start) / 1e6);
    close_all ();
    return n_events == n_answered ? 0 : 1;
}
