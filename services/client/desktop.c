#include "desktop.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/xmem.h"
#include "report/text.h"

// As in libnotify/notify.h; a GObject's reference is given back with g_object_unref, which comes with it.
struct desktop {
    void *library;
    void *(*notification_new) (const char *summary, const char *body, const char *icon);
    int (*show) (void *notification, void **error_p);
    void (*unref) (void *object);
    void (*uninit) (void);
};

static int has_bus (void)
{
    const char *address = getenv ("DBUS_SESSION_BUS_ADDRESS"), *runtime = getenv ("XDG_RUNTIME_DIR");
    if (address && *address)
        return 1;
    char *path = runtime ? xasprintf ("%s/bus", runtime) : NULL;
    int found = path && !access (path, W_OK);
    free (path);
    return found;
}

// Functions out of a library, as POSIX has it.
static void *symbol (void *library, const char *name)
{
    return library ? dlsym (library, name) : NULL;
}

desktop_t *desktop_new (void)
{
    desktop_t *self = xcalloc (1, sizeof *self);
    self->library = has_bus () ? dlopen ("libnotify.so.4", RTLD_NOW) : NULL;
    int (*init) (const char *name) = symbol (self->library, "notify_init");
    self->notification_new = symbol (self->library, "notify_notification_new");
    self->show = symbol (self->library, "notify_notification_show");
    self->unref = symbol (self->library, "g_object_unref");
    self->uninit = symbol (self->library, "notify_uninit");
    if (!init || !self->notification_new || !self->show || !self->unref || !self->uninit || !init ("baocao")) {
        // It stays loaded: GLib does not bear being unloaded.
        free (self);
        self = NULL;
    }
    return self;
}

void desktop_destroy (desktop_t **self_p)
{
    desktop_t *self = *self_p;
    if (!self)
        return;
    self->uninit ();
    free (self);
    *self_p = NULL;
}

// The beginning of a text on one line, for a place that reads markup; the caller frees it.
static char *plain (const char *text)
{
    char excerpt[480], *escaped = xcalloc (sizeof excerpt, 5), *to = escaped;
    text_excerpt (text, excerpt, sizeof excerpt);
    for (const char *c = excerpt; *c; c++)
        to = *c == '<'   ? stpcpy (to, "&lt;")
             : *c == '>' ? stpcpy (to, "&gt;")
             : *c == '&' ? stpcpy (to, "&amp;")
                         : (*to = *c, to + 1);
    return escaped;
}

void desktop_show (desktop_t *self, const char *subject, const char *body)
{
    if (!self)
        return;
    char *escaped = plain (body);
    // Who cannot be reached on the desktop still has the mailbox.
    void *notification = self->notification_new (subject, escaped, "mail-unread");
    self->show (notification, NULL);
    self->unref (notification);
    free (escaped);
}
