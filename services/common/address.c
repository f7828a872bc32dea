#include "address.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

enum { LOCAL_PART_MAX = 64, MAIL_MAX = 254, DOMAIN_MAX = 253, LABEL_MAX = 63, URL_MAX = 1000 };

static const char ALPHANUMERIC[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

static bool is_one_of (char c, const char *set)
{
    return c && strchr (set, c);
}

// A dot-atom of RFC 5322: words of these characters with single dots between them.
static bool is_dot_atom (const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        bool dot = text[i] == '.';
        if (!dot && !is_one_of (text[i], ALPHANUMERIC) && !is_one_of (text[i], "!#$%&'*+/=?^_`{|}~-"))
            return false;
        if (dot && (i == 0 || i + 1 == size || text[i - 1] == '.'))
            return false;
    }
    return size > 0;
}

static bool is_label (const char *text, size_t size)
{
    if (size == 0 || size > LABEL_MAX || text[0] == '-' || text[size - 1] == '-')
        return false;
    for (size_t i = 0; i < size; i++)
        if (!is_one_of (text[i], ALPHANUMERIC) && text[i] != '-')
            return false;
    return true;
}

// The number of labels; 0: it is no domain name.
static size_t count_labels (const char *text, size_t size)
{
    size_t labels = 0;
    if (size == 0 || size > DOMAIN_MAX)
        return 0;
    for (size_t start = 0; start <= size; labels++) {
        const char *dot = memchr (text + start, '.', size - start);
        size_t end = dot ? (size_t)(dot - text) : size;
        if (!is_label (text + start, end - start))
            return 0;
        start = end + 1;
    }
    return labels;
}

bool bc_address_is_mail (const char *text)
{
    const char *at = strchr (text, '@');
    if (!at || strlen (text) > MAIL_MAX)
        return false;
    size_t local = (size_t)(at - text);
    return local <= LOCAL_PART_MAX && is_dot_atom (text, local) && count_labels (at + 1, strlen (at + 1)) >= 2;
}

// The host in a URL; NULL: there is none.
static const char *find_host (const char *url, size_t *size_p)
{
    const char *host = strstr (url, "://");
    if (!host)
        return NULL;
    host += 3;
    *size_p = *host == '[' ? strcspn (host, "]") + 1 : strcspn (host, ":/?#");
    return host;
}

bool bc_address_is_local (const char *url)
{
    static const char *const NAMES[] = {"127.0.0.1", "[::1]", "localhost"};
    size_t size = 0;
    const char *host = find_host (url, &size);
    for (size_t i = 0; host && i < sizeof NAMES / sizeof *NAMES; i++)
        if (strlen (NAMES[i]) == size && strncasecmp (host, NAMES[i], size) == 0)
            return true;
    return false;
}

void bc_address_normalise (char *address)
{
    size_t size = 0;
    const char *host = find_host (address, &size), *at = strchr (address, '@');
    char *from = address + (host ? host - address : at ? at - address : 0);
    for (char *c = from; c < from + (host ? size : strlen (from)); c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
}

// Nothing, or ":" and a number from 1 to 65535.
static bool is_port (const char *text, size_t size)
{
    unsigned port = 0;
    if (size == 0)
        return true;
    if (*text != ':' || size < 2 || size > 6)
        return false;
    for (size_t i = 1; i < size; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        port = port * 10 + (unsigned)(text[i] - '0');
    }
    return port >= 1 && port <= 65535;
}

bool bc_address_is_webhook (const char *text)
{
    size_t size = 0, length = strlen (text);
    const char *host = find_host (text, &size);
    bool secure = strncmp (text, "https://", 8) == 0, plain = strncmp (text, "http://", 7) == 0;
    if (length > URL_MAX || !host || !(secure || plain) || (plain && !bc_address_is_local (text)))
        return false;
    for (size_t i = 0; i < length; i++)
        if (text[i] <= ' ' || text[i] > '~' || is_one_of (text[i], "\"<>\\^`{|}#@"))
            return false;
    if (!bc_address_is_local (text) && count_labels (host, size) < 2)
        return false;
    return is_port (host + size, strcspn (host + size, "/?"));
}
