// Parameters in PostgreSQL's binary format: one growing buffer, and an offset and a length for each parameter.

#include <arpa/inet.h>
#include <assert.h>
#include <endian.h>

#include "db_private.h"
#include "xmem.h"

enum { PARAMS_MAX = 64, ARRAY_HEADER = 20, ARRAY_FLAGS_AT = 4, ARRAY_COUNT_AT = 12 };

static const int64_t EPOCH_MS = 946684800000;  // 2000-01-01, where PostgreSQL's time begins

struct bc_params {
    int count;
    bc_type_t element;  // of the array that is the last parameter
    size_t size, capacity;
    uint8_t *data;
    size_t offsets[PARAMS_MAX];
    int lengths[PARAMS_MAX];  // -1: NULL
    const char *values[PARAMS_MAX];
};

static const int FORMATS[PARAMS_MAX] = {[0 ... PARAMS_MAX - 1] = 1};  // binary, all of them

bc_params_t *bc_params_new (void)
{
    bc_params_t *self = xmalloc (sizeof *self);
    self->count = 0;
    self->size = 0;
    self->capacity = 1024;
    self->data = xmalloc (self->capacity);
    return self;
}

void bc_params_destroy (bc_params_t **self_p)
{
    if (*self_p) {
        free ((*self_p)->data);
        free (*self_p);
        *self_p = NULL;
    }
}

int bc_params_view (bc_params_t *self, const char *const **values_p, const int **lengths_p, const int **formats_p)
{
    // Only now: the buffer moves while it grows.
    for (int i = 0; i < self->count; i++)
        self->values[i] = self->lengths[i] < 0 ? NULL : (const char *)self->data + self->offsets[i];
    *values_p = self->values;
    *lengths_p = self->lengths;
    *formats_p = FORMATS;
    return self->count;
}

static uint8_t *params_grow (bc_params_t *self, size_t size)
{
    if (self->capacity - self->size < size) {
        self->capacity = 2 * self->capacity + size;
        self->data = xrealloc (self->data, self->capacity);
    }
    uint8_t *room = self->data + self->size;
    self->size += size;
    return room;
}

static void params_put (bc_params_t *self, const void *data, size_t size)
{
    uint8_t *room = params_grow (self, size);
    if (size)
        memcpy (room, data, size);
}

// A number of 1, 2, 4 or 8 bytes, most significant first.
static void params_put_int (bc_params_t *self, int64_t value, size_t size)
{
    uint64_t big = htobe64 ((uint64_t)value);
    params_put (self, (const uint8_t *)&big + sizeof big - size, size);
}

static void params_next (bc_params_t *self)
{
    assert (self->count < PARAMS_MAX);
    self->offsets[self->count] = self->size;
    self->lengths[self->count] = 0;
    self->count++;
}

static void params_int (bc_params_t *self, int64_t value, size_t size)
{
    params_next (self);
    params_put_int (self, value, size);
    self->lengths[self->count - 1] = (int)size;
}

void bc_params_int4 (bc_params_t *self, int32_t value)
{
    params_int (self, value, 4);
}

void bc_params_int8 (bc_params_t *self, int64_t value)
{
    params_int (self, value, 8);
}

void bc_params_bool (bc_params_t *self, bool value)
{
    params_int (self, value, 1);
}

void bc_params_bytes (bc_params_t *self, const void *data, size_t size)
{
    params_next (self);
    if (data)
        params_put (self, data, size);
    self->lengths[self->count - 1] = data ? (int)size : -1;
}

void bc_params_text (bc_params_t *self, const char *text)
{
    bc_params_bytes (self, text, text ? strlen (text) : 0);
}

void bc_params_uuid (bc_params_t *self, const uint8_t uuid[16])
{
    bc_params_bytes (self, uuid, 16);
}

void bc_params_time (bc_params_t *self, int64_t ms)
{
    params_int (self, (ms - EPOCH_MS) * 1000, 8);
}

// --- Arrays ----------------------------------------------------------------------------------------------------------------------
// Header: dimensions, "has nulls", element type, count, lower bound; then each element's length and data.

void bc_params_array (bc_params_t *self, bc_type_t element)
{
    params_next (self);
    self->element = element;
    params_put_int (self, 1, 4);
    params_put_int (self, 0, 4);
    params_put_int (self, element, 4);
    params_put_int (self, 0, 4);
    params_put_int (self, 1, 4);
    self->lengths[self->count - 1] = ARRAY_HEADER;
}

// Counts the element that was just written behind the array.
static void array_added (bc_params_t *self)
{
    int last = self->count - 1;
    uint8_t *count_at = self->data + self->offsets[last] + ARRAY_COUNT_AT;
    uint32_t count;
    memcpy (&count, count_at, sizeof count);
    count = htonl (ntohl (count) + 1);
    memcpy (count_at, &count, sizeof count);
    self->lengths[last] = (int)(self->size - self->offsets[last]);
}

void bc_array_int (bc_params_t *self, int64_t value)
{
    size_t size = self->element == BC_BOOL ? 1 : self->element == BC_INT2 ? 2 : self->element == BC_INT4 ? 4 : 8;
    params_put_int (self, (int64_t)size, 4);
    params_put_int (self, self->element == BC_TIME ? (value - EPOCH_MS) * 1000 : value, size);
    array_added (self);
}

void bc_array_bytes (bc_params_t *self, const void *data, size_t size)
{
    if (!data) {
        bc_array_null (self);
        return;
    }
    params_put_int (self, (int64_t)size, 4);
    params_put (self, data, size);
    array_added (self);
}

void bc_array_text (bc_params_t *self, const char *text)
{
    bc_array_bytes (self, text, text ? strlen (text) : 0);
}

void bc_array_null (bc_params_t *self)
{
    const uint32_t yes = htonl (1);
    memcpy (self->data + self->offsets[self->count - 1] + ARRAY_FLAGS_AT, &yes, sizeof yes);
    params_put_int (self, -1, 4);
    array_added (self);
}

void bc_array_id (bc_params_t *self, int64_t id)
{
    if (id)
        bc_array_int (self, id);
    else
        bc_array_null (self);
}

void bc_params_int4s (bc_params_t *self, const int *first, size_t stride, size_t count)
{
    bc_params_array (self, BC_INT4);
    for (size_t i = 0; i < count; i++)
        bc_array_int (self, *(const int *)((const char *)first + i * stride));
}

// --- Results ---------------------------------------------------------------------------------------------------------------------

bool bc_row_null (const PGresult *result, int row, int column)
{
    return PQgetisnull (result, row, column);
}

int64_t bc_row_int (const PGresult *result, int row, int column)
{
    if (PQgetisnull (result, row, column))
        return 0;
    const uint8_t *data = (const uint8_t *)PQgetvalue (result, row, column);
    int size = PQgetlength (result, row, column);
    if (size == 1)
        return *data != 0;
    // Sign-extended by its first byte.
    uint64_t value = size > 0 && (*data & 0x80) ? UINT64_MAX : 0;
    for (int i = 0; i < size && i < 8; i++)
        value = value << 8 | data[i];
    return (int64_t)value;
}

int64_t bc_row_time (const PGresult *result, int row, int column)
{
    if (PQgetisnull (result, row, column))
        return 0;
    int64_t us = bc_row_int (result, row, column);
    // Rounds down also before 2000, so that a time is never later than it was.
    return EPOCH_MS + us / 1000 - (us % 1000 < 0);
}

const char *bc_row_text (const PGresult *result, int row, int column)
{
    return PQgetisnull (result, row, column) ? NULL : PQgetvalue (result, row, column);
}

const uint8_t *bc_row_bytes (const PGresult *result, int row, int column, size_t *size_p)
{
    bool null = PQgetisnull (result, row, column);
    if (size_p)
        *size_p = null ? 0 : (size_t)PQgetlength (result, row, column);
    return null ? NULL : (const uint8_t *)PQgetvalue (result, row, column);
}
