// doctor: looks at everything that can be wrong between an officer and a receipt, a line for each thing.
#include "doctor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/keys.h"
#include "common/xmem.h"
#include "output.h"
#include "spool.h"

enum { DISK_LOW_MB = 200, DISK_FULL_MB = 10 };

struct doctor {
    client_t *client;
    json_t *checks;
    doctor_state_t worst;
    int code;
};

client_t *doctor_client (doctor_t *self)
{
    return self->client;
}

void doctor_say (doctor_t *self, const char *check, doctor_state_t state, int code, char *text, char *remedy)
{
    static const char *const names[] = {"ok", "warning", "error"};
    const char *const words[] = {_ ("good   "), _ ("notice "), _ ("WRONG  ")};
    json_array_append_new (
        self->checks, json_pack ("{s:s, s:s, s:s, s:s*}", "check", check, "state", names[state], "text", text, "remedy", remedy));
    if (!client_json (self->client)) {
        printf ("%s %s%s%s\n", words[state], text, remedy ? " -> " : "", remedy ? remedy : "");
        fflush (stdout);  // the next check may take its time
    }
    if (state > self->worst || (state == self->worst && !self->code)) {
        self->worst = state;
        self->code = code;
    }
    free (text);
    free (remedy);
}

// --- The home --------------------------------------------------------------------------------------------------------------------

#define JOIN_REMEDY _ ("run 'baocao join INVITE' with the file from the standing agency")

// Can a file be made here? 0 or an errno.
static int try_to_write (home_t *home)
{
    return home_save (home, ".doctor", "", 0) || home_remove (home, ".doctor") ? errno : 0;
}

static void check_home (doctor_t *self, home_t *home)
{
    const char *path = home_path (home);
    struct stat status;
    int error;
    if (stat (path, &status) || !S_ISDIR (status.st_mode))
        doctor_say (self, "home", DOCTOR_ERROR, CLIENT_UNCONFIGURED, xasprintf (_ ("home: there is no directory %s"), path),
                    xstrdup (JOIN_REMEDY));
    else if (status.st_uid != geteuid ())
        doctor_say (self, "home", DOCTOR_ERROR, CLIENT_UNCONFIGURED, xasprintf (_ ("home: %s belongs to another user"), path),
                    xstrdup (_ ("log in as that user, or take another home with --home")));
    else if (status.st_mode & 077)
        doctor_say (self, "home", DOCTOR_WARNING, CLIENT_DONE, xasprintf (_ ("home: %s is open to other users"), path),
                    xasprintf ("chmod 700 '%s'", path));
    else if ((error = try_to_write (home)) != 0)
        doctor_say (self, "home", DOCTOR_ERROR, CLIENT_UNCONFIGURED,
                    xasprintf (_ ("home: cannot write to %s: %s"), path, strerror (error)),
                    xstrdup (_ ("make room on the disk, or take another home with --home")));
    else
        doctor_say (self, "home", DOCTOR_OK, CLIENT_DONE, xasprintf (_ ("home: %s"), path), NULL);
}

// The invite, which the caller destroys, or NULL.
static invite_t *check_invite (doctor_t *self, const home_t *home)
{
    size_t size;
    char *text = home_load (home, "invite", &size), *error = NULL;
    invite_t *invite = text ? invite_parse (text, &error) : NULL;
    if (!text)
        doctor_say (self, "invite", DOCTOR_ERROR, CLIENT_UNCONFIGURED, xstrdup (_ ("invite: this home has not been joined yet")),
                    xstrdup (JOIN_REMEDY));
    else if (!invite)
        doctor_say (self, "invite", DOCTOR_ERROR, CLIENT_UNCONFIGURED, xasprintf (_ ("invite: %s"), error), xstrdup (JOIN_REMEDY));
    else
        doctor_say (self, "invite", DOCTOR_OK, CLIENT_DONE,
                    xasprintf (_ ("invite: %s"), invite->reader ? _ ("a reader of the feed")
                                                                : client_pick (self->client, invite->name_vi, invite->name_en)),
                    NULL);
    free (error);
    free (text);
    return invite;
}

// The key, which the caller destroys, or NULL.
static zcert_t *check_key (doctor_t *self, const home_t *home)
{
    char *path = home_entry (home, "client.cert");
    struct stat status;
    zcert_t *certificate = NULL;
    if (stat (path, &status))
        doctor_say (self, "key", DOCTOR_ERROR, CLIENT_UNCONFIGURED, xasprintf (_ ("key: %s is not there"), path),
                    xstrdup (JOIN_REMEDY));
    else if (status.st_mode & 077)
        doctor_say (self, "key", DOCTOR_ERROR, CLIENT_UNCONFIGURED, xasprintf (_ ("key: %s can be read by other users"), path),
                    xasprintf (_ ("chmod 600 '%s'; if somebody may have read it, ask for a new invite"), path));
    else if (!(certificate = bc_cert_load (path)))
        doctor_say (self, "key", DOCTOR_ERROR, CLIENT_UNCONFIGURED, xasprintf (_ ("key: %s is damaged"), path),
                    xstrdup (_ ("delete this file, and join again with a new invite from the standing agency")));
    else
        doctor_say (self, "key", DOCTOR_OK, CLIENT_DONE,
                    xasprintf (_ ("key: its public half is %s"), zcert_public_txt (certificate)), NULL);
    free (path);
    return certificate;
}

// --- What waits, and the room for it ---------------------------------------------------------------------------------------------

// Since when: the id's first 48 bits are its time.
static char *made_at (const char *report_id)
{
    uint8_t id[BC_UUID_SIZE];
    int64_t ms = 0;
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    if (!bc_uuid_parse (report_id, id))
        for (int i = 0; i < 6; i++)
            ms = ms << 8 | id[i];
    return output_time (bc_timestamp_set (&time, ms));
}

static void check_spool (doctor_t *self, home_t *home)
{
    char **waiting = spool_list (home), *damaged = NULL;
    size_t count = 0;
    for (char **id = waiting; *id; id++, count++) {
        Baocao__V1__SubmitReport *request = spool_get (home, *id);
        if (!request && !damaged)
            damaged = xasprintf ("%s/spool/%s.request", home_path (home), *id);
        if (request)
            baocao__v1__submit_report__free_unpacked (request, NULL);
    }
    char *since = count ? made_at (waiting[0]) : NULL;
    if (damaged)
        doctor_say (self, "spool", DOCTOR_ERROR, CLIENT_REFUSED, xasprintf (_ ("spool: %s is damaged"), damaged),
                    xstrdup (_ ("push the report's file once more, then delete this one")));
    else if (count)
        doctor_say (self, "spool", DOCTOR_WARNING, CLIENT_SPOOLED,
                    xasprintf (_ ("spool: reports that have not been received yet: %zu, the first since %s"), count, since),
                    xstrdup (_ ("run 'baocao queue flush'")));
    else
        doctor_say (self, "spool", DOCTOR_OK, CLIENT_DONE, xstrdup (_ ("spool: nothing waits to be sent")), NULL);
    free (since);
    free (damaged);
    home_list_free (&waiting);
}

static void check_disk (doctor_t *self, const home_t *home)
{
    struct statvfs status;
    if (statvfs (home_path (home), &status))
        return;  // there is no home, which has been said
    uint64_t free_mb = (uint64_t)status.f_bavail * status.f_frsize >> 20;
    doctor_state_t state = free_mb < DISK_FULL_MB ? DOCTOR_ERROR : free_mb < DISK_LOW_MB ? DOCTOR_WARNING : DOCTOR_OK;
    doctor_say (self, "disk", state, state == DOCTOR_ERROR ? CLIENT_UNCONFIGURED : CLIENT_DONE,
                xasprintf (_ ("disk: %llu MB are free"), (unsigned long long)free_mb),
                state == DOCTOR_OK ? NULL : xasprintf (_ ("make room: a report with its files can need %d MB"), DISK_LOW_MB));
}

// --- The terminal ----------------------------------------------------------------------------------------------------------------

// What the user's programs believe of the terminal: what is written is UTF-8 in any case.
static const char *encoding (void)
{
    static const char *const NAMES[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const char *value = getenv (NAMES[i]);
        if (value && *value)
            return value;
    }
    return "";
}

static void check_terminal (doctor_t *self)
{
    const char *locale = encoding (), *dot = strchr (locale, '.'), *terminal = getenv ("TERM");
    const char *language = client_pick (self->client, "tiếng Việt", "English");
    if (!dot || (strncasecmp (dot + 1, "utf-8", 5) != 0 && strncasecmp (dot + 1, "utf8", 4) != 0))
        doctor_say (self, "terminal", DOCTOR_WARNING, CLIENT_DONE,
                    xasprintf (_ ("terminal: language %s; its encoding is not said to be UTF-8 (LANG=%s)"), language, locale),
                    xstrdup (_ ("if letters look wrong: export LANG=C.UTF-8 LANGUAGE=vi")));
    else if (terminal && !strcmp (terminal, "linux"))
        doctor_say (self, "terminal", DOCTOR_WARNING, CLIENT_DONE,
                    xstrdup (_ ("terminal: the text console has not all Vietnamese letters")),
                    xstrdup (_ ("use a window, such as a terminal of the desktop")));
    else
        doctor_say (self, "terminal", DOCTOR_OK, CLIENT_DONE, xasprintf (_ ("terminal: language %s, UTF-8"), language), NULL);
}

int client_doctor (client_t *client)
{
    home_t *home = client_home (client);
    doctor_t self = {.client = client, .checks = json_array ()};
    if (!home)
        return CLIENT_UNCONFIGURED;
    output_home_zone (home);
    check_home (&self, home);
    invite_t *invite = check_invite (&self, home);
    zcert_t *certificate = check_key (&self, home);
    if (invite)
        doctor_check_server (&self, invite, certificate);
    check_spool (&self, home);
    check_disk (&self, home);
    check_terminal (&self);
    if (self.worst == DOCTOR_OK && invite && !invite->reader)
        client_say (_ ("nothing is wrong; next: 'baocao status'"));
    if (client_json (client))
        output_json (json_pack ("{s:s, s:i, s:O}", "version", BAOCAO_VERSION, "exit_code", self.code, "checks", self.checks));
    json_decref (self.checks);
    zcert_destroy (&certificate);
    invite_destroy (&invite);
    return self.code;
}
