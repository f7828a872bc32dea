// What intake remembers of a receipt chain, above all after each way in which a transaction can end.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "intake/chain.h"
#include "../support/suite.h"

static const uint8_t *hash_of (uint8_t byte)
{
    static uint8_t hash[CHAIN_HASH_SIZE];
    memset (hash, byte, sizeof hash);
    return hash;
}

static chain_t *chain_with (uint64_t index, uint8_t hash, uint32_t revision)
{
    chain_t *chain = chain_new ();
    chain_learn_head (chain, index, hash_of (hash));
    chain_learn_revision (chain, "P", "2025", revision);
    return chain;
}

START_TEST (a_new_chain_knows_nothing)
{
    chain_t *chain = chain_new ();
    ck_assert (!chain_knows_head (chain));
    ck_assert (!chain_knows_revision (chain, "P", "2025"));
    chain_destroy (&chain);
    ck_assert_ptr_null (chain);
    chain_destroy (&chain);
}
END_TEST

START_TEST (the_first_place)
{
    chain_t *chain = chain_with (0, 0, 0);
    chain_place_t place = chain_next (chain, "P", "2025");
    ck_assert_uint_eq (place.index, 1);
    ck_assert_uint_eq (place.revision, 1);
    ck_assert_mem_eq (place.previous_hash, hash_of (0), CHAIN_HASH_SIZE);
    chain_destroy (&chain);
}
END_TEST

START_TEST (places_follow_each_other)
{
    chain_t *chain = chain_with (7, 7, 3);
    chain_append (chain, "P", "2025", hash_of (8));
    chain_place_t place = chain_next (chain, "P", "2025");
    ck_assert_uint_eq (place.index, 9);
    ck_assert_uint_eq (place.revision, 5);
    ck_assert_mem_eq (place.previous_hash, hash_of (8), CHAIN_HASH_SIZE);
    chain_destroy (&chain);
}
END_TEST

START_TEST (periods_and_plans_count_for_themselves)
{
    chain_t *chain = chain_with (1, 1, 1);
    chain_learn_revision (chain, "P", "2024", 4);
    chain_learn_revision (chain, "Q", "2025", 6);
    chain_append (chain, "P", "2024", hash_of (2));
    ck_assert_uint_eq (chain_next (chain, "P", "2025").revision, 2);
    ck_assert_uint_eq (chain_next (chain, "P", "2024").revision, 6);
    ck_assert_uint_eq (chain_next (chain, "Q", "2025").revision, 7);
    ck_assert_uint_eq (chain_next (chain, "Q", "2025").index, 3);
    chain_destroy (&chain);
}
END_TEST

// Two places given out, then the outcome; what is the next place?
static const struct {
    const char *outcome;
    void (*apply) (chain_t *chain);
    uint64_t index;
    uint32_t revision;
    uint8_t previous;
} OUTCOMES[] = {
    {"commit", chain_commit, 13, 5, 12},
    {"rollback", chain_rollback, 11, 3, 10},
};

START_TEST (outcomes)
{
    chain_t *chain = chain_with (10, 10, 2);
    chain_append (chain, "P", "2025", hash_of (11));
    chain_append (chain, "P", "2025", hash_of (12));
    OUTCOMES[_i].apply (chain);
    // A second rollback changes nothing: what is stored is stored.
    chain_rollback (chain);
    chain_place_t place = chain_next (chain, "P", "2025");
    ck_assert_uint_eq (place.index, OUTCOMES[_i].index);
    ck_assert_uint_eq (place.revision, OUTCOMES[_i].revision);
    ck_assert_mem_eq (place.previous_hash, hash_of (OUTCOMES[_i].previous), CHAIN_HASH_SIZE);
    chain_destroy (&chain);
}
END_TEST

START_TEST (forgetting)
{
    chain_t *chain = chain_with (10, 10, 2);
    chain_append (chain, "P", "2025", hash_of (11));
    chain_forget (chain);
    ck_assert (!chain_knows_head (chain));
    ck_assert (!chain_knows_revision (chain, "P", "2025"));
    chain_commit (chain);
    ck_assert (!chain_knows_head (chain));
    chain_destroy (&chain);
}
END_TEST

START_TEST (learning_again_takes_the_place_of_what_was_known)
{
    chain_t *chain = chain_with (10, 10, 2);
    chain_append (chain, "P", "2025", hash_of (11));
    chain_learn_head (chain, 20, hash_of (20));
    chain_learn_revision (chain, "P", "2025", 9);
    chain_place_t place = chain_next (chain, "P", "2025");
    ck_assert_uint_eq (place.index, 21);
    ck_assert_uint_eq (place.revision, 10);
    chain_destroy (&chain);
}
END_TEST

// Any number of periods within a transaction; afterwards those learnt last stay.
START_TEST (memory_is_bounded)
{
    enum { PERIODS = CHAIN_MAX_PERIODS + 8 };
    char period[16];
    chain_t *chain = chain_new ();
    chain_learn_head (chain, 0, hash_of (0));
    for (int i = 0; i < PERIODS; i++) {
        snprintf (period, sizeof period, "p%d", i);
        chain_learn_revision (chain, "P", period, (uint32_t)i);
    }
    ck_assert (chain_knows_revision (chain, "P", "p0"));
    chain_commit (chain);
    ck_assert (!chain_knows_revision (chain, "P", "p0"));
    ck_assert (!chain_knows_revision (chain, "P", "p7"));
    ck_assert (chain_knows_revision (chain, "P", "p8"));
    ck_assert_uint_eq (chain_next (chain, "P", period).revision, PERIODS);
    chain_destroy (&chain);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("intake/chain");
    TCase *tests = tcase_create ("chain");
    tcase_add_test (tests, a_new_chain_knows_nothing);
    tcase_add_test (tests, the_first_place);
    tcase_add_test (tests, places_follow_each_other);
    tcase_add_test (tests, periods_and_plans_count_for_themselves);
    tcase_add_loop_test (tests, outcomes, 0, sizeof OUTCOMES / sizeof *OUTCOMES);
    tcase_add_test (tests, forgetting);
    tcase_add_test (tests, learning_again_takes_the_place_of_what_was_known);
    tcase_add_test (tests, memory_is_bounded);
    suite_add_tcase (suite, tests);
    return suite_run (suite);
}
