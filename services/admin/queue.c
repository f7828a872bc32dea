// queue: what waits before each stage.
#include "nouns.h"
#include "output.h"
#include "sql.h"

// Submission ids ascend with time, so the least one waits longest. What is about no submission has no time of reception.
static const char WAITING[] =
    "WITH waiting (queue, submission_id) AS ("
    "    SELECT 'validation', submission_id FROM validation_queue"
    "    UNION ALL SELECT 'aggregation ' || event, submission_id FROM aggregation_queue"
    "    UNION ALL SELECT 'notification ' || event, item FROM notification_queue)"
    " SELECT q.queue, (SELECT count(*) FROM waiting w WHERE w.queue = q.queue) AS waiting,"
    "        (SELECT s.received_at FROM waiting w JOIN submission s USING (submission_id) WHERE w.queue = q.queue"
    "         ORDER BY submission_id LIMIT 1) AS oldest_received_at"
    " FROM unnest(ARRAY['validation', 'aggregation judged', 'aggregation returned', 'notification judged',"
    "                  'notification standing', 'notification returned', 'notification confirmed',"
    "                  'notification quarantined', 'notification deadline', 'notification extension'])"
    "      WITH ORDINALITY q (queue, position) ORDER BY q.position";

int queue_run (admin_t *admin)
{
    const char *titles[] = {_ ("Queue"), _ ("Waiting"), _ ("Oldest received")};
    return output_query (admin, WAITING, SQL_NO_PARAMS, titles);
}
