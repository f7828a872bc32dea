#include "marks.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"

typedef struct {
    uint64_t first, last;
} range_t;

struct marks {
    range_t *ranges;  // ascending, with gaps between them
    size_t count;
};

// The first range that ends at the number or later, or count.
static size_t place_of (const marks_t *self, uint64_t number)
{
    size_t place = 0;
    while (place < self->count && self->ranges[place].last < number)
        place++;
    return place;
}

// All numbers of the range; those that touch it become one with it.
static void add (marks_t *self, range_t range)
{
    size_t from = place_of (self, range.first - 1), to = from;
    for (; to < self->count && self->ranges[to].first <= range.last + 1; to++) {
        range.first = self->ranges[to].first < range.first ? self->ranges[to].first : range.first;
        range.last = self->ranges[to].last > range.last ? self->ranges[to].last : range.last;
    }
    self->ranges = xrealloc (self->ranges, (self->count + 1) * sizeof *self->ranges);
    memmove (self->ranges + from + 1, self->ranges + to, (self->count - to) * sizeof *self->ranges);
    self->count += from + 1 - to;
    self->ranges[from] = range;
}

marks_t *marks_new (const char *text)
{
    marks_t *self = xcalloc (1, sizeof *self);
    char *copy = xstrdup (text ? text : ""), *rest = NULL;
    for (char *word = strtok_r (copy, " \n", &rest); word; word = strtok_r (NULL, " \n", &rest)) {
        char *end;
        range_t range = {.first = strtoull (word, &end, 10)};
        range.last = *end == '-' ? strtoull (end + 1, &end, 10) : range.first;
        if (!*end && range.first > 0 && range.last >= range.first && range.last < INT64_MAX)
            add (self, range);
    }
    free (copy);
    return self;
}

void marks_destroy (marks_t **self_p)
{
    marks_t *self = *self_p;
    if (!self)
        return;
    free (self->ranges);
    free (self);
    *self_p = NULL;
}

bool marks_has (const marks_t *self, uint64_t number)
{
    size_t place = place_of (self, number);
    return place < self->count && self->ranges[place].first <= number;
}

void marks_add (marks_t *self, uint64_t number)
{
    add (self, (range_t){number, number});
}

char *marks_text (const marks_t *self)
{
    char *text;
    size_t size;
    FILE *out = open_memstream (&text, &size);
    for (size_t i = 0; i < self->count; i++) {
        const range_t *range = &self->ranges[i];
        fprintf (out, "%s%" PRIu64, i ? " " : "", range->first);
        if (range->last > range->first)
            fprintf (out, "-%" PRIu64, range->last);
    }
    fputc ('\n', out);
    fclose (out);
    return text;
}
