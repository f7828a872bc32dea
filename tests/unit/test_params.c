// Parameters and columns in PostgreSQL's binary format, byte for byte, as the send and receive functions of its types have it.

#include "common/db_private.h"
#include "../support/suite.h"

static bc_params_t *params;
static const char *const *values;
static const int *lengths, *formats;

static void setup (void)
{
    params = bc_params_new ();
}

static void teardown (void)
{
    bc_params_destroy (&params);
    ck_assert_ptr_null (params);
    bc_params_destroy (&params);
}

// The parameter `index` is exactly these bytes, in binary.
static void check_param (int count, int index, const void *bytes, int size)
{
    ck_assert_int_eq (bc_params_view (params, &values, &lengths, &formats), count);
    ck_assert_int_eq (formats[index], 1);
    ck_assert_int_eq (lengths[index], size);
    ck_assert_mem_eq (values[index], bytes, (size_t)size);
}

// --- Single values ---------------------------------------------------------------------------------------------------------------

static const struct {
    int64_t value;
    const char *int4, *int8;  // NULL: out of int4's range
} s_ints[] = {
    {0, "\0\0\0\0", "\0\0\0\0\0\0\0\0"},
    {1, "\0\0\0\1", "\0\0\0\0\0\0\0\1"},
    {-1, "\xff\xff\xff\xff", "\xff\xff\xff\xff\xff\xff\xff\xff"},
    {0x01020304, "\1\2\3\4", "\0\0\0\0\1\2\3\4"},
    {INT32_MIN, "\x80\0\0\0", "\xff\xff\xff\xff\x80\0\0\0"},
    {INT64_MAX, NULL, "\x7f\xff\xff\xff\xff\xff\xff\xff"},
    {INT64_MIN, NULL, "\x80\0\0\0\0\0\0\0"},
};

START_TEST (test_int)
{
    bc_params_int8 (params, s_ints[_i].value);
    check_param (1, 0, s_ints[_i].int8, 8);
    if (s_ints[_i].int4) {
        bc_params_int4 (params, (int32_t)s_ints[_i].value);
        check_param (2, 1, s_ints[_i].int4, 4);
    }
}
END_TEST

static const struct {
    int64_t ms;
    const char *bytes;
} s_times[] = {
    {946684800000, "\0\0\0\0\0\0\0\0"},      // 2000-01-01T00:00:00Z
    {946684800001, "\0\0\0\0\0\0\x03\xe8"},  // a millisecond later
    {946684799999, "\xff\xff\xff\xff\xff\xff\xfc\x18"},
    {0, "\xff\xfc\xa2\xfe\xc4\xc8\x20\x00"},              // 1970-01-01T00:00:00Z: -946684800 s
    {1765299600000, "\x00\x02\xe8\x86\x9c\x5c\xa4\x00"},  // 2025-12-09T17:00:00Z, midnight in Hanoi
};

START_TEST (test_time)
{
    bc_params_time (params, s_times[_i].ms);
    check_param (1, 0, s_times[_i].bytes, 8);
}
END_TEST

START_TEST (test_data)
{
    bc_params_text (params, "báo");
    bc_params_text (params, "");
    bc_params_bytes (params, "\0\xff", 2);
    bc_params_uuid (params, (const uint8_t *)"0123456789abcdef");
    bc_params_bool (params, true);
    bc_params_bool (params, false);
    check_param (6, 0, "b\xc3\xa1o", 4);
    check_param (6, 1, "", 0);
    check_param (6, 2, "\0\xff", 2);
    check_param (6, 3, "0123456789abcdef", 16);
    check_param (6, 4, "\1", 1);
    check_param (6, 5, "\0", 1);
    ck_assert_ptr_nonnull (values[1]);  // empty is not NULL
}
END_TEST

START_TEST (test_column)
{
    const struct {
        int id, other;
    } rows[] = {{1, 9}, {-2, 9}};
    bc_params_int4s (params, &rows->id, sizeof *rows, 2);
    bc_params_array (params, BC_INT4);
    bc_array_id (params, 1);
    bc_array_id (params, 0);
    check_param (2, 0,
                 "\0\0\0\1\0\0\0\0\0\0\0\x17\0\0\0\2\0\0\0\1"
                 "\0\0\0\4\0\0\0\1\0\0\0\4\xff\xff\xff\xfe",
                 36);
    check_param (2, 1,
                 "\0\0\0\1\0\0\0\1\0\0\0\x17\0\0\0\2\0\0\0\1"
                 "\0\0\0\4\0\0\0\1\xff\xff\xff\xff",
                 32);
}
END_TEST

START_TEST (test_null)
{
    bc_params_text (params, NULL);
    bc_params_bytes (params, NULL, 0);
    ck_assert_int_eq (bc_params_view (params, &values, &lengths, &formats), 2);
    ck_assert_ptr_null (values[0]);
    ck_assert_ptr_null (values[1]);
}
END_TEST

// --- Arrays ----------------------------------------------------------------------------------------------------------------------

// An array is: dimensions (1), has nulls, element type, count, lower bound (1), and each element's length and data.
enum { HEADER = 20 };

static const struct {
    bc_type_t type;
    const char *oid;
    int64_t value;
    int size;
    const char *element;
} s_elements[] = {
    {BC_BOOL, "\0\0\0\x10", 1, 5,
     "\0\0\0\1"
     "\1"},
    {BC_INT2, "\0\0\0\x15", -2, 6,
     "\0\0\0\2"
     "\xff\xfe"},
    {BC_INT4, "\0\0\0\x17", 5, 8,
     "\0\0\0\4"
     "\0\0\0\5"},
    {BC_INT8, "\0\0\0\x14", 5, 12,
     "\0\0\0\x08"
     "\0\0\0\0\0\0\0\5"},
    {BC_TIME, "\0\0\x04\xa0", 946684800001, 12,
     "\0\0\0\x08"
     "\0\0\0\0\0\0\x03\xe8"},
};

START_TEST (test_array_of_numbers)
{
    enum { COUNT = 300 };
    bc_params_bool (params, true);
    bc_params_array (params, s_elements[_i].type);
    for (int i = 0; i < COUNT; i++)
        bc_array_int (params, s_elements[_i].value);
    int size = s_elements[_i].size;
    ck_assert_int_eq (bc_params_view (params, &values, &lengths, &formats), 2);
    ck_assert_int_eq (lengths[1], HEADER + COUNT * size);
    ck_assert_mem_eq (values[1],
                      "\0\0\0\1"
                      "\0\0\0\0",
                      8);
    ck_assert_mem_eq (values[1] + 8, s_elements[_i].oid, 4);
    ck_assert_mem_eq (values[1] + 12,
                      "\0\0\x01\x2c"
                      "\0\0\0\1",
                      8);
    for (int i = 0; i < COUNT; i++)
        ck_assert_mem_eq (values[1] + HEADER + i * size, s_elements[_i].element, (size_t)size);
}
END_TEST

START_TEST (test_array_of_data)
{
    bc_params_array (params, BC_TEXT);
    bc_array_text (params, "có");
    bc_array_text (params, "");
    bc_array_text (params, NULL);
    bc_params_array (params, BC_BYTEA);
    bc_array_bytes (params, "\0", 1);
    bc_array_null (params);
    bc_params_array (params, BC_UUID);
    bc_array_bytes (params, "0123456789abcdef", 16);
    check_param (3, 0,
                 "\0\0\0\1"
                 "\0\0\0\1"
                 "\0\0\0\x19"
                 "\0\0\0\3"
                 "\0\0\0\1"
                 "\0\0\0\3c\xc3\xb3"
                 "\0\0\0\0"
                 "\xff\xff\xff\xff",
                 35);
    check_param (3, 1,
                 "\0\0\0\1"
                 "\0\0\0\1"
                 "\0\0\0\x11"
                 "\0\0\0\2"
                 "\0\0\0\1"
                 "\0\0\0\1\0"
                 "\xff\xff\xff\xff",
                 29);
    check_param (3, 2,
                 "\0\0\0\1"
                 "\0\0\0\0"
                 "\0\0\x0b\x86"
                 "\0\0\0\1"
                 "\0\0\0\1"
                 "\0\0\0\x10"
                 "0123456789abcdef",
                 40);
}
END_TEST

START_TEST (test_array_empty)
{
    bc_params_array (params, BC_INT8);
    bc_params_int4 (params, 1);
    check_param (2, 0,
                 "\0\0\0\1"
                 "\0\0\0\0"
                 "\0\0\0\x14"
                 "\0\0\0\0"
                 "\0\0\0\1",
                 HEADER);
    check_param (2, 1, "\0\0\0\1", 4);
}
END_TEST

// --- Columns ---------------------------------------------------------------------------------------------------------------------

// A result of one row and one column.
static PGresult *result_new (const char *bytes, int size)
{
    PGresult *result = PQmakeEmptyPGresult (NULL, PGRES_TUPLES_OK);
    PGresAttDesc column = {.name = (char *)"c", .format = 1};
    ck_assert (PQsetResultAttrs (result, 1, &column));
    ck_assert (PQsetvalue (result, 0, 0, (char *)bytes, size));
    return result;
}

static const struct {
    const char *bytes;
    int size;
    int64_t value;
} s_columns[] = {
    {"\0", 1, 0},
    {"\1", 1, 1},  // bool
    {"\xff\xfe", 2, -2},
    {"\x7f\xff", 2, INT16_MAX},
    {"\xff\xff\xff\xff", 4, -1},
    {"\x7f\xff\xff\xff", 4, INT32_MAX},
    {"\x80\0\0\0", 4, INT32_MIN},
    {"\x80\0\0\0\0\0\0\0", 8, INT64_MIN},
    {"\x7f\xff\xff\xff\xff\xff\xff\xff", 8, INT64_MAX},
    {NULL, -1, 0},
    {"", 0, 0},
};

START_TEST (test_row_int)
{
    PGresult *result = result_new (s_columns[_i].bytes, s_columns[_i].size);
    ck_assert_int_eq (bc_row_int (result, 0, 0), s_columns[_i].value);
    ck_assert_int_eq (bc_row_null (result, 0, 0), s_columns[_i].size < 0);
    PQclear (result);
}
END_TEST

START_TEST (test_row_time)
{
    PGresult *result = result_new (s_times[_i].bytes, 8);
    ck_assert_int_eq (bc_row_time (result, 0, 0), s_times[_i].ms);
    PQclear (result);
}
END_TEST

// Part of a millisecond is cut off downwards, on both sides of 2000.
START_TEST (test_row_time_microseconds)
{
    PGresult *after = result_new ("\0\0\0\0\0\0\x03\xe7", 8), *before = result_new ("\xff\xff\xff\xff\xff\xff\xff\xff", 8);
    ck_assert_int_eq (bc_row_time (after, 0, 0), 946684800000);
    ck_assert_int_eq (bc_row_time (before, 0, 0), 946684799999);
    PQclear (after);
    PQclear (before);
}
END_TEST

START_TEST (test_row_data)
{
    size_t size;
    PGresult *result = result_new ("a\0b", 3);
    ck_assert_str_eq (bc_row_text (result, 0, 0), "a");
    ck_assert_mem_eq (bc_row_bytes (result, 0, 0, &size), "a\0b", 3);
    ck_assert_uint_eq (size, 3);
    PQclear (result);
    result = result_new (NULL, -1);
    ck_assert_ptr_null (bc_row_text (result, 0, 0));
    ck_assert_ptr_null (bc_row_bytes (result, 0, 0, &size));
    ck_assert_uint_eq (size, 0);
    ck_assert_int_eq (bc_row_time (result, 0, 0), 0);
    PQclear (result);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("params");
    TCase *cases = tcase_create ("parameters");
    tcase_add_checked_fixture (cases, setup, teardown);
    tcase_add_loop_test (cases, test_int, 0, sizeof s_ints / sizeof *s_ints);
    tcase_add_loop_test (cases, test_time, 0, sizeof s_times / sizeof *s_times);
    tcase_add_test (cases, test_data);
    tcase_add_test (cases, test_null);
    tcase_add_test (cases, test_column);
    tcase_add_loop_test (cases, test_array_of_numbers, 0, sizeof s_elements / sizeof *s_elements);
    tcase_add_test (cases, test_array_of_data);
    tcase_add_test (cases, test_array_empty);
    suite_add_tcase (suite, cases);
    TCase *columns = tcase_create ("columns");
    tcase_add_loop_test (columns, test_row_int, 0, sizeof s_columns / sizeof *s_columns);
    tcase_add_loop_test (columns, test_row_time, 0, sizeof s_times / sizeof *s_times);
    tcase_add_test (columns, test_row_time_microseconds);
    tcase_add_test (columns, test_row_data);
    suite_add_tcase (suite, columns);
    return suite_run (suite);
}
