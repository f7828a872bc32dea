#include "wire.h"

#include "log.h"
#include "metrics.h"
#include "xmem.h"

// --- Arena -----------------------------------------------------------------------------------------------------------------------

// One block of the cap's size: whether a message fits never depends on what was unpacked before it. Pages that were never written
// cost nothing.
struct bc_arena {
    uint8_t *memory;
    size_t cap, used;
};

bc_arena_t *bc_arena_new (size_t cap)
{
    bc_arena_t *self = xmalloc (sizeof *self);
    *self = (bc_arena_t){.memory = xmalloc (cap), .cap = cap};
    return self;
}

void bc_arena_destroy (bc_arena_t **self_p)
{
    if (!*self_p)
        return;
    free ((*self_p)->memory);
    free (*self_p);
    *self_p = NULL;
}

void bc_arena_reset (bc_arena_t *self)
{
    self->used = 0;
}

void *bc_arena_alloc (bc_arena_t *self, size_t size)
{
    const size_t alignment = _Alignof(max_align_t);
    if (size > self->cap - self->used)
        return NULL;
    void *memory = self->memory + self->used;
    size_t rounded = (size + alignment - 1) & ~(alignment - 1);
    self->used = rounded < self->cap - self->used ? self->used + rounded : self->cap;
    return memset (memory, 0, size);
}

static void *arena_alloc (void *arena, size_t size)
{
    return bc_arena_alloc (arena, size);
}

static void arena_free (void *arena, void *memory)
{
    (void)arena, (void)memory;
}

// --- Counting and logging --------------------------------------------------------------------------------------------------------

typedef enum { IN, OUT, DROPPED, REFUSED, DIRECTIONS } direction_t;

static const char *const DIRECTION_NAMES[DIRECTIONS] = {"in", "out", "dropped", "refused"};

static bc_metric_t *find_metric (const ProtobufCMessageDescriptor *type, direction_t direction)
{
    char name[160];
    snprintf (name, sizeof name, "baocao_messages_total{direction=\"%s\",type=\"%s\"}", DIRECTION_NAMES[direction],
              type->short_name);
    return bc_metric_counter (name, "Protobuf messages by direction and type");
}

// A process uses a handful of types, so their metrics are found again by a short scan instead of by name.
static bc_metric_t *metric_of (const ProtobufCMessageDescriptor *type, direction_t direction)
{
    enum { TYPES = 32 };
    static _Thread_local struct {
        const ProtobufCMessageDescriptor *type;
        bc_metric_t *metrics[DIRECTIONS];
    } known[TYPES];

    for (int i = 0; i < TYPES; i++) {
        if (!known[i].type)
            known[i].type = type;
        if (known[i].type != type)
            continue;
        if (!known[i].metrics[direction])
            known[i].metrics[direction] = find_metric (type, direction);
        return known[i].metrics[direction];
    }
    return find_metric (type, direction);
}

static void note (const ProtobufCMessageDescriptor *type, direction_t direction, size_t size)
{
    bc_metric_add (metric_of (type, direction), 1);
    bc_log (BC_LOG_DEBUG, "wire.message", NULL, "%s %s, %zu bytes", DIRECTION_NAMES[direction], type->short_name, size);
}

void bc_wire_dropped (const ProtobufCMessage *message)
{
    note (message->descriptor, DROPPED, 0);
}

// --- Measuring -------------------------------------------------------------------------------------------------------------------

enum { VARINT = 0, FIXED64 = 1, LENGTH = 2, FIXED32 = 5 };

static const uint8_t WIRE_TYPES[] = {
    [PROTOBUF_C_TYPE_INT32] = VARINT,    [PROTOBUF_C_TYPE_SINT32] = VARINT,   [PROTOBUF_C_TYPE_SFIXED32] = FIXED32,
    [PROTOBUF_C_TYPE_INT64] = VARINT,    [PROTOBUF_C_TYPE_SINT64] = VARINT,   [PROTOBUF_C_TYPE_SFIXED64] = FIXED64,
    [PROTOBUF_C_TYPE_UINT32] = VARINT,   [PROTOBUF_C_TYPE_FIXED32] = FIXED32, [PROTOBUF_C_TYPE_UINT64] = VARINT,
    [PROTOBUF_C_TYPE_FIXED64] = FIXED64, [PROTOBUF_C_TYPE_FLOAT] = FIXED32,   [PROTOBUF_C_TYPE_DOUBLE] = FIXED64,
    [PROTOBUF_C_TYPE_BOOL] = VARINT,     [PROTOBUF_C_TYPE_ENUM] = VARINT,     [PROTOBUF_C_TYPE_STRING] = LENGTH,
    [PROTOBUF_C_TYPE_BYTES] = LENGTH,    [PROTOBUF_C_TYPE_MESSAGE] = LENGTH,
};

typedef struct {
    size_t fields_left;
    int depth;
} scan_t;

enum { REASON_SIZE = 121 };

static _Thread_local char reason_buffer[REASON_SIZE];

__attribute__ ((format (printf, 1, 2))) static const uint8_t *refuse (const char *format, ...)
{
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (reason_buffer, REASON_SIZE, format, arguments);
    va_end (arguments);
    return NULL;
}

// The byte behind the varint at `at`; NULL when it is cut off or longer than max bytes or 64 bits.
static const uint8_t *read_varint (const uint8_t *at, const uint8_t *end, int max, uint64_t *value_p)
{
    uint64_t value = 0;
    for (int i = 0; i < max && at < end; i++) {
        uint8_t byte = *at++;
        value |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (byte & 0x80)
            continue;
        *value_p = value;
        return i == 9 && byte > 1 ? NULL : at;
    }
    return NULL;
}

static const uint8_t *check_message (const ProtobufCMessageDescriptor *type, const uint8_t *at, const uint8_t *end, scan_t *scan);

// A string, bytes or a message. protobuf-c ends a string at its first NUL byte: what stands behind one would be stored and signed,
// but never judged.
static const uint8_t *check_content (const ProtobufCMessageDescriptor *type, const ProtobufCFieldDescriptor *field,
                                     const uint8_t *at, const uint8_t *end, scan_t *scan)
{
    uint64_t size = 0;
    at = read_varint (at, end, 5, &size);
    if (!at || size > (uint64_t)(end - at))
        return refuse ("%s.%s is longer than the message", type->short_name, field->name);
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return check_message (field->descriptor, at, at + size, scan);
    if (field->type == PROTOBUF_C_TYPE_STRING && memchr (at, 0, size))
        return refuse ("%s.%s holds a NUL byte", type->short_name, field->name);
    return at + size;
}

// Checks the field whose tag is at `at`; the byte behind it, or NULL.
static const uint8_t *check_field (const ProtobufCMessageDescriptor *type, const uint8_t *at, const uint8_t *end, scan_t *scan)
{
    uint64_t tag = 0, value;
    at = read_varint (at, end, 5, &tag);
    if (!at || tag > UINT32_MAX)
        return refuse ("%s ends within a tag, or has an impossible one", type->short_name);
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field (type, (unsigned)(tag >> 3));
    if (!field)
        return refuse ("%s has no field %u", type->short_name, (unsigned)(tag >> 3));
    if ((tag & 7) != WIRE_TYPES[field->type])
        return refuse ("%s.%s has wire type %u", type->short_name, field->name, (unsigned)(tag & 7));

    if (WIRE_TYPES[field->type] == LENGTH)
        return check_content (type, field, at, end, scan);
    if (WIRE_TYPES[field->type] == VARINT)
        at = read_varint (at, end, 10, &value);
    else {
        ptrdiff_t size = WIRE_TYPES[field->type] == FIXED64 ? 8 : 4;
        at = end - at >= size ? at + size : NULL;
    }
    return at ? at : refuse ("%s.%s is cut off, or too large a number", type->short_name, field->name);
}

static const uint8_t *check_message (const ProtobufCMessageDescriptor *type, const uint8_t *at, const uint8_t *end, scan_t *scan)
{
    if (++scan->depth > BC_WIRE_MAX_DEPTH)
        return refuse ("messages are nested deeper than %d", BC_WIRE_MAX_DEPTH);
    while (at < end) {
        if (scan->fields_left-- == 0)
            return refuse ("there are too many fields");
        at = check_field (type, at, end, scan);
        if (!at)
            return NULL;
    }
    scan->depth--;
    return at;
}

int bc_wire_check (const ProtobufCMessageDescriptor *type, const void *data, size_t size, const char **reason_p)
{
    scan_t scan = {.fields_left = BC_WIRE_MAX_FIELDS};
    const uint8_t *at = size ? data : (const uint8_t *)"";
    if (check_message (type, at, at + size, &scan))
        return 0;
    *reason_p = reason_buffer;
    return -1;
}

// --- Unpacking and packing -------------------------------------------------------------------------------------------------------

ProtobufCMessage *bc_wire_unpack (const ProtobufCMessageDescriptor *type, const void *data, size_t size, bc_arena_t *arena,
                                  const char **reason_p)
{
    ProtobufCAllocator allocator = {.alloc = arena_alloc, .free = arena_free, .allocator_data = arena};
    ProtobufCMessage *message = NULL;
    if (bc_wire_check (type, data, size, reason_p) == 0) {
        message = protobuf_c_message_unpack (type, &allocator, size, size ? data : (const uint8_t *)"");
        if (!message)
            *reason_p = "the message takes too much memory";
    }
    note (type, message ? IN : REFUSED, size);
    return message;
}

size_t bc_wire_pack (const ProtobufCMessage *message, uint8_t **data_p)
{
    size_t size = protobuf_c_message_get_packed_size (message);
    *data_p = xmalloc (size ? size : 1);
    return protobuf_c_message_pack (message, *data_p);
}

// --- Sockets ---------------------------------------------------------------------------------------------------------------------

int bc_wire_send (zsock_t *socket, const ProtobufCMessage *message)
{
    zmq_msg_t frame;
    size_t size = protobuf_c_message_get_packed_size (message);
    if (zmq_msg_init_size (&frame, size) == 0) {
        protobuf_c_message_pack (message, zmq_msg_data (&frame));
        if (zmq_msg_send (&frame, zsock_resolve (socket), ZMQ_DONTWAIT) != -1) {
            note (message->descriptor, OUT, size);
            return 0;
        }
        zmq_msg_close (&frame);
    }
    note (message->descriptor, DROPPED, size);
    return -1;
}

size_t bc_wire_discard (zsock_t *socket)
{
    size_t frames = 0;
    while (zsock_rcvmore (socket)) {
        zmq_msg_t frame;
        zmq_msg_init (&frame);
        int rc = zmq_msg_recv (&frame, zsock_resolve (socket), ZMQ_DONTWAIT);
        zmq_msg_close (&frame);
        if (rc == -1)
            break;
        frames++;
    }
    return frames;
}

ProtobufCMessage *bc_wire_recv (zsock_t *socket, const ProtobufCMessageDescriptor *type, bc_arena_t *arena)
{
    zmq_msg_t frame;
    zmq_msg_init (&frame);
    if (zmq_msg_recv (&frame, zsock_resolve (socket), ZMQ_DONTWAIT) == -1) {
        zmq_msg_close (&frame);
        return NULL;
    }
    ProtobufCMessage *message = NULL;
    const char *reason = "it has more than one frame";
    if (bc_wire_discard (socket))
        note (type, REFUSED, zmq_msg_size (&frame));
    else
        message = bc_wire_unpack (type, zmq_msg_data (&frame), zmq_msg_size (&frame), arena, &reason);
    if (!message)
        bc_log (BC_LOG_WARNING, "wire.refused", NULL, "%s of %zu bytes refused: %s", type->short_name, zmq_msg_size (&frame),
                reason);
    zmq_msg_close (&frame);
    return message;
}
