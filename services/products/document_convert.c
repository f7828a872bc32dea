#include "document_convert.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/xmem.h"

#define PREFIX "baocao-document."

enum { RESTART = 81 };  // LibreOffice's exit status when it has made a new profile and wants to be started again

// --- The directory ---------------------------------------------------------------------------------------------------------------

static const char *temporary (void)
{
    const char *path = getenv ("TMPDIR");
    return path && *path ? path : "/tmp";
}

static int remove_one (const char *path, const struct stat *status, int type, struct FTW *at)
{
    (void)status, (void)type, (void)at;
    remove (path);
    return 0;  // what cannot go must not keep the rest
}

static void remove_tree (const char *path)
{
    nftw (path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

// Locked, so that nobody takes it for one that was left: the lock goes with the process. The lock's descriptor, or -1.
static int lock_directory (const char *path)
{
    struct stat status;
    int lock = open (path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (lock >= 0 && fstat (lock, &status) == 0 && status.st_uid == geteuid () && flock (lock, LOCK_EX | LOCK_NB) == 0 &&
        fstat (lock, &status) == 0 && status.st_nlink > 0)
        return lock;
    if (lock >= 0)
        close (lock);
    return -1;
}

// What processes left that were killed.
static void sweep (void)
{
    DIR *directory = opendir (temporary ());
    for (struct dirent *entry; directory && (entry = readdir (directory));) {
        if (strncmp (entry->d_name, PREFIX, sizeof PREFIX - 1) != 0)
            continue;
        char *path = xasprintf ("%s/%s", temporary (), entry->d_name);
        int lock = lock_directory (path);
        if (lock >= 0) {
            remove_tree (path);
            close (lock);
        }
        free (path);
    }
    if (directory)
        closedir (directory);
}

// A new one of mode 0700, and its lock. Another process can have swept it away before the lock was there: then anew.
static char *make_directory (int *lock_p)
{
    for (;;) {
        char *path = xasprintf ("%s/" PREFIX "XXXXXX", temporary ());
        if (!mkdtemp (path)) {
            product_fail ("no directory in %s: %s", temporary (), strerror (errno));
            free (path);
            return NULL;
        }
        *lock_p = lock_directory (path);
        if (*lock_p >= 0)
            return path;
        free (path);
    }
}

static int write_file (const char *directory, const char *name, const char *content, size_t size)
{
    char *path = xasprintf ("%s/%s", directory, name);
    FILE *file = fopen (path, "wx");
    bool whole = file && fwrite (content, 1, size, file) == size;
    if (file && fclose (file) != 0)
        whole = false;
    if (!whole)
        product_fail ("%s could not be written: %s", path, strerror (errno));
    free (path);
    return whole ? 0 : -1;
}

// A profile in which no macro runs, nothing is looked up elsewhere, and nobody is asked anything.
static int write_profile (const char *directory)
{
    static const char SETTINGS[] =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<oor:items xmlns:oor=\"http://openoffice.org/2001/registry\">\n"
        "<item oor:path=\"/org.openoffice.Office.Common/Security/Scripting\">"
        "<prop oor:name=\"DisableMacrosExecution\" oor:op=\"fuse\"><value>true</value></prop></item>\n"
        "<item oor:path=\"/org.openoffice.Office.Common/Security/Scripting\">"
        "<prop oor:name=\"MacroSecurityLevel\" oor:op=\"fuse\"><value>3</value></prop></item>\n"
        "<item oor:path=\"/org.openoffice.Office.Common/Security/Scripting\">"
        "<prop oor:name=\"BlockUntrustedRefererLinks\" oor:op=\"fuse\"><value>true</value></prop></item>\n"
        "<item oor:path=\"/org.openoffice.Office.Writer/Content/Update\">"
        "<prop oor:name=\"Link\" oor:op=\"fuse\"><value>0</value></prop></item>\n"
        "</oor:items>\n";
    char *profile = xasprintf ("%s/profile", directory), *user = xasprintf ("%s/profile/user", directory);
    int rc = mkdir (profile, 0700) == 0 && mkdir (user, 0700) == 0
                 ? write_file (user, "registrymodifications.xcu", SETTINGS, sizeof SETTINGS - 1)
                 : product_fail ("%s could not be made: %s", user, strerror (errno));
    free (profile);
    free (user);
    return rc;
}

// --- The process -----------------------------------------------------------------------------------------------------------------

static const char *format_of (const product_t *self)
{
    return strrchr (self->kind->name, '.') + 1;
}

// PDF/A-2b, tagged: to be kept, and to be read aloud.
static const char *filter_of (const product_t *self)
{
    static const char *const FILTERS[][2] = {
        {"odt", "odt:writer8"},
        {"docx", "docx:MS Word 2007 XML"},
        {"pdf", "pdf:writer_pdf_Export:{\"SelectPdfVersion\":{\"type\":\"long\",\"value\":\"2\"},"
                "\"UseTaggedPDF\":{\"type\":\"boolean\",\"value\":\"true\"}}"},
    };
    size_t i = 0;
    while (strcmp (FILTERS[i][0], format_of (self)) != 0)
        i++;
    return FILTERS[i][1];
}

// In the child: becomes LibreOffice, in a group of its own, in the directory and with nothing else of ours.
static void become_office (const product_t *self, const char *directory, pid_t parent)
{
    char *installation = xasprintf ("-env:UserInstallation=file://%s/profile", directory);
    char *sockets = xasprintf ("-env:OSL_SOCKET_PATH=%s", directory), *home = xasprintf ("HOME=%s", directory);
    char *scratch = xasprintf ("TMPDIR=%s", directory),
         *path = xasprintf ("PATH=%s", getenv ("PATH") ? getenv ("PATH") : "/usr/bin:/bin");
    int nothing = open ("/dev/null", O_RDWR);
    setpgid (0, 0);
    if (unshare (CLONE_NEWUSER | CLONE_NEWNET) != 0)
        errno = 0;  // not everywhere allowed; what it reads is ours, and names nothing outside
    prctl (PR_SET_PDEATHSIG, SIGKILL);
    if (getppid () != parent || nothing < 0 || chdir (directory) != 0)
        _exit (127);
    for (int fd = 0; fd < 3; fd++)
        dup2 (nothing, fd);
    execvpe (self->office,
             (char *[]){"soffice", "--headless", "--norestore", "--nolockcheck", "--nodefault", installation, sockets,
                        "--convert-to", (char *)filter_of (self), "--outdir", "out", "document.fodt", NULL},
             (char *[]){home, scratch, path, "LANG=C.UTF-8", NULL});
    _exit (127);
}

// The signals that end us are waited for like the child's end, so that it and its directory go first.
static void watched_signals (sigset_t *set)
{
    static const int SIGNALS[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP};
    sigemptyset (set);
    for (size_t i = 0; i < sizeof SIGNALS / sizeof *SIGNALS; i++)
        sigaddset (set, SIGNALS[i]);
}

// The child's wait status; -1: it was ended, which was said.
static int await (pid_t child, int64_t deadline, const sigset_t *set, const product_t *self)
{
    int status;
    for (;;) {
        if (waitpid (child, &status, WNOHANG) == child)
            return status;
        int64_t left = deadline - bc_clock_monotonic_ms ();
        struct timespec time = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};
        int signal = left > 0 ? sigtimedwait (set, NULL, &time) : 0;
        if (signal == SIGCHLD || (signal < 0 && errno == EINTR) ||
            (signal < 0 && errno == EAGAIN && deadline > bc_clock_monotonic_ms ()))
            continue;
        kill (-child, SIGKILL);
        waitpid (child, &status, 0);
        if (signal > 0)
            return product_fail ("ended by signal %d", signal);
        return product_fail ("LibreOffice took longer than %d s", self->time_limit);
    }
}

// Its exit status; -1: it has none, which was said.
static int run_office (const product_t *self, const char *directory, int64_t deadline, const sigset_t *set, const sigset_t *usual)
{
    pid_t parent = getpid (), child = fork ();
    if (child < 0)
        return product_fail ("no process for LibreOffice: %s", strerror (errno));
    if (child == 0) {
        sigprocmask (SIG_SETMASK, usual, NULL);
        become_office (self, directory, parent);
    }
    setpgid (child, child);  // whoever comes first
    int status = await (child, deadline, set, self);
    if (status == -1)
        return -1;
    return WIFEXITED (status) ? WEXITSTATUS (status) : product_fail ("LibreOffice ended by signal %d", WTERMSIG (status));
}

static int convert (const product_t *self, const char *directory)
{
    sigset_t set, usual;
    watched_signals (&set);
    signal (SIGCHLD, SIG_DFL);
    sigprocmask (SIG_BLOCK, &set, &usual);
    int64_t deadline = bc_clock_monotonic_ms () + self->time_limit * 1000LL;
    int status = run_office (self, directory, deadline, &set, &usual);
    if (status == RESTART)
        status = run_office (self, directory, deadline, &set, &usual);
    sigprocmask (SIG_SETMASK, &usual, NULL);
    if (status == 127)
        return product_fail ("%s could not be run (products/office)", self->office);
    return status > 0 ? product_fail ("LibreOffice could not do it (exit status %d)", status) : status;
}

// --- The result ------------------------------------------------------------------------------------------------------------------

static int deliver (const product_t *self, const char *directory)
{
    char block[65536], *path = xasprintf ("%s/out/document.%s", directory, format_of (self));
    FILE *file = fopen (path, "r");
    free (path);
    if (!file)
        return product_fail ("LibreOffice made nothing of it");
    size_t size, total = 0;
    while ((size = fread (block, 1, sizeof block, file)) > 0)
        total += fwrite (block, 1, size, self->out);  // what went wrong there is seen once it is flushed
    int wrong = ferror (file);
    fclose (file);
    return wrong || total == 0 ? product_fail ("what LibreOffice made could not be read") : 0;
}

int document_convert (document_t *document, product_t *self)
{
    size_t size;
    const char *content = document_content (document, &size);
    int lock;
    sweep ();
    char *directory = make_directory (&lock);
    if (!directory)
        return -1;
    int rc = write_profile (directory) == 0 && write_file (directory, "document.fodt", content, size) == 0 &&
                     convert (self, directory) == 0
                 ? deliver (self, directory)
                 : -1;
    remove_tree (directory);
    close (lock);
    free (directory);
    return rc;
}
