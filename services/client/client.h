// What the commands of baocao share: the running command's options, home and line, what people are told, and the exit codes.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sysexits.h>

#include "common/language.h"
#include "args.h"
#include "baocao/v1/client.pb-c.h"
#include "baocao/v1/feed.pb-c.h"
#include "home.h"
#include "invite.h"
#include "line.h"

extern const uint8_t client_messages[];  // the Vietnamese catalogue, made from vi.po

// Exit codes, the same for all commands.
enum {
    CLIENT_DONE = 0,
    CLIENT_CANCELLED = 1,                 // the answer to its question was no
    CLIENT_USAGE = EX_USAGE,              // 64
    CLIENT_REFUSED = EX_DATAERR,          // 65: a report or receipt is refused or invalid
    CLIENT_UNREACHABLE = EX_UNAVAILABLE,  // 69
    CLIENT_SPOOLED = EX_TEMPFAIL,         // 75: kept here, to be sent later
    CLIENT_DENIED = EX_NOPERM,            // 77
    CLIENT_UNCONFIGURED = EX_CONFIG,      // 78
};

typedef struct client client_t;

typedef struct {
    const char *name;      // "receipt show": one or two words
    const char *operands;  // "[FILE]"
    const char *summary;   // the texts are English and marked for translation
    const char *examples;  // shell lines with comments; the first thing in the help
    size_t min_operands, max_operands;
    option_t options[10];  // ended by one without a name
    int (*run) (client_t *client);
    bool hidden;  // for the build and the shells, not for people
} command_t;

extern const command_t client_commands[];  // ended by one without a name
extern const option_t client_options[];    // those of every command

client_t *client_new (const args_t *args, bool vietnamese);
void client_destroy (client_t **self_p);

const args_t *client_args (const client_t *self);
bool client_json (const client_t *self);  // --json

// The text in the user's language.
const char *client_pick (const client_t *self, const char *vi, const char *en);

// The home, whether or not it has been joined. NULL (said on stderr) when there is no place for it.
home_t *client_home (client_t *self);

// The joined home's invite; NULL (said on stderr): exit with CLIENT_UNCONFIGURED. With reader: the feed's invite, else a
// department's.
const invite_t *client_invite (client_t *self, bool reader);

// The line to the feed's live events; the caller destroys it. NULL as above.
line_t *client_event_line (client_t *self);

// Asks the department's door, or the feed's, and says on stderr what went wrong. The reply has the member `expected` of the reply's oneof; free it with
// protobuf_c_message_free_unpacked. NULL: *status_p is the exit code.
Baocao__V1__ServerReply *client_ask (client_t *self, Baocao__V1__ClientRequest *request, int wait_ms,
                                     Baocao__V1__ServerReply__ReplyCase expected, int *status_p);
Baocao__V1__FeedReply *client_ask_feed (client_t *self, Baocao__V1__FeedRequest *request, Baocao__V1__FeedReply__ReplyCase expected,
                                        int *status_p);

// The line to the department's door, made at the first call. NULL (said on stderr): exit with CLIENT_UNCONFIGURED.
line_t *client_line (client_t *self);

// How the latest request of client_ask ended on the line.
line_result_t client_line_result (const client_t *self);

// Says what the outcome of a request means, on stderr, and returns the exit code.
int client_explain (const client_t *self, const line_t *line, line_result_t result);

// From now on a server that cannot be reached is not spoken of: a follower has said so once.
void client_hush (client_t *self, bool hushed);

// A message on stderr: "baocao: ..." and a line feed.
void client_say (const char *format, ...) __attribute__ ((format (printf, 1, 2)));

// The same for a wrong use of the command; returns CLIENT_USAGE.
int client_misused (const char *format, ...) __attribute__ ((format (printf, 1, 2)));

// What a file's errno means, in the user's language.
const char *client_trouble (int error);

// The new file at path (NULL: stdout) could not be written whole (errno): said with the remedy, and what was opened of it is removed.
void client_not_written (const char *path, const FILE *opened);

// The home cannot be written to (errno): said with the remedy. Returns CLIENT_UNCONFIGURED.
int client_cannot_write (const home_t *home);

// The home's secret key of that file name, which the caller destroys. NULL (said with the remedy): not there, or of no use.
zcert_t *client_key (const home_t *home, const char *name);

// The text of --reason in normalisation form C; the caller frees it. NULL (said on stderr): exit with CLIENT_USAGE.
char *client_reason (const client_t *self);

// Everything that these two have said so far, each on a line.
const char *client_said (void);

// Reads a whole file of at most max bytes; NUL-terminated, the caller frees it. NULL: said on stderr.
char *client_read_file (const char *path, size_t max, size_t *size_p);

// The commands.
int client_join (client_t *client);
int client_duties (client_t *client);
int client_template (client_t *client);
int client_check (client_t *client);
int client_push (client_t *client);
int client_queue_list (client_t *client);
int client_queue_flush (client_t *client);
int client_queue_drop (client_t *client);
int client_status (client_t *client);
int client_diff (client_t *client);
int client_extend (client_t *client);
int client_withdraw (client_t *client);
int client_receipt_list (client_t *client);
int client_receipt_pdf (client_t *client);
int client_mailbox_read (client_t *client);
int client_receipt_show (client_t *client);
int client_receipt_verify (client_t *client);
int client_mailbox (client_t *client);
int client_contribute (client_t *client);
int client_sign_off (client_t *client);
int client_sign_off_ask (client_t *client);
int client_sign_off_give (client_t *client);
int client_sign_off_refuse (client_t *client);
int client_feed_snapshot (client_t *client);
int client_feed_tail (client_t *client);
int client_doctor (client_t *client);
int client_help (client_t *client);
int client_print (client_t *client);
