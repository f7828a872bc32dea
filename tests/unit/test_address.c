// What is an address, and what only looks like one: most of these are attempts to say more than an address.
#include <stdlib.h>
#include <string.h>

#include "common/address.h"
#include "../support/suite.h"

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
    const char *text;
    bool mail;
} MAILS[] = {
    {"van-thu.syt@thanhhoa.gov.vn", true},
    {"a@b.vn", true},
    {"first.last+baocao@xn--bo-co-zqa0d.vn", true},
    {A64 "@example.vn", true},
    {A64 "a@example.vn", false},
    {"a@" A63 ".vn", true},
    {"a@" A63 "a.vn", false},
    {"a@" A63 "." A63 "." A63 "." A63 ".vn", false},
    {"", false},
    {"@", false},
    {"a", false},
    {"a@", false},
    {"@b.vn", false},
    {"a@localhost", false},
    {"a@@b.vn", false},
    {"a@b@c.vn", false},
    {"a@b..vn", false},
    {"a@.b.vn", false},
    {"a@b.vn.", false},
    {"a@-b.vn", false},
    {"a@b-.vn", false},
    {".a@b.vn", false},
    {"a.@b.vn", false},
    {"a..a@b.vn", false},
    {"a b@c.vn", false},
    {" a@b.vn", false},
    {"a@b.vn ", false},
    {"\"a b\"@c.vn", false},
    {"a@[127.0.0.1]", false},
    {"a@b.vn\r\nBcc: c@d.vn", false},
    {"a@b.vn\n", false},
    {"a\r@b.vn", false},
    {"a\t@b.vn", false},
    {"a\x7f@b.vn", false},
    {"a@b.vn,c@d.vn", false},
    {"a@b.vn;c@d.vn", false},
    {"<a@b.vn>", false},
    {"A <a@b.vn>", false},
    {"a@b.vn> SIZE=1", false},
    {"bộ@b.vn", false},
    {"a@báocáo.vn", false},
};

START_TEST (knows_mail)
{
    ck_assert_msg (bc_address_is_mail (MAILS[_i].text) == MAILS[_i].mail, "%s", MAILS[_i].text);
}
END_TEST

static const struct {
    const char *text;
    bool webhook, local;
} URLS[] = {
    {"https://gw.example.vn", true, false},
    {"https://gw.example.vn/hook?to=1&x=%20", true, false},
    {"https://gw.example.vn:8443/hook", true, false},
    {"http://127.0.0.1:9000/hook", true, true},
    {"http://localhost/hook", true, true},
    {"https://localhost:1/", true, true},
    {"http://[::1]:9000/hook", true, true},
    {"http://gw.example.vn/hook", false, false},
    {"http://127.0.0.1.example.vn/", false, false},
    {"http://localhost.example.vn/", false, false},
    {"http://localhost@example.vn/", false, false},
    {"https://user:secret@gw.example.vn/", false, false},
    {"https://gw.example.vn/#part", false, false},
    {"https://gw.example.vn/a b", false, false},
    {"https://gw.example.vn/\r\nX: y", false, false},
    {"https://gw.example.vn/\x7f", false, false},
    {"https://gw.example.vn:0/", false, false},
    {"https://gw.example.vn:65536/", false, false},
    {"https://gw.example.vn:/", false, false},
    {"https://gw.example.vn:80x/", false, false},
    {"https://gw/", false, false},
    {"https://", false, false},
    {"https:///hook", false, false},
    {"https://cổng.vn/", false, false},
    {"ftp://gw.example.vn/", false, false},
    {"file:///etc/passwd", false, false},
    {"gopher://127.0.0.1/", false, true},
    {"HTTPS://gw.example.vn", false, false},
    {"gw.example.vn", false, false},
    {"", false, false},
};

START_TEST (knows_webhooks)
{
    ck_assert_msg (bc_address_is_webhook (URLS[_i].text) == URLS[_i].webhook, "%s", URLS[_i].text);
    ck_assert_msg (bc_address_is_local (URLS[_i].text) == URLS[_i].local, "%s", URLS[_i].text);
}
END_TEST

START_TEST (a_url_has_an_end)
{
    char url[1100];
    memset (url, 'a', sizeof url);
    memcpy (url, "https://gw.example.vn/", 22);
    url[1000] = '\0';
    ck_assert (bc_address_is_webhook (url));
    url[1000] = 'a';
    url[1001] = '\0';
    ck_assert (!bc_address_is_webhook (url));
}
END_TEST

static const struct {
    const char *given, *kept;
} FORMS[] = {
    {"Van-Thu@SYT.ThanhHoa.gov.VN", "Van-Thu@syt.thanhhoa.gov.vn"},
    {"https://GW.Example.VN:8443/Hook?To=A", "https://gw.example.vn:8443/Hook?To=A"},
    {"http://LocalHost/A@B", "http://localhost/A@B"},
    {"https://GW.Example.VN", "https://gw.example.vn"},
};

START_TEST (has_one_form)
{
    char *text = strdup (FORMS[_i].given);
    bc_address_normalise (text);
    ck_assert_str_eq (text, FORMS[_i].kept);
    free (text);
}
END_TEST

int main (void)
{
    TCase *tests = tcase_create ("address");
    tcase_add_loop_test (tests, knows_mail, 0, sizeof MAILS / sizeof *MAILS);
    tcase_add_loop_test (tests, knows_webhooks, 0, sizeof URLS / sizeof *URLS);
    tcase_add_loop_test (tests, has_one_form, 0, sizeof FORMS / sizeof *FORMS);
    tcase_add_test (tests, a_url_has_an_end);
    Suite *suite = suite_create ("address");
    suite_add_tcase (suite, tests);
    return suite_run (suite);
}
