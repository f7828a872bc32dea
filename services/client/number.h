// Numbers as officers write them.
#pragma once

#include <stdint.h>

enum { NUMBER_DECIMAL_TEXT = 32 };

// A whole number: digits, or groups of three after dots or spaces (1.234.567); a sign before and đ, đồng, VND or % behind are
// allowed, and ",00" at the end. 0, or -1: not one, or too large.
int number_whole (const char *text, int64_t *value_p);

// A decimal as report.proto wants it (-?[0-9]{1,15}(\.[0-9]{1,6})?), from 12.5, 12,5 or 1.234.567,5. 0, or -1: not one, or, like 1.234,
// one that can be read in two ways.
int number_decimal (const char *text, char decimal[NUMBER_DECIMAL_TEXT]);
