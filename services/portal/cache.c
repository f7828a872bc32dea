#include "cache.h"

#include <sodium.h>
#include <zlib.h>

#include "common/clock.h"
#include "common/xmem.h"

enum { DIGEST = 12, GZIP_LEVEL = 6 };

typedef struct entry {
    struct entry *next;  // the one rendered before it
    char *key;
    uint64_t seq;
    int64_t modified_at;  // Unix ms
    int64_t rendered_at;  // monotonic ms
    size_t size;
    char etag[2 * DIGEST + 3], packed_etag[2 * DIGEST + 6];
    shared_t *plain, *packed;
} entry_t;

struct cache {
    entry_t *pages;  // the latest first
    size_t count, bytes;
};

cache_t *cache_new (void)
{
    return xcalloc (1, sizeof (cache_t));
}

static void entry_destroy (cache_t *self, entry_t **at)
{
    entry_t *page = *at;
    *at = page->next;
    self->count--;
    self->bytes -= page->size;
    shared_drop (&page->plain);
    shared_drop (&page->packed);
    free (page->key);
    free (page);
}

void cache_destroy (cache_t **self_p)
{
    cache_t *self = *self_p;
    if (!self)
        return;
    while (self->pages)
        entry_destroy (self, &self->pages);
    free (self);
    *self_p = NULL;
}

static void answer (request_t *request, const entry_t *page)
{
    bool packed = request_takes (request, "gzip");
    if (!request_has (request, packed ? page->packed_etag : page->etag, page->modified_at))
        request_answer_shared (request, MHD_HTTP_OK, packed ? page->packed : page->plain);
}

static bool is_right (const entry_t *page, uint64_t seq)
{
    return page->seq == seq && bc_clock_monotonic_ms () - page->rendered_at < CACHE_MS;
}

bool cache_answer (cache_t *self, request_t *request, const char *key, uint64_t seq)
{
    for (const entry_t *page = self->pages; page; page = page->next)
        if (streq (page->key, key)) {
            if (is_right (page, seq))
                answer (request, page);
            return is_right (page, seq);
        }
    return false;
}

static void *gzip (const void *data, size_t size, size_t *packed_size_p)
{
    z_stream stream = {0};
    deflateInit2 (&stream, GZIP_LEVEL, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    size_t room = deflateBound (&stream, size);
    uint8_t *packed = xmalloc (room);
    stream.next_in = (void *)data;
    stream.avail_in = (unsigned)size;
    stream.next_out = packed;
    stream.avail_out = (unsigned)room;
    deflate (&stream, Z_FINISH);
    *packed_size_p = room - stream.avail_out;
    deflateEnd (&stream);
    return packed;
}

static void remove_key (cache_t *self, const char *key)
{
    for (entry_t **at = &self->pages; *at; at = &(*at)->next)
        if (streq ((*at)->key, key)) {
            entry_destroy (self, at);
            return;
        }
}

// The oldest go. One page may be larger than all there is room for; it is kept alone.
static void make_room (cache_t *self)
{
    while (self->count > 1 && (self->count > CACHE_PAGES || self->bytes > CACHE_BYTES)) {
        entry_t **at = &self->pages;
        while ((*at)->next)
            at = &(*at)->next;
        entry_destroy (self, at);
    }
}

static entry_t *render (const char *key, uint64_t seq, int64_t modified_at, html_t **html_p)
{
    entry_t *self = xcalloc (1, sizeof *self);
    uint8_t digest[crypto_generichash_BYTES_MIN];
    size_t size, packed_size;
    char *text = html_take (html_p, &size), hex[2 * DIGEST + 1];
    void *packed = gzip (text, size, &packed_size);
    crypto_generichash (digest, sizeof digest, (uint8_t *)text, size, NULL, 0);
    sodium_bin2hex (hex, sizeof hex, digest, DIGEST);
    snprintf (self->etag, sizeof self->etag, "\"%s\"", hex);
    snprintf (self->packed_etag, sizeof self->packed_etag, "\"%s-gz\"", hex);
    self->key = xstrdup (key);
    self->seq = seq;
    self->modified_at = modified_at;
    self->rendered_at = bc_clock_monotonic_ms ();
    self->size = size + packed_size;
    struct MHD_Response *plain = answer_new (text, size, "text/html; charset=utf-8");
    struct MHD_Response *compressed = answer_new (packed, packed_size, "text/html; charset=utf-8");
    MHD_add_response_header (compressed, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
    answer_tagged (plain, self->etag, modified_at);
    answer_tagged (compressed, self->packed_etag, modified_at);
    self->plain = shared_new (plain);
    self->packed = shared_new (compressed);
    return self;
}

void cache_put (cache_t *self, request_t *request, const char *key, uint64_t seq, int64_t modified_at, html_t **html_p)
{
    entry_t *page = render (key, seq, modified_at, html_p);
    remove_key (self, key);
    page->next = self->pages;
    self->pages = page;
    self->count++;
    self->bytes += page->size;
    make_room (self);
    answer (request, page);
}
