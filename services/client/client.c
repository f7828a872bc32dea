#include "client.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "common/keys.h"
#include "common/xmem.h"

struct client {
    const args_t *args;
    bool vietnamese, hushed;
    home_t *home;
    invite_t *invite;
    zcert_t *certificate;
    line_t *line;
    line_result_t result;  // of the latest request
};

client_t *client_new (const args_t *args, bool vietnamese)
{
    client_t *self = xcalloc (1, sizeof *self);
    self->args = args;
    self->vietnamese = vietnamese;
    return self;
}

void client_destroy (client_t **self_p)
{
    client_t *self = *self_p;
    if (!self)
        return;
    line_destroy (&self->line);
    zcert_destroy (&self->certificate);
    invite_destroy (&self->invite);
    home_destroy (&self->home);
    free (self);
    *self_p = NULL;
}

const args_t *client_args (const client_t *self)
{
    return self->args;
}

bool client_json (const client_t *self)
{
    return args_flag (self->args, "json");
}

const char *client_pick (const client_t *self, const char *vi, const char *en)
{
    const char *wanted = self->vietnamese ? vi : en;
    return *wanted ? wanted : self->vietnamese ? en : vi;
}

static char *said;

static void say (const char *format, va_list arguments)
{
    char *text, *before = said;
    if (vasprintf (&text, format, arguments) < 0)
        return;
    fflush (stdout);
    fprintf (stderr, "baocao: %s\n", text);
    said = before ? xasprintf ("%s\n%s", before, text) : xstrdup (text);
    free (before);
    free (text);
}

const char *client_said (void)
{
    return said ? said : "";
}

void client_say (const char *format, ...)
{
    va_list arguments;
    va_start (arguments, format);
    say (format, arguments);
    va_end (arguments);
}

int client_misused (const char *format, ...)
{
    va_list arguments;
    va_start (arguments, format);
    say (format, arguments);
    va_end (arguments);
    fprintf (stderr, _ ("Try 'baocao --help'.\n"));
    return CLIENT_USAGE;
}

home_t *client_home (client_t *self)
{
    if (self->home)
        return self->home;
    const char *given = args_value (self->args, "home");
    char *path = given ? xstrdup (given) : home_default ();
    if (path)
        self->home = home_new (path);
    else
        client_say (_ ("no place for the client's home: set BAOCAO_HOME or HOME, or give --home"));
    free (path);
    return self->home;
}

static invite_t *load_invite (const home_t *home)
{
    size_t size;
    char *text = home_load (home, "invite", &size), *error = NULL;
    if (!text) {
        if (errno == ENOENT)
            client_say (_ ("%s has not been joined yet: run 'baocao join INVITE' with the file from the standing agency"),
                        home_path (home));
        else
            client_say (_ ("cannot read %s/invite: %s"), home_path (home), client_trouble (errno));
        return NULL;
    }
    invite_t *invite = invite_parse (text, &error);
    if (!invite)
        client_say ("%s/invite: %s", home_path (home), error);
    free (error);
    free (text);
    return invite;
}

const invite_t *client_invite (client_t *self, bool reader)
{
    const home_t *home = client_home (self);
    if (home && !self->invite)
        self->invite = load_invite (home);
    if (!self->invite)
        return NULL;
    if (self->invite->reader == reader)
        return self->invite;
    if (reader)
        client_say (_ ("%s is the home of %s, not of a reader of the feed: join a feed invite into a home of its own"),
                    home_path (home), self->invite->unit);
    else
        client_say (_ ("%s is the home of a reader of the feed, not of a department"), home_path (home));
    return NULL;
}

const char *client_trouble (int error)
{
    switch (error) {
    case ENOSPC:
    case EDQUOT:
        return _ ("there is no room left on the disk");
    case EACCES:
    case EPERM:
    case EROFS:
        return _ ("you have not the right to do so");
    case ENOENT:
        return _ ("there is no such file or directory");
    default:
        return strerror (error);
    }
}

void client_not_written (const char *path, const FILE *opened)
{
    int error = errno;
    if (path && opened)
        unlink (path);
    if (path && error == EEXIST)
        client_say (_ ("%s is there already and stays as it is: give another name with -o"), path);
    else
        client_say (_ ("cannot write %s: %s"), path ? path : "stdout", client_trouble (error));
}

int client_cannot_write (const home_t *home)
{
    client_say (_ ("cannot write to %s: %s"), home_path (home), client_trouble (errno));
    client_say (_ ("make room on the disk, or take another home with --home"));
    return CLIENT_UNCONFIGURED;
}

zcert_t *client_key (const home_t *home, const char *name)
{
    char *path = home_entry (home, name);
    errno = 0;
    zcert_t *certificate = bc_cert_load (path);
    if (!certificate) {
        client_say (_ ("the key of this computer, %s, cannot be used: %s"), path,
                    errno ? client_trouble (errno) : _ ("it is damaged, or other users can read it"));
        client_say (_ ("ask the standing agency for a new invite, then run 'baocao join INVITE --new-key'"));
    }
    free (path);
    return certificate;
}

static line_t *open_line (client_t *self, int type, const char *address)
{
    long long seconds;
    args_number (self->args, "timeout", 0, 1, 3600, &seconds);  // its form was checked by main
    if (!self->certificate) {
        self->certificate = client_key (self->home, "client.cert");
    }
    return self->certificate ? line_new (type, address, self->invite->server_key, self->certificate, (int)seconds * 1000) : NULL;
}

// The line to the department's door (reader: to the feed's), made at the first call. NULL (said on stderr).
static line_t *standing_line (client_t *self, bool reader)
{
    const invite_t *invite = client_invite (self, reader);
    if (invite && !self->line)
        self->line = open_line (self, ZMQ_DEALER, reader ? invite->feed_snapshot : invite->address);
    return invite ? self->line : NULL;
}

line_t *client_line (client_t *self)
{
    return standing_line (self, false);
}

line_t *client_event_line (client_t *self)
{
    const invite_t *invite = client_invite (self, true);
    return invite ? open_line (self, ZMQ_SUB, invite->feed_events) : NULL;
}

line_result_t client_line_result (const client_t *self)
{
    return self->result;
}

void client_hush (client_t *self, bool hushed)
{
    self->hushed = hushed;
}

int client_explain (const client_t *self, const line_t *line, line_result_t result)
{
    if (self->hushed && result != LINE_ANSWERED && result != LINE_DENIED)
        return CLIENT_UNREACHABLE;
    switch (result) {
    case LINE_ANSWERED:
        return CLIENT_DONE;
    case LINE_DENIED:
        client_say (
            _ ("the server at %s refuses this key: it is not registered yet, or it has been revoked. Run 'baocao join'; if that "
               "does not help, ask the standing agency for a new invite."),
            line_address (line));
        return CLIENT_DENIED;
    case LINE_BUSY:
        if (line_busy (line))
            client_say ("%s", client_pick (self, line_busy (line)->message_vi, line_busy (line)->message_en));
        else
            client_say (_ ("the server at %s is too busy: try again later"), line_address (line));
        return CLIENT_UNREACHABLE;
    case LINE_INTERRUPTED:
        client_say (_ ("interrupted"));
        return CLIENT_UNREACHABLE;
    case LINE_UNREACHABLE:
        break;
    }
    client_say (_ ("no answer from the server at %s: check the network, and that the invite is still the current one"),
                line_address (line));
    return CLIENT_UNREACHABLE;
}

// Says why the reply is not the one asked for: an error of the server's, or (NULL) something else. The exit code.
static int explain_reply (const client_t *self, const Baocao__V1__Error *error)
{
    if (!error) {
        client_say (_ ("the server at %s gave an answer that this program does not understand: is it up to date?"),
                    line_address (self->line));
        return CLIENT_UNREACHABLE;
    }
    client_say ("%s", client_pick (self, error->message_vi, error->message_en));
    return error->code == BAOCAO__V1__ERROR_CODE__ERROR_CODE_INTERNAL ? CLIENT_UNREACHABLE : CLIENT_REFUSED;
}

// Any reply at all, or NULL (said on stderr). *status_p is the exit code.
static ProtobufCMessage *exchange (client_t *self, bool reader, ProtobufCMessage *request, const ProtobufCMessageDescriptor *type,
                                   int wait_ms, int *status_p)
{
    line_t *line = standing_line (self, reader);
    *status_p = CLIENT_UNCONFIGURED;
    if (!line)
        return NULL;
    ProtobufCMessage *reply;
    self->result = line_ask (line, request, type, wait_ms, &reply);
    *status_p = client_explain (self, line, self->result);
    return reply;
}

Baocao__V1__ServerReply *client_ask (client_t *self, Baocao__V1__ClientRequest *request, int wait_ms,
                                     Baocao__V1__ServerReply__ReplyCase expected, int *status_p)
{
    Baocao__V1__ServerReply *reply =
        (Baocao__V1__ServerReply *)exchange (self, false, &request->base, &baocao__v1__server_reply__descriptor, wait_ms, status_p);
    if (!reply || reply->reply_case == expected)
        return reply;
    *status_p = explain_reply (self, reply->reply_case == BAOCAO__V1__SERVER_REPLY__REPLY_ERROR ? reply->error : NULL);
    baocao__v1__server_reply__free_unpacked (reply, NULL);
    return NULL;
}

Baocao__V1__FeedReply *client_ask_feed (client_t *self, Baocao__V1__FeedRequest *request, Baocao__V1__FeedReply__ReplyCase expected,
                                        int *status_p)
{
    Baocao__V1__FeedReply *reply =
        (Baocao__V1__FeedReply *)exchange (self, true, &request->base, &baocao__v1__feed_reply__descriptor, 0, status_p);
    if (!reply || reply->reply_case == expected)
        return reply;
    *status_p = explain_reply (self, reply->reply_case == BAOCAO__V1__FEED_REPLY__REPLY_ERROR ? reply->error : NULL);
    baocao__v1__feed_reply__free_unpacked (reply, NULL);
    return NULL;
}

char *client_read_file (const char *path, size_t max, size_t *size_p)
{
    FILE *file = fopen (path, "rbe");
    char *data = xmalloc (max + 2);
    size_t size = file ? fread (data, 1, max + 1, file) : 0;
    if (!file || ferror (file))
        client_say (_ ("cannot read %s: %s"), path, client_trouble (errno));
    else if (size > max)
        client_say (_ ("%s is larger than %zu bytes"), path, max);
    if (!file || ferror (file) || size > max) {
        free (data);
        data = NULL;
    } else {
        data[size] = 0;
        *size_p = size;
    }
    if (file)
        fclose (file);
    return data;
}
