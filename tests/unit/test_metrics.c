// The exposition text, and the HTTP side over a real socket.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include "common/metrics.h"
#include "../support/suite.h"

static void s_expect_text (const char *expected)
{
    size_t size;
    char *text = bc_metrics_text (&size);
    ck_assert_str_eq (text, expected);
    ck_assert_uint_eq (size, strlen (expected));
    free (text);
}

START_TEST (test_empty)
{
    s_expect_text ("");
}
END_TEST

// Families stand together although "_" sorts before "{", and each has one head.
START_TEST (test_exposition)
{
    bc_metric_t *out = bc_metric_counter ("baocao_messages_total{direction=\"out\"}", "Messages.");
    bc_metric_t *size = bc_metric_counter ("baocao_messages_total_bytes", "Bytes\nand \\ more.");
    bc_metric_t *in = bc_metric_counter ("baocao_messages_total{direction=\"in\"}", "Messages.");
    bc_metric_t *all = bc_metric_counter ("baocao_messages_total", "Messages.");
    bc_metric_t *up = bc_metric_gauge ("baocao_up", "Whether it is up.");
    bc_metric_add (in, 2);
    bc_metric_add (in, 3);
    bc_metric_add (out, 9007199254740993);
    bc_metric_add (all, 1);
    bc_metric_set (size, 7);
    bc_metric_set (up, 1);
    bc_metric_set (up, -1);
    s_expect_text ("# HELP baocao_messages_total Messages.\n"
                   "# TYPE baocao_messages_total counter\n"
                   "baocao_messages_total 1\n"
                   "baocao_messages_total{direction=\"in\"} 5\n"
                   "baocao_messages_total{direction=\"out\"} 9007199254740993\n"
                   "# HELP baocao_messages_total_bytes Bytes\\nand \\\\ more.\n"
                   "# TYPE baocao_messages_total_bytes counter\n"
                   "baocao_messages_total_bytes 7\n"
                   "# HELP baocao_up Whether it is up.\n"
                   "# TYPE baocao_up gauge\n"
                   "baocao_up -1\n");
}
END_TEST

START_TEST (test_one_by_name)
{
    char name[] = "baocao_a_total";
    bc_metric_t *first = bc_metric_counter (name, "A.");
    ck_assert_ptr_eq (bc_metric_counter ("baocao_a_total", "A."), first);
    name[7] = 'b';  // the caller's memory is its own
    ck_assert_ptr_eq (bc_metric_counter ("baocao_a_total", "A."), first);
    ck_assert_ptr_ne (bc_metric_counter ("baocao_a", "A."), first);
    ck_assert_ptr_ne (bc_metric_counter ("baocao_a_totals", "A."), first);
    for (int i = 0; i < 200; i++) {
        char many[32];
        snprintf (many, sizeof many, "baocao_%d_total", i * 7919 % 200);
        bc_metric_add (bc_metric_counter (many, "Many."), i);
    }
    for (int i = 0; i < 200; i++) {
        char many[32];
        snprintf (many, sizeof many, "baocao_%d_total", i * 7919 % 200);
        ck_assert_int_eq (atomic_load (&bc_metric_counter (many, "Many.")->value), i);
    }
    ck_assert_ptr_eq (bc_metric_counter ("baocao_a_total", "A."), first);
}
END_TEST

// --- HTTP -------------------------------------------------------------------------------------------------------------------

static bool s_is_healthy;

static bool s_healthy (void *arg)
{
    (void)arg;
    return s_is_healthy;
}

typedef struct {
    zloop_t *loop;
    bc_http_t *http;
    int port;
    int fd;  // the client's
    char answer[16384];
    size_t size;
    bool closed;  // by the server
} stand_t;

// A port that was free a moment ago.
static int s_free_port (void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {.s_addr = htonl (INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    int fd = socket (AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq (bind (fd, (struct sockaddr *)&address, size), 0);
    ck_assert_int_eq (getsockname (fd, (struct sockaddr *)&address, &size), 0);
    close (fd);
    return ntohs (address.sin_port);
}

static int s_connect (int port, const char *host)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons ((uint16_t)port)};
    inet_pton (AF_INET, host, &address.sin_addr);
    int fd = socket (AF_INET, SOCK_STREAM, 0);
    if (connect (fd, (struct sockaddr *)&address, sizeof address)) {
        close (fd);
        return -1;
    }
    return fd;
}

static stand_t *s_stand_new (void)
{
    stand_t *self = calloc (1, sizeof *self);
    zsys_handler_set (NULL);
    self->loop = zloop_new ();
    self->port = s_free_port ();
    self->http = bc_http_new (self->loop, self->port, s_healthy, NULL);
    ck_assert_ptr_nonnull (self->http);
    return self;
}

static void s_stand_destroy (stand_t **self_p)
{
    stand_t *self = *self_p;
    bc_http_destroy (&self->http);
    ck_assert_ptr_null (self->http);
    zloop_destroy (&self->loop);
    zsys_shutdown ();
    free (self);
    *self_p = NULL;
}

// Gathers what the server sends; ends the loop when the answer is complete (the server closes).
static int s_client_event (zloop_t *loop, zmq_pollitem_t *item, void *arg)
{
    stand_t *self = arg;
    (void)loop;
    ssize_t n = read (item->fd, self->answer + self->size, sizeof self->answer - 1 - self->size);
    if (n <= 0) {
        self->closed = true;
        return -1;
    }
    self->size += (size_t)n;
    return 0;
}

static int s_too_late (zloop_t *loop, int timer, void *arg)
{
    (void)loop;
    (void)timer;
    (void)arg;
    return -1;
}

// Sends raw bytes, runs the loop until the server closes the connection, returns what came.
static const char *s_ask (stand_t *self, const char *request)
{
    self->size = 0;
    self->closed = false;
    self->fd = s_connect (self->port, "127.0.0.1");
    ck_assert_int_ge (self->fd, 0);
    ck_assert_int_eq (write (self->fd, request, strlen (request)), (ssize_t)strlen (request));
    zmq_pollitem_t item = {.fd = self->fd, .events = ZMQ_POLLIN};
    zloop_poller (self->loop, &item, s_client_event, self);
    int timer = zloop_timer (self->loop, 20000, 1, s_too_late, self);
    zloop_start (self->loop);
    zloop_timer_end (self->loop, timer);
    zloop_poller_end (self->loop, &item);
    close (self->fd);
    ck_assert_msg (self->closed, "no answer to %s", request);
    self->answer[self->size] = 0;
    return self->answer;
}

#define END " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

static const struct {
    const char *request;
    bool healthy;
    const char *status, *body;
} s_requests[] = {
    {"GET /health" END, true, "HTTP/1.1 200 ", "{\"status\":\"ok\"}\n"},
    {"GET /health" END, false, "HTTP/1.1 503 ", "{\"status\":\"unavailable\"}\n"},
    {"GET /metrics" END, true, "HTTP/1.1 200 ", "\nbaocao_things_total 42\n"},
    {"GET /metrics?x=1" END, true, "HTTP/1.1 200 ", "\nbaocao_things_total 42\n"},
    {"HEAD /health" END, true, "HTTP/1.1 200 ", "\r\n\r\n"},
    {"GET /" END, true, "HTTP/1.1 404 ", "{\"status\":\"not found\"}\n"},
    {"GET /metrics/../health" END, true, "HTTP/1.1 404 ", "not found"},
    {"POST /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc", true, "HTTP/1.1 405 ",
     "Allow: GET, HEAD"},
    {"DELETE /metrics" END, true, "HTTP/1.1 405 ", "not allowed"},
    {"nonsense\r\n\r\n", true, "", ""},  // closed
};

START_TEST (test_request)
{
    stand_t *stand = s_stand_new ();
    bc_metric_set (bc_metric_counter ("baocao_things_total", "Things."), 42);
    s_is_healthy = s_requests[_i].healthy;
    const char *answer = s_ask (stand, s_requests[_i].request);
    ck_assert_msg (strncmp (answer, s_requests[_i].status, strlen (s_requests[_i].status)) == 0, "%s", answer);
    ck_assert_msg (strstr (answer, s_requests[_i].body) != NULL, "%s", answer);
    s_stand_destroy (&stand);
}
END_TEST

START_TEST (test_content_type)
{
    stand_t *stand = s_stand_new ();
    ck_assert_ptr_nonnull (
        strstr (s_ask (stand, "GET /metrics" END), "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
    ck_assert_ptr_nonnull (strstr (s_ask (stand, "GET /health" END), "Content-Type: application/json\r\n"));
    s_stand_destroy (&stand);
}
END_TEST

// Connections that say nothing take all places; they are put out, and then the next one is answered.
START_TEST (test_silent_connections)
{
    stand_t *stand = s_stand_new ();
    int silent[20];
    for (int i = 0; i < 20; i++)
        silent[i] = s_connect (stand->port, "127.0.0.1");
    s_is_healthy = true;
    ck_assert_ptr_nonnull (strstr (s_ask (stand, "GET /health" END), "\"ok\""));
    for (int i = 0; i < 20; i++)
        close (silent[i]);
    s_stand_destroy (&stand);
}
END_TEST

START_TEST (test_loopback_only)
{
    stand_t *stand = s_stand_new ();
    int fd = s_connect (stand->port, "127.0.0.1");
    ck_assert_int_ge (fd, 0);
    close (fd);
    // Any other address of this host, also of the loopback network.
    ck_assert_int_eq (s_connect (stand->port, "127.0.0.2"), -1);
    s_stand_destroy (&stand);
}
END_TEST

START_TEST (test_port_in_use)
{
    stand_t *stand = s_stand_new ();
    ck_assert_ptr_null (bc_http_new (stand->loop, stand->port, s_healthy, NULL));
    s_stand_destroy (&stand);
}
END_TEST

static int s_count (zloop_t *loop, int timer, void *arg)
{
    (void)loop;
    (void)timer;
    (*(int *)arg)++;
    return -1;
}

// With nobody connected the loop sleeps: no timer of ours is due before the only one of the test.
START_TEST (test_idle)
{
    stand_t *stand = s_stand_new ();
    s_ask (stand, "GET /health" END);
    struct timespec before, after;
    int ended = 0;
    zloop_timer (stand->loop, 1500, 1, s_count, &ended);
    clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &before);
    zloop_start (stand->loop);
    clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &after);
    ck_assert_int_eq (ended, 1);
    long used_us = (after.tv_sec - before.tv_sec) * 1000000 + (after.tv_nsec - before.tv_nsec) / 1000;
    ck_assert_int_lt (used_us, 15000);  // 1 % of a core
    s_stand_destroy (&stand);
}
END_TEST

static Suite *s_suite (void)
{
    Suite *suite = suite_create ("metrics");
    TCase *text = tcase_create ("text");
    tcase_add_test (text, test_empty);
    tcase_add_test (text, test_exposition);
    tcase_add_test (text, test_one_by_name);
    suite_add_tcase (suite, text);

    TCase *http = tcase_create ("http");
    tcase_set_timeout (http, 30);
    tcase_add_loop_test (http, test_request, 0, sizeof s_requests / sizeof *s_requests);
    tcase_add_test (http, test_content_type);
    tcase_add_test (http, test_silent_connections);
    tcase_add_test (http, test_loopback_only);
    tcase_add_test (http, test_port_in_use);
    tcase_add_test (http, test_idle);
    suite_add_tcase (suite, http);
    return suite;
}

int main (void)
{
    return suite_run (s_suite ());
}
