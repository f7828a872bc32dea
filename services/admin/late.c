// late: reports that came after their period was closed.
#include "nouns.h"
#include "output.h"
#include "review.h"
#include "sql.h"

static const char QUARANTINE[] =
    "SELECT s.received_at, u.code AS unit, s.plan_code AS plan, s.period_code AS period, s.revision, s.submission_id::text"
    " FROM quarantine JOIN submission s USING (submission_id) JOIN unit u ON u.unit_id = s.unit_id"
    " ORDER BY s.received_at, s.submission_id";

int late_quarantine (admin_t *admin)
{
    const char *titles[] = {_ ("Received"), _ ("Unit"), _ ("Plan"), _ ("Period"), _ ("Revision"), _ ("Submission")};
    return output_query (admin, QUARANTINE, SQL_NO_PARAMS, titles);
}

int late_admit (admin_t *admin)
{
    // Validation may not have put it aside yet: then it finds the item, and the decision with it.
    static const review_t review = {"admit", "{quarantined}", "admissible",
                                    "INSERT INTO validation_queue (submission_id) VALUES ($1) ON CONFLICT DO NOTHING",
                                    N_ ("only a report in quarantine can be admitted")};
    int status = review_check (admin, true);
    if (status == 0)
        status = review_decide (admin, &review);
    const char *id = admin->options->operands[0];
    if (status == 0)
        output_result (admin, json_pack ("{s:s,s:s}", "submission_id", id, "action", "admit"),
                       _ ("Submission %s is admitted: it is judged now, and counts as late."), id);
    return status;
}
