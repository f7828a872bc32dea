// The private directories of officers who send by the portal, each of mode 0700 under portal/sessions, named by the id of the session:
//
//   home/        of the command baocao (BAOCAO_HOME): key, spool, receipts
//   invite       with which it joined                      who.json     whose it is
//   used         when a browser last came (Unix ms)        opened       a browser has come with its cookie: the link is used up
//   upload.xlsx  the workbook                              upload.json  its name and SHA-256
//   check.json, push.json   what the command said of it
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

enum { SEND_HOME_ID = 33 };  // 32 hexadecimal digits, and a NUL byte

// Makes the directory that all lie in. 0 or -1 (errno).
int send_homes_make (const char *root);

// The path of a home, or of something in it (NULL: of itself); the caller frees it.
char *send_home_path (const char *root, const char *id, const char *name);

bool send_home_exists (const char *root, const char *id, const char *name);
int send_home_make (const char *root, const char *id);  // 0 or -1 (errno); one that exists is as good
void send_home_remove (const char *root, const char *id);

// A file whole or not at all. 0 or -1 (errno).
int send_home_write (const char *root, const char *id, const char *name, const char *text, size_t size);
int send_home_write_json (const char *root, const char *id, const char *name, json_t *value);  // takes the value over

// NULL: there is none. The caller frees it.
char *send_home_read (const char *root, const char *id, const char *name, size_t *size_p);
json_t *send_home_read_json (const char *root, const char *id, const char *name);

void send_home_touch (const char *root, const char *id, int64_t now);
int64_t send_home_used (const char *root, const char *id);

// How many reports wait there to be delivered.
size_t send_home_waiting (const char *root, const char *id);

// Calls for each home.
void send_homes_each (const char *root, void (*look) (const char *id, void *arg), void *arg);
