// What the parts of send share: send_link.c, the link; send.c, the officer's page; send_work.c, the commands that are run; send_upload.c, the
// workbook that comes; send_sweep.c, what waits to be delivered.
#pragma once

#include "send.h"
#include "send_home.h"
#include "session.h"
#include "site.h"

struct send {
    struct portal *portal;
    const char *root, *program;  // portal/sessions; the command baocao
    char *enrolment_key;
    zhashx_t *busy;    // the task that is under way, by the id of its home
    zhashx_t *coming;  // ids of the homes into which a workbook comes
    zlistx_t *tasks;   // that wait for another one in their home, oldest first
    jobs_t *sweeping;  // one at a time, so that browsers never wait for it
    zlistx_t *swept;   // ids of the homes whose turn is still to come
    int timer;
};

// A command that reads lets others wait for it, since it is soon over.
typedef enum { SEND_READS, SEND_WRITES } send_kind_t;

// The id of the request's home, when it has a session and the home is there. False: it has none.
bool send_home_of (const request_t *request, char id[SEND_HOME_ID]);

// One command in a home, and what is done then.
typedef struct task {
    send_t *send;
    request_t *request;  // NULL: nobody waits for it
    char id[SEND_HOME_ID];
    void (*done) (struct task *task, const json_t *record, bool good);
    send_kind_t kind;
    char *file;  // that it makes, within the home; NULL: none
    char **arguments;
} task_t;

// Runs `baocao ARGUMENT...` (ended by NULL) in the home of that id. done gets what came of it, {"status", "output", "said"}, and whether the
// status was 0. It waits for one that reads in that home. False: not now; done is not called.
bool send_run (send_t *self, request_t *request, const char *id, send_kind_t kind, const char *file,
               void (*done) (task_t *task, const json_t *record, bool good), const char *const *arguments);

void task_destroy (task_t **self_p);

// Is something done there that nothing else can be done beside? And, is anything done there at all?
bool send_is_busy (const send_t *self, const char *id);
bool send_is_used (const send_t *self, const char *id);

// Does a report wait there that the server will not take, however often it is tried?
bool send_is_hopeless (const send_t *self, const char *id);

// What has become of what waited is what the page says of it from now on. Of several the last is the newest. A command that was
// interrupted says nothing, nor does one that found nothing to deliver.
void send_note_flush (const task_t *task, const json_t *record);

void send_sweep_begin (send_t *self, long seconds);  // seconds: between two
void send_sweep_end (send_t *self);

// What a page of ours begins with.
page_t send_own_page (const request_t *request, const char *title);

// Answers with a page of one sentence. said may be NULL.
void send_answer_word (request_t *request, unsigned status, const char *text, const char *said);

// Says that there is no session (any more), and how to get one.
void send_answer_over (request_t *request);

// Sends the browser on to the officer's page.
void send_answer_show (request_t *request, struct MHD_Response *response);

struct MHD_Response *send_answer_new (html_t **html_p);
