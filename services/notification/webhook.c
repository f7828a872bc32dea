#include "webhook.h"

#include <sodium.h>
#include <string.h>

#include "report/json.h"

char *webhook_body (const Baocao__V1__Notice *notice)
{
    json_t *json = report_to_json (&notice->base);
    char *body = json_dumps (json, JSON_COMPACT);
    json_decref (json);
    return body;
}

void webhook_sign (const char *secret, const char *body, char signature[WEBHOOK_SIGNATURE_TEXT])
{
    uint8_t digest[crypto_auth_hmacsha256_BYTES];
    char hex[2 * sizeof digest + 1];
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init (&state, (const unsigned char *)secret, strlen (secret));
    crypto_auth_hmacsha256_update (&state, (const unsigned char *)body, strlen (body));
    crypto_auth_hmacsha256_final (&state, digest);
    sodium_bin2hex (hex, sizeof hex, digest, sizeof digest);
    snprintf (signature, WEBHOOK_SIGNATURE_TEXT, "sha256=%s", hex);
}
