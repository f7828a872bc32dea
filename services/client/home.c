#include "home.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/system.h"
#include "common/xmem.h"

#define TEMPORARY ".part-"

struct home {
    char *path;
};

static const char *const DIRECTORIES[] = {"spool", "files", "receipts", "reports"};

char *home_default (void)
{
    const char *own = getenv ("BAOCAO_HOME"), *data = getenv ("XDG_DATA_HOME"), *user = getenv ("HOME");
    if (own && *own)
        return xstrdup (own);
    if (data && data[0] == '/')  // XDG: a relative path is to be ignored
        return xasprintf ("%s/baocao", data);
    if (user && *user)
        return xasprintf ("%s/.local/share/baocao", user);
    return NULL;
}

home_t *home_new (const char *path)
{
    home_t *self = xcalloc (1, sizeof *self);
    self->path = xstrdup (path);
    return self;
}

void home_destroy (home_t **self_p)
{
    home_t *self = *self_p;
    if (!self)
        return;
    free (self->path);
    free (self);
    *self_p = NULL;
}

const char *home_path (const home_t *self)
{
    return self->path;
}

// mkdir -p; what is made is for the user alone.
static int make_path (const char *path)
{
    char *copy = xstrdup (path);
    int result = 0;
    for (char *at = copy + 1; !result; at++) {
        if (*at != '/' && *at)
            continue;
        char kept = *at;
        *at = 0;
        result = mkdir (copy, 0700) && errno != EEXIST ? -1 : 0;
        *at = kept;
        if (!kept)
            break;
    }
    free (copy);
    return result;
}

int home_create (home_t *self)
{
    if (make_path (self->path) || chmod (self->path, 0700))
        return -1;
    for (size_t i = 0; i < sizeof DIRECTORIES / sizeof *DIRECTORIES; i++) {
        char *path = home_entry (self, DIRECTORIES[i]);
        int result = mkdir (path, 0700) && errno != EEXIST ? -1 : 0;
        free (path);
        if (result)
            return -1;
    }
    return 0;
}

char *home_entry (const home_t *self, const char *name)
{
    return xasprintf ("%s/%s", self->path, name);
}

bool home_has (const home_t *self, const char *name)
{
    char *path = home_entry (self, name);
    bool there = !access (path, F_OK);
    free (path);
    return there;
}

// "home/spool/x" -> "home/spool"; the caller frees it.
static char *directory_of (const char *path)
{
    char *directory = xstrdup (path);
    *strrchr (directory, '/') = 0;
    return directory;
}

// A rename is durable only once its directory is.
static int sync_directory (const char *path)
{
    char *directory = directory_of (path);
    int fd = open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free (directory);
    if (fd < 0)
        return -1;
    int result = fsync (fd);
    close (fd);
    return result;
}

typedef struct {
    const void *data;
    size_t size;
} memory_t;

static int write_memory (int fd, void *arg)
{
    const memory_t *memory = arg;
    const char *at = memory->data;
    size_t size = memory->size;
    while (size) {
        ssize_t n = write (fd, at, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        at += n;
        size -= (size_t)n;
    }
    return 0;
}

// Writes and syncs a temporary file beside path. Its name, which the caller frees; NULL (errno) when there is none.
static char *write_temporary (const char *path, int (*fill) (int fd, void *arg), void *arg)
{
    char *directory = directory_of (path);
    char *name = xasprintf ("%s/" TEMPORARY "XXXXXX", directory);
    free (directory);
    int fd = bc_system_temporary (name);
    if (fd < 0) {
        free (name);
        return NULL;
    }
    int result = fill (fd, arg) || fsync (fd) ? -1 : 0, error = errno;
    if (close (fd) && !result) {
        result = -1;
        error = errno;
    }
    if (result) {
        unlink (name);
        free (name);
        errno = error;
        return NULL;
    }
    return name;
}

static int save (home_t *self, const char *name, int (*fill) (int fd, void *arg), void *arg, bool keep)
{
    char *path = home_entry (self, name);
    char *temporary = write_temporary (path, fill, arg);
    int result = -1, error = errno;
    if (temporary) {
        // link() never takes another file's place; rename() always does.
        result = keep ? link (temporary, path) : rename (temporary, path);
        error = errno;
        if (result && keep && error == EEXIST)
            result = 1;
        if (result || keep)
            unlink (temporary);
        if (!result && sync_directory (path)) {
            result = -1;
            error = errno;
        }
    }
    free (temporary);
    free (path);
    errno = error;
    return result;
}

int home_save (home_t *self, const char *name, const void *data, size_t size)
{
    memory_t memory = {data, size};
    return save (self, name, write_memory, &memory, false);
}

int home_save_new (home_t *self, const char *name, const void *data, size_t size)
{
    memory_t memory = {data, size};
    return save (self, name, write_memory, &memory, true);
}

int home_save_from (home_t *self, const char *name, int (*fill) (int fd, void *arg), void *arg)
{
    return save (self, name, fill, arg, false);
}

void *home_load (const home_t *self, const char *name, size_t *size_p)
{
    char *path = home_entry (self, name);
    FILE *file = fopen (path, "rbe");
    free (path);
    if (!file)
        return NULL;
    char *data = NULL;
    size_t size = 0, n;
    do {
        data = xrealloc (data, size + 65536 + 1);
        n = fread (data + size, 1, 65536, file);
        size += n;
    } while (n);
    if (ferror (file)) {
        free (data);
        data = NULL;
    } else {
        data[size] = 0;
        *size_p = size;
    }
    int error = errno;
    fclose (file);
    errno = error;
    return data;
}

int home_remove (home_t *self, const char *name)
{
    char *path = home_entry (self, name);
    int result = unlink (path) ? (errno == ENOENT ? 0 : -1) : sync_directory (path);
    free (path);
    return result;
}

void home_sweep (home_t *self, const char *directory)
{
    char *path = home_entry (self, directory);
    DIR *stream = opendir (path);
    free (path);
    for (struct dirent *entry; stream && (entry = readdir (stream));)
        if (!strncmp (entry->d_name, TEMPORARY, strlen (TEMPORARY)))
            unlinkat (dirfd (stream), entry->d_name, 0);
    if (stream)
        closedir (stream);
}

static int by_name (const void *a, const void *b)
{
    return strcmp (*(char *const *)a, *(char *const *)b);
}

char **home_list (const home_t *self, const char *directory, const char *suffix)
{
    char **names = xcalloc (1, sizeof *names);
    size_t count = 0;
    char *path = home_entry (self, directory);
    DIR *stream = opendir (path);
    free (path);
    for (struct dirent *entry; stream && (entry = readdir (stream));) {
        size_t size = strlen (entry->d_name), end = strlen (suffix);
        if (entry->d_name[0] == '.' || size <= end || strcmp (entry->d_name + size - end, suffix) != 0)
            continue;
        names = xrealloc (names, (count + 2) * sizeof *names);
        names[count] = xmemdup (entry->d_name, size - end);
        names[++count] = NULL;
    }
    if (stream)
        closedir (stream);
    qsort (names, count, sizeof *names, by_name);
    return names;
}

void home_list_free (char ***names_p)
{
    for (char **name = *names_p; name && *name; name++)
        free (*name);
    free (*names_p);
    *names_p = NULL;
}
