// Where people can be written to: is a text an address, and nothing but one? Pure.
//
// What is taken goes into SMTP commands, mail headers and URLs as it is, so nothing is allowed that could end one and begin
// another: printable ASCII only. A domain with other letters is written in its ASCII form (xn--..., RFC 5891).
#pragma once

#include <stdbool.h>

// local-part@domain: a dot-atom of at most 64 bytes (RFC 5321, 4.5.3.1) without quoting, and a domain name of at least two labels;
// at most 254 bytes in all.
bool bc_address_is_mail (const char *text);

// An absolute https URL without user, password or fragment, at most 1,000 bytes. http is for this host itself only (127.0.0.1, [::1],
// localhost).
bool bc_address_is_webhook (const char *text);

// Brings a mail or web address into the one form in which it is kept and compared: its domain in lower case. The local part of a mail
// address stays as it is, since only its host knows whether case matters there (RFC 5321, 2.4).
void bc_address_normalise (char *address);

// Is the host of a URL ("smtp://localhost:25/x", "http://127.0.0.1") this host itself?
bool bc_address_is_local (const char *url);
