#include "nearest.h"

#include <string.h>

enum { WORD_MAX = 40 };

// Levenshtein distance of two words of at most WORD_MAX bytes.
static size_t distance (const char *a, const char *b)
{
    size_t row[WORD_MAX + 1], length = strlen (b);
    for (size_t j = 0; j <= length; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= length; j++) {
            size_t change = diagonal + (a[i - 1] != b[j - 1]);
            size_t step = 1 + (row[j] < row[j - 1] ? row[j] : row[j - 1]);
            diagonal = row[j];
            row[j] = change < step ? change : step;
        }
    }
    return row[length];
}

const char *bc_nearest (const char *word, const char *const *words, size_t count)
{
    const char *best = NULL;
    size_t best_distance = strlen (word) / 2 + 1;
    if (strlen (word) > WORD_MAX)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t d = strlen (words[i]) <= WORD_MAX ? distance (word, words[i]) : best_distance;
        if (d < best_distance) {
            best = words[i];
            best_distance = d;
        }
    }
    return best;
}
