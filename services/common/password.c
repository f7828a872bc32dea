#include "password.h"

#include <stdlib.h>
#include <string.h>

#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>

#include "xmem.h"

// In form NFKC, for the hash; in lower case too, to be compared. NULL: no UTF-8. The caller wipes and frees it.
static char *normal (const char *text, bool lower)
{
    size_t size = strlen (text), length = 0;
    if (u8_check ((const uint8_t *)text, size))
        return NULL;
    const uint8_t *from = (const uint8_t *)text;
    uint8_t *made = lower ? u8_tolower (from, size + 1, NULL, UNINORM_NFKC, NULL, &length)
                          : u8_normalize (UNINORM_NFKC, from, size + 1, NULL, &length);
    return (char *)made;
}

static void wipe (char **text_p)
{
    if (*text_p)
        sodium_memzero (*text_p, strlen (*text_p));
    free (*text_p);
    *text_p = NULL;
}

// --- Which are good --------------------------------------------------------------------------------------------------------------

// Of those that are long enough, what lists of broken passwords begin with, and what people here would take first.
static const char *const COMMON[] = {
    "password1234", "passwordpassword", "password12345",  "password123456", "123456123456",   "1234567890123",  "qwertyuiop123",
    "qwertyuiop12", "qwerty123456",     "qwerty1234567",  "q1w2e3r4t5y6",   "1q2w3e4r5t6y",   "1qaz2wsx3edc",   "zaq12wsxcde3",
    "asdfghjkl123", "administrator",    "administrator1", "adminadmin12",   "welcome12345",   "letmein12345",   "iloveyou1234",
    "changeme1234", "matkhau12345",     "matkhau123456",  "mậtkhẩu12345",   "vietnam12345",   "vietnam123456",  "hochiminh1234",
    "anhyeuem1234", "emyeuanh1234",     "uybannhandan",   "ubnd12345678",   "khongcomatkhau", "baocao123456",   "baocaobaocao",
    "123456789abc", "abcd12345678",     "abc123456789",   "a1b2c3d4e5f6",   "aa1234567890",   "11223344556677", "1234qwerasdf",
};

// The same few characters over and over, or each the next one of the one before it (also backwards).
static bool is_monotonous (const char *text)
{
    bool seen[256] = {false};
    size_t kinds = 0, steps = 0, length = strlen (text);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        kinds += !seen[c];
        seen[c] = true;
        int step = i ? text[i] - text[i - 1] : 0;
        steps += step == 1 || step == -1 || (text[i] == '0' && i && text[i - 1] == '9');
    }
    return kinds < 5 || steps + 3 > length;
}

static bool is_common (const char *text, const char *name)
{
    for (size_t i = 0; i < sizeof COMMON / sizeof *COMMON; i++)
        if (strcmp (text, COMMON[i]) == 0)
            return true;
    // What is left besides the name must be a password by itself, more or less.
    char *lower = normal (name, true);
    const char *at = lower && strlen (lower) >= 3 ? strstr (text, lower) : NULL;
    bool made_of_name = at && strlen (text) - strlen (lower) < BC_PASSWORD_MIN / 2;
    free (lower);
    return made_of_name || is_monotonous (text);
}

bc_password_fault_t bc_password_fault (const char *password, const char *name)
{
    if (strlen (password) > BC_PASSWORD_MAX)
        return BC_PASSWORD_LONG;
    for (const char *at = password; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            return BC_PASSWORD_BROKEN;
    char *text = normal (password, true);
    if (!text)
        return BC_PASSWORD_BROKEN;
    bc_password_fault_t fault = u8_mbsnlen ((uint8_t *)text, strlen (text)) < BC_PASSWORD_MIN ? BC_PASSWORD_SHORT
                                : is_common (text, name)                                      ? BC_PASSWORD_COMMON
                                                                                              : BC_PASSWORD_GOOD;
    wipe (&text);
    return fault;
}

// --- Hashes ----------------------------------------------------------------------------------------------------------------------

int bc_password_hash (char hash[crypto_pwhash_STRBYTES], const char *password)
{
    char *text = sodium_init () >= 0 ? normal (password, false) : NULL;
    int rc = text ? crypto_pwhash_str_alg (hash, text, strlen (text), BC_PASSWORD_PASSES, BC_PASSWORD_MEMORY,
                                           crypto_pwhash_ALG_ARGON2ID13)
                  : -1;
    wipe (&text);
    return rc;
}

bool bc_password_fits (const char *hash, const char *password)
{
    char *text = normal (password, false);
    bool fits = text && crypto_pwhash_str_verify (hash, text, strlen (text)) == 0;
    wipe (&text);
    return fits;
}
