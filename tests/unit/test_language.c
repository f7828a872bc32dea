// The programs' own catalogues: every text is found, what is not there stays English.
#include <stdlib.h>

#include "common/language.h"
#include "../support/suite.h"

extern const uint8_t client_messages[], admin_messages[];

static void speak (const uint8_t *catalogue, const char *language)
{
    ck_assert_int_eq (bc_language_choose (catalogue, language), !strcmp (language, "vi"));
}

static uint32_t number (const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

START_TEST (every_text_is_found)
{
    const uint8_t *const catalogues[] = {client_messages, admin_messages};
    const uint8_t *catalogue = catalogues[_i];
    uint32_t count = number (catalogue + 8);
    ck_assert_uint_eq (number (catalogue + 4), 0);  // 1: texts with PRIu64 and the like, which stand elsewhere
    ck_assert_uint_gt (count, 100);
    speak (catalogue, "vi");
    for (uint32_t i = 1; i < count; i++) {
        const char *original = (const char *)catalogue + number (catalogue + number (catalogue + 12) + 8 * i + 4);
        const char *translation = (const char *)catalogue + number (catalogue + number (catalogue + 16) + 8 * i + 4);
        ck_assert_ptr_eq (bc_text (original), translation);
    }
}
END_TEST

START_TEST (what_is_not_there_stays_english)
{
    static const char *const texts[] = {"", " ", "No catalogue has this.", "zzz", "\xEF\xBF\xBD"};
    speak (client_messages, "vi");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        ck_assert_ptr_eq (bc_text (texts[i]), texts[i]);
    ck_assert_str_eq (bc_text ("accepted"), "được chấp nhận");
    speak (client_messages, "en");
    ck_assert_str_eq (bc_text ("accepted"), "accepted");
}
END_TEST

START_TEST (numbers_of_things)
{
    speak (admin_messages, "en");
    ck_assert_str_eq (bc_text_count ("%u day (%d working)", "%u days (%d working)", 1), "%u day (%d working)");
    ck_assert_str_eq (bc_text_count ("%u day (%d working)", "%u days (%d working)", 2), "%u days (%d working)");
    speak (admin_messages, "vi");
    for (unsigned long count = 0; count < 3; count++)
        ck_assert_str_eq (bc_text_count ("%u day (%d working)", "%u days (%d working)", count), "còn %u ngày (%d ngày làm việc)");
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("language");
    TCase *tests = tcase_create ("catalogue");
    tcase_add_loop_test (tests, every_text_is_found, 0, 2);
    tcase_add_test (tests, what_is_not_there_stays_english);
    tcase_add_test (tests, numbers_of_things);
    suite_add_tcase (suite, tests);
    return suite_run (suite);
}
