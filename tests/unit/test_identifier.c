// Identification codes of agencies, in both orders.
#include <stdlib.h>
#include <string.h>

#include "admin/identifier.h"
#include "../support/suite.h"

static const struct {
    const char *text, *expected;
} CASES[] = {
    {"H56", "H56"},
    {"H56.08", "H56.08"},
    {"08.H56", "H56.08"},
    {"h56.08", "H56.08"},
    {"000.00.08.H56", "H56.08"},
    {"000.00.00.H56", "H56"},
    {"003.02.08.H56", "H56.08.02.003"},
    {"H56.08.02.003", "H56.08.02.003"},
    {"H56.00", "H56.00"},    // in this order nothing is filled up
    {"H56.A15", "H56.A15"},  // the first group is the first level
    {"G22.99.999.A01", "G22.99.999.A01"},
    {"H56.08.02.003.01.01.01.01.01.01.01", "H56.08.02.003.01.01.01.01.01.01.01"},
    {"H56.08.02.003.01.01.01.01.01.01.01.01", NULL},  // longer than 35
    {"", NULL},
    {".", NULL},
    {"H56.", NULL},
    {".H56", NULL},
    {"H56..08", NULL},
    {"H5", NULL},
    {"H567", NULL},
    {"08", NULL},
    {"08.56", NULL},
    {"so-noivu", NULL},
    {"H56.08 ", NULL},
    {"Đ56.08", NULL},
};

START_TEST (test_national)
{
    char *code = identifier_national (CASES[_i].text);
    ck_assert_pstr_eq (code, CASES[_i].expected);
    free (code);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("admin/identifier");
    TCase *tests = tcase_create ("identifier");
    tcase_add_loop_test (tests, test_national, 0, sizeof CASES / sizeof *CASES);
    suite_add_tcase (suite, tests);
    return suite_run (suite);
}
