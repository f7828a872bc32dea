#include <unistd.h>

#include "common/language.h"
#include "common/log.h"
#include "common/xmem.h"
#include "job.h"
#include "portal.h"
#include "send_private.h"

enum {
    WORK_S = 90,
    OUTPUT = 4 << 20,
    FILES = 64 << 20,
    ARGUMENTS = 16,
    WAITING = 8,  // in one home
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    MEMORY = 0,  // what watches over memory needs a lot of it
#else
    MEMORY = 1 << 30,
#endif
};

bool send_is_busy (const send_t *self, const char *id)
{
    const task_t *task = zhashx_lookup (self->busy, id);
    return zhashx_lookup (self->coming, id) || (task && task->kind == SEND_WRITES);
}

bool send_is_used (const send_t *self, const char *id)
{
    return zhashx_lookup (self->coming, id) || zhashx_lookup (self->busy, id);
}

void task_destroy (task_t **self_p)
{
    task_t *self = *self_p;
    for (char **argument = self->arguments; *argument; argument++)
        free (*argument);
    free (self->arguments);
    free (self->file);
    free (self);
    *self_p = NULL;
}

static task_t *task_new (send_t *send, request_t *request, const char *id, send_kind_t kind, const char *file,
                         const char *const *arguments)
{
    size_t count = 0;
    task_t *self = xcalloc (1, sizeof *self);
    *self = (task_t){.send = send, .request = request, .kind = kind, .file = file ? xstrdup (file) : NULL};
    snprintf (self->id, sizeof self->id, "%s", id);
    self->arguments = xcalloc (ARGUMENTS + 1, sizeof *self->arguments);
    for (; *arguments && count < ARGUMENTS; arguments++)
        self->arguments[count++] = xstrdup (*arguments);
    return self;
}

// The command prints one JSON value, or one a line: the latter become an array.
static json_t *read_output (const job_result_t *result)
{
    json_error_t error;
    json_t *one = json_loadb (result->output, result->output_size, 0, &error);
    if (one)
        return one;
    json_t *all = json_array ();
    for (const char *line = result->output; *line; line += strcspn (line, "\n"), line += *line == '\n') {
        json_t *value = json_loadb (line, strcspn (line, "\n"), JSON_DECODE_ANY, NULL);
        if (value)
            json_array_append_new (all, value);
    }
    return all;
}

// The command speaks to somebody at a command line: sentences that name commands, our directories or our name of the file are left out.
static bool is_for_others (const send_t *self, const char *sentence, size_t size)
{
    const char *const names[] = {"baocao ", "upload.xlsx", self->root};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (memmem (sentence, size, names[i], strlen (names[i])))
            return true;
    return false;
}

static json_t *plain_words (const send_t *self, const char *said)
{
    static const char PREFIX[] = "baocao: ";
    size_t length = 0;
    char *plain = xcalloc (1, strlen (said) + 1);
    while (*said) {
        if (strncmp (said, PREFIX, sizeof PREFIX - 1) == 0)
            said += sizeof PREFIX - 1;
        size_t size = strcspn (said, "\n");
        const char *stop = memmem (said, size, ". ", 2);
        size = stop ? (size_t)(stop - said) + 2 : size + (said[size] == '\n');
        if (!is_for_others (self, said, size)) {
            memcpy (plain + length, said, size);
            length += size;
        }
        said += size;
    }
    json_t *words = json_stringn (plain, length);
    free (plain);
    return words;
}

static json_t *write_record (const send_t *self, const job_result_t *result)
{
    static const char *const ENDS[] = {[JOB_KILLED] = N_ ("It was interrupted; please try again."),
                                       [JOB_TOO_LONG] = N_ ("It took too long."),
                                       [JOB_TOO_LOUD] = N_ ("It had too much to say."),
                                       [JOB_FAILED] = N_ ("It could not be begun; please try again.")};
    bool ended = result->end == JOB_EXITED;
    json_t *said = ended ? plain_words (self, result->errors) : json_string (_ (ENDS[result->end]));
    return json_pack ("{s:i, s:o, s:o}", "status", ended ? result->status : -1, "output", read_output (result), "said",
                      said ? said : json_string (""));
}

static void start_waiting (send_t *self, const char *id);

// Gives what came of it, and lets the next one have the home.
static void finish (task_t *task, const job_result_t *result)
{
    send_t *send = task->send;
    if (task->request)
        site_speak (task->request->vietnamese);
    json_t *record = write_record (send, result);
    task->done (task, record, result->end == JOB_EXITED && result->status == 0);
    json_decref (record);
    start_waiting (send, task->id);
    task_destroy (&task);
}

static void on_done (const job_result_t *result, void *arg)
{
    task_t *task = arg;
    zhashx_delete (task->send->busy, task->id);
    finish (task, result);
}

// The command keeps what is there, so the old file goes first.
static void remove_old (const task_t *task)
{
    char *old = task->file ? send_home_path (task->send->root, task->id, task->file) : NULL;
    if (old)
        unlink (old);
    free (old);
}

static bool start (task_t *task)
{
    send_t *self = task->send;
    char *directory = send_home_path (self->root, task->id, NULL), *home = xasprintf ("BAOCAO_HOME=%s/home", directory),
         *own = xasprintf ("HOME=%s", directory), *temporary = xasprintf ("TMPDIR=%s", directory);
    const char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", home, own, temporary, NULL};
    const char *all[ARGUMENTS + 8] = {self->program};
    size_t count = 1;
    for (char **argument = task->arguments; *argument; argument++)
        all[count++] = *argument;
    all[count++] = "--timeout";
    all[count++] = "10";
    all[count++] = "--lang";
    all[count++] = task->request && !task->request->vietnamese ? "en" : "vi";
    const job_t job = {.arguments = all,
                       .environment = environment,
                       .directory = directory,
                       .seconds = WORK_S,
                       .memory = MEMORY,
                       .file = FILES,
                       .output = OUTPUT};
    remove_old (task);
    bool runs = jobs_run (task->request ? self->portal->jobs : self->sweeping, &job, on_done, task) == 0;
    if (runs)
        zhashx_insert (self->busy, task->id, task);
    free (directory);
    free (home);
    free (own);
    free (temporary);
    return runs;
}

// --- One after the other in a home -----------------------------------------------------------------------------------------------

static void start_waiting (send_t *self, const char *id)
{
    task_t *task = zlistx_first (self->tasks);
    while (task && !streq (task->id, id))
        task = zlistx_next (self->tasks);
    if (!task || zhashx_lookup (self->busy, id))
        return;
    zlistx_detach_cur (self->tasks);
    if (!start (task))
        finish (task, &(job_result_t){.end = JOB_FAILED, .output = "", .errors = ""});
}

// Behind what reads, but not behind another one that writes: who gives two of those has not seen what came of the first.
static bool may_wait (send_t *self, const char *id)
{
    unsigned count = 0;
    for (const task_t *task = zlistx_first (self->tasks); task; task = zlistx_next (self->tasks))
        if (streq (task->id, id) && (task->kind == SEND_WRITES || ++count >= WAITING))
            return false;
    return true;
}

bool send_run (send_t *self, request_t *request, const char *id, send_kind_t kind, const char *file,
               void (*done) (task_t *task, const json_t *record, bool good), const char *const *arguments)
{
    bool waits = zhashx_lookup (self->busy, id);
    if (send_is_busy (self, id) || (waits && (!request || !may_wait (self, id))))
        return false;
    task_t *task = task_new (self, request, id, kind, file, arguments);
    task->done = done;
    if (waits)
        zlistx_add_end (self->tasks, task);
    else if (!start (task)) {
        task_destroy (&task);
        return false;
    }
    return true;
}
