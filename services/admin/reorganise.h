// The duties' part of a reorganisation (reorganise_duties.c).
#pragma once

#include "admin.h"

// From the day on the successors have the duties that the moves (JSON, see reorganise.c) give them, besides their own: the stronger of two
// counts. What moved ends for the predecessor. tasks: those of the command line, as an array of PostgreSQL. Returns the exit code.
int reorganise_duties (admin_t *admin, const char *moves, const char *from, const char *tasks);
