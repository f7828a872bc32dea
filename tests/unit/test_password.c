// Passwords: which are taken, and that a hash fits one only.
#include "common/password.h"

#include "../support/suite.h"

static const struct {
    const char *password, *name;
    bc_password_fault_t fault;
} CASES[] = {
    {"bốn mùa gió nổi", "hoa", BC_PASSWORD_GOOD},
    {"correct horse battery", "hoa", BC_PASSWORD_GOOD},
    {"x7!kQ-m2Lp_9", "hoa", BC_PASSWORD_GOOD},
    {"x7!kQ-m2Lp_", "hoa", BC_PASSWORD_SHORT},  // 11
    {"ậậxậậyậậzậậ", "hoa", BC_PASSWORD_SHORT},  // 11, of more bytes
    {"", "hoa", BC_PASSWORD_SHORT},
    {"Password1234", "hoa", BC_PASSWORD_COMMON},  // whatever the case
    {"MậtKhẩu12345", "hoa", BC_PASSWORD_COMMON},
    {"aaaaaaaaaaaa", "hoa", BC_PASSWORD_COMMON},
    {"abababababab", "hoa", BC_PASSWORD_COMMON},
    {"123456789012", "hoa", BC_PASSWORD_COMMON},
    {"zyxwvutsrqpo", "hoa", BC_PASSWORD_COMMON},
    {"nguyen.van.a12", "nguyen.van.a", BC_PASSWORD_COMMON},
    {"Nguyen.Van.A-7!kQm2L", "nguyen.van.a", BC_PASSWORD_GOOD},
    {"a password\twith", "hoa", BC_PASSWORD_BROKEN},
    {"\xff\xfe not UTF-8 at all", "hoa", BC_PASSWORD_BROKEN},
};

START_TEST (faults)
{
    ck_assert_msg (bc_password_fault (CASES[_i].password, CASES[_i].name) == CASES[_i].fault, "%s", CASES[_i].password);
}
END_TEST

START_TEST (too_long)
{
    char text[BC_PASSWORD_MAX + 2];
    for (size_t i = 0; i < sizeof text - 1; i++)
        text[i] = (char)('!' + i * 7 % 90);
    text[BC_PASSWORD_MAX + 1] = 0;
    ck_assert_int_eq (bc_password_fault (text, "hoa"), BC_PASSWORD_LONG);
    text[BC_PASSWORD_MAX] = 0;
    ck_assert_int_eq (bc_password_fault (text, "hoa"), BC_PASSWORD_GOOD);
}
END_TEST

START_TEST (hashes)
{
    char hash[crypto_pwhash_STRBYTES], other[crypto_pwhash_STRBYTES];
    ck_assert_int_eq (bc_password_hash (hash, "bốn mùa gió nổi"), 0);
    ck_assert_int_eq (bc_password_hash (other, "bốn mùa gió nổi"), 0);
    ck_assert_str_ne (hash, other);  // salted
    ck_assert_msg (strncmp (hash, "$argon2id$v=19$m=32768,t=4,p=1$", 31) == 0, "%s", hash);
    ck_assert (bc_password_fits (hash, "bốn mùa gió nổi"));
    ck_assert (bc_password_fits (hash, "bo\xcc\x82\xcc\x81n mu\xcc\x80"
                                       "a gio\xcc\x81 no\xcc\x82\xcc\x89i"));  // accents apart
    ck_assert (!bc_password_fits (hash, "Bốn mùa gió nổi"));
    ck_assert (!bc_password_fits (hash, ""));
    ck_assert (!bc_password_fits (hash, "\xff"));
    ck_assert (!bc_password_fits ("", "bốn mùa gió nổi"));
    ck_assert_int_eq (bc_password_hash (hash, "\xff"), -1);
}
END_TEST

int main (void)
{
    TCase *tests = tcase_create ("password");
    tcase_add_loop_test (tests, faults, 0, (int)(sizeof CASES / sizeof *CASES));
    tcase_add_test (tests, too_long);
    tcase_add_test (tests, hashes);
    Suite *suite = suite_create ("password");
    suite_add_tcase (suite, tests);
    return suite_run (suite);
}
