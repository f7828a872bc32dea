#include "send_home.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/xmem.h"

enum { FILE_MAX = 32 << 20, DEPTH = 16 };

int send_homes_make (const char *root)
{
    struct stat status;
    if (mkdir (root, 0700) && errno != EEXIST)
        return -1;
    if (stat (root, &status) || !S_ISDIR (status.st_mode))
        return -1;
    if (status.st_mode & (S_IRWXG | S_IRWXO)) {
        errno = EPERM;
        return -1;
    }
    return 0;
}

char *send_home_path (const char *root, const char *id, const char *name)
{
    return xasprintf ("%s/%s%s%s", root, id, name ? "/" : "", name ? name : "");
}

bool send_home_exists (const char *root, const char *id, const char *name)
{
    char *path = send_home_path (root, id, name);
    bool exists = access (path, F_OK) == 0;
    free (path);
    return exists;
}

int send_home_make (const char *root, const char *id)
{
    char *path = send_home_path (root, id, NULL);
    int rc = mkdir (path, 0700) == 0 || errno == EEXIST ? 0 : -1;
    free (path);
    return rc;
}

static int remove_one (const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove (path);
}

void send_home_remove (const char *root, const char *id)
{
    char *path = send_home_path (root, id, NULL);
    nftw (path, remove_one, DEPTH, FTW_DEPTH | FTW_PHYS);
    free (path);
}

static int write_all (int fd, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t n = write (fd, text, size);
        if (n < 0)
            return -1;
        text += n;
        size -= (size_t)n;
    }
    return 0;
}

int send_home_write (const char *root, const char *id, const char *name, const char *text, size_t size)
{
    char *path = send_home_path (root, id, name), *part = xasprintf ("%s.part", path);
    int fd = open (part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    int rc = fd >= 0 && write_all (fd, text, size) == 0 && rename (part, path) == 0 ? 0 : -1;
    if (fd >= 0)
        close (fd);
    free (part);
    free (path);
    return rc;
}

int send_home_write_json (const char *root, const char *id, const char *name, json_t *value)
{
    char *text = json_dumps (value, JSON_COMPACT);
    int rc = text ? send_home_write (root, id, name, text, strlen (text)) : -1;
    free (text);
    json_decref (value);
    return rc;
}

char *send_home_read (const char *root, const char *id, const char *name, size_t *size_p)
{
    char *path = send_home_path (root, id, name), *text = NULL;
    FILE *file = fopen (path, "re");
    struct stat status;
    if (file && fstat (fileno (file), &status) == 0 && S_ISREG (status.st_mode) && status.st_size <= FILE_MAX) {
        text = xcalloc (1, (size_t)status.st_size + 1);
        *size_p = fread (text, 1, (size_t)status.st_size, file);
    }
    if (file)
        fclose (file);
    free (path);
    return text;
}

json_t *send_home_read_json (const char *root, const char *id, const char *name)
{
    size_t size = 0;
    char *text = send_home_read (root, id, name, &size);
    json_t *value = text ? json_loadb (text, size, 0, NULL) : NULL;
    free (text);
    return value;
}

void send_home_touch (const char *root, const char *id, int64_t now)
{
    char text[24];
    int size = snprintf (text, sizeof text, "%lld", (long long)now);
    send_home_write (root, id, "used", text, (size_t)size);
}

int64_t send_home_used (const char *root, const char *id)
{
    size_t size;
    char *text = send_home_read (root, id, "used", &size);
    int64_t used = text ? strtoll (text, NULL, 10) : 0;
    free (text);
    return used;
}

size_t send_home_waiting (const char *root, const char *id)
{
    char *path = send_home_path (root, id, "home/spool");
    DIR *directory = opendir (path);
    size_t count = 0;
    for (struct dirent *entry; directory && (entry = readdir (directory));) {
        const char *end = strrchr (entry->d_name, '.');
        count += entry->d_name[0] != '.' && end && strcmp (end, ".request") == 0;
    }
    if (directory)
        closedir (directory);
    free (path);
    return count;
}

void send_homes_each (const char *root, void (*look) (const char *id, void *arg), void *arg)
{
    DIR *directory = opendir (root);
    for (struct dirent *entry; directory && (entry = readdir (directory));)
        if (strlen (entry->d_name) == SEND_HOME_ID - 1 && strspn (entry->d_name, "0123456789abcdef") == SEND_HOME_ID - 1)
            look (entry->d_name, arg);
    if (directory)
        closedir (directory);
}
