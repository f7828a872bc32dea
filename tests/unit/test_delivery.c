// What becomes of a delivery: outcomes, waiting, limits, the signature, and the deadline as a calendar entry, read back by libical.
#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

#include "notification/calendar.h"
#include "notification/delivery.h"
#include "notification/throttle.h"
#include "notification/webhook.h"
#include "../support/suite.h"

static const struct {
    bool whole, of_this_message;
    int status;
    delivery_outcome_t outcome;
} DIALOGUES[] = {
    {true, true, 250, DELIVERY_SENT},    {false, true, 550, DELIVERY_FAILED},
    {false, true, 554, DELIVERY_FAILED}, {false, true, 450, DELIVERY_RETRY},
    {false, true, 421, DELIVERY_RETRY},  {false, true, 354, DELIVERY_RETRY},   // cut while the message was on its way
    {false, true, 250, DELIVERY_RETRY},  {false, false, 535, DELIVERY_RETRY},  // our password is wrong: no fault of the message
    {false, true, 530, DELIVERY_RETRY},  // MAIL before a password that we were not asked to send
    {false, false, 554, DELIVERY_RETRY}, {false, false, 0, DELIVERY_RETRY},
};

START_TEST (judges_smtp)
{
    ck_assert_int_eq (delivery_of_smtp (DIALOGUES[_i].whole, DIALOGUES[_i].of_this_message, DIALOGUES[_i].status),
                      DIALOGUES[_i].outcome);
}
END_TEST

static const struct {
    int status;
    delivery_outcome_t outcome;
} REQUESTS[] = {
    {200, DELIVERY_SENT},   {202, DELIVERY_SENT},   {204, DELIVERY_SENT},   {0, DELIVERY_RETRY},    {500, DELIVERY_RETRY},
    {503, DELIVERY_RETRY},  {408, DELIVERY_RETRY},  {425, DELIVERY_RETRY},  {429, DELIVERY_RETRY},  {301, DELIVERY_FAILED},
    {400, DELIVERY_FAILED}, {401, DELIVERY_FAILED}, {404, DELIVERY_FAILED}, {410, DELIVERY_FAILED},
};

START_TEST (judges_http)
{
    ck_assert_int_eq (delivery_of_http (REQUESTS[_i].status), REQUESTS[_i].outcome);
}
END_TEST

START_TEST (waits_longer_each_time_for_three_days)
{
    static const int64_t MINUTES[] = {1, 2, 4, 8, 16, 32, 64, 128, 240, 240};
    int64_t sum = 0, wait;
    int attempt = 1;
    for (; (wait = delivery_backoff_ms (attempt)) >= 0; attempt++) {
        if ((size_t)attempt <= sizeof MINUTES / sizeof *MINUTES)
            ck_assert_int_eq (wait, MINUTES[attempt - 1] * 60000);
        sum += wait;
    }
    ck_assert_int_le (sum, 72 * 3600000LL);
    ck_assert_int_gt (sum, 67 * 3600000LL);
    ck_assert_int_eq (attempt, 25);
    ck_assert_int_eq (delivery_backoff_ms (1000), -1);
}
END_TEST

START_TEST (a_domain_gets_so_many_at_once)
{
    throttle_t *throttle = throttle_new (2, 100);
    ck_assert (throttle_begin (throttle, "a.vn", 0));
    ck_assert (throttle_begin (throttle, "A.VN", 0));
    ck_assert (!throttle_begin (throttle, "a.vn", 0));
    ck_assert (throttle_begin (throttle, "b.vn", 0));
    throttle_end (throttle, "a.vn");
    ck_assert (throttle_begin (throttle, "a.vn", 0));
    ck_assert (!throttle_begin (throttle, "a.vn", 1000000));
    const char *full[2];
    ck_assert_uint_eq (throttle_full (throttle, 1000000, full, 2), 1);
    ck_assert_str_eq (full[0], "a.vn");
    ck_assert (throttle_begin (throttle, "b.vn", 1000000));
    ck_assert_uint_eq (throttle_full (throttle, 1000000, full, 1), 1);
    ck_assert_uint_eq (throttle_full (throttle, 1000000, full, 2), 2);
    throttle_destroy (&throttle);
}
END_TEST

START_TEST (a_domain_gets_so_many_a_minute)
{
    throttle_t *throttle = throttle_new (10, 3);
    for (int64_t now = 1000; now < 1003; now++) {
        ck_assert (throttle_begin (throttle, "a.vn", now));
        throttle_end (throttle, "a.vn");
    }
    ck_assert (!throttle_begin (throttle, "a.vn", 1003));
    ck_assert (throttle_begin (throttle, "b.vn", 1003));
    const char *full[2];
    ck_assert_uint_eq (throttle_full (throttle, 60999, full, 2), 1);
    ck_assert_uint_eq (throttle_full (throttle, 61000, full, 2), 0);
    ck_assert (!throttle_begin (throttle, "a.vn", 60999));
    ck_assert (throttle_begin (throttle, "a.vn", 61000));
    ck_assert (!throttle_begin (throttle, "a.vn", 61000));
    ck_assert (throttle_begin (throttle, "a.vn", 61001));
    for (int i = 0; i < 1000; i++) {  // others come and go, and nothing of this one is forgotten
        char name[16];
        snprintf (name, sizeof name, "d%d.vn", i);
        ck_assert (throttle_begin (throttle, name, 61001));
        throttle_end (throttle, name);
    }
    ck_assert (throttle_begin (throttle, "a.vn", 61002));
    ck_assert (!throttle_begin (throttle, "a.vn", 61003));
    throttle_destroy (&throttle);
}
END_TEST

// RFC 4231, test cases 2 and 6.
START_TEST (signs_by_hmac)
{
    char signature[WEBHOOK_SIGNATURE_TEXT], key[132];
    webhook_sign ("Jefe", "what do ya want for nothing?", signature);
    ck_assert_str_eq (signature, "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset (key, 0xaa, 131);
    key[131] = '\0';
    webhook_sign (key, "Test Using Larger Than Block-Size Key - Hash Key First", signature);
    ck_assert_str_eq (signature, "sha256=60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}
END_TEST

static calendar_deadline_t deadline_2025 (void)
{
    return (calendar_deadline_t){
        .plan = "208/KH-UBND",
        .period = "2025",
        .unit = "so-yte",
        .from = "baocao@example.vn",
        .to = "van-thu@soyte.example.vn",
        .last_day = 20431,  // 2025-12-09
        .sent_at = 1764554523999,
    };
}

static icalcomponent *parse (char *text, icalcomponent **event_p)
{
    icalcomponent *calendar = icalparser_parse_string (text);
    free (text);
    ck_assert_ptr_nonnull (calendar);
    icalcomponent_strip_errors (calendar);
    ck_assert_int_eq (icalcomponent_count_errors (calendar), 0);
    *event_p = icalcomponent_get_first_component (calendar, ICAL_VEVENT_COMPONENT);
    ck_assert_ptr_nonnull (*event_p);
    return calendar;
}

START_TEST (a_deadline_is_a_day_in_the_calendar)
{
    calendar_deadline_t deadline = deadline_2025 ();
    icalcomponent *event, *calendar = parse (calendar_compose (&deadline), &event);
    struct icaltimetype start = icalcomponent_get_dtstart (event), end = icalcomponent_get_dtend (event);
    ck_assert_int_eq (icalcomponent_get_method (calendar), ICAL_METHOD_REQUEST);
    ck_assert_str_eq (icalcomponent_get_uid (event), "208/KH-UBND.2025.so-yte@example.vn");
    ck_assert_str_eq (icalcomponent_get_summary (event), "Hạn cuối gửi báo cáo kỳ 2025, Kế hoạch 208/KH-UBND");
    ck_assert_int_eq (icalcomponent_get_sequence (event), 0);
    ck_assert_int_eq (icalcomponent_get_status (event), ICAL_STATUS_CONFIRMED);
    ck_assert (start.is_date && start.year == 2025 && start.month == 12 && start.day == 9);
    ck_assert (end.is_date && end.year == 2025 && end.month == 12 && end.day == 10);
    ck_assert_str_eq (icaltime_as_ical_string (icalcomponent_get_dtstamp (event)), "20251201T020203Z");
    ck_assert_str_eq (icalproperty_get_organizer (icalcomponent_get_first_property (event, ICAL_ORGANIZER_PROPERTY)),
                      "mailto:baocao@example.vn");
    ck_assert_str_eq (icalproperty_get_attendee (icalcomponent_get_first_property (event, ICAL_ATTENDEE_PROPERTY)),
                      "mailto:van-thu@soyte.example.vn");
    icalcomponent_free (calendar);
}
END_TEST

START_TEST (a_deadline_that_is_gone_is_cancelled_under_the_same_uid)
{
    calendar_deadline_t deadline = deadline_2025 ();
    deadline.cancelled = true;
    deadline.sequence = 3;
    deadline.english = true;
    icalcomponent *event, *calendar = parse (calendar_compose (&deadline), &event);
    ck_assert_int_eq (icalcomponent_get_method (calendar), ICAL_METHOD_CANCEL);
    ck_assert_int_eq (icalcomponent_get_status (event), ICAL_STATUS_CANCELLED);
    ck_assert_int_eq (icalcomponent_get_sequence (event), 3);
    ck_assert_str_eq (icalcomponent_get_uid (event), "208/KH-UBND.2025.so-yte@example.vn");
    ck_assert_str_eq (icalcomponent_get_summary (event), "Last day for the report for 2025, plan 208/KH-UBND");
    icalcomponent_free (calendar);
}
END_TEST

int main (void)
{
    TCase *tests = tcase_create ("delivery");
    tcase_add_loop_test (tests, judges_smtp, 0, sizeof DIALOGUES / sizeof *DIALOGUES);
    tcase_add_loop_test (tests, judges_http, 0, sizeof REQUESTS / sizeof *REQUESTS);
    tcase_add_test (tests, waits_longer_each_time_for_three_days);
    tcase_add_test (tests, a_domain_gets_so_many_at_once);
    tcase_add_test (tests, a_domain_gets_so_many_a_minute);
    tcase_add_test (tests, signs_by_hmac);
    tcase_add_test (tests, a_deadline_is_a_day_in_the_calendar);
    tcase_add_test (tests, a_deadline_that_is_gone_is_cancelled_under_the_same_uid);
    Suite *suite = suite_create ("delivery");
    suite_add_tcase (suite, tests);
    return suite_run (suite);
}
