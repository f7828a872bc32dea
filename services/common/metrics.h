// Numbers about the running service, and its health, over HTTP on loopback: GET /metrics (Prometheus text exposition) and
// GET /health (200 {"status":"ok"} or 503).
#pragma once

#include <czmq.h>
#include <stdatomic.h>

// A counter or gauge: made once, by name, never freed. The name follows Prometheus' rules and starts with "baocao_"; it may end
// in labels, written out: baocao_messages_total{direction="in",type="ReportReceived"}.
typedef struct {
    const char *name;
    const char *help;
    bool gauge;
    atomic_llong value;
} bc_metric_t;

// The metric of that name, made at the first call.
bc_metric_t *bc_metric_counter (const char *name, const char *help);
bc_metric_t *bc_metric_gauge (const char *name, const char *help);
void bc_metric_add (bc_metric_t *self, long long n);
void bc_metric_set (bc_metric_t *self, long long value);

// All metrics in Prometheus' text exposition format; the caller frees it.
char *bc_metrics_text (size_t *size_p);

typedef struct bc_http bc_http_t;

// Listens on 127.0.0.1:port within the loop. NULL on error (logged).
bc_http_t *bc_http_new (zloop_t *loop, int port, bool (*healthy) (void *arg), void *arg);
void bc_http_destroy (bc_http_t **self_p);
