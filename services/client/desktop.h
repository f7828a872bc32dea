// Notices on the desktop, where there is one.
#pragma once

typedef struct desktop desktop_t;

// NULL: there is no session bus, or no libnotify on this computer; desktop_show then does nothing. libnotify is loaded when it is
// there, so that nothing depends on it.
desktop_t *desktop_new (void);
void desktop_destroy (desktop_t **self_p);

void desktop_show (desktop_t *self, const char *subject, const char *body);
