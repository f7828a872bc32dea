#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <unistr.h>

#include "clock.h"

enum {
    MAX_NAME = 64,  // bytes of a service's or an event's name
    MAX_TEXT = 2000,
    MAX_ESCAPED = 6,  // bytes that one byte can become: \u001f
    MAX_LINE = (2 * MAX_NAME + MAX_TEXT) * MAX_ESCAPED + 256,
};

// A line under construction. On the stack, so that logging works when memory is exhausted.
typedef struct {
    char data[MAX_LINE];
    size_t size;
} line_t;

static const char *const LEVEL_NAMES[] = {"debug", "info", "warning", "error"};
static char service_name[MAX_NAME + 1] = "baocao";
static bc_log_level_t lowest_level = BC_LOG_INFO;

void bc_log_init (const char *service, bc_log_level_t level)
{
    snprintf (service_name, sizeof service_name, "%s", service);
    lowest_level = level;
}

int bc_log_level_parse (const char *name, bc_log_level_t *level_p)
{
    for (bc_log_level_t level = BC_LOG_DEBUG; level <= BC_LOG_ERROR; level++) {
        if (strcmp (name, LEVEL_NAMES[level]) == 0) {
            *level_p = level;
            return 0;
        }
    }
    return -1;
}

static void append (line_t *line, const char *data, size_t size)
{
    // MAX_LINE is computed to hold the longest line; this check is the last resort.
    if (size <= sizeof line->data - line->size) {
        memcpy (line->data + line->size, data, size);
        line->size += size;
    }
}

static void append_escaped (line_t *line, const char *text, size_t size)
{
    const uint8_t *at = (const uint8_t *)text;
    const uint8_t *end = at + size;
    while (at < end) {
        ucs4_t character;
        int length = u8_mbtoucr (&character, at, (size_t)(end - at));
        if (length < 0) {
            append (line, "\xef\xbf\xbd", 3);  // U+FFFD for each byte that is no UTF-8
            length = 1;
        } else if (character < 0x20 || character == 0x7f) {
            char escape[7];
            snprintf (escape, sizeof escape, "\\u%04x", (unsigned)character);
            append (line, escape, 6);
        } else {
            if (character == '"' || character == '\\')
                append (line, "\\", 1);
            append (line, (const char *)at, (size_t)length);
        }
        at += length;
    }
}

static void append_member (line_t *line, const char *name, const char *text, size_t size)
{
    append (line, line->size ? ",\"" : "{\"", 2);
    append (line, name, strlen (name));
    append (line, "\":\"", 3);
    append_escaped (line, text, size);
    append (line, "\"", 1);
}

// The size of text without a last character that was cut in the middle.
static size_t whole_characters (const char *text, size_t size)
{
    size_t back = 0;
    while (back < 3 && back < size && ((uint8_t)text[size - 1 - back] & 0xc0) == 0x80)
        back++;
    ucs4_t character;
    size_t tail = back + 1;
    if (tail <= size && u8_mbtoucr (&character, (const uint8_t *)text + size - tail, tail) == -2)
        return size - tail;
    return size;
}

// One write() a line, so that lines of several processes do not mix in a common pipe or file.
static void write_line (const line_t *line)
{
    size_t written = 0;
    while (written < line->size) {
        ssize_t n = write (STDERR_FILENO, line->data + written, line->size - written);
        if (n > 0)
            written += (size_t)n;
        else if (errno != EINTR)
            return;  // nobody is left to be told
    }
}

void bc_log (bc_log_level_t level, const char *event, const uint8_t *id, const char *format, ...)
{
    if (level < lowest_level)
        return;
    int saved_errno = errno;
    char text[MAX_TEXT + 1];
    va_list arguments;
    va_start (arguments, format);
    int printed = vsnprintf (text, sizeof text, format, arguments);
    va_end (arguments);
    size_t size = printed < 0 ? 0 : (size_t)printed;
    if (size > MAX_TEXT)
        size = whole_characters (text, MAX_TEXT);

    struct timespec now;
    clock_gettime (CLOCK_REALTIME, &now);
    char time_text[BC_TIME_TEXT];
    bc_time_format (now.tv_sec * INT64_C (1000) + now.tv_nsec / 1000000, time_text);

    line_t line = {.size = 0};
    append_member (&line, "time", time_text, strlen (time_text));
    append_member (&line, "level", LEVEL_NAMES[level], strlen (LEVEL_NAMES[level]));
    append_member (&line, "service", service_name, strlen (service_name));
    append_member (&line, "event", event, strnlen (event, MAX_NAME));
    if (id) {
        char id_text[BC_UUID_TEXT];
        bc_uuid_format (id, id_text);
        append_member (&line, "id", id_text, strlen (id_text));
    }
    append_member (&line, "text", text, size);
    append (&line, "}\n", 2);
    write_line (&line);
    errno = saved_errno;
}
