#include "submission.h"

#include "common/clock.h"
#include "common/xmem.h"
#include "request.h"

static void take_named (submission_t *self)
{
    uint8_t named[REPORT_MAX_ATTACHMENTS][REPORT_DIGEST_SIZE];
    self->n_named = request_named_files (self->report, self->report_size, named);
    if (self->n_named)
        self->named = xmemdup (named, self->n_named * sizeof *named);
}

submission_t *submission_new (const asker_t *asker, const Baocao__V1__SubmitReport *request)
{
    size_t size = sizeof (submission_t) + request->report.len;
    submission_t *self = xmalloc (size);
    *self = (submission_t){.asker = *asker, .size = size};

    bc_uuid_new (self->id);
    memcpy (self->report_id, request->report_id.data, sizeof self->report_id);
    snprintf (self->plan, sizeof self->plan, "%s", request->plan);
    snprintf (self->period, sizeof self->period, "%s", request->period);
    self->submitted_by = xstrdup (doors_officer (asker->department, asker->peer.key));
    self->report_size = request->report.len;
    self->report = memcpy (self + 1, request->report.data, request->report.len);  // in the same piece of memory
    take_named (self);

    self->receipt = (receipt_t){.unit = asker->department->code,
                                .plan = self->plan,
                                .period = self->period,
                                .report_id = self->report_id,
                                .submitted_by = self->submitted_by,
                                .received_at = bc_clock_ms ()};
    receipt_digest (self->report, self->report_size, self->receipt.report_digest);
    return self;
}

void submission_undecide (submission_t *self)
{
    free (self->body);
    self->body = NULL;
    self->kind = SUBMISSION_NEW;
}

void submission_destroy (submission_t **self_p)
{
    submission_t *self = *self_p;
    if (!self)
        return;
    free (self->body);
    free (self->submitted_by);
    free (self->named);
    free (self);
    *self_p = NULL;
}

bool submission_is_twin (const submission_t *a, const submission_t *b)
{
    return a->asker.department == b->asker.department && memcmp (a->report_id, b->report_id, sizeof a->report_id) == 0;
}
