#include "page_receipt.h"

#include <stdlib.h>
#include <string.h>

#include "common/language.h"
#include "common/clock.h"
#include "report/receipt.h"

// --- Decisions -------------------------------------------------------------------------------------------------------------------

static const char *action_word (const char *action)
{
    static const char *const ACTIONS[][2] = {{"confirm", N_ ("Confirmed by the standing agency")},
                                             {"return", N_ ("Returned by the standing agency")},
                                             {"admit", N_ ("Admitted by the standing agency after the closing")}};
    for (size_t i = 0; i < sizeof ACTIONS / sizeof *ACTIONS; i++)
        if (!strcmp (ACTIONS[i][0], action))
            return _ (ACTIONS[i][1]);
    return action;
}

static void put_decision (const overview_t *self, int64_t at, const char *what, const char *reason)
{
    html_put (self->html, "<li>");
    drill_time (self, at);
    html_put (self->html, ": %s", what);
    if (*reason)
        html_put (self->html, "<p class=\"text\" lang=\"vi\" dir=\"auto\">%s</p>", reason);
    html_put (self->html, "</li>\n");
}

static void put_decisions (const overview_t *self, const facts_t *facts)
{
    const fact_submission_t *submission = facts->submissions.items;
    const fact_review_t *reviews = facts->reviews.items;
    bool refused = submission->state == BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_REJECTED;
    part_section (self, "decisions", _ ("What was decided"));
    html_put (self->html, "<ul class=\"decisions\">\n");
    if (submission->judged_at)
        put_decision (self, submission->judged_at, refused ? _ ("Refused by the check") : _ ("Accepted by the check"), "");
    else
        html_put (self->html, "<li>%s</li>\n", drill_state (submission->state));
    for (size_t i = 0; i < facts->reviews.count; i++)
        put_decision (self, reviews[i].at, action_word (reviews[i].action), reviews[i].reason);
    html_put (self->html, "</ul>\n");
    part_section_end (self);
}

// --- The receipt -----------------------------------------------------------------------------------------------------------------

// The receipt as it was signed, made again of what is stored: what was changed since does not verify.
typedef struct {
    uint8_t hash[RECEIPT_HASH_SIZE];
    bool is_valid;
} proof_t;

static proof_t prove (const fact_submission_t *submission, const fact_receipt_t *stored)
{
    receipt_t receipt = {.unit = submission->unit,
                         .plan = stored->plan,
                         .period = stored->period,
                         .report_id = stored->report_id,
                         .revision = submission->revision,
                         .received_at = submission->received_at,
                         .timeliness = submission->timeliness,
                         .chain_index = submission->chain_index,
                         .submitted_by = submission->officer};
    memcpy (receipt.report_digest, submission->digest, sizeof receipt.report_digest);
    memcpy (receipt.previous_hash, stored->previous_hash, sizeof receipt.previous_hash);
    Baocao__V1__Receipt message = BAOCAO__V1__RECEIPT__INIT;
    proof_t proof = {0};
    message.body.len = receipt_pack (&receipt, &message.body.data);
    message.signature = (ProtobufCBinaryData){RECEIPT_SIGNATURE_SIZE, (uint8_t *)stored->signature};
    message.key_id = (char *)stored->key_id;
    receipt_hash (message.body.data, message.body.len, proof.hash);
    proof.is_valid =
        stored->public_key && receipt_verify (&message, stored->public_key, stored->bytes, stored->size, NULL) == RECEIPT_VALID;
    free (message.body.data);
    return proof;
}

// A term that programs find by its id.
static void put_named (const overview_t *self, const char *id, const char *term, const char *text)
{
    html_put (self->html, "<div><dt>%s</dt><dd id=\"%s\"><bdi>%s</bdi></dd></div>\n", term, id, text);
}

// All that whoever wants to check the receipt without us has to know.
static void put_content (const overview_t *self, const fact_submission_t *submission, const fact_receipt_t *receipt)
{
    char id[BC_UUID_TEXT], time[BC_TIME_TEXT];
    bc_uuid_format (receipt->report_id, id);
    bc_time_format (submission->received_at, time);
    put_named (self, "chain-index", _ ("Place in the unit's receipt chain"),
               words_count ((int64_t)submission->chain_index, self->page->vietnamese).text);
    put_named (self, "officer", _ ("Sent by the officer"), submission->officer);
    put_named (self, "received-at", _ ("Received (UTC)"), time);
    put_named (self, "timeliness", _ ("In time"), drill_timeliness (submission->timeliness));
    put_named (self, "report-id", _ ("Number of the report"), id);
    put_named (self, "key-id", _ ("Signing key"), receipt->key_id);
}

static void put_receipt (const overview_t *self, const fact_submission_t *submission, const fact_receipt_t *receipt,
                         const proof_t *proof)
{
    part_section (self, "receipt", _ ("Signed receipt"));
    html_put (self->html, "<p class=\"proof\" data-state=\"%s\">", proof->is_valid ? "on_time" : "refused");
    drill_chip (self, proof->is_valid ? "on_time" : "refused", proof->is_valid ? _ ("Verified") : _ ("Does not verify"));
    html_put (self->html, " %s</p>\n",
              proof->is_valid ? _ ("The signature is right for this report as it is stored.")
                              : _ ("The signature is not right for this report as it is stored, or its key is not known."));
    drill_facts (self);
    put_content (self, submission, receipt);
    drill_hash (self, "digest", _ ("Digest of the report"), submission->digest, RECEIPT_HASH_SIZE);
    drill_hash (self, "previous-hash", _ ("Hash of the receipt before it"), receipt->previous_hash, RECEIPT_HASH_SIZE);
    drill_hash (self, "receipt-hash", _ ("Hash of this receipt"), proof->hash, RECEIPT_HASH_SIZE);
    drill_hash (self, "signature", _ ("Signature"), receipt->signature, RECEIPT_SIGNATURE_SIZE);
    drill_facts_end (self);
    part_section_end (self);
}

// --- The feed --------------------------------------------------------------------------------------------------------------------

static const char *kind_word (const Baocao__V1__FeedEvent *event)
{
    static const char *const KINDS[] = {N_ ("published"), N_ ("counted"), N_ ("refused"),
                                        N_ ("outdated: a later one was counted before"), N_ ("returned")};
    size_t kind = event ? (size_t)event->kind : 0;
    return _ (KINDS[kind < sizeof KINDS / sizeof *KINDS ? kind : 0]);
}

// Every event carries the receipt's hash, so whoever has followed the feed has it, too.
static void put_events (const overview_t *self, const facts_t *facts, const proof_t *proof)
{
    const fact_event_t *events = facts->events.items;
    if (!facts->events.count)
        return;
    part_section (self, "feed", _ ("In the committee's feed"));
    html_put (self->html, "<ul class=\"decisions\">\n");
    for (size_t i = 0; i < facts->events.count; i++) {
        const Baocao__V1__FeedEvent *event = events[i].event;
        bool same = event && event->receipt_hash.len == sizeof proof->hash &&
                    !memcmp (event->receipt_hash.data, proof->hash, sizeof proof->hash);
        html_put (self->html, "<li data-seq=\"%llu\">", (unsigned long long)events[i].seq);
        drill_time (self, events[i].at);
        html_put (self->html, ": %s %s, %s. %s</li>\n", _ ("feed number"),
                  words_count ((int64_t)events[i].seq, self->page->vietnamese).text, kind_word (event),
                  same ? _ ("The feed carries this receipt's hash.") : _ ("The feed carries another hash!"));
    }
    html_put (self->html, "</ul>\n");
    part_section_end (self);
}

void page_receipt (const overview_t *self, const facts_t *facts)
{
    const fact_submission_t *submission = facts->submissions.items;
    const proof_t proof = prove (submission, facts->receipts.items);
    put_decisions (self, facts);
    put_receipt (self, submission, facts->receipts.items, &proof);
    put_events (self, facts, &proof);
}
