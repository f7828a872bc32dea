// What the fuzz targets share. Each is one file with one function, which libFuzzer calls with one input after another; tests/fuzz/run
// runs them.
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire.h"

// An empty arena, always the same memory: making one of this size takes longer than most inputs.
static inline bc_arena_t *fuzz_arena (int which)
{
    static bc_arena_t *arenas[2];
    if (!arenas[which])
        arenas[which] = bc_arena_new (16 << 20);
    bc_arena_reset (arenas[which]);
    return arenas[which];
}

// Not assert: it holds in every build.
#define FUZZ_REQUIRE(condition)                                                                                                    \
    do {                                                                                                                           \
        if (!(condition)) {                                                                                                        \
            fprintf (stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                                               \
            abort ();                                                                                                              \
        }                                                                                                                          \
    } while (0)

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
