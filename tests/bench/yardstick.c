// What the database alone can do with the same rows, through libpq:
//
//   yardstick commits CONNECTIONS SECONDS CONNINFO   single-row commits, each connection in lock-step: rate, p50 of the latency
//   yardstick copy ROWS CONNINFO                     one huge COPY in one transaction: rate
//
// The table bench_submission must exist, made LIKE submission INCLUDING ALL. Output: one JSON object.
#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stdint.h>
#include <time.h>

#include "common/xmem.h"

enum { ROW_REPORT = 2170, MAX_LATENCIES = 1 << 20 };

static const char *conninfo;
static double seconds;
static char report_hex[2 * ROW_REPORT + 8];

typedef struct {
    int number;
    size_t count;
    uint32_t *latencies;
} worker_t;

static int64_t now_us (void)
{
    struct timespec now;
    clock_gettime (CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static PGconn *connect_or_die (void)
{
    PGconn *connection = PQconnectdb (conninfo);
    if (PQstatus (connection) != CONNECTION_OK) {
        fprintf (stderr, "yardstick: %s", PQerrorMessage (connection));
        exit (1);
    }
    PQclear (PQexec (connection, "SET search_path = baocao"));
    return connection;
}

// Text as compressible as Vietnamese prose in protobuf: words out of a small vocabulary.
static void make_report (void)
{
    static const char *words[] = {"tuyên truyền ", "kế hoạch ",       "hội nghị ", "thực hiện ",
                                  "nhiệm vụ ",     "các xã, phường ", "kết quả ",  "đạt "};
    char text[ROW_REPORT + 32] = "";
    size_t size = 0;
    for (unsigned i = 1; size < ROW_REPORT; i = i * 1103515245 + 12345) {
        const char *word = words[(i >> 16) % 8];
        size_t length = strlen (word);
        memcpy (text + size, word, length < ROW_REPORT - size ? length : ROW_REPORT - size);
        size += length;
    }
    for (size_t i = 0; i < ROW_REPORT; i++)
        snprintf (report_hex + 2 * i, 3, "%02x", (unsigned char)text[i]);
}

static void *insert_rows (void *arg)
{
    worker_t *self = arg;
    PGconn *connection = connect_or_die ();
    PQclear (PQprepare (
        connection, "insert",
        "INSERT INTO bench_submission VALUES (gen_random_uuid(), $1::int, 'bench', '2025', 1, gen_random_uuid(), 1,"
        " sha256($2), now(), 1, $3::bigint, sha256($2), 'k', decode(repeat('00', 64), 'hex'), repeat('x', 40), $2::bytea)",
        0, NULL));
    char *report = xasprintf ("\\x%s", report_hex);
    int64_t stop = now_us () + (int64_t)(seconds * 1e6);
    while (now_us () < stop && self->count < MAX_LATENCIES) {
        char unit[16], index[24];
        snprintf (unit, sizeof unit, "%d", self->number);
        snprintf (index, sizeof index, "%zu", self->count + 1);
        const char *values[] = {unit, report, index};
        int64_t start = now_us ();
        PGresult *result = PQexecPrepared (connection, "insert", 3, values, NULL, NULL, 0);
        if (PQresultStatus (result) != PGRES_COMMAND_OK) {
            fprintf (stderr, "yardstick: %s", PQerrorMessage (connection));
            exit (1);
        }
        PQclear (result);
        self->latencies[self->count++] = (uint32_t)(now_us () - start);
    }
    free (report);
    PQfinish (connection);
    return NULL;
}

static int compare (const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void commits (int connections)
{
    worker_t *workers = xcalloc ((size_t)connections, sizeof *workers);
    pthread_t *threads = xcalloc ((size_t)connections, sizeof *threads);
    int64_t start = now_us ();
    for (int i = 0; i < connections; i++) {
        workers[i] = (worker_t){i + 1, 0, xcalloc (MAX_LATENCIES, sizeof (uint32_t))};
        pthread_create (&threads[i], NULL, insert_rows, &workers[i]);
    }
    size_t total = 0;
    for (int i = 0; i < connections; i++) {
        pthread_join (threads[i], NULL);
        total += workers[i].count;
    }
    double elapsed = (double)(now_us () - start) / 1e6;
    qsort (workers[0].latencies, workers[0].count, sizeof (uint32_t), compare);
    printf ("{\"rate\":%.0f,\"p50_ms\":%.3f}\n", (double)total / elapsed, workers[0].latencies[workers[0].count / 2] / 1000.0);
}

static void copy (int rows)
{
    PGconn *connection = connect_or_die ();
    PQclear (PQexec (connection, "TRUNCATE bench_submission"));
    int64_t start = now_us ();
    PQclear (PQexec (connection, "COPY bench_submission FROM STDIN"));
    char zeros[65];
    memset (zeros, '0', 64);
    zeros[64] = 0;
    for (int i = 1; i <= rows; i++) {
        char head[640];
        int size = snprintf (head, sizeof head,
                             "%08x-0000-7000-8000-000000000000\t1\tbench\t2025\t1\t%08x-0001-7000-8000-000000000000\t1\t"
                             "\\\\x%s\t2025-12-01 00:00:00+00\t1\t%d\t\\\\x%s\tk\t\\\\x%s%s\t%.40s\t\\\\x",
                             (unsigned)i, (unsigned)i, zeros, i, zeros, zeros, zeros, zeros);
        if (PQputCopyData (connection, head, size) != 1 || PQputCopyData (connection, report_hex, 2 * ROW_REPORT) != 1 ||
            PQputCopyData (connection, "\n", 1) != 1)
            exit (1);
    }
    PQputCopyEnd (connection, NULL);
    PGresult *result = PQgetResult (connection);
    if (PQresultStatus (result) != PGRES_COMMAND_OK) {
        fprintf (stderr, "yardstick: %s", PQerrorMessage (connection));
        exit (1);
    }
    PQclear (result);
    double elapsed = (double)(now_us () - start) / 1e6;
    printf ("{\"rate\":%.0f}\n", rows / elapsed);
    PQfinish (connection);
}

int main (int argc, char **argv)
{
    make_report ();
    conninfo = argv[argc - 1];
    if (argc == 5 && !strcmp (argv[1], "commits")) {
        seconds = atof (argv[3]);
        commits (atoi (argv[2]));
    } else if (argc == 4 && !strcmp (argv[1], "copy"))
        copy (atoi (argv[2]));
    else {
        fprintf (stderr, "usage: see the head of yardstick.c\n");
        return 64;
    }
    return 0;
}
