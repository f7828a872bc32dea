// Time, and ids made of it. All instants are Unix milliseconds (UTC).
//
// A rehearsal moves the clock of a whole stack: demos and tests live in December 2025. Its state is a small file that every
// process of the stack maps, so a change is seen by all at once and costs nothing to read. Production names no such file.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "google/protobuf/timestamp.pb-c.h"

enum { BC_UUID_SIZE = 16, BC_UUID_TEXT = 37, BC_TIME_TEXT = 25 };  // the texts with their NUL byte

// Uses the rehearsal clock in the file at path from now on; the file must exist. 0 or -1 (errno).
int bc_clock_rehearse (const char *path);
bool bc_clock_is_rehearsal (void);

// Makes the file at path, or changes it, so that the time is now `now_ms`: standing still when frozen, else going on from
// there. 0 or -1 (errno).
int bc_clock_set (const char *path, int64_t now_ms, bool frozen);

// The time now; in a rehearsal, the rehearsed one.
int64_t bc_clock_ms (void);

// Milliseconds of the monotonic clock: for intervals only; a rehearsal does not touch it.
int64_t bc_clock_monotonic_ms (void);

// "2025-12-09T16:59:59.123Z".
void bc_time_format (int64_t ms, char text[BC_TIME_TEXT]);

// Reads RFC 3339 with "Z" or an offset, with or without fraction. 0 or -1.
int bc_time_parse (const char *text, int64_t *ms_p);

// An instant as protobuf has it: sets *timestamp and returns it. And back; what is finer than a millisecond is cut off.
Google__Protobuf__Timestamp *bc_timestamp_set (Google__Protobuf__Timestamp *timestamp, int64_t ms);
int64_t bc_timestamp_ms (const Google__Protobuf__Timestamp *timestamp);

// A new UUID version 7 (RFC 9562) of the real time: ascending within the process.
void bc_uuid_new (uint8_t uuid[BC_UUID_SIZE]);

// From now on the process's new ids come after this one, too, which another process made, maybe by a clock that was ahead. One of
// another version is passed over.
void bc_uuid_follow (const uint8_t uuid[BC_UUID_SIZE]);

void bc_uuid_format (const uint8_t uuid[BC_UUID_SIZE], char text[BC_UUID_TEXT]);
int bc_uuid_parse (const char *text, uint8_t uuid[BC_UUID_SIZE]);  // 0 or -1
