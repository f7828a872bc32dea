// A batch on its way into the totals: what counts does not depend on the order in which its items came.
#include "aggregation/fold.h"
#include "rollup_sample.h"
#include "../support/suite.h"

typedef struct {
    int unit_id;
    uint32_t revision;
    Baocao__V1__FeedEventKind kind;  // expected of the event
    bool returned;
} case_t;

#define KIND(name) BAOCAO__V1__FEED_EVENT_KIND__FEED_EVENT_KIND_##name

// As they come, and as their events must be: a unit's own follow its chain, a return its report, in the places that the unit has.
static const case_t CAME[] = {{1, 3, 0, false}, {2, 1, 0, true}, {1, 1, 0, false}, {2, 1, 0, false}, {1, 2, 0, false}};
static const case_t EVENTS[] = {{1, 1, KIND (COUNTED), false},
                                {2, 1, KIND (COUNTED), false},
                                {1, 2, KIND (COUNTED), false},
                                {2, 1, KIND (RETURNED), true},
                                {1, 3, KIND (COUNTED), false}};
enum { COUNT = sizeof CAME / sizeof *CAME };

START_TEST (a_units_items_follow_its_chain)
{
    open_book ();
    fold_t *fold = fold_new ();
    fold_reset (fold);
    aggregation_item_t items[COUNT] = {0};
    for (int i = 0; i < COUNT; i++) {
        items[i].revision = CAME[i].revision;
        items[i].chain_index = CAME[i].revision;
        items[i].item.kind = CAME[i].returned ? AGGREGATION_RETURNED : AGGREGATION_JUDGED;
        items[i].report = (uint8_t *)"";  // a report without entries
        fold_take (fold,
                   &(fold_entry_t){.item = &items[i], .unit_id = CAME[i].unit_id, .period_id = 1, .accepted = true, .reason = ""});
    }
    ck_assert_int_eq (fold_apply (fold, book), 0);
    for (int i = 0; i < COUNT; i++) {
        const fold_entry_t *entry = &fold->entries[i];
        ck_assert_int_eq (entry->unit_id, EVENTS[i].unit_id);
        ck_assert_uint_eq (entry->event->revision, EVENTS[i].revision);
        ck_assert_int_eq (entry->event->kind, EVENTS[i].kind);
        ck_assert_uint_eq (entry->event->seq, i + 1);
    }
    ck_assert_int_eq (fold_period (fold, 1)->on_time, 1);
    ck_assert_int_eq (fold_period (fold, 1)->returned, 1);
    fold_destroy (&fold);
    close_book ();
}
END_TEST

int main (void)
{
    TCase *tests = tcase_create ("fold");
    tcase_add_test (tests, a_units_items_follow_its_chain);
    Suite *suite = suite_create ("fold");
    suite_add_tcase (suite, tests);
    return suite_run (suite);
}
