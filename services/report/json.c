#include "json.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/xmem.h"
#include "text.h"

#define EXACT_MAX ((INT64_C (1) << 53) - 1)  // beyond it, JSON readers that use doubles lose digits
#define LAST_SECOND INT64_C (253402300799)   // 9999-12-31T23:59:59Z
#define N_(text) text                        // marks a reason for the translators

static const void *member_at (const ProtobufCMessage *message, size_t offset)
{
    return (const char *)message + offset;
}

static bool is_timestamp (const ProtobufCMessageDescriptor *type)
{
    return strcmp (type->name, google__protobuf__timestamp__descriptor.name) == 0;
}

static bool may_be_absent (const ProtobufCFieldDescriptor *field)
{
    return (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) || field->type == PROTOBUF_C_TYPE_MESSAGE;
}

static size_t element_size (ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
        return sizeof (int64_t);
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE:
        return sizeof (void *);
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof (ProtobufCBinaryData);
    default:
        return sizeof (int32_t);
    }
}

// --- Names of enum values --------------------------------------------------------------------------------------------------------

// The short names of one enum, made at the first use and kept.
typedef struct names {
    struct names *next;
    const ProtobufCEnumDescriptor *type;
    char *names[];
} names_t;

static char *short_name (const ProtobufCEnumDescriptor *type, unsigned index)
{
    // Every enum's value 0 is <PREFIX>UNSPECIFIED (report.proto and the others keep to it).
    size_t prefix = strlen (type->values[0].name) - strlen ("UNSPECIFIED");
    char *name = xstrdup (type->values[index].name + prefix);
    for (char *c = name; *c; c++)
        *c = (char)tolower ((unsigned char)*c);
    return name;
}

static const names_t *enum_names (const ProtobufCEnumDescriptor *type)
{
    static names_t *all;
    for (const names_t *known = all; known; known = known->next)
        if (known->type == type)
            return known;
    names_t *fresh = xmalloc (sizeof *fresh + type->n_values * sizeof (char *));
    fresh->type = type;
    for (unsigned i = 0; i < type->n_values; i++)
        fresh->names[i] = short_name (type, i);
    fresh->next = all;
    all = fresh;
    return fresh;
}

const char *report_enum_name (const ProtobufCEnumDescriptor *type, int value)
{
    for (unsigned i = 0; i < type->n_values; i++)
        if (type->values[i].value == value)
            return enum_names (type)->names[i];
    return "unknown";
}

// --- Writing ---------------------------------------------------------------------------------------------------------------------

static json_t *text_to_json (const char *text)
{
    json_t *json = json_string (text);
    if (!json) {  // not UTF-8: a refused report can be shown all the same
        size_t size = strlen (text) * 3 + 8;
        char *readable = xmalloc (size);
        text_excerpt (text, readable, size);
        json = json_string (readable);
        free (readable);
    }
    return json;
}

static json_t *signed_to_json (int64_t value)
{
    if (value >= -EXACT_MAX && value <= EXACT_MAX)
        return json_integer (value);
    return json_sprintf ("%" PRId64, value);
}

static json_t *unsigned_to_json (uint64_t value)
{
    return value <= EXACT_MAX ? json_integer ((json_int_t)value) : json_sprintf ("%" PRIu64, value);
}

static json_t *bytes_to_json (const ProtobufCBinaryData *bytes)
{
    char *hex = xmalloc (bytes->len * 2 + 1);
    for (size_t i = 0; i < bytes->len; i++)
        snprintf (hex + i * 2, 3, "%02x", bytes->data[i]);
    json_t *json = json_stringn (hex, bytes->len * 2);
    free (hex);
    return json;
}

static json_t *timestamp_to_json (const Google__Protobuf__Timestamp *timestamp)
{
    if (timestamp->seconds < 0 || timestamp->seconds > LAST_SECOND)
        return json_null ();
    char text[BC_TIME_TEXT];
    bc_time_format (bc_timestamp_ms (timestamp), text);
    return json_string (text);
}

static json_t *message_to_json (const ProtobufCMessage *message)
{
    if (is_timestamp (message->descriptor))
        return timestamp_to_json ((const Google__Protobuf__Timestamp *)message);
    return report_to_json (message);
}

static json_t *value_to_json (const ProtobufCFieldDescriptor *field, const void *value)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT32:
        return json_integer (*(const int32_t *)value);
    case PROTOBUF_C_TYPE_UINT32:
        return json_integer (*(const uint32_t *)value);
    case PROTOBUF_C_TYPE_INT64:
        return signed_to_json (*(const int64_t *)value);
    case PROTOBUF_C_TYPE_UINT64:
        return unsigned_to_json (*(const uint64_t *)value);
    case PROTOBUF_C_TYPE_BOOL:
        return json_boolean (*(const protobuf_c_boolean *)value);
    case PROTOBUF_C_TYPE_ENUM:
        return json_string (report_enum_name (field->descriptor, *(const int *)value));
    case PROTOBUF_C_TYPE_STRING:
        return text_to_json (*(char *const *)value);
    case PROTOBUF_C_TYPE_BYTES:
        return bytes_to_json (value);
    case PROTOBUF_C_TYPE_MESSAGE:
        return message_to_json (*(ProtobufCMessage *const *)value);
    default:
        return json_null ();  // a kind of number that no message of baocao.v1 has
    }
}

static json_t *list_to_json (const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    json_t *list = json_array ();
    size_t count = *(const size_t *)member_at (message, field->quantifier_offset);
    const char *elements = *(const char *const *)member_at (message, field->offset);
    for (size_t i = 0; i < count; i++)
        json_array_append_new (list, value_to_json (field, elements + i * element_size (field->type)));
    return list;
}

static bool is_absent (const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
        return *(const uint32_t *)member_at (message, field->quantifier_offset) != field->id;
    return field->type == PROTOBUF_C_TYPE_MESSAGE && !*(void *const *)member_at (message, field->offset);
}

json_t *report_to_json (const ProtobufCMessage *message)
{
    json_t *object = json_object ();
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        if (field->label == PROTOBUF_C_LABEL_REPEATED)
            json_object_set_new (object, field->name, list_to_json (message, field));
        else if (!is_absent (message, field))
            json_object_set_new (object, field->name, value_to_json (field, member_at (message, field->offset)));
    }
    return object;
}

// --- Reading ---------------------------------------------------------------------------------------------------------------------

typedef struct {
    char path[256];  // of what is being read
    size_t length;
    report_translate_fn *translate;  // NULL: English
    char *error;
} reader_t;

__attribute__ ((format (printf, 2, 3))) static void reader_enter (reader_t *self, const char *format, ...)
{
    va_list arguments;
    va_start (arguments, format);
    int length = vsnprintf (self->path + self->length, sizeof self->path - self->length, format, arguments);
    va_end (arguments);
    self->length += (size_t)length < sizeof self->path - self->length ? (size_t)length : sizeof self->path - self->length - 1;
}

static void reader_leave (reader_t *self, size_t length)
{
    self->length = length;
    self->path[length] = 0;
}

static int reader_fail (reader_t *self, const char *reason)
{
    self->error = xasprintf ("%s%s%s", self->path, self->length ? ": " : "", self->translate ? self->translate (reason) : reason);
    return -1;
}

static ProtobufCMessage *read_message (reader_t *self, const json_t *json, const ProtobufCMessageDescriptor *type);

static int read_signed (reader_t *self, const json_t *json, int64_t minimum, int64_t maximum, int64_t *value_p)
{
    int64_t value;
    if (json_is_string (json)) {
        const char *text = json_string_value (json);
        char *end;
        errno = 0;
        value = strtoll (text, &end, 10);
        if (errno || *end || end == text || isspace ((unsigned char)*text) || *text == '+')
            return reader_fail (self, N_ ("not a whole number in range"));
    } else if (json_is_integer (json))
        value = json_integer_value (json);
    else
        return reader_fail (self, N_ ("must be a whole number"));
    if (value < minimum || value > maximum)
        return reader_fail (self, N_ ("number out of range"));
    *value_p = value;
    return 0;
}

static int read_unsigned (reader_t *self, const json_t *json, uint64_t *value_p)
{
    if (json_is_integer (json) && json_integer_value (json) >= 0) {
        *value_p = (uint64_t)json_integer_value (json);
        return 0;
    }
    const char *text = json_is_string (json) ? json_string_value (json) : "";
    char *end;
    errno = 0;
    *value_p = strtoull (text, &end, 10);
    if (errno || *end || !isdigit ((unsigned char)*text))
        return reader_fail (self, N_ ("must be a whole number of 0 or more"));
    return 0;
}

static int read_enum (reader_t *self, const json_t *json, const ProtobufCEnumDescriptor *type, int *value_p)
{
    const char *name = json_string_value (json);
    for (unsigned i = 0; name && i < type->n_values; i++)
        if (strcmp (name, enum_names (type)->names[i]) == 0) {
            *value_p = type->values[i].value;
            return 0;
        }
    reader_fail (self, N_ ("must be one of:"));
    for (unsigned i = 1; i < type->n_values; i++) {
        char *longer = xasprintf ("%s %s", self->error, enum_names (type)->names[i]);
        free (self->error);
        self->error = longer;
    }
    return -1;
}

static int read_bytes (reader_t *self, const json_t *json, ProtobufCBinaryData *bytes)
{
    const char *hex = json_string_value (json);
    size_t size = hex ? strlen (hex) : 0;
    if (!hex || size % 2 || strspn (hex, "0123456789abcdefABCDEF") != size)
        return reader_fail (self, N_ ("must be hexadecimal text"));
    bytes->len = size / 2;
    bytes->data = size ? xmalloc (size / 2) : NULL;
    for (size_t i = 0; i < bytes->len; i++) {
        const char digits[3] = {hex[i * 2], hex[i * 2 + 1], 0};
        bytes->data[i] = (uint8_t)strtoul (digits, NULL, 16);
    }
    return 0;
}

static int read_string (reader_t *self, const json_t *json, char **value_p)
{
    if (!json_is_string (json))
        return reader_fail (self, N_ ("must be text"));
    if (strlen (json_string_value (json)) != json_string_length (json))
        return reader_fail (self, N_ ("must not contain a NUL character"));
    *value_p = xstrdup (json_string_value (json));
    return 0;
}

static ProtobufCMessage *read_timestamp (reader_t *self, const json_t *json)
{
    int64_t ms;
    if (!json_is_string (json) || bc_time_parse (json_string_value (json), &ms)) {
        reader_fail (self, N_ ("must be a time such as 2025-12-09T16:59:59Z"));
        return NULL;
    }
    Google__Protobuf__Timestamp *timestamp = xmalloc (sizeof *timestamp);
    return &bc_timestamp_set (timestamp, ms)->base;
}

static int read_value (reader_t *self, const json_t *json, const ProtobufCFieldDescriptor *field, void *value)
{
    int64_t number = 0;
    int result;
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT32:
        result = read_signed (self, json, INT32_MIN, INT32_MAX, &number);
        *(int32_t *)value = (int32_t)number;
        return result;
    case PROTOBUF_C_TYPE_UINT32:
        result = read_signed (self, json, 0, UINT32_MAX, &number);
        *(uint32_t *)value = (uint32_t)number;
        return result;
    case PROTOBUF_C_TYPE_INT64:
        return read_signed (self, json, INT64_MIN, INT64_MAX, value);
    case PROTOBUF_C_TYPE_UINT64:
        return read_unsigned (self, json, value);
    case PROTOBUF_C_TYPE_BOOL:
        *(protobuf_c_boolean *)value = json_is_true (json);
        return json_is_boolean (json) ? 0 : reader_fail (self, N_ ("must be true or false"));
    case PROTOBUF_C_TYPE_ENUM:
        return read_enum (self, json, field->descriptor, value);
    case PROTOBUF_C_TYPE_STRING:
        return read_string (self, json, value);
    case PROTOBUF_C_TYPE_BYTES:
        return read_bytes (self, json, value);
    case PROTOBUF_C_TYPE_MESSAGE:
        *(ProtobufCMessage **)value = read_message (self, json, field->descriptor);
        return *(ProtobufCMessage **)value ? 0 : -1;
    default:
        return reader_fail (self, N_ ("cannot be given as JSON"));
    }
}

static int read_list (reader_t *self, const json_t *json, ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    if (!json_is_array (json))
        return reader_fail (self, N_ ("must be a list"));
    if (json_array_size (json) == 0)
        return 0;
    size_t size = element_size (field->type), length = self->length;
    size_t *count_p = (size_t *)member_at (message, field->quantifier_offset);
    char *elements = xcalloc (json_array_size (json), size);
    *(char **)member_at (message, field->offset) = elements;
    for (size_t i = 0; i < json_array_size (json); i++) {
        reader_enter (self, "[%zu]", i);
        if (read_value (self, json_array_get (json, i), field, elements + i * size))
            return -1;
        reader_leave (self, length);
        ++*count_p;
    }
    return 0;
}

static int read_field (reader_t *self, const json_t *json, ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return read_list (self, json, message, field);
    if (json_is_null (json) && may_be_absent (field))
        return 0;
    void *value = (void *)member_at (message, field->offset);
    if (!(field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF))
        return read_value (self, json, field, value);
    uint32_t *case_p = (uint32_t *)member_at (message, field->quantifier_offset);
    if (*case_p)
        return reader_fail (self, N_ ("another of the values that exclude each other is given too"));
    memset (value, 0, element_size (field->type));
    if (read_value (self, json, field, value))
        return -1;
    *case_p = field->id;
    return 0;
}

static ProtobufCMessage *read_message (reader_t *self, const json_t *json, const ProtobufCMessageDescriptor *type)
{
    if (is_timestamp (type))
        return read_timestamp (self, json);
    if (!json_is_object (json)) {
        reader_fail (self, N_ ("must be an object"));
        return NULL;
    }
    ProtobufCMessage *message = xcalloc (1, type->sizeof_message);
    protobuf_c_message_init (type, message);
    size_t length = self->length;
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)json, key, value) {
        char name[64];
        text_excerpt (key, name, sizeof name);
        reader_enter (self, length ? ".%s" : "%s", name);
        const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name (type, key);
        if (field ? read_field (self, value, message, field) : reader_fail (self, N_ ("unknown field"))) {
            protobuf_c_message_free_unpacked (message, NULL);
            return NULL;
        }
        reader_leave (self, length);
    }
    return message;
}

ProtobufCMessage *report_from_json (const json_t *json, const ProtobufCMessageDescriptor *type, report_translate_fn *translate,
                                    char **error_p)
{
    reader_t reader = {.translate = translate};
    ProtobufCMessage *message = read_message (&reader, json, type);
    *error_p = reader.error;
    return message;
}
