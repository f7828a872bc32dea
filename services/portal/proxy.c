#include "proxy.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"

enum { NETS = 32, BITS = 128, V4_BITS = 32 };

struct proxies {
    struct {
        struct in6_addr address;
        int bits;
    } nets[NETS];
    size_t count;
};

// IPv4 addresses stand among those of IPv6 (RFC 4291, 2.5.5.2). False: it is no address.
static bool parse (const char *text, struct in6_addr *address, bool *v4_p)
{
    struct in_addr v4;
    *v4_p = inet_pton (AF_INET, text, &v4) == 1;
    if (!*v4_p)
        return inet_pton (AF_INET6, text, address) == 1;
    memset (address, 0, sizeof *address);
    memset (address->s6_addr + 10, 0xff, 2);
    memcpy (address->s6_addr + 12, &v4, sizeof v4);
    return true;
}

static bool same (const struct in6_addr *one, const struct in6_addr *other, int bits)
{
    int bytes = bits / 8, rest = bits % 8;
    if (memcmp (one, other, (size_t)bytes) != 0)
        return false;
    return !rest || (one->s6_addr[bytes] ^ other->s6_addr[bytes]) >> (8 - rest) == 0;
}

static bool add (proxies_t *self, char *text)
{
    char *slash = strchr (text, '/'), *end = NULL;
    bool v4;
    if (slash)
        *slash++ = 0;
    if (self->count == NETS || !parse (text, &self->nets[self->count].address, &v4))
        return false;
    long most = v4 ? V4_BITS : BITS, bits = slash ? strtol (slash, &end, 10) : most;
    if (slash && (end == slash || *end || *slash < '0' || *slash > '9'))
        return false;
    self->nets[self->count++].bits = (int)(v4 ? bits + BITS - V4_BITS : bits);
    return bits >= 0 && bits <= most;
}

proxies_t *proxies_new (const char *list)
{
    proxies_t *self = xcalloc (1, sizeof *self);
    char *copy = xstrdup (list), *rest = copy;
    bool good = true;
    for (char *item; good && (item = strtok_r (rest, ", \t", &rest));)
        good = add (self, item);
    free (copy);
    if (!good)
        proxies_destroy (&self);
    return self;
}

void proxies_destroy (proxies_t **self_p)
{
    free (*self_p);
    *self_p = NULL;
}

bool proxies_have (const proxies_t *self, const char *address)
{
    struct in6_addr parsed;
    bool v4;
    if (!parse (address, &parsed, &v4))
        return false;
    for (size_t i = 0; i < self->count; i++)
        if (same (&self->nets[i].address, &parsed, self->nets[i].bits))
            return true;
    return false;
}

void proxies_client (const proxies_t *self, const char *peer, const char *forwarded, char address[PROXY_ADDRESS])
{
    snprintf (address, PROXY_ADDRESS, "%s", peer);
    size_t end = forwarded ? strlen (forwarded) : 0;
    while (end > 0 && proxies_have (self, address)) {
        size_t from = end;
        while (from > 0 && forwarded[from - 1] != ',')
            from--;
        char item[PROXY_ADDRESS];
        size_t skip = strspn (forwarded + from, " \t");
        int size = (int)(skip < end - from ? end - from - skip : 0);
        struct in6_addr parsed;
        bool v4;
        snprintf (item, sizeof item, "%.*s", size, forwarded + from + skip);
        item[strcspn (item, " \t")] = 0;
        if (!parse (item, &parsed, &v4))
            return;  // the proxy itself is all that is known
        memcpy (address, item, sizeof item);
        end = from ? from - 1 : 0;
    }
}

void proxies_place (const char *address, char place[PROXY_ADDRESS])
{
    struct in6_addr parsed;
    bool v4;
    snprintf (place, PROXY_ADDRESS, "%s", address);
    if (!parse (address, &parsed, &v4) || v4)
        return;
    memset (parsed.s6_addr + 8, 0, 8);
    inet_ntop (AF_INET6, &parsed, place, PROXY_ADDRESS);
}
