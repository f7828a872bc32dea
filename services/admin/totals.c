// totals verify: the incremental totals against totals computed from scratch.
#include "aggregation/totals_db.h"

#include <stdio.h>

#include "nouns.h"
#include "output.h"
#include "sql.h"

static json_t *difference_to_json (const totals_difference_t *difference)
{
    return json_pack ("{s:s,s:s,s:s,s:s?,s:s?}", "table", difference->table, "key", difference->key, "figure", difference->figure,
                      "stored", difference->stored, "recomputed", difference->recomputed);
}

static json_t *report_to_json (const totals_report_t *report)
{
    json_t *list = json_array ();
    for (size_t i = 0; i < totals_report_listed (report); i++)
        json_array_append_new (list, difference_to_json (&report->differences[i]));
    return json_pack ("{s:b,s:I,s:I,s:I,s:o}", "verified", report->n_differences == 0, "compared", (json_int_t)report->compared,
                      "waiting", (json_int_t)report->waiting, "differing", (json_int_t)report->n_differences, "differences", list);
}

static int tell (const admin_t *admin, const totals_report_t *report)
{
    if (report->n_differences == 0) {
        output_result (admin, report_to_json (report), _ ("Verified: %lld figures are equal; %lld judged submissions still wait."),
                       (long long)report->compared, (long long)report->waiting);
        return 0;
    }
    for (size_t i = 0; i < totals_report_listed (report); i++) {
        const totals_difference_t *difference = &report->differences[i];
        fprintf (stderr, _ ("%s %s %s: stored %s, recomputed %s"), difference->table, difference->key, difference->figure,
                 difference->stored ? difference->stored : "-", difference->recomputed ? difference->recomputed : "-");
        fputc ('\n', stderr);
    }
    output_result (admin, report_to_json (report), _ ("NOT verified: %zu of %lld figures differ."), report->n_differences,
                   (long long)report->compared);
    return EX_DATAERR;
}

int totals_run (admin_t *admin)
{
    totals_report_t report = {.error = NULL};
    int status = sql_run (admin, "SELECT 1", SQL_NO_PARAMS);  // connects
    if (status)
        return status;
    if (totals_verify (admin->db, &report) == 0)
        status = tell (admin, &report);
    else
        status = admin_fail (EX_UNAVAILABLE, _ ("the totals could not be compared: %s"), report.error ? report.error : "");
    totals_report_clear (&report);
    return status;
}
