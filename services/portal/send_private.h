// What the parts of send share: send_link.c, the link; send.c, the officer's page; send_work.c, the commands that are run; send_upload.c, the
// workbook that comes.
#pragma once

#include "send.h"
#include "send_home.h"
#include "session.h"
#include "site.h"

struct send {
    struct portal *portal;
    const char *root, *program;  // portal/sessions; the command baocao
    char *enrolment_key;
    zhashx_t *busy;  // ids of the homes in which a command runs
    int timer;
};

// The id of the request's home, when it has a session and the home is there. False: it has none.
bool send_home_of (const request_t *request, char id[SEND_HOME_ID]);

// One command in a home, and what is done then.
typedef struct task {
    send_t *send;
    request_t *request;  // NULL: nobody waits for it
    char id[SEND_HOME_ID];
    void (*done) (struct task *task, const json_t *record, bool good);
    char *file;  // that it makes, within the home; NULL: none
} task_t;

// Runs `baocao ARGUMENT...` (ended by NULL) in the home of that id. done gets what came of it, {"status", "output", "said"}, and whether the
// status was 0. False: not now; done is not called.
bool send_run (send_t *self, request_t *request, const char *id, const char *file,
               void (*done) (task_t *task, const json_t *record, bool good), const char *const *arguments);

bool send_is_busy (const send_t *self, const char *id);

// What a page of ours begins with.
page_t send_own_page (const request_t *request, const char *title);

// Answers with a page of one sentence. said may be NULL.
void send_answer_word (request_t *request, unsigned status, const char *text, const char *said);

// Sends the browser on to the officer's page.
void send_answer_show (request_t *request, struct MHD_Response *response);

struct MHD_Response *send_answer_new (html_t **html_p);
