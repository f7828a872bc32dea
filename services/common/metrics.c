#include "metrics.h"

#include <pthread.h>

#include "xmem.h"

// All metrics, ordered so that those of one family (a name without its labels) stand together, as the exposition format wants.
static struct {
    pthread_mutex_t lock;
    bc_metric_t **items;
    size_t count;
} s_registry = { .lock = PTHREAD_MUTEX_INITIALIZER };

static size_t
s_family_size (const char *name)
{
    return strcspn (name, "{");
}

static int
s_compare (const char *left, const char *right)
{
    size_t left_size = s_family_size (left), right_size = s_family_size (right);
    int order = memcmp (left, right, left_size < right_size ? left_size : right_size);
    if (order == 0)
        order = (left_size > right_size) - (left_size < right_size);
    return order ? order : strcmp (left + left_size, right + right_size);
}

// Where the metric of that name is, or where it belongs.
static size_t
s_place (const char *name, bool *found_p)
{
    size_t low = 0, high = s_registry.count;
    *found_p = false;
    while (low < high && !*found_p) {
        size_t middle = low + (high - low) / 2;
        int order = s_compare (name, s_registry.items[middle]->name);
        if (order == 0) {
            *found_p = true;
            low = middle;
        }
        else if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static bc_metric_t *
s_metric (const char *name, const char *help, bool gauge)
{
    bool found;
    pthread_mutex_lock (&s_registry.lock);
    size_t place = s_place (name, &found);
    if (!found) {
        bc_metric_t *metric = xcalloc (1, sizeof *metric);
        metric->name = xstrdup (name);
        metric->help = xstrdup (help);
        metric->gauge = gauge;
        s_registry.items = xrealloc (s_registry.items, (s_registry.count + 1) * sizeof metric);
        memmove (s_registry.items + place + 1, s_registry.items + place, (s_registry.count - place) * sizeof metric);
        s_registry.items[place] = metric;
        s_registry.count++;
    }
    bc_metric_t *self = s_registry.items[place];
    pthread_mutex_unlock (&s_registry.lock);
    return self;
}

bc_metric_t *
bc_metric_counter (const char *name, const char *help)
{
    return s_metric (name, help, false);
}

bc_metric_t *
bc_metric_gauge (const char *name, const char *help)
{
    return s_metric (name, help, true);
}

void
bc_metric_add (bc_metric_t *self, long long n)
{
    atomic_fetch_add_explicit (&self->value, n, memory_order_relaxed);
}

void
bc_metric_set (bc_metric_t *self, long long value)
{
    atomic_store_explicit (&self->value, value, memory_order_relaxed);
}

// "# HELP" and "# TYPE", once for each family.
static void
s_write_head (FILE *out, const bc_metric_t *metric, size_t family_size)
{
    fprintf (out, "# HELP %.*s ", (int) family_size, metric->name);
    for (const char *at = metric->help; *at; at++) {
        if (*at == '\\')
            fputs ("\\\\", out);
        else if (*at == '\n')
            fputs ("\\n", out);
        else
            fputc (*at, out);
    }
    fprintf (out, "\n# TYPE %.*s %s\n", (int) family_size, metric->name, metric->gauge ? "gauge" : "counter");
}

char *
bc_metrics_text (size_t *size_p)
{
    char *text = NULL;
    FILE *out = open_memstream (&text, size_p);
    if (out) {
        pthread_mutex_lock (&s_registry.lock);
        const char *family = "";
        size_t family_size = 0;
        for (size_t i = 0; i < s_registry.count; i++) {
            const bc_metric_t *metric = s_registry.items[i];
            size_t size = s_family_size (metric->name);
            if (size != family_size || memcmp (metric->name, family, size))
                s_write_head (out, metric, size);
            family = metric->name;
            family_size = size;
            fprintf (out, "%s %lld\n", metric->name, atomic_load_explicit (&metric->value, memory_order_relaxed));
        }
        pthread_mutex_unlock (&s_registry.lock);
        if (fclose (out)) {
            free (text);
            text = NULL;
        }
    }
    if (!text) {
        *size_p = 0;
        text = xstrdup ("");
    }
    return text;
}
