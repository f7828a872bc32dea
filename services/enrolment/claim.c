#include "claim.h"

#include <string.h>

#include "report/limits.h"
#include "report/receipt.h"
#include "report/text.h"

claim_verdict_t claim_judge (const claim_t *claim, const char *public_key, int64_t now)
{
    if (!claim)
        return CLAIM_UNKNOWN;
    if (claim->key_known && claim->key_unit_id != claim->unit_id)
        return CLAIM_KEY_ELSEWHERE;
    if (claim->key_known && claim->key_revoked)
        return CLAIM_KEY_REVOKED;
    if (claim->used_by)
        return strcmp (claim->used_by, public_key) == 0 ? CLAIM_DONE : CLAIM_USED;
    if (claim->withdrawn)
        return CLAIM_WITHDRAWN;
    return now < claim->expires_at ? CLAIM_GOOD : CLAIM_EXPIRED;
}

const char *claim_verdict_name (claim_verdict_t verdict)
{
    static const char *const NAMES[] = {
        [CLAIM_GOOD] = "good",
        [CLAIM_DONE] = "done before",
        [CLAIM_MALFORMED] = "the request is malformed",
        [CLAIM_UNKNOWN] = "there is no such token",
        [CLAIM_USED] = "the token was used by another key",
        [CLAIM_EXPIRED] = "the token has expired",
        [CLAIM_WITHDRAWN] = "the invite was revoked",
        [CLAIM_KEY_REVOKED] = "the key was revoked",
        [CLAIM_KEY_ELSEWHERE] = "the key belongs to another unit",
    };
    return NAMES[verdict];
}

const char *claim_name (const claim_t *claim, const char *given)
{
    if (claim->key_known)
        return claim->key_name;
    return claim->name ? claim->name : *given ? given : claim->unit;
}

bool claim_is_name (const char *given)
{
    return !receipt_is_by_portal (given) && (!*given || text_check_line (given, REPORT_MAX_NAME) == TEXT_OK);
}
