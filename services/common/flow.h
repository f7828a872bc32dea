// The whole topology in one place. Read this first.
//
//   from           hop       socket     message           to             work item committed before the message is sent
//   intake         RECEIVED  PUSH/PULL  ReportReceived    validation     validation_queue
//   validation     ACCEPTED  PUSH/PULL  ReportAccepted    aggregation    aggregation_queue
//   validation     JUDGED    PUSH/PULL  ReportJudged      notification   notification_queue, event 'judged'
//   aggregation    STANDING  PUSH/PULL  StandingChanged   notification   notification_queue, event 'standing'
//   notification   POSTED    PUB/SUB    NoticePosted      every intake   (notice)
//   intake         CHECK     DEALER/ROUTER  CheckAsked, and CheckAnswered back: validation   none: it stores nothing
//
// enrolment has no part in the hops (intake finds a new key when it looks), nor has baocao-admin. What the standing agency decides it
// commits with the work item that follows, and the sweep finds that: aggregation_queue 'returned', validation_queue (admitted),
// notification_queue 'confirmed', 'deadline', 'extension', 'request-refused'. So does what a unit asks of the standing agency, which
// intake takes in, 'request', and what units that share a task say to each other, 'coordination'.
//
// The database is the truth; a message is a fast hint that carries its data. A stage commits its own rows and the next stage's
// work item in one transaction and then sends; the next stage deletes the item in the transaction that stores its own result.
// Whoever deletes the row does the work, once: a lost, doubled or reordered message changes nothing, so a sender never blocks
// (a message that finds no room is dropped), and every receiver sweeps its queue table (queue.h).
//
// The hops are Unix-domain sockets in one directory of mode 0700, named by "flow/directory": who may connect is who may enter it.
// The side with a single instance binds: RECEIVED and CHECK have many receivers and ACCEPTED many senders.
// Several intakes on one host: each has its own "flow/received_suffix" (say "-2"), and every receiver names all their sockets in
// "flow/received" ("received,received-2"). CHECK goes by the same endings.
#pragma once

#include <czmq.h>

#include "config.h"

typedef enum { BC_HOP_RECEIVED, BC_HOP_ACCEPTED, BC_HOP_JUDGED, BC_HOP_STANDING, BC_HOP_POSTED, BC_HOP_CHECK, BC_HOPS } bc_hop_t;

// The sending or receiving end of a hop, bound or connected, non-blocking, with its limits set. NULL on error (logged).
zsock_t *bc_flow_sender (bc_hop_t hop, bc_config_t *config);
zsock_t *bc_flow_receiver (bc_hop_t hop, bc_config_t *config);
