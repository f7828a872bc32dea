// A domain's starts are kept in a ring of a_minute instants: the next may begin when the oldest of a full ring is a minute old.
#include "throttle.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/xmem.h"

enum { MINUTE_MS = 60000 };

typedef struct {
    char *name;
    size_t under_way;
    int64_t *starts;  // of the last a_minute deliveries, a ring
    size_t next, used;
} domain_t;

struct throttle {
    size_t at_once, a_minute;
    domain_t *domains;
    size_t n_domains;
};

throttle_t *throttle_new (size_t at_once, size_t a_minute)
{
    throttle_t *self = xcalloc (1, sizeof *self);
    self->at_once = at_once;
    self->a_minute = a_minute;
    return self;
}

static void domain_clear (domain_t *self)
{
    free (self->name);
    free (self->starts);
}

void throttle_destroy (throttle_t **self_p)
{
    throttle_t *self = *self_p;
    if (!self)
        return;
    for (size_t i = 0; i < self->n_domains; i++)
        domain_clear (&self->domains[i]);
    free (self->domains);
    free (self);
    *self_p = NULL;
}

// Forgets domains of which nothing is known that still matters, so that the list does not grow for ever.
static void forget_idle (throttle_t *self, int64_t now)
{
    size_t kept = 0;
    for (size_t i = 0; i < self->n_domains; i++) {
        domain_t *domain = &self->domains[i];
        int64_t last = domain->starts[(domain->next + self->a_minute - 1) % self->a_minute];
        if (domain->under_way == 0 && now - last >= MINUTE_MS)
            domain_clear (domain);
        else
            self->domains[kept++] = *domain;
    }
    self->n_domains = kept;
}

static domain_t *find (throttle_t *self, const char *name)
{
    for (size_t i = 0; i < self->n_domains; i++)
        if (strcasecmp (self->domains[i].name, name) == 0)
            return &self->domains[i];
    return NULL;
}

static domain_t *add (throttle_t *self, const char *name, int64_t now)
{
    forget_idle (self, now);
    self->domains = xrealloc (self->domains, (self->n_domains + 1) * sizeof *self->domains);
    domain_t *domain = &self->domains[self->n_domains++];
    *domain = (domain_t){.name = xstrdup (name), .starts = xcalloc (self->a_minute, sizeof *domain->starts)};
    return domain;
}

static bool is_full (const throttle_t *self, const domain_t *domain, int64_t now)
{
    return domain->under_way >= self->at_once || (domain->used == self->a_minute && now - domain->starts[domain->next] < MINUTE_MS);
}

size_t throttle_full (const throttle_t *self, int64_t now, const char **names, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < self->n_domains && n < max; i++)
        if (is_full (self, &self->domains[i], now))
            names[n++] = self->domains[i].name;
    return n;
}

bool throttle_begin (throttle_t *self, const char *name, int64_t now)
{
    domain_t *domain = find (self, name);
    if (!domain)
        domain = add (self, name, now);
    if (is_full (self, domain, now))
        return false;
    domain->starts[domain->next] = now;
    domain->next = (domain->next + 1) % self->a_minute;
    domain->used += domain->used < self->a_minute;
    domain->under_way++;
    return true;
}

void throttle_end (throttle_t *self, const char *name)
{
    domain_t *domain = find (self, name);
    if (domain && domain->under_way > 0)
        domain->under_way--;
}
