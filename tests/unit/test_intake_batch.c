// What goes into one transaction of intake, and what waits for the next.
#include <stdlib.h>
#include <string.h>

#include "intake/intake_batch.h"
#include "../support/suite.h"

enum { SUBMISSIONS = BATCH_MAX + 1, BYTES_MAX = 8 << 20 };

static intake_batch_t *batch;
static department_t departments[2];
static submission_t submissions[SUBMISSIONS];

// Of the first department, each with an id of its own, and without a size.
static void open_batch (void)
{
    static const bc_signing_key_t key;
    batch = intake_batch_new (&key);
    memset (submissions, 0, sizeof submissions);
    for (size_t i = 0; i < SUBMISSIONS; i++) {
        submissions[i].asker.department = &departments[0];
        memcpy (submissions[i].report_id, &i, sizeof i);
    }
}

static void close_batch (void)
{
    intake_batch_destroy (&batch);
}

START_TEST (no_more_than_so_many)
{
    for (size_t i = 0; i < BATCH_MAX; i++)
        ck_assert (intake_batch_add (batch, &submissions[i]));
    ck_assert (intake_batch_is_full (batch));
    ck_assert (!intake_batch_add (batch, &submissions[BATCH_MAX]));
    intake_batch_clear (batch);
    ck_assert (intake_batch_add (batch, &submissions[BATCH_MAX]));
}
END_TEST

START_TEST (no_more_than_so_many_bytes)
{
    submissions[0].size = BYTES_MAX - 1;
    submissions[1].size = submissions[2].size = 1;
    ck_assert (intake_batch_add (batch, &submissions[0]));
    ck_assert (!intake_batch_is_full (batch));
    ck_assert (intake_batch_add (batch, &submissions[1]));
    ck_assert (intake_batch_is_full (batch));
    ck_assert (!intake_batch_add (batch, &submissions[2]));
}
END_TEST

START_TEST (the_second_with_an_id_waits)
{
    memcpy (submissions[2].report_id, submissions[0].report_id, sizeof submissions[2].report_id);
    ck_assert (intake_batch_add (batch, &submissions[0]));
    ck_assert (intake_batch_add (batch, &submissions[1]));
    ck_assert (!intake_batch_add (batch, &submissions[2]));
    submissions[2].asker.department = &departments[1];  // another's id is another
    ck_assert (intake_batch_add (batch, &submissions[2]));
}
END_TEST

START_TEST (alone_is_alone)
{
    submissions[1].alone = true;
    ck_assert (intake_batch_add (batch, &submissions[0]));
    ck_assert (!intake_batch_add (batch, &submissions[1]));
    intake_batch_clear (batch);
    ck_assert (intake_batch_add (batch, &submissions[1]));
    ck_assert (intake_batch_is_full (batch));
    ck_assert (!intake_batch_add (batch, &submissions[0]));
}
END_TEST

int main (void)
{
    TCase *tests = tcase_create ("intake_batch");
    tcase_add_checked_fixture (tests, open_batch, close_batch);
    tcase_add_test (tests, no_more_than_so_many);
    tcase_add_test (tests, no_more_than_so_many_bytes);
    tcase_add_test (tests, the_second_with_an_id_waits);
    tcase_add_test (tests, alone_is_alone);
    Suite *suite = suite_create ("intake_batch");
    suite_add_tcase (suite, tests);
    return suite_run (suite);
}
