// The overview for people.
#pragma once

#include <jansson.h>

// Tables for a terminal that is so many columns wide; 0: lines of tab-separated cells. The caller frees the text.
char *overview_text (const json_t *look, int width);
