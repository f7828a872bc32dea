#include "metrics.h"

#include <pthread.h>

#include "xmem.h"

// All metrics, ordered so that those of one family (a name without its labels) stand together, as the exposition format wants.
static struct {
    pthread_mutex_t lock;
    bc_metric_t **items;
    size_t count;
} registry = {.lock = PTHREAD_MUTEX_INITIALIZER};

static size_t family_size (const char *name)
{
    return strcspn (name, "{");
}

static int compare_names (const char *left, const char *right)
{
    size_t left_size = family_size (left), right_size = family_size (right);
    int order = memcmp (left, right, left_size < right_size ? left_size : right_size);
    if (order == 0)
        order = (left_size > right_size) - (left_size < right_size);
    return order ? order : strcmp (left + left_size, right + right_size);
}

// Where the metric of that name is, or where it belongs.
static size_t place_of (const char *name, bool *found_p)
{
    size_t low = 0, high = registry.count;
    *found_p = false;
    while (low < high && !*found_p) {
        size_t middle = low + (high - low) / 2;
        int order = compare_names (name, registry.items[middle]->name);
        if (order == 0) {
            *found_p = true;
            low = middle;
        } else if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static bc_metric_t *find_or_make (const char *name, const char *help, bool gauge)
{
    bool found;
    pthread_mutex_lock (&registry.lock);
    size_t place = place_of (name, &found);
    if (!found) {
        bc_metric_t *metric = xcalloc (1, sizeof *metric);
        metric->name = xstrdup (name);
        metric->help = xstrdup (help);
        metric->gauge = gauge;
        registry.items = xrealloc (registry.items, (registry.count + 1) * sizeof metric);
        memmove (registry.items + place + 1, registry.items + place, (registry.count - place) * sizeof metric);
        registry.items[place] = metric;
        registry.count++;
    }
    bc_metric_t *self = registry.items[place];
    pthread_mutex_unlock (&registry.lock);
    return self;
}

bc_metric_t *bc_metric_counter (const char *name, const char *help)
{
    return find_or_make (name, help, false);
}

bc_metric_t *bc_metric_gauge (const char *name, const char *help)
{
    return find_or_make (name, help, true);
}

void bc_metric_add (bc_metric_t *self, long long n)
{
    atomic_fetch_add_explicit (&self->value, n, memory_order_relaxed);
}

void bc_metric_set (bc_metric_t *self, long long value)
{
    atomic_store_explicit (&self->value, value, memory_order_relaxed);
}

// "# HELP" and "# TYPE", once for each family.
static void write_head (FILE *out, const bc_metric_t *metric, size_t length)
{
    fprintf (out, "# HELP %.*s ", (int)length, metric->name);
    for (const char *at = metric->help; *at; at++) {
        if (*at == '\\')
            fputs ("\\\\", out);
        else if (*at == '\n')
            fputs ("\\n", out);
        else
            fputc (*at, out);
    }
    fprintf (out, "\n# TYPE %.*s %s\n", (int)length, metric->name, metric->gauge ? "gauge" : "counter");
}

char *bc_metrics_text (size_t *size_p)
{
    char *text = NULL;
    FILE *out = open_memstream (&text, size_p);
    if (out) {
        pthread_mutex_lock (&registry.lock);
        const char *family = "";
        size_t length = 0;
        for (size_t i = 0; i < registry.count; i++) {
            const bc_metric_t *metric = registry.items[i];
            size_t size = family_size (metric->name);
            if (size != length || memcmp (metric->name, family, size))
                write_head (out, metric, size);
            family = metric->name;
            length = size;
            fprintf (out, "%s %lld\n", metric->name, atomic_load_explicit (&metric->value, memory_order_relaxed));
        }
        pthread_mutex_unlock (&registry.lock);
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
