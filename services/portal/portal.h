// portal: the committee's web pages. It follows the feed, reads the database by a role that can only read, and writes nothing.
#pragma once

#include "account.h"
#include "assets.h"
#include "cache.h"
#include "common/service.h"
#include "common/web.h"
#include "files.h"
#include "follow.h"
#include "job.h"
#include "live.h"
#include "plan/plan.h"
#include "proxy.h"
#include "request.h"
#include "send.h"
#include "session.h"
#include "sign_in.h"

typedef struct portal portal_t;

// What the handlers share.
struct portal {
    zloop_t *loop;
    bc_config_t *config;
    bc_db_t *db;
    plan_book_t *book;  // NULL until it was read for the first time
    bool reading_book;
    int book_timer;
    bool was_asked;  // since the plan was looked at
    bc_web_t *web;
    assets_t *assets;
    cache_t *cache;
    follow_t *follow;
    live_t *live;
    files_t *files;

    accounts_t *accounts;
    proxies_t *proxies;
    sessions_t *sessions;
    sign_in_t *sign_in;
    jobs_t *jobs;  // programs that run
    send_t *send;

    bool is_tls;           // browsers come by TLS to us
    bool is_open;          // the public summary is to be seen without signing in
    request_t *suspended;  // waiting for their answer
};

// The hooks of service.h.
void *portal_start (bc_service_t *service);
void portal_stop (void **state_p);
bool portal_idle (void *state);
bool portal_healthy (void *state);
