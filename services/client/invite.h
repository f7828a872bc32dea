// The invite: the file that the standing agency gives to an officer of a department, or to a reader of the feed. Whoever has its token
// first can join with it, and whoever can change it on its way can lead a client to another server: it is handed over as carefully as
// a stamp. ZPL (rfc.zeromq.org/spec/4):
//
//   baocao                                             baocao
//       version = "1"                                      version = "1"
//   unit                                               feed
//       code = "so-yte"                                    snapshot = "tcp://host:7390"
//       name_vi = "Sở Y tế"                                events = "tcp://host:7391"
//       name_en = "Department of Health"                   public_key = "..."
//   endpoint
//       address = "tcp://host:7401"
//       public_key = "..."   (the server's, Z85)
//   receipt
//       key_id = "0123456789abcdef"
//       public_key = "..."   (verifies receipts: Ed25519, 64 hexadecimal digits)
//   enrolment               (not in every invite: without it the key is registered by hand)
//       address = "tcp://host:7400"
//       public_key = "..."
//       token = "..."        (64 hexadecimal digits, good for one computer)
//       name = "..."         (the officer's, when the standing agency has given it)
//       expires_at = "2025-12-22T02:00:00Z"
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    bool reader;  // a feed's invite: only feed_* and server_key are set
    char *unit, *name_vi, *name_en;
    char *address;
    char *server_key;  // Z85, 40 characters
    char *receipt_key_id;
    uint8_t receipt_key[32];
    char *enrolment_address, *enrolment_key;  // NULL: the key is registered by hand
    uint8_t token[32];
    char *officer;  // "": not given
    char *feed_snapshot, *feed_events;
} invite_t;

// From the file's text. NULL: *error_p says why; the caller frees it.
invite_t *invite_parse (const char *text, char **error_p);
void invite_destroy (invite_t **self_p);
