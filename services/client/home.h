// The client's home: one directory of mode 0700 that holds one unit's (or one reader's) key and everything it must not lose.
//
//   invite                     as the standing agency gave it
//   client.cert                key pair: a CZMQ certificate with its secret, mode 0600
//   client.cert.new            one that takes its place once it is registered
//   officer                    the name given to `join`
//   duties.pb                  the duties as last read (a packed Duties)
//   spool/UUID.request         reports whose receipt has not come yet (a packed SubmitReport); spool/.lock keeps their files together
//   spool/UUID.places          the cells that such a report came from (places_list)
//   receipts/UUID.receipt      every receipt (a packed Receipt), and UUID.report, the very bytes it is for
//   files/DIGEST               the attachments of reports in the spool, each under its SHA-256
//   reports/DIGEST             the report id under which the report of this SHA-256 goes out, so that it counts once
//   mailbox.cursor             the last notice that `push` has seen while it waited
//   mailbox.read               the numbers of the notices that were read (marks.h)
//
// A file appears whole or not at all: it is written under a temporary name, synced, renamed, and its directory synced. Names
// that begin with a dot are such temporary files, left by a crash; nothing reads them.
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct home home_t;

// $BAOCAO_HOME, else $XDG_DATA_HOME/baocao, else ~/.local/share/baocao; the caller frees it. NULL: none of them is set.
char *home_default (void);

home_t *home_new (const char *path);
void home_destroy (home_t **self_p);
const char *home_path (const home_t *self);

// Makes the directories that are missing, for the user's eyes only. 0 or -1 (errno).
int home_create (home_t *self);

// The path of an entry; the caller frees it.
char *home_entry (const home_t *self, const char *name);
bool home_has (const home_t *self, const char *name);

// Writes the entry durably, in the place of an older one. 0 or -1 (errno); then nothing has changed.
int home_save (home_t *self, const char *name, const void *data, size_t size);

// The same, with the content from `fill`, which writes it to fd and returns 0, or -1 (errno).
int home_save_from (home_t *self, const char *name, int (*fill) (int fd, void *arg), void *arg);

// The same as home_save, but an entry that is there already stays: returns 1.
int home_save_new (home_t *self, const char *name, const void *data, size_t size);

// The whole entry, NUL-terminated; the caller frees it. NULL (errno).
void *home_load (const home_t *self, const char *name, size_t *size_p);

// Removes the entry durably; one that is not there is no error. 0 or -1 (errno).
int home_remove (home_t *self, const char *name);

// Removes the temporary files that a crash has left in a directory. Nobody may be writing into it.
void home_sweep (home_t *self, const char *directory);

// Names in a directory that end in suffix, without it, in ascending order, ended by NULL. Free with home_list_free.
char **home_list (const home_t *self, const char *directory, const char *suffix);
void home_list_free (char ***names_p);
