#include "clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "system.h"
#include "xmem.h"

// The rehearsal file. Mode and value share one 64-bit word that is only ever stored whole, so no reader sees half a change:
// bit 0 tells whether the clock stands still; the rest is the time itself when it does, else the distance to the real time.
typedef struct {
    char magic[8];
    _Atomic int64_t word;
} rehearsal_t;

_Static_assert(sizeof (rehearsal_t) == 16, "the file's layout");
_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "a lock would not be shared between processes");

static const char MAGIC[8] = "bcclock1";
static const int64_t VALUE_LIMIT = INT64_MAX / 4;
static const rehearsal_t *_Atomic rehearsal;

// Unix milliseconds, or for CLOCK_MONOTONIC those since some moment in the past.
static int64_t read_clock (clockid_t id)
{
    struct timespec now;
    clock_gettime (id, &now);
    return now.tv_sec * INT64_C (1000) + now.tv_nsec / 1000000;
}

static rehearsal_t *map_file (int fd, int protection)
{
    struct stat status;
    if (fstat (fd, &status))
        return NULL;
    if (status.st_size != sizeof (rehearsal_t)) {
        errno = EINVAL;
        return NULL;
    }
    rehearsal_t *file = mmap (NULL, sizeof *file, protection, MAP_SHARED, fd, 0);
    if (file == MAP_FAILED)
        return NULL;
    if (memcmp (file->magic, MAGIC, sizeof MAGIC)) {
        munmap (file, sizeof *file);
        errno = EINVAL;
        return NULL;
    }
    return file;
}

int bc_clock_rehearse (const char *path)
{
    int fd = open (path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    rehearsal_t *file = map_file (fd, PROT_READ);
    int error = errno;
    close (fd);
    if (!file) {
        errno = error;
        return -1;
    }
    const rehearsal_t *former = atomic_exchange (&rehearsal, file);
    if (former)
        munmap ((void *)former, sizeof *former);
    return 0;
}

bool bc_clock_is_rehearsal (void)
{
    return atomic_load (&rehearsal) != NULL;
}

// 0, or -1 with errno; ENOENT when there is no such file.
static int update_file (const char *path, int64_t word)
{
    int fd = open (path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return -1;
    rehearsal_t *file = map_file (fd, PROT_READ | PROT_WRITE);
    int error = errno;
    close (fd);
    if (!file) {
        errno = error;
        return -1;
    }
    atomic_store (&file->word, word);
    munmap (file, sizeof *file);
    return 0;
}

// Makes the file under another name first, so that nobody ever maps an incomplete one. 0, or -1 with errno; EEXIST when
// somebody else was faster: theirs may be mapped already, so it must not be replaced.
static int create_file (const char *path, int64_t word)
{
    char *temporary = xasprintf ("%s.XXXXXX", path);
    int rc = -1;
    int error = 0;
    int fd = bc_system_temporary (temporary);
    if (fd < 0)
        error = errno;
    else {
        rehearsal_t file = {.word = word};
        memcpy (file.magic, MAGIC, sizeof MAGIC);
        ssize_t written = write (fd, &file, sizeof file);
        if (written == (ssize_t)sizeof file && fchmod (fd, 0644) == 0 && link (temporary, path) == 0)
            rc = 0;
        else
            error = written >= 0 && written < (ssize_t)sizeof file ? ENOSPC : errno;
        close (fd);
        unlink (temporary);
    }
    free (temporary);
    errno = error;
    return rc;
}

int bc_clock_set (const char *path, int64_t now_ms, bool frozen)
{
    if (now_ms < -VALUE_LIMIT || now_ms > VALUE_LIMIT) {
        errno = ERANGE;
        return -1;
    }
    int64_t value = frozen ? now_ms : now_ms - read_clock (CLOCK_REALTIME);
    int64_t word = value * 2 + (frozen ? 1 : 0);
    int rc = update_file (path, word);
    if (rc && errno == ENOENT) {
        rc = create_file (path, word);
        if (rc && errno == EEXIST)
            rc = update_file (path, word);
    }
    return rc;
}

int64_t bc_clock_ms (void)
{
    const rehearsal_t *file = atomic_load_explicit (&rehearsal, memory_order_acquire);
    if (!file)
        return read_clock (CLOCK_REALTIME);
    int64_t word = atomic_load_explicit (&file->word, memory_order_relaxed);
    int64_t value = (word - (word & 1)) / 2;
    return word & 1 ? value : read_clock (CLOCK_REALTIME) + value;
}

int64_t bc_clock_monotonic_ms (void)
{
    return read_clock (CLOCK_MONOTONIC);
}

void bc_time_format (int64_t ms, char text[BC_TIME_TEXT])
{
    // The years that RFC 3339 can write: 0000 to 9999.
    static const int64_t first = INT64_C (-62167219200000), last = INT64_C (253402300799999);
    ms = ms < first ? first : ms > last ? last : ms;
    int64_t fraction = (ms % 1000 + 1000) % 1000;
    time_t seconds = (time_t)((ms - fraction) / 1000);
    struct tm tm;
    gmtime_r (&seconds, &tm);
    char buffer[96];  // room for any int, which the compiler thinks possible
    snprintf (buffer, sizeof buffer, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
              tm.tm_hour, tm.tm_min, tm.tm_sec, (int)fraction);
    memcpy (text, buffer, BC_TIME_TEXT - 1);
    text[BC_TIME_TEXT - 1] = 0;
}

// Reads a number of exactly `count` digits within [minimum, maximum] and moves on. 0 or -1.
static int digits (const char **at_p, int count, int minimum, int maximum, int *value_p)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        char digit = (*at_p)[i];
        if (digit < '0' || digit > '9')
            return -1;
        value = value * 10 + (digit - '0');
    }
    *at_p += count;
    *value_p = value;
    return value >= minimum && value <= maximum ? 0 : -1;
}

// Moves over one of the characters in `any`. 0 or -1.
static int skip (const char **at_p, const char *any)
{
    if (!**at_p || !strchr (any, **at_p))
        return -1;
    (*at_p)++;
    return 0;
}

static int parse_date (const char **at_p, struct tm *tm)
{
    if (digits (at_p, 4, 0, 9999, &tm->tm_year) || skip (at_p, "-") || digits (at_p, 2, 1, 12, &tm->tm_mon) || skip (at_p, "-") ||
        digits (at_p, 2, 1, 31, &tm->tm_mday))
        return -1;
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (tm->tm_year % 4 == 0 && tm->tm_year % 100 != 0) || tm->tm_year % 400 == 0;
    if (tm->tm_mday > days[tm->tm_mon - 1] + (leap && tm->tm_mon == 2 ? 1 : 0))
        return -1;
    tm->tm_year -= 1900;
    tm->tm_mon -= 1;
    return 0;
}

static int parse_time (const char **at_p, struct tm *tm, int *fraction_p)
{
    if (digits (at_p, 2, 0, 23, &tm->tm_hour) || skip (at_p, ":") || digits (at_p, 2, 0, 59, &tm->tm_min) || skip (at_p, ":") ||
        digits (at_p, 2, 0, 59, &tm->tm_sec))
        return -1;
    *fraction_p = 0;
    if (skip (at_p, "."))
        return 0;
    int digit, count = 0;
    for (int unit = 100; digits (at_p, 1, 0, 9, &digit) == 0; unit /= 10, count++)
        *fraction_p += digit * unit;  // what is finer than a millisecond is cut off
    return count ? 0 : -1;
}

// Minutes east of UTC.
static int parse_offset (const char **at_p, int *minutes_p)
{
    *minutes_p = 0;
    if (skip (at_p, "Zz") == 0)
        return 0;
    int sign = **at_p == '-' ? -1 : 1;
    int hours, minutes;
    if (skip (at_p, "+-") || digits (at_p, 2, 0, 23, &hours) || skip (at_p, ":") || digits (at_p, 2, 0, 59, &minutes))
        return -1;
    *minutes_p = sign * (hours * 60 + minutes);
    return 0;
}

int bc_time_parse (const char *text, int64_t *ms_p)
{
    struct tm tm = {0};
    int fraction, offset;
    if (parse_date (&text, &tm) || skip (&text, "Tt") || parse_time (&text, &tm, &fraction) || parse_offset (&text, &offset) ||
        *text)
        return -1;
    *ms_p = ((int64_t)timegm (&tm) - offset * 60) * 1000 + fraction;
    return 0;
}

Google__Protobuf__Timestamp *bc_timestamp_set (Google__Protobuf__Timestamp *timestamp, int64_t ms)
{
    google__protobuf__timestamp__init (timestamp);
    timestamp->seconds = ms / 1000 - (ms % 1000 < 0);
    timestamp->nanos = (int32_t)(ms - timestamp->seconds * 1000) * 1000000;
    return timestamp;
}

int64_t bc_timestamp_ms (const Google__Protobuf__Timestamp *timestamp)
{
    return timestamp->seconds * 1000 + timestamp->nanos / 1000000;
}

// 48 bits of milliseconds and the 12 bits behind them, those of the last id: a number that only grows. When the clock stands or
// steps back, or too many ids fall into one millisecond, it goes on by one.
static _Atomic uint64_t last_uuid;

void bc_uuid_new (uint8_t uuid[BC_UUID_SIZE])
{
    bc_system_random (uuid, BC_UUID_SIZE);
    uint64_t fresh = (uint64_t)read_clock (CLOCK_REALTIME) << 12 | (uuid[6] & 0x07u) << 8 | uuid[7];
    uint64_t last = atomic_load (&last_uuid);
    uint64_t stamp;
    do
        stamp = fresh > last ? fresh : last + 1;
    while (!atomic_compare_exchange_weak (&last_uuid, &last, stamp));

    for (int i = 0; i < 6; i++)
        uuid[i] = (uint8_t)(stamp >> (52 - 8 * i));
    uuid[6] = (uint8_t)(0x70 | (stamp >> 8 & 0x0f));
    uuid[7] = (uint8_t)stamp;
    uuid[8] = (uint8_t)(0x80 | (uuid[8] & 0x3f));
}

void bc_uuid_follow (const uint8_t uuid[BC_UUID_SIZE])
{
    uint64_t stamp = 0, last = atomic_load (&last_uuid);
    for (int i = 0; i < 6; i++)
        stamp = stamp << 8 | uuid[i];
    stamp = stamp << 12 | (uuid[6] & 0x0fu) << 8 | uuid[7];
    while (uuid[6] >> 4 == 7 && stamp > last && !atomic_compare_exchange_weak (&last_uuid, &last, stamp))
        ;
}

static bool hyphen_before (int byte)
{
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

void bc_uuid_format (const uint8_t uuid[BC_UUID_SIZE], char text[BC_UUID_TEXT])
{
    static const char hex[] = "0123456789abcdef";
    for (int i = 0; i < BC_UUID_SIZE; i++) {
        if (hyphen_before (i))
            *text++ = '-';
        *text++ = hex[uuid[i] >> 4];
        *text++ = hex[uuid[i] & 0x0f];
    }
    *text = 0;
}

static int hex_digit (char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    digit |= 0x20;
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

int bc_uuid_parse (const char *text, uint8_t uuid[BC_UUID_SIZE])
{
    uint8_t parsed[BC_UUID_SIZE];
    for (int i = 0; i < BC_UUID_SIZE; i++) {
        if (hyphen_before (i) && *text++ != '-')
            return -1;
        int high = hex_digit (*text++);
        int low = high < 0 ? -1 : hex_digit (*text++);
        if (low < 0)
            return -1;
        parsed[i] = (uint8_t)(high << 4 | low);
    }
    if (*text)
        return -1;
    memcpy (uuid, parsed, sizeof parsed);
    return 0;
}
