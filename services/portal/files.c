#include "files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/xmem.h"
#include "job.h"
#include "portal.h"
#include "products/product.h"
#include "site.h"

enum { DIGEST = 16, DIGEST_BYTES = 8 << 20, LETTER_FIELDS = 5, ARGUMENTS = 24, OUTPUT_BYTES = 8192 };

#define FILE_BYTES ((size_t)2 << 30)
#ifdef __SANITIZE_ADDRESS__
#define MEMORY_BYTES 0  // it asks for terabytes of addresses
#else
#define MEMORY_BYTES ((size_t)4 << 30)  // of addresses: LibreOffice wants more than it uses
#endif

// What says whether a browser has it already.
typedef struct {
    char etag[2 * DIGEST + 24];
    int64_t modified_at;  // Unix ms
} tag_t;

// A product, being made or made.
typedef struct file {
    struct file *next;  // the one asked for before it
    files_t *files;
    char *key, *path;
    const product_kind_t *kind;
    bool made;
    request_t **waiting;
    size_t n_waiting;
    uint64_t seq, version;
    int64_t made_at;  // monotonic ms
    size_t size;
    tag_t tag, before;  // before: of the one whose place it takes
} file_t;

struct files {
    portal_t *portal;
    const char *program;
    char *directory;
    jobs_t *jobs, *documents;
    file_t *first;
    size_t count, bytes, kept;
    uint64_t last;  // number of the last one made: its name
};

// --- What is kept ----------------------------------------------------------------------------------------------------------------

static void file_destroy (files_t *self, file_t **at)
{
    file_t *file = *at;
    *at = file->next;
    self->count--;
    self->bytes -= file->size;
    unlink (file->path);
    free (file->waiting);
    free (file->key);
    free (file->path);
    free (file);
}

// The oldest go; those that are being made stay.
static void make_room (files_t *self)
{
    while (self->count > self->kept || self->bytes >> 20 > FILES_BYTES_MB) {
        file_t **oldest = NULL;
        for (file_t **at = &self->first; *at; at = &(*at)->next)
            if ((*at)->made && at != &self->first)
                oldest = at;
        if (!oldest)
            return;
        file_destroy (self, oldest);
    }
}

static void remove_file (files_t *self, const file_t *file)
{
    for (file_t **at = &self->first; *at; at = &(*at)->next)
        if (*at == file) {
            file_destroy (self, at);
            return;
        }
}

static bool is_right (const file_t *file, const portal_t *portal)
{
    return !file->made || (file->seq == follow_seq (portal->follow) && file->version == (uint64_t)portal->book->version &&
                           bc_clock_monotonic_ms () - file->made_at < FILES_FRESH_MS);
}

// The one of that key that is right, or being made; an old one goes, and leaves its tag.
static file_t *find (files_t *self, const char *key, tag_t *before)
{
    for (file_t **at = &self->first; *at; at = &(*at)->next)
        if (streq ((*at)->key, key)) {
            if (is_right (*at, self->portal))
                return *at;
            *before = (*at)->tag;
            file_destroy (self, at);
            return NULL;
        }
    return NULL;
}

// --- Answering -------------------------------------------------------------------------------------------------------------------

// What browsers show themselves is shown; the rest is saved, under a name that says what it is.
static void add_name (struct MHD_Response *response, const request_t *request, const product_kind_t *kind)
{
    const char *ending = strrchr (kind->name, '.'), *unit = request_name (request, "unit"), *plan = request_name (request, "plan");
    bool shown = streq (ending, ".pdf") || streq (ending, ".json") || streq (ending, ".atom");
    size_t stem = unit ? strlen (unit) : (size_t)(ending - kind->name);
    char *value = xasprintf ("%s; filename=\"%s%s%s-%.*s%s\"", shown ? "inline" : "attachment", plan, request->period ? "-" : "",
                             request->period ? request->period : "", (int)stem, unit ? unit : kind->name, ending);
    MHD_add_response_header (response, MHD_HTTP_HEADER_CONTENT_DISPOSITION, value);
    free (value);
}

static void answer (request_t *request, const file_t *file)
{
    if (request_has (request, file->tag.etag, file->tag.modified_at))
        return;
    int content = open (file->path, O_RDONLY | O_CLOEXEC);
    if (content < 0) {
        bc_log (BC_LOG_ERROR, "portal.file", NULL, "cannot open %s: %s", file->path, strerror (errno));
        site_refuse (request, MHD_HTTP_SERVICE_UNAVAILABLE);
        return;
    }
    struct MHD_Response *response = answer_file (content, file->size, file->kind->content_type);
    add_name (response, request, file->kind);
    answer_tagged (response, file->tag.etag, file->tag.modified_at);
    request_answer (request, MHD_HTTP_OK, response);
}

// The tag of a small file is its content's, so that one made anew with nothing new in it is known; a large one's is its number.
static void make_tag (file_t *self, uint64_t number)
{
    uint8_t digest[DIGEST];
    char hex[2 * DIGEST + 1], *content = self->size <= DIGEST_BYTES ? xmalloc (self->size + 1) : NULL;
    int file = content ? open (self->path, O_RDONLY | O_CLOEXEC) : -1;
    if (file >= 0 && read (file, content, self->size) == (ssize_t)self->size) {
        crypto_generichash (digest, sizeof digest, (uint8_t *)content, self->size, NULL, 0);
        sodium_bin2hex (hex, sizeof hex, digest, sizeof digest);
        snprintf (self->tag.etag, sizeof self->tag.etag, "\"%s\"", hex);
    } else
        snprintf (self->tag.etag, sizeof self->tag.etag, "\"%llu-%lld\"", (unsigned long long)number,
                  (long long)self->tag.modified_at);
    if (file >= 0)
        close (file);
    free (content);
    if (streq (self->tag.etag, self->before.etag))
        self->tag.modified_at = self->before.modified_at;
}

// What baocao-produce says by its exit status: there is nothing to make it of, or what a letter is to say cannot be said.
static unsigned complaint (const job_result_t *result)
{
    return result->status == EX_NOINPUT ? MHD_HTTP_NOT_FOUND
           : result->status == EX_USAGE ? MHD_HTTP_BAD_REQUEST
                                        : MHD_HTTP_SERVICE_UNAVAILABLE;
}

static void on_made (const job_result_t *result, void *arg)
{
    file_t *file = arg;
    files_t *self = file->files;
    struct stat status;
    bool made = result->end == JOB_EXITED && result->status == 0 && stat (file->path, &status) == 0;
    file->made = true;
    file->made_at = bc_clock_monotonic_ms ();
    file->tag.modified_at = bc_clock_ms ();
    if (made) {
        file->size = (size_t)status.st_size;
        self->bytes += file->size;
        make_tag (file, self->last);
    } else if (complaint (result) == MHD_HTTP_SERVICE_UNAVAILABLE)
        bc_log (BC_LOG_ERROR, "portal.file", NULL, "%s was not made (%d): %.400s", file->key, result->status, result->errors);
    for (size_t i = 0; i < file->n_waiting; i++)
        if (made)
            answer (file->waiting[i], file);
        else
            site_refuse (file->waiting[i], complaint (result));
    file->n_waiting = 0;
    if (!made)
        remove_file (self, file);
    make_room (self);
}

// --- Making ----------------------------------------------------------------------------------------------------------------------

static bool is_document (const char *name)
{
    static const char *const ENDINGS[] = {".pdf", ".docx"};  // by LibreOffice
    for (size_t i = 0; i < sizeof ENDINGS / sizeof *ENDINGS; i++)
        if (streq (strrchr (name, '.'), ENDINGS[i]))
            return true;
    return false;
}

static const char *const LETTER[LETTER_FIELDS] = {"number", "date", "place", "position", "signer"};

// What is said of a letter in the address, by the standing agency; NULL: nothing.
static const char *letter_field (const request_t *request, const product_kind_t *kind, size_t i)
{
    const char *text = kind->flags & PRODUCT_LETTER && request->access == ACCESS_AGENCY ? request_query (request, LETTER[i]) : NULL;
    return text && *text ? text : NULL;
}

// What has no words of its own is the same in both languages.
static bool in_vietnamese (const request_t *request, const product_kind_t *kind)
{
    return !(kind->flags & PRODUCT_WORDS) || request->vietnamese;
}

static char *make_key (const request_t *request, const product_kind_t *kind)
{
    const char *unit = request_name (request, "unit");
    char *key = xasprintf ("%s %s %s %s %d", kind->name, request->plan, request->period ? request->period : "", unit ? unit : "",
                           in_vietnamese (request, kind));
    for (size_t i = 0; i < LETTER_FIELDS; i++) {
        const char *text = letter_field (request, kind, i);
        char *longer = xasprintf ("%s\n%s", key, text ? text : "");
        free (key);
        key = longer;
    }
    return key;
}

// 0, or -1: too many wait.
static int start (files_t *self, const request_t *request, file_t *file)
{
    const product_kind_t *kind = file->kind;
    const char *arguments[ARGUMENTS] = {self->program, kind->name, request->plan};
    char *options[LETTER_FIELDS + 3] = {0};
    size_t n = 3, n_options = 0;
    if (request->period)
        arguments[n++] = request->period;
    options[n_options++] = xasprintf ("--output=%s", file->path);
    options[n_options++] = xasprintf ("--language=%s", in_vietnamese (request, kind) ? "vi" : "en");
    if (kind->flags & PRODUCT_UNIT)
        options[n_options++] = xasprintf ("--unit=%s", request_name (request, "unit"));
    for (size_t i = 0; i < LETTER_FIELDS; i++)
        if (letter_field (request, kind, i))
            options[n_options++] = xasprintf ("--%s=%s", LETTER[i], letter_field (request, kind, i));
    for (size_t i = 0; i < n_options; i++)
        arguments[n++] = options[i];
    const job_t job = {.arguments = arguments,
                       .environment = (const char *const *)environ,
                       .directory = self->directory,
                       .seconds = FILES_SECONDS,
                       .memory = MEMORY_BYTES,
                       .file = FILE_BYTES,
                       .output = OUTPUT_BYTES};
    int result = jobs_run (is_document (kind->name) ? self->documents : self->jobs, &job, on_made, file);
    for (size_t i = 0; i < n_options; i++)
        free (options[i]);
    return result;
}

// NULL: there is no room to make another one.
static file_t *make (files_t *self, const request_t *request, const product_kind_t *kind, char **key_p, const tag_t *before)
{
    file_t *file = xcalloc (1, sizeof *file);
    file->files = self;
    file->kind = kind;
    file->before = *before;
    file->path = xasprintf ("%s/%llu", self->directory, (unsigned long long)++self->last);
    file->seq = follow_seq (self->portal->follow);
    file->version = (uint64_t)self->portal->book->version;
    file->key = *key_p;
    *key_p = NULL;
    file->next = self->first;
    self->first = file;
    self->count++;
    if (start (self, request, file) == 0)
        return file;
    remove_file (self, file);
    return NULL;
}

static void serve (request_t *request, const product_kind_t *kind)
{
    files_t *self = request->portal->files;
    bool agency = kind && !strncmp (kind->name, "late-notice", 11);
    if (!kind || !(kind->flags & PRODUCT_PLAN) != !!request->period) {
        site_refuse (request, MHD_HTTP_NOT_FOUND);
        return;
    }
    if (agency && request->access < ACCESS_AGENCY) {
        site_refuse (request, MHD_HTTP_FORBIDDEN);
        return;
    }
    char *key = make_key (request, kind);
    tag_t before = {0};
    file_t *file = find (self, key, &before);
    if (!file)
        file = make (self, request, kind, &key, &before);
    free (key);
    if (!file)
        site_refuse (request, MHD_HTTP_SERVICE_UNAVAILABLE);
    else if (file->made)
        answer (request, file);
    else {
        file->waiting = xrealloc (file->waiting, (file->n_waiting + 1) * sizeof *file->waiting);
        file->waiting[file->n_waiting++] = request;
    }
}

void files_serve (request_t *request)
{
    const product_kind_t *kind = product_kind (request_name (request, "file"));
    bool words = request_name (request, "lang");
    if (kind && (!(kind->flags & PRODUCT_WORDS) == words || kind->flags & PRODUCT_UNIT))
        kind = NULL;
    serve (request, kind);
}

// so-yte.pdf is the unit's report as PDF.
void files_serve_unit (request_t *request)
{
    char *file = (char *)request_name (request, "file"), *dot = strrchr (file, '.');
    const product_kind_t *kind = NULL;
    if (dot) {
        char *name = xasprintf ("unit-report%s", dot);
        kind = product_kind (name);
        free (name);
        *dot = 0;
        request_set_name (request, "unit", file);
    }
    serve (request, kind);
}

// --- Start and stop --------------------------------------------------------------------------------------------------------------

// Its directory, without what another run has left there. 0 or -1 (errno).
static int open_directory (const char *path)
{
    if (mkdir (path, 0700) && errno != EEXIST)
        return -1;
    DIR *directory = opendir (path);
    if (!directory)
        return -1;
    for (const struct dirent *entry; (entry = readdir (directory));)
        if (*entry->d_name != '.')
            unlinkat (dirfd (directory), entry->d_name, 0);
    closedir (directory);
    return 0;
}

files_t *files_new (portal_t *portal)
{
    files_t *self = xcalloc (1, sizeof *self);
    bool ok = true;
    self->portal = portal;
    self->kept = (size_t)bc_config_number (portal->config, "portal/files_kept", FILES_KEPT, 1, 100000, &ok);
    self->program = bc_config_get (portal->config, "portal/produce", "baocao-produce");
    self->directory = xstrdup (bc_config_get (portal->config, "portal/files", "/var/cache/baocao/portal"));
    self->jobs = jobs_new (portal->loop, FILES_AT_ONCE, FILES_WAITING);
    self->documents = jobs_new (portal->loop, 1, FILES_WAITING);
    if (open_directory (self->directory)) {
        bc_log (BC_LOG_ERROR, "config.invalid", NULL, "portal/files: cannot use %s (%s): name a directory of the portal's own",
                self->directory, strerror (errno));
        ok = false;
    }
    if (!ok)
        files_destroy (&self);
    return self;
}

void files_destroy (files_t **self_p)
{
    files_t *self = *self_p;
    if (!self)
        return;
    jobs_destroy (&self->jobs);
    jobs_destroy (&self->documents);
    while (self->first)
        file_destroy (self, &self->first);
    free (self->directory);
    free (self);
    *self_p = NULL;
}
