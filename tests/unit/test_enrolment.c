// Who may join: what becomes of a token and a key, and how often one may try.
#include <stdio.h>
#include <stdlib.h>

#include "enrolment/attempts.h"
#include "enrolment/claim.h"
#include "../support/suite.h"

#define MINE "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
#define OTHER "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"

// --- Claims ----------------------------------------------------------------------------------------------------------------------

enum { UNIT = 1, ANOTHER_UNIT = 2, EXPIRES = 1000 };

#define TOKEN .unit_id = UNIT, .unit = "so-yte", .created_by = "admin", .expires_at = EXPIRES
#define KNOWN .key_known = true, .key_unit_id = UNIT, .key_name = "Hoa"

static const struct {
    claim_t claim;
    int64_t now;
    claim_verdict_t verdict;
} CLAIMS[] = {
    {{TOKEN}, 0, CLAIM_GOOD},
    {{TOKEN}, EXPIRES - 1, CLAIM_GOOD},
    {{TOKEN}, EXPIRES, CLAIM_EXPIRED},
    {{TOKEN, .withdrawn = true}, 0, CLAIM_WITHDRAWN},
    {{TOKEN, .used_by = OTHER}, 0, CLAIM_USED},
    {{TOKEN, .used_by = OTHER, KNOWN}, 0, CLAIM_USED},
    {{TOKEN, .used_by = MINE, KNOWN}, 0, CLAIM_DONE},
    {{TOKEN, .used_by = MINE, KNOWN}, EXPIRES, CLAIM_DONE},  // an answer that was lost is never too late
    {{TOKEN, .used_by = MINE, KNOWN, .key_revoked = true}, 0, CLAIM_KEY_REVOKED},
    {{TOKEN, KNOWN}, 0, CLAIM_GOOD},
    {{TOKEN, KNOWN, .key_revoked = true}, 0, CLAIM_KEY_REVOKED},
    {{TOKEN, .key_known = true, .key_unit_id = ANOTHER_UNIT}, 0, CLAIM_KEY_ELSEWHERE},
};

START_TEST (judged)
{
    ck_assert_int_eq (claim_judge (&CLAIMS[_i].claim, MINE, CLAIMS[_i].now), CLAIMS[_i].verdict);
}
END_TEST

START_TEST (an_unknown_token)
{
    ck_assert_int_eq (claim_judge (NULL, MINE, 0), CLAIM_UNKNOWN);
}
END_TEST

START_TEST (names)
{
    const claim_t nameless = {TOKEN}, named = {TOKEN, .name = "Lan"}, known = {TOKEN, .name = "Lan", KNOWN};
    ck_assert_str_eq (claim_name (&nameless, "Ba"), "Ba");
    ck_assert_str_eq (claim_name (&nameless, ""), "so-yte");
    ck_assert_str_eq (claim_name (&named, "Ba"), "Lan");
    ck_assert_str_eq (claim_name (&known, "Ba"), "Hoa");
    ck_assert (claim_is_name (""));
    ck_assert (claim_is_name ("Nguyễn Thị Hoa"));
    ck_assert (!claim_is_name (" "));
    ck_assert (!claim_is_name ("hai\ndòng"));
    ck_assert (!claim_is_name ("Lan\u202eaoH"));
    ck_assert (!claim_is_name ("\x80"));
    ck_assert (!claim_is_name ("e\u0301"));  // not in normalisation form C
    char longest[202] = "";
    for (size_t i = 0; i < 200; i++)
        longest[i] = 'x';
    ck_assert (claim_is_name (longest));
    longest[200] = 'x';
    ck_assert (!claim_is_name (longest));
}
END_TEST

// --- Attempts --------------------------------------------------------------------------------------------------------------------

static attempts_t *attempts;

static void setup (void)
{
    attempts = attempts_new ();
}

static void teardown (void)
{
    attempts_destroy (&attempts);
}

START_TEST (one_key)
{
    for (int i = 0; i < ATTEMPTS_A_KEY_MINUTE; i++)
        ck_assert (attempts_begin (attempts, MINE, 1000 * i));
    ck_assert (!attempts_begin (attempts, MINE, 59999));
    ck_assert (attempts_begin (attempts, OTHER, 59999));
    ck_assert (attempts_begin (attempts, MINE, 60000));  // the first one is a minute old
    ck_assert (!attempts_begin (attempts, MINE, 60000));
}
END_TEST

static bool try_number (int number, int64_t now)
{
    char key[41];
    snprintf (key, sizeof key, "%040d", number);
    return attempts_begin (attempts, key, now);
}

START_TEST (all_together)
{
    int number = 0;
    for (int64_t second = 0; second < 200; second++) {
        for (int i = 0; i < ATTEMPTS_A_SECOND; i++)
            ck_assert (try_number (number++, second * 1000));
        ck_assert (!try_number (number, second * 1000 + 999));
    }
}
END_TEST

START_TEST (what_was_good_does_not_count)
{
    for (int i = 0; i < 100; i++) {
        ck_assert (attempts_begin (attempts, MINE, 0));
        attempts_forgive (attempts, MINE);
    }
    for (int i = 0; i < ATTEMPTS_A_KEY_MINUTE; i++)
        ck_assert (attempts_begin (attempts, MINE, 0));
    attempts_forgive (attempts, OTHER);  // nothing to forgive
    ck_assert (!attempts_begin (attempts, MINE, 0));
}
END_TEST

int main (void)
{
    TCase *claims = tcase_create ("claims");
    tcase_add_loop_test (claims, judged, 0, sizeof CLAIMS / sizeof *CLAIMS);
    tcase_add_test (claims, an_unknown_token);
    tcase_add_test (claims, names);
    TCase *tries = tcase_create ("attempts");
    tcase_add_checked_fixture (tries, setup, teardown);
    tcase_add_test (tries, one_key);
    tcase_add_test (tries, all_together);
    tcase_add_test (tries, what_was_good_does_not_count);
    Suite *suite = suite_create ("enrolment");
    suite_add_tcase (suite, claims);
    suite_add_tcase (suite, tries);
    return suite_run (suite);
}
