#include "assets.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/log.h"
#include "common/xmem.h"
#include "portal.h"
#include "site.h"

enum { FILES_MAX = 256, SIZE_MAX_BYTES = 8 << 20 };

typedef struct {
    char *name;  // with the digest: "portal.1a2b3c4d.css"
    char *path;  // "/assets/..."
    shared_t *answer;
} asset_t;

struct assets {
    asset_t files[FILES_MAX];
    size_t count;
};

static const char *type_of (const char *name)
{
    static const struct {
        const char *ending, *type;
    } TYPES[] = {
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".woff2", "font/woff2"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".txt", "text/plain; charset=utf-8"},
    };
    size_t length = strlen (name);
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++) {
        size_t ending = strlen (TYPES[i].ending);
        if (length > ending && streq (name + length - ending, TYPES[i].ending))
            return TYPES[i].type;
    }
    return "application/octet-stream";
}

// The content; NULL on error (errno).
static char *read_file (const char *path, size_t *size_p)
{
    struct stat status;
    int file = open (path, O_RDONLY | O_CLOEXEC);
    char *content = NULL;
    if (file >= 0 && fstat (file, &status) == 0 && S_ISREG (status.st_mode) && status.st_size <= SIZE_MAX_BYTES) {
        content = xmalloc ((size_t)status.st_size + 1);
        *size_p = (size_t)status.st_size;
        if (read (file, content, *size_p) != status.st_size) {
            free (content);
            content = NULL;
        }
    }
    if (file >= 0)
        close (file);
    return content;
}

// The name says the content, so it never has to be asked for again.
static void add (assets_t *self, const char *directory, const char *name)
{
    static const char *const CODINGS[][2] = {{".br", "br"}, {".gz", "gzip"}};
    size_t size, length = strlen (name);
    char *path = xasprintf ("%s/%s", directory, name), *content = self->count < FILES_MAX ? read_file (path, &size) : NULL;
    const char *coding = NULL;
    char *plain = xstrdup (name);
    for (size_t i = 0; i < 2; i++)
        if (length > 3 && streq (name + length - 3, CODINGS[i][0])) {
            coding = CODINGS[i][1];
            plain[length - 3] = 0;
        }
    free (path);
    if (content) {
        asset_t *asset = &self->files[self->count++];
        asset->name = xstrdup (name);
        asset->path = xasprintf ("/assets/%s", name);
        struct MHD_Response *response = answer_new (content, size, type_of (plain));
        MHD_add_response_header (response, MHD_HTTP_HEADER_CACHE_CONTROL, "public, max-age=31536000, immutable");
        MHD_add_response_header (response, MHD_HTTP_HEADER_VARY, "Accept-Encoding");
        if (coding)
            MHD_add_response_header (response, MHD_HTTP_HEADER_CONTENT_ENCODING, coding);
        asset->answer = shared_new (response);
    }
    free (plain);
}

assets_t *assets_new (const char *directory)
{
    DIR *files = opendir (directory);
    if (!files) {
        bc_log (BC_LOG_ERROR, "portal.assets", NULL, "cannot read %s (%s): set portal/assets to the directory that make builds",
                directory, strerror (errno));
        return NULL;
    }
    assets_t *self = xcalloc (1, sizeof *self);
    for (const struct dirent *entry; (entry = readdir (files));)
        if (*entry->d_name != '.')
            add (self, directory, entry->d_name);
    closedir (files);
    return self;
}

void assets_destroy (assets_t **self_p)
{
    assets_t *self = *self_p;
    if (!self)
        return;
    for (size_t i = 0; i < self->count; i++) {
        shared_drop (&self->files[i].answer);
        free (self->files[i].name);
        free (self->files[i].path);
    }
    free (self);
    *self_p = NULL;
}

// Is `file` the name with a digest before its ending?
static bool is_version (const char *file, const char *name)
{
    const char *ending = strrchr (name, '.');
    size_t stem = (size_t)(ending - name), length = strlen (file), tail = strlen (ending);
    return length > stem + tail + 1 && !strncmp (file, name, stem) && file[stem] == '.' && streq (file + length - tail, ending) &&
           !memchr (file + stem + 1, '.', length - tail - stem - 1);
}

const char *assets_path (const assets_t *self, const char *name)
{
    for (size_t i = 0; i < self->count; i++)
        if (is_version (self->files[i].name, name))
            return self->files[i].path;
    return NULL;
}

static const asset_t *find (const assets_t *self, const char *name, const char *ending)
{
    size_t length = strlen (name);
    for (size_t i = 0; i < self->count; i++)
        if (!strncmp (self->files[i].name, name, length) && streq (self->files[i].name + length, ending))
            return &self->files[i];
    return NULL;
}

void assets_serve (request_t *request)
{
    const assets_t *self = request->portal->assets;
    const char *name = request_name (request, "file");
    const asset_t *asset = request_takes (request, "br") ? find (self, name, ".br") : NULL;
    if (!asset && request_takes (request, "gzip"))
        asset = find (self, name, ".gz");
    if (!asset)
        asset = find (self, name, "");
    if (asset)
        request_answer_shared (request, MHD_HTTP_OK, asset->answer);
    else
        site_refuse (request, MHD_HTTP_NOT_FOUND);
}
