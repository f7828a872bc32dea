// overview: how the periods under way stand, once, or live.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "common/xmem.h"
#include "nouns.h"
#include "output.h"
#include "overview_look.h"
#include "overview_text.h"

enum { PAUSE_S = 2, ROWS = 24, COLUMNS = 80 };

// The other screen, without cursor, and with lines cut at its edge; and back.
#define SCREEN_ENTER "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J"
#define SCREEN_LEAVE "\x1b[?7h\x1b[?25h\x1b[?1049l"

static struct winsize window (void)
{
    struct winsize size = {0};
    if (ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0)
        size.ws_row = ROWS;
    if (size.ws_col == 0)
        size.ws_col = COLUMNS;
    return size;
}

static bool is_json (const admin_t *admin)
{
    return admin->options->given & OPTION_JSON;
}

// A block: tables, lines, or one line of JSON.
static void print (const admin_t *admin, const json_t *look)
{
    char *text =
        is_json (admin) ? json_dumps (look, JSON_COMPACT) : overview_text (look, isatty (STDOUT_FILENO) ? window ().ws_col : 0);
    printf ("%s%s", text, is_json (admin) ? "\n" : "");
    free (text);
}

static int show_once (admin_t *admin, overview_t *overview)
{
    int status = 0;
    json_t *look = overview_look (overview, &status);
    if (look && overview_is_doubtful (overview)) {
        json_decref (look);
        sleep (PAUSE_S);
        look = overview_look (overview, &status);
    }
    if (look)
        print (admin, look);
    json_decref (look);
    return status;
}

// --- Live ------------------------------------------------------------------------------------------------------------------------

// Over what was there before, line by line, so that nothing flickers; what does not fit in the window is counted.
static void draw (const json_t *look)
{
    struct winsize size = window ();
    char *text = overview_text (look, size.ws_col), *line = text;
    int row = 1, left = 0;
    for (const char *c = text; *c; c++)
        left += *c == '\n';
    fputs ("\x1b[H", stdout);
    for (; left > 0 && (row < size.ws_row || left == 1); row++, left--) {
        size_t length = strcspn (line, "\n");
        printf ("%.*s\x1b[K%s", (int)length, line, left > 1 ? "\n" : "");
        line += length + 1;
    }
    if (left > 0)
        printf (_ ("... and %d more lines"), left);
    fputs (left > 0 ? "\x1b[K" : "\x1b[J", stdout);
    fflush (stdout);
    free (text);
}

// Has anything happened since the block before? Keeps what it compared.
static bool has_changed (json_t **before_p, const json_t *look)
{
    json_t *now = json_deep_copy (look);
    overview_forget_time (now);
    bool changed = !*before_p || !json_equal (*before_p, now);
    json_decref (*before_p);
    *before_p = now;
    return changed;
}

// Until the next look, or a signal that ends it. False: it ends. A new size of the window is drawn at once.
static bool pause_drawing (const sigset_t *signals, const json_t *look, bool on_screen)
{
    const struct timespec pause = {.tv_sec = PAUSE_S};
    int number;
    while ((number = sigtimedwait (signals, NULL, &pause)) == SIGWINCH)
        if (on_screen && look)
            draw (look);
    return number < 0;
}

// On a screen the database may be away for a while, which is said there; a program is told by the exit status.
static int show_live (admin_t *admin, overview_t *overview, const sigset_t *signals, bool on_screen)
{
    json_t *look, *before = NULL;
    int status = 0;
    bool goes_on, seen = false;
    do {
        look = overview_look (overview, &status);
        if (look && on_screen)
            draw (look);
        else if (look && has_changed (&before, look))
            print (admin, look);
        seen |= look != NULL;
        if (!look) {
            PQfinish (admin->db);  // the next look connects anew
            admin->db = NULL;
        }
        goes_on = (look || (on_screen && seen && status == EX_UNAVAILABLE)) && fflush (stdout) == 0 &&
                  pause_drawing (signals, look, on_screen);
        json_decref (look);
    } while (goes_on);
    json_decref (before);
    return status;
}

static int follow (admin_t *admin, overview_t *overview)
{
    sigset_t signals;
    bool on_screen = isatty (STDOUT_FILENO) && !is_json (admin);
    sigemptyset (&signals);
    for (const int *number = (const int[]){SIGINT, SIGTERM, SIGHUP, SIGWINCH, 0}; *number; number++)
        sigaddset (&signals, *number);
    sigprocmask (SIG_BLOCK, &signals, NULL);
    if (on_screen)
        fputs (SCREEN_ENTER, stdout);
    int status = show_live (admin, overview, &signals, on_screen);
    if (on_screen)
        fputs (SCREEN_LEAVE, stdout);
    return status;
}

int overview_run (admin_t *admin)
{
    overview_t *overview = overview_new (admin);
    int status = admin->options->given & OPTION_FOLLOW ? follow (admin, overview) : show_once (admin, overview);
    overview_destroy (&overview);
    return status;
}
