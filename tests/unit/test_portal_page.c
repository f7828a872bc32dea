// The portal's pages: nothing that a report says becomes markup, every figure is on the page once and is the one that is sent to open
// pages, and the public sees no more than it may.
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "../support/suite.h"
#include "common/language.h"
#include "common/xmem.h"
#include "portal/page_overview.h"
#include "portal/picture.h"
#include "portal/words.h"

extern const uint8_t portal_messages[];

static const char EVIL[] = "<script>alert(1)</script><b x=\"'&";

static void speak (bool vietnamese)
{
    bc_language_choose (portal_messages, vietnamese ? "vi" : "en");
}

// --- HTML ------------------------------------------------------------------------------------------------------------------------

START_TEST (texts_are_escaped)
{
    static const struct {
        const char *text, *html;
    } CASES[] = {
        {"Sở Y tế", "Sở Y tế"},
        {"", ""},
        {NULL, ""},
        {"a & b", "a &amp; b"},
        {"</td><script>\"'", "&lt;/td&gt;&lt;script&gt;&quot;&#39;"},
        {"&amp;", "&amp;amp;"},
        {"tab\tline\n", "tab\tline\n"},
        {"\x01\x7f", "��"},
        {"bad \xff\xc0\xaf<", "bad ���&lt;"},
        {"cut \xe1\xbb", "cut ��"},
        {"\xef\xbf\xbe\xed\xa0\x80", "����"},
    };
    html_t *html = html_new ();
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        html_t *one = html_new ();
        html_put (one, "%s", CASES[i].text);
        ck_assert_str_eq (html_text (one, NULL), CASES[i].html);
        html_part (html, one);
        html_destroy (&one);
    }
    html_destroy (&html);
}
END_TEST

START_TEST (numbers_and_segments)
{
    html_t *html = html_new (), *part = html_new ();
    size_t size;
    html_put (html, "<p a=\"%d\">%u %ld %lu %lld %llu %zu 100%% %c</p>", -1, 2u, -3L, 4UL, -5LL, 6ULL, (size_t)7, '<');
    ck_assert_str_eq (html_text (html, &size), "<p a=\"-1\">2 -3 4 -5 6 7 100% &lt;</p>");
    ck_assert_uint_eq (size, strlen (html_text (html, NULL)));
    html_put_segment (part, "a/b?\"<ở");
    html_part (part, html);
    html_destroy (&html);
    char *text = html_take (&part, &size);
    ck_assert_ptr_null (part);
    ck_assert (!strncmp (text, "a%2Fb%3F%22%3C%E1%BB%9F<p", 25));
    free (text);
}
END_TEST

START_TEST (a_page_grows)
{
    html_t *html = html_new ();
    for (int i = 0; i < 100000; i++)
        html_put (html, "%s", "0123456789");
    size_t size;
    const char *text = html_text (html, &size);
    ck_assert_uint_eq (size, 1000000);
    ck_assert_uint_eq (strspn (text, "0123456789"), size);
    html_destroy (&html);
}
END_TEST

// --- Words -----------------------------------------------------------------------------------------------------------------------

START_TEST (numbers_in_words)
{
    static const struct {
        words_t (*form) (int64_t number, bool vietnamese);
        int64_t number;
        const char *vi, *en;
    } CASES[] = {
        {words_count, 0, "0", "0"},
        {words_count, 999, "999", "999"},
        {words_count, 1000, "1.000", "1,000"},
        {words_count, -1234567, "-1.234.567", "-1,234,567"},
        {words_count, INT64_MIN, "-9.223.372.036.854.775.808", "-9,223,372,036,854,775,808"},
        {words_short_money, 0, "0 đồng", "VND 0"},
        {words_short_money, 999999, "999.999 đồng", "VND 999,999"},
        {words_short_money, 1000000, "1 triệu đồng", "VND 1 million"},
        {words_short_money, 12549999, "12,5 triệu đồng", "VND 12.5 million"},
        {words_short_money, 12550000, "12,6 triệu đồng", "VND 12.6 million"},
        {words_short_money, 3963991000000, "3.964 tỷ đồng", "VND 3,964 billion"},
        {words_short_money, INT64_MAX, "9.223.372.036,9 tỷ đồng", "VND 9,223,372,036.9 billion"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ck_assert_str_eq (CASES[i].form (CASES[i].number, true).text, CASES[i].vi);
        ck_assert_str_eq (CASES[i].form (CASES[i].number, false).text, CASES[i].en);
    }
}
END_TEST

START_TEST (shares_in_words)
{
    static const struct {
        int64_t part, whole;
        const char *text;
    } CASES[] = {{1, 0, "–"},     {0, 17, "0 %"},        {17, 17, "100 %"},           {15, 17, "88,2 %"},
                 {3, 2, "150 %"}, {1, 1000000, "0,1 %"}, {999999, 1000000, "99,9 %"}, {1, 2, "50 %"},
                 {-1, -1, "–"}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        ck_assert_str_eq (words_percent (CASES[i].part, CASES[i].whole, true).text, CASES[i].text);
    ck_assert_str_eq (words_percent (15, 17, false).text, "88.2%");
    ck_assert_str_eq (words_decimal ("-1234.50", true).text, "-1.234,50");
    ck_assert_str_eq (words_decimal ("999999999999999.123456", false).text, "999,999,999,999,999.123456");
}
END_TEST

START_TEST (times_in_words)
{
    enum { HANOI = 420 };
    static const int64_t DUE = 1765299599999;  // a millisecond before the tenth of December in Hà Nội
    ck_assert_str_eq (words_time (DUE, HANOI, true).text, "23:59, 09/12/2025");
    ck_assert_str_eq (words_time (DUE + 1, HANOI, true).text, "00:00, 10/12/2025");
    ck_assert_str_eq (words_time (DUE + 1, HANOI, false).text, "10 December 2025, 00:00");
    ck_assert_str_eq (words_day (DUE + 1, 0, false).text, "9 December 2025");
    ck_assert_str_eq (words_machine_time (DUE, HANOI).text, "2025-12-09T23:59:59+07:00");
    ck_assert_str_eq (words_machine_time (DUE, -210).text, "2025-12-09T13:29:59-03:30");
}
END_TEST

// --- A snapshot ------------------------------------------------------------------------------------------------------------------

// Gives every text of the message, and of those in it, the same text; lists get one element.
static void fill (ProtobufCMessage *message, const char *text)
{
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        void *at = (char *)message + field->offset, *value = NULL;
        bool is_text = field->type == PROTOBUF_C_TYPE_STRING;
        if (is_text) {
            value = xstrdup (text);
        } else if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
            const ProtobufCMessageDescriptor *type = field->descriptor;
            ProtobufCMessage *inner = xcalloc (1, type->sizeof_message);
            type->message_init (inner);
            fill (inner, text);
            value = inner;
        }
        if (value && field->label == PROTOBUF_C_LABEL_REPEATED) {
            *(size_t *)(void *)((char *)message + field->quantifier_offset) = 1;
            void **list = xcalloc (1, sizeof *list);
            *list = value;
            *(void **)at = list;
        } else if (value) {
            *(void **)at = value;
        }
    }
}

static Baocao__V1__Snapshot *snapshot_of (const char *text)
{
    Baocao__V1__Snapshot *snapshot = xcalloc (1, sizeof *snapshot);
    baocao__v1__snapshot__init (snapshot);
    fill (&snapshot->base, text);
    snapshot->seq = 1;
    return snapshot;
}

static void set_text (char **text_p, const char *text)
{
    free (*text_p);
    *text_p = xstrdup (text);
}

// One of everything, with figures.
static Baocao__V1__Snapshot *sample (void)
{
    Baocao__V1__Snapshot *snapshot = snapshot_of ("word");
    Baocao__V1__UnitTotal *unit = snapshot->units[0];
    Baocao__V1__TaskTotal *task = snapshot->tasks[0];
    snapshot->figures->expected = 17;
    snapshot->figures->received = 15;
    snapshot->trend[0]->figures->received = 15;
    snapshot->trend[0]->mean_progress_percent = 94;
    set_text (&unit->code, "so-a");
    set_text (&unit->name_vi, "Sở A");
    unit->obligation = BAOCAO__V1__OBLIGATION__OBLIGATION_MUST;
    unit->standing = BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_LATE;
    unit->revision = 2;
    unit->allocated = 1000;
    unit->disbursed = 995;
    set_text (&task->code, "I.1");
    task->status = BAOCAO__V1__TASK_STATUS__TASK_STATUS_DELAYED;
    task->progress_percent = 40;
    task->entries = 1;
    set_text (&task->leads[0]->result, "a result of a unit");
    set_text (&snapshot->obstacles[0]->text, "an obstacle");
    set_text (&snapshot->proposals[0]->text, "a proposal");
    snapshot->groups[0]->reported = 1;
    snapshot->budget[0]->source = BAOCAO__V1__BUDGET_SOURCE__BUDGET_SOURCE_ODA;
    snapshot->budget[0]->allocated = snapshot->budget[0]->disbursed = 5;
    set_text (&snapshot->indicators[0]->value, "3240.5");
    set_text (&snapshot->indicators[0]->target, "3000");
    return snapshot;
}

static void snapshot_destroy (Baocao__V1__Snapshot *snapshot)
{
    baocao__v1__snapshot__free_unpacked (snapshot, NULL);
}

// The caller frees it.
static char *page_of (const Baocao__V1__Snapshot *snapshot, bool vietnamese, bool is_public)
{
    const page_assets_t assets = {
        .style = "/assets/a.css", .script = "/assets/a.js", .icon = "/assets/i.svg", .fonts = {"/assets/f.woff2"}};
    const char *const periods[] = {snapshot->period, NULL};
    page_t page = {.vietnamese = vietnamese,
                   .is_public = is_public,
                   .is_live = true,
                   .title = snapshot->title_vi,
                   .path = snapshot->plan,
                   .plan = snapshot->plan,
                   .plan_slug = snapshot->plan,
                   .plan_title = snapshot->title_vi,
                   .period = snapshot->period,
                   .periods = periods,
                   .utc_offset_minutes = 420,
                   .seq = snapshot->seq,
                   .assets = &assets};
    html_t *html = html_new ();
    speak (vietnamese);
    page_overview (html, &page, snapshot);
    return html_take (&html, NULL);
}

static int count (const char *text, const char *part)
{
    int n = 0;
    for (; (text = strstr (text, part)); text += strlen (part))
        n++;
    return n;
}

// --- Pages -----------------------------------------------------------------------------------------------------------------------

START_TEST (no_text_becomes_markup)
{
    Baocao__V1__Snapshot *good = snapshot_of ("word"), *evil = snapshot_of (EVIL);
    for (int i = 0; i < 4; i++) {
        char *plain = page_of (good, i & 1, i & 2), *page = page_of (evil, i & 1, i & 2);
        ck_assert_int_eq (count (page, "<script"), 1);
        ck_assert_int_eq (count (page, "<script type=\"module\" src=\"/assets/a.js\"></script>"), 1);
        // Everything that shapes the page is as it is with harmless texts.
        static const char *const SHAPES[] = {"<", ">", "\"", "'", "<b", "=\""};
        for (size_t shape = 0; shape < sizeof SHAPES / sizeof *SHAPES; shape++)
            ck_assert_msg (count (page, SHAPES[shape]) == count (plain, SHAPES[shape]), "%s", SHAPES[shape]);
        ck_assert_int_gt (count (page, "&lt;script&gt;alert(1)&lt;/script&gt;&lt;b x=&quot;&#39;&amp;"), 20);
        ck_assert_int_eq (count (page, " style="), 0);
        ck_assert_int_eq (count (page, "<style"), 0);
        free (plain);
        free (page);
    }
    snapshot_destroy (good);
    snapshot_destroy (evil);
}
END_TEST

START_TEST (every_figure_is_on_the_page_once)
{
    Baocao__V1__Snapshot *snapshot = sample ();
    for (int vietnamese = 0; vietnamese < 2; vietnamese++) {
        char *page = page_of (snapshot, vietnamese, false);
        picture_t *picture = picture_new (snapshot, vietnamese, 420);
        char *event = picture_event (NULL, picture);
        json_t *json = json_loads (event, 0, NULL), *field, *set = json_object_get (json, "set");
        const char *id;
        ck_assert_uint_gt (json_object_size (set), 50);
        json_object_foreach (set, id, field) {
            char *attribute = xasprintf (" id=\"%s\"", id),
                 *text = xasprintf (">%s</", json_string_value (json_array_get (field, 0)));
            ck_assert_msg (count (page, attribute) == 1, "%s is there %d times", id, count (page, attribute));
            const char *element = strchr (strstr (page, attribute), '>');
            ck_assert_msg (!strncmp (element, text, strlen (text)), "%s: %.40s, not %s", id, element, text);
            free (attribute);
            free (text);
        }
        ck_assert_int_eq (count (page, " id=\"f-"), (int)json_object_size (set));
        json_decref (json);
        free (event);
        picture_destroy (&picture);
        free (page);
    }
    snapshot_destroy (snapshot);
}
END_TEST

START_TEST (the_public_sees_no_more_than_it_may)
{
    Baocao__V1__Snapshot *snapshot = sample ();
    static const char *const HIDDEN[] = {"an obstacle", "a proposal", "id=\"obstacles\"", "id=\"proposals\"", "id=\"files\"",
                                         "/units/",     "/tasks/",    "/figures/",        "/budget/",         "/data/"};
    char *page = page_of (snapshot, true, true), *whole = page_of (snapshot, true, false);
    for (size_t i = 0; i < sizeof HIDDEN / sizeof *HIDDEN; i++) {
        ck_assert_msg (!strstr (page, HIDDEN[i]), "%s", HIDDEN[i]);
        ck_assert_msg (strstr (whole, HIDDEN[i]), "%s", HIDDEN[i]);
    }
    ck_assert_ptr_null (strstr (whole, "a result of a unit"));
    ck_assert_ptr_nonnull (strstr (page, "id=\"f-received\""));
    ck_assert_ptr_nonnull (strstr (page, "Sở A"));
    free (page);
    free (whole);
    snapshot_destroy (snapshot);
}
END_TEST

// --- Pictures --------------------------------------------------------------------------------------------------------------------

// What goes to open pages when the snapshot changes as the function does.
static json_t *change (void (*edit) (Baocao__V1__Snapshot *))
{
    Baocao__V1__Snapshot *snapshot = sample ();
    speak (true);
    picture_t *before = picture_new (snapshot, true, 420);
    edit (snapshot);
    picture_t *after = picture_new (snapshot, true, 420);
    char *event = picture_event (before, after);
    json_t *json = json_loads (event, 0, NULL);
    ck_assert_ptr_null (json_object_get (json, "whole"));
    free (event);
    picture_destroy (&before);
    picture_destroy (&after);
    snapshot_destroy (snapshot);
    return json;
}

static void keep (Baocao__V1__Snapshot *snapshot)
{
    (void)snapshot;
}

static void receive (Baocao__V1__Snapshot *snapshot)
{
    snapshot->figures->received++;
    snapshot->seq++;
}

static void retitle (Baocao__V1__Snapshot *snapshot)
{
    set_text (&snapshot->tasks[0]->title_vi, "another");
    set_text (&snapshot->obstacles[0]->text, "another");
}

static void be_returned (Baocao__V1__Snapshot *snapshot)
{
    snapshot->units[0]->standing = BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_RETURNED;
    snapshot->units[0]->revision = 0;
}

START_TEST (what_has_changed_is_sent)
{
    static const struct {
        void (*edit) (Baocao__V1__Snapshot *);
        const char *set, *reload;
    } CASES[] = {
        {keep, "{}", "[]"},
        {receive,
         "{\"f-received\":[\"16\",\"16\",\"\"],\"f-received-share\":[\"94,1 %\",\"94.12\",\"\"],\"f-seq\":[\"2\",\"2\",\"\"]}",
         "[]"},
        {retitle, "{}", "[\"tasks\",\"obstacles\"]"},
        {be_returned,
         "{\"f-unit-so-a-allocated\":[\"–\",\"\",\"\"],\"f-unit-so-a-disbursed\":[\"–\",\"\",\"\"],"
         "\"f-unit-so-a-place\":[\"–\",\"1\",\"\"],\"f-unit-so-a-received\":[\"–\",\"\",\"\"],"
         "\"f-unit-so-a-revision\":[\"–\",\"\",\"\"],\"f-unit-so-a-share\":[\"–\",\"\",\"\"],"
         "\"f-unit-so-a-standing\":[\"Bị trả lại\",\"1\",\"returned\"]}",
         "[]"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        json_t *event = change (CASES[i].edit);
        char *set = json_dumps (json_object_get (event, "set"), JSON_COMPACT | JSON_SORT_KEYS);
        char *reload = json_dumps (json_object_get (event, "reload"), JSON_COMPACT);
        ck_assert_str_eq (set, CASES[i].set);
        ck_assert_str_eq (reload, CASES[i].reload);
        free (set);
        free (reload);
        json_decref (event);
    }
}
END_TEST

START_TEST (figures_by_their_ids)
{
    Baocao__V1__Snapshot *snapshot = sample ();
    static const struct {
        const char *id, *text, *value, *state;
    } CASES[] = {
        {"f-task-I.1-status", "Chậm tiến độ", "4", "delayed"},
        {"f-task-I.1-progress", "40 %", "40", ""},
        {"f-unit-so-a-standing", "Muộn", "1", "late"},
        {"f-unit-so-a-share", "99,5 %", "99.5", ""},
        {"f-source-oda-disbursed", "5", "5", ""},
        {"f-plan-progress", "94 %", "94", ""},
        {"f-indicator-word-word-value", "3.240,5", "3240.5", ""},
        {"f-indicator-word-word-share", "108 %", "108", ""},
        {"f-nothing", "", "", ""},
    };
    speak (true);
    picture_t *picture = picture_new (snapshot, true, 420);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const picture_field_t *field = picture_field (picture, CASES[i].id);
        ck_assert_str_eq (field->text, CASES[i].text);
        ck_assert_str_eq (field->value, CASES[i].value);
        ck_assert_str_eq (field->state, CASES[i].state);
    }
    picture_destroy (&picture);
    snapshot_destroy (snapshot);
}
END_TEST

// By standing, then by time.
START_TEST (units_have_their_places)
{
    enum { UNITS = 7 };
    static const struct {
        const char *code;
        Baocao__V1__UnitStanding standing;
        unsigned revision;
        int64_t received;
        bool must;
    } CASES[UNITS] = {
        {"missing", BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_MISSING, 0, 0, true},
        {"second", BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_ON_TIME, 1, 20, true},
        {"may", BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_MISSING, 0, 0, false},
        {"late", BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_LATE, 1, 30, true},
        {"refused", BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_REFUSED, 0, 0, true},
        {"first", BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_ON_TIME, 3, 10, false},
        {"returned", BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_RETURNED, 0, 0, true},
    };
    static const char *const ORDER[UNITS] = {"first", "second", "late", "returned", "refused", "missing", "may"};
    Baocao__V1__Snapshot snapshot = BAOCAO__V1__SNAPSHOT__INIT;
    Baocao__V1__UnitTotal units[UNITS], *list[UNITS];
    Google__Protobuf__Timestamp times[UNITS];
    for (int i = 0; i < UNITS; i++) {
        times[i] = (Google__Protobuf__Timestamp)GOOGLE__PROTOBUF__TIMESTAMP__INIT;
        times[i].seconds = CASES[i].received;
        units[i] = (Baocao__V1__UnitTotal)BAOCAO__V1__UNIT_TOTAL__INIT;
        units[i].code = (char *)CASES[i].code;
        units[i].standing = CASES[i].standing;
        units[i].revision = CASES[i].revision;
        units[i].received_at = CASES[i].received ? &times[i] : NULL;
        units[i].obligation = CASES[i].must ? BAOCAO__V1__OBLIGATION__OBLIGATION_MUST : BAOCAO__V1__OBLIGATION__OBLIGATION_MAY;
        list[i] = &units[i];
    }
    snapshot.units = list;
    snapshot.n_units = UNITS;
    const Baocao__V1__UnitTotal **order = picture_units (&snapshot);
    for (int i = 0; i < UNITS; i++)
        ck_assert_str_eq (order[i]->code, ORDER[i]);
    free (order);
    picture_t *picture = picture_new (&snapshot, true, 0);
    ck_assert_str_eq (picture_field (picture, "f-unit-may-standing")->state, "none");
    ck_assert_str_eq (picture_field (picture, "f-unit-missing-standing")->state, "missing");
    ck_assert_str_eq (picture_field (picture, "f-unit-late-place")->text, "3");
    picture_destroy (&picture);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("portal_page");
    TCase *tests = tcase_create ("html");
    tcase_add_test (tests, texts_are_escaped);
    tcase_add_test (tests, numbers_and_segments);
    tcase_add_test (tests, a_page_grows);
    suite_add_tcase (suite, tests);
    tests = tcase_create ("words");
    tcase_add_test (tests, numbers_in_words);
    tcase_add_test (tests, shares_in_words);
    tcase_add_test (tests, times_in_words);
    suite_add_tcase (suite, tests);
    tests = tcase_create ("page");
    tcase_add_test (tests, no_text_becomes_markup);
    tcase_add_test (tests, every_figure_is_on_the_page_once);
    tcase_add_test (tests, the_public_sees_no_more_than_it_may);
    suite_add_tcase (suite, tests);
    tests = tcase_create ("picture");
    tcase_add_test (tests, what_has_changed_is_sent);
    tcase_add_test (tests, figures_by_their_ids);
    tcase_add_test (tests, units_have_their_places);
    suite_add_tcase (suite, tests);
    return suite_run (suite);
}
