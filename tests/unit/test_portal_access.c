// Who is at the other end, how often they may try, and where they may be sent.
#include "portal/lockout.h"
#include "portal/proxy.h"
#include "portal/sign_in.h"

#include "../support/suite.h"

static const struct {
    const char *list, *address;
    bool has;
} NETS[] = {
    {"127.0.0.1", "127.0.0.1", true},
    {"127.0.0.1", "127.0.0.2", false},
    {"10.0.0.0/8, 127.0.0.1", "10.9.9.9", true},
    {"10.0.0.0/8", "11.0.0.1", false},
    {"172.16.0.0/12", "172.31.255.255", true},
    {"172.16.0.0/12", "172.32.0.0", false},
    {"0.0.0.0/0", "8.8.8.8", true},
    {"0.0.0.0/0", "2001:db8::1", false},
    {"fd00::/8", "fd12::1", true},
    {"fd00::/8", "fe80::1", false},
    {"::1", "::1", true},
    {"", "127.0.0.1", false},
    {"127.0.0.1", "", false},
    {"127.0.0.1", "::ffff:127.0.0.1", true},
};

START_TEST (knows_nets)
{
    proxies_t *proxies = proxies_new (NETS[_i].list);
    ck_assert_msg (proxies_have (proxies, NETS[_i].address) == NETS[_i].has, "%s in %s", NETS[_i].address, NETS[_i].list);
    proxies_destroy (&proxies);
}
END_TEST

static const char *const NO_LISTS[] = {"localhost", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8x", "::/129", "1.2.3"};

START_TEST (refuses_what_is_no_list)
{
    ck_assert_ptr_null (proxies_new (NO_LISTS[_i]));
}
END_TEST

static const struct {
    const char *peer, *forwarded, *client;
} WAYS[] = {
    {"10.0.0.1", "1.2.3.4", "1.2.3.4"},
    {"10.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"},           // what the client says itself comes first
    {"10.0.0.1", "6.6.6.6,1.2.3.4, 10.0.0.2", "1.2.3.4"},  // two proxies
    {"10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"},
    {"10.0.0.1", "1.2.3.4, nonsense", "10.0.0.1"},
    {"10.0.0.1", "1.2.3.4,", "10.0.0.1"},
    {"10.0.0.1", "", "10.0.0.1"},
    {"10.0.0.1", NULL, "10.0.0.1"},
    {"10.0.0.1", " \t2001:db8::7 ", "2001:db8::7"},
    {"8.8.8.8", "1.2.3.4", "8.8.8.8"},  // no proxy that is known
    {"10.0.0.1", "1.2.3.4444444444444444444444444444444444444444444444444444444444", "10.0.0.1"},
};

START_TEST (finds_the_client)
{
    char address[PROXY_ADDRESS];
    proxies_t *proxies = proxies_new ("10.0.0.0/8");
    proxies_client (proxies, WAYS[_i].peer, WAYS[_i].forwarded, address);
    ck_assert_str_eq (address, WAYS[_i].client);
    proxies_destroy (&proxies);
}
END_TEST

START_TEST (a_house_is_one_place)
{
    char place[PROXY_ADDRESS], other[PROXY_ADDRESS];
    proxies_place ("2001:db8:1:2:3:4:5:6", place);
    proxies_place ("2001:db8:1:2::9", other);
    ck_assert_str_eq (place, other);
    proxies_place ("2001:db8:1:3::9", other);
    ck_assert_str_ne (place, other);
    proxies_place ("1.2.3.4", place);
    ck_assert_str_eq (place, "1.2.3.4");
}
END_TEST

START_TEST (pauses_grow)
{
    lockout_t *lockout = lockout_new (3);
    int64_t now = 1000000, pause = LOCKOUT_FIRST_MS;
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq (lockout_pause (lockout, "hoa", now), 0);
        lockout_begin (lockout, "hoa", now);
    }
    for (int i = 0; i < 10; i++) {
        ck_assert_int_eq (lockout_pause (lockout, "hoa", now), pause);
        ck_assert_int_eq (lockout_pause (lockout, "hoa", now + pause - 1), 1);
        now += pause;
        ck_assert_int_eq (lockout_pause (lockout, "hoa", now), 0);
        lockout_begin (lockout, "hoa", now);
        pause = pause * 2 > LOCKOUT_LONGEST_MS ? LOCKOUT_LONGEST_MS : pause * 2;
    }
    ck_assert_int_eq (lockout_pause (lockout, "lan", now), 0);
    lockout_forgive (lockout, "hoa");
    ck_assert_int_eq (lockout_pause (lockout, "hoa", now), 0);
    lockout_destroy (&lockout);
}
END_TEST

START_TEST (forgets_and_undoes)
{
    lockout_t *lockout = lockout_new (2);
    lockout_begin (lockout, "hoa", 0);
    lockout_begin (lockout, "hoa", 0);
    lockout_undo (lockout, "hoa");
    ck_assert_int_eq (lockout_pause (lockout, "hoa", 1), 0);
    lockout_begin (lockout, "hoa", 1);
    ck_assert_int_gt (lockout_pause (lockout, "hoa", 2), 0);
    lockout_begin (lockout, "hoa", 1 + LOCKOUT_FORGET_MS);
    ck_assert_int_eq (lockout_pause (lockout, "hoa", 2 + LOCKOUT_FORGET_MS), 0);
    lockout_destroy (&lockout);
}
END_TEST

START_TEST (keeps_the_latest)
{
    lockout_t *lockout = lockout_new (1);
    char who[32];
    for (int i = 0; i < LOCKOUT_ROOM + 10; i++) {
        snprintf (who, sizeof who, "user %d", i);
        lockout_begin (lockout, who, 1000 + i);
    }
    ck_assert_int_eq (lockout_pause (lockout, "user 0", 6000), 0);
    ck_assert_int_gt (lockout_pause (lockout, who, 6000), 0);
    ck_assert_int_gt (lockout_pause (lockout, "user 20", 6000), 0);
    lockout_destroy (&lockout);
}
END_TEST

static const struct {
    const char *path;
    bool own;
} PATHS[] = {
    {"/", true},
    {"/vi/208-KH-UBND/2025", true},
    {"//evil.example", false},
    {"/\\evil.example", false},
    {"", false},
    {"vi", false},
    {"https://evil.example", false},
    {"/a\r\nb", false},
    {"/a b", false},
    {"/a\tb", false},
    {"/a//b", true},
};

START_TEST (stays_here)
{
    ck_assert_msg (sign_in_is_own (PATHS[_i].path) == PATHS[_i].own, "%s", PATHS[_i].path);
}
END_TEST

int main (void)
{
    TCase *tests = tcase_create ("portal access");
    tcase_add_loop_test (tests, knows_nets, 0, sizeof NETS / sizeof *NETS);
    tcase_add_loop_test (tests, refuses_what_is_no_list, 0, sizeof NO_LISTS / sizeof *NO_LISTS);
    tcase_add_loop_test (tests, finds_the_client, 0, sizeof WAYS / sizeof *WAYS);
    tcase_add_test (tests, a_house_is_one_place);
    tcase_add_test (tests, pauses_grow);
    tcase_add_test (tests, forgets_and_undoes);
    tcase_add_test (tests, keeps_the_latest);
    tcase_add_loop_test (tests, stays_here, 0, sizeof PATHS / sizeof *PATHS);
    Suite *suite = suite_create ("portal access");
    suite_add_tcase (suite, tests);
    return suite_run (suite);
}
