// Whose place a unit has taken: units 1 to 9, tasks 1 and 2, a period a year whose last good day is 100, 200, 300 ...
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "plan/lineage.h"
#include "../support/suite.h"

static const struct {
    const char *successions;  // predecessor>successor@day, :task for one task
    int unit_id;
    const char *expected;  // unit/task of tasks, before, from
} CASES[] = {
    {"", 1, ""},
    {"1>2@150", 1, ""},
    {"1>2@150", 2, "1/0 150 150"},
    {"1>3@150 2>3@150", 3, "1/0 150 150, 2/0 150 150"},      // a merge
    {"1>2@150 1>3@150", 3, "1/0 150 150"},                   // a split
    {"1>2@150 2>3@250", 3, "2/0 250 250, 1/0 150 250"},      // one after the other
    {"1>2@250 2>3@150", 3, "2/0 150 150"},                   // what came later went elsewhere
    {"1>2@150:1", 2, "1/1 150 150"},                         // a transfer
    {"1>2@150:1 1>2@150:2", 2, "1/1 150 150, 1/2 150 150"},  // of two tasks
    {"1>2@150:1 2>3@250", 3, "2/0 250 250, 1/1 150 250"},    // and then a merge
    {"1>2@150:1 2>3@250:2", 3, "2/2 250 250"},               // another task
    {"1>2@150:1 2>1@250:1", 1, "2/1 250 250, 1/1 150 250"},  // there and back
    {"1>2@150 2>1@150", 1, "2/0 150 150"},                   // ends, whatever is stored
    {"1>2@150 1>3@150 2>4@250 3>4@250", 4, "2/0 250 250, 3/0 250 250, 1/0 150 250"},
};

static plan_book_t read_book (const char *text)
{
    plan_book_t book = {.successions = xcalloc (16, sizeof *book.successions)};
    char *words = xstrdup (text);
    for (char *word = strtok (words, " "); word; word = strtok (NULL, " ")) {
        plan_succession_t *s = &book.successions[book.n_successions++];
        ck_assert_int_ge (sscanf (word, "%d>%d@%d:%d", &s->predecessor_id, &s->successor_id, &s->from, &s->task_id), 3);
    }
    free (words);
    return book;
}

START_TEST (test_lineage)
{
    plan_book_t book = read_book (CASES[_i].successions);
    size_t n;
    lineage_t *list = lineage_of (&book, CASES[_i].unit_id, &n);
    char *found = xstrdup ("");
    for (size_t i = 0; i < n; i++) {
        char *longer =
            xasprintf ("%s%s%d/%d %d %d", found, i ? ", " : "", list[i].unit_id, list[i].task_id, list[i].before, list[i].from);
        free (found);
        found = longer;
    }
    ck_assert_msg (strcmp (found, CASES[_i].expected) == 0, "%s: %s", CASES[_i].successions, found);
    free (found);
    free (list);
    free (book.successions);
}
END_TEST

START_TEST (test_periods)
{
    const lineage_t merged = {.unit_id = 1, .before = 150, .from = 250};
    plan_period_t first = {.last_day = 100}, second = {.last_day = 200}, third = {.last_day = 300};
    ck_assert (lineage_reaches (&merged, &first, &third));
    ck_assert (!lineage_reaches (&merged, &second, &third));  // it had ended
    ck_assert (!lineage_reaches (&merged, &first, &second));  // it was another's forerunner then
    const lineage_t that_day = {.unit_id = 1, .before = 200, .from = 200};
    ck_assert (!lineage_reaches (&that_day, &second, &third));
    ck_assert (lineage_reaches (&that_day, &first, &second));

    plan_book_t book = read_book ("1>2@150 2>3@250 4>3@150:1");
    ck_assert (!lineage_has (&book, 2, &first, 1) && lineage_has (&book, 2, &second, 1));
    ck_assert (!lineage_has (&book, 3, &second, 1) && lineage_has (&book, 3, &third, 1));
    ck_assert (!lineage_has (&book, 3, &third, 4));  // of one task only
    free (book.successions);
}
END_TEST

START_TEST (test_standing_unit)
{
    plan_standing_t standing[] = {{1, PLAN_ALWAYS}, {2, 20148}, {3, 20270}};  // 2025-03-01, 2025-07-01
    plan_t plan = {.standing = standing, .n_standing = 3, .utc_offset_minutes = 420};
    ck_assert_int_eq (plan_standing_unit (&plan, 0), 1);
    ck_assert_int_eq (plan_standing_unit (&plan, 1740761999999), 1);  // a millisecond before it is March in Viet Nam
    ck_assert_int_eq (plan_standing_unit (&plan, 1740762000000), 2);
    ck_assert_int_eq (plan_standing_unit (&plan, 1800000000000), 3);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("plan/lineage");
    TCase *tests = tcase_create ("lineage");
    tcase_add_loop_test (tests, test_lineage, 0, sizeof CASES / sizeof *CASES);
    tcase_add_test (tests, test_periods);
    tcase_add_test (tests, test_standing_unit);
    suite_add_tcase (suite, tests);
    return suite_run (suite);
}
