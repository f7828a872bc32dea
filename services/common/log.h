// Log lines: one JSON object a line on stderr.
//   {"time":"2025-12-09T16:59:59.123Z","level":"info","service":"intake","event":"report.stored","id":"0193...","text":"..."}
// The time is the real one even in a rehearsal. No secret and no report content is ever logged.
#pragma once

#include <stdint.h>

typedef enum { BC_LOG_DEBUG, BC_LOG_INFO, BC_LOG_WARNING, BC_LOG_ERROR, BC_LOG_NOTHING } bc_log_level_t;

// Names the service in every line; call once at the start. level is the lowest that is written; BC_LOG_NOTHING: none is.
void bc_log_init (const char *service, bc_log_level_t level);

// "debug", "info", "warning" or "error" as a level. 0 or -1.
int bc_log_level_parse (const char *name, bc_log_level_t *level_p);

// Writes one line. event is a stable dotted name; id is the 16 bytes of the submission concerned, or NULL; the rest is free
// text, at most 2,000 bytes (longer text is cut).
void bc_log (bc_log_level_t level, const char *event, const uint8_t *id, const char *format, ...)
    __attribute__ ((format (printf, 4, 5)));
