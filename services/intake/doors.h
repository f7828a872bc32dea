// The departments this intake serves, each behind a door of its own: one ROUTER socket, one port, one server key pair, one ZAP
// domain ("unit:" and the unit's code).
//
// Doors and client keys are read from the database every second. A new door opens, a new key is let in and a revoked one is
// kept out within that second, its connections cut (and everybody's at that door, for a moment); a door that cannot open (its port is taken, its certificate is missing) is tried again and
// again while the others work.
#pragma once

#include "chain.h"
#include "common/config.h"
#include "common/db.h"
#include "common/door.h"
#include "doorbell.h"

typedef struct doors doors_t;

typedef struct {
    doors_t *doors;
    int id;  // unit_id
    char *code;
    char *domain;
    int number;       // of its door
    char key[41];     // the public key its clients know the server by
    bc_door_t *door;  // NULL while closed
    bell_t *bell;     // NULL while nothing is taken in
    chain_t *chain;
    size_t in_flight;  // submissions and queries that wait for their answer
    size_t parked;     // long polls
    uint64_t posted;   // how often a NoticePosted came for it
    bool listed;       // in the database at the last look
    int64_t retry_at;  // monotonic: when to try again to open the door
    int retry_pause_ms;
} department_t;

// Who asks, and what the answer is to refer to.
typedef struct {
    department_t *department;
    bc_peer_t peer;
    uint64_t request_id;
} asker_t;

// What to do with a request; called for each, and once after several that came together.
typedef struct {
    void (*request) (department_t *department, const bc_peer_t *peer, zmq_msg_t *frame, bool permitted, void *arg);
    void (*drained) (void *arg);
    void *arg;
} doors_handler_t;

// NULL when the configuration is wrong (logged). Reads the database whenever `queries` is connected: call doors_look from its ready
// hook, too.
doors_t *doors_new (zloop_t *loop, bc_zap_t *zap, bc_db_t *queries, bc_config_t *config, const doors_handler_t *handler);
void doors_destroy (doors_t **self_p);

void doors_look (doors_t *self);

// Takes no more requests; replies still go out.
void doors_stop (doors_t *self);

// Call after each reply.
void doors_replied (department_t *department);

// The department of that code, or NULL.
department_t *doors_find (doors_t *self, const char *code);

// The name under which the key of a peer that was let in is registered.
const char *doors_officer (const department_t *department, const char *public_key);

// Are all doors open that the database and the configuration name?
bool doors_all_open (const doors_t *self);
