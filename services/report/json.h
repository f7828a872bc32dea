// Protobuf messages as JSON and back, by one walk over the descriptors. Field names are the .proto names (snake_case). 64-bit
// integers are JSON numbers when they fit 53 bits, else decimal strings; both are read. Enum values are their names without
// the type's prefix, in lower case ("completed"). Bytes are hexadecimal. Timestamps are RFC 3339 text. A oneof member is present
// or absent. Repeated fields are always written; other fields with the default value are written too, except absent messages and
// oneof members. Where a message or a oneof member may be absent, null is read as absent.
#pragma once

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>

json_t *report_to_json (const ProtobufCMessage *message);  // the caller owns it

// Gives the reason of a refusal, a constant English text, in the reader's language.
typedef const char *report_translate_fn (const char *reason);

// Strict: an unknown key, a wrong type or a number out of range is refused. The result is freed with
// protobuf_c_message_free_unpacked. NULL: *error_p (the caller frees it) names the place and the reason ("entries[3].status: ..."),
// translated (NULL: in English); names of fields and values stay as they are.
ProtobufCMessage *report_from_json (const json_t *json, const ProtobufCMessageDescriptor *type, report_translate_fn *translate,
                                    char **error_p);

// The short name of an enum value ("completed"), or "unknown". Lives as long as the process; not for several threads at once.
const char *report_enum_name (const ProtobufCEnumDescriptor *type, int value);
