// The committee's picture: every figure of the overview that can change, as the page shows it. The page prints from it (page_overview.h)
// and open pages are brought up to date from it, so that both say the same. Pure. In the language that was chosen
// (common/language.h).
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "baocao/v1/feed.pb-c.h"

// A field's id is that of the HTML element which holds its text and nothing else: "f-received", "f-task-I.1-progress",
// "f-unit-so-yte-standing". The codes of plans, periods, tasks and units stand in it as they are.
typedef struct {
    const char *id;
    const char *text;   // in the picture's language
    const char *value;  // a number for charts and for sorting, as decimal text: the attribute data-value; "" for no figure
    const char *state;  // words_standing_key or words_status_key: the attribute data-state; "" when it has none
} picture_field_t;

typedef struct picture picture_t;

// The snapshot is not needed any more afterwards.
picture_t *picture_new (const Baocao__V1__Snapshot *snapshot, bool vietnamese, int utc_offset_minutes);
void picture_destroy (picture_t **self_p);

// The field of that id; a field of empty texts when there is none. It is the picture's.
const picture_field_t *picture_field (const picture_t *self, const char *id);

// The snapshot's units as the table has them: who reported first stands first, then the late, the returned, the refused, the missing.
// The caller frees the array alone. The data-value of a unit's fields "place" and "standing" is
// its place there.
const Baocao__V1__UnitTotal **picture_units (const Baocao__V1__Snapshot *snapshot);

// What an open page needs to go from one picture to the next, as JSON; the caller frees it:
//   {"seq": 17, "set": {"f-received": ["14", "14", ""], ...}, "reload": ["obstacles"]}
// The fields of "set" have their new text, value and state. "reload" names the sections of the page (by their id) that have got other
// rows or other texts than their fields, and are to be fetched anew. before NULL: all there is, and "whole": true.
char *picture_event (const picture_t *before, const picture_t *after);
