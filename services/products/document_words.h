// Figures, days and fixed words as documents write them, in the product's language: fresh memory where it is not const.
#pragma once

#include "product.h"

// 1.234.567 in Vietnamese, 1,234,567 in English; NULL, no figure: "".
char *document_money (const product_t *self, const char *amount);

// The same of a decimal, whose trailing zeros go: 1.234,5.
char *document_decimal (const product_t *self, const char *number);

// How much of `whole` it is, "12,5%"; "" where either is no figure or the whole is 0.
char *document_share (const product_t *self, const char *part, const char *whole);

// "ngày 05 tháng 02 năm 2025" (the decree's way: a 0 before a day below 10 and a month below 3); day is YYYY-MM-DD.
char *document_day (const product_t *self, const char *day);
char *words_short_day (const char *day);  // "05/02/2025"

// Of an instant, in the plan's time zone: the day as YYYY-MM-DD, and "15 giờ 04 phút, ngày ...".
char *document_local_day (int64_t ms);
char *document_instant (const product_t *self, int64_t ms);

// "năm 2025" of a yearly period.
char *document_period (const product_t *self);

const char *document_status (const product_t *self, int status);  // TaskStatus
const char *document_source (const product_t *self, int source);  // BudgetSource

// In capitals; what is an agency's superior also with the usual abbreviation ("UBND TỈNH THANH HÓA"), as the decree has it.
char *document_capitals (const char *text);
char *document_superior (const char *name);

// The place that a name ends with: "Thanh Hóa" of "Ủy ban nhân dân tỉnh Thanh Hóa"; NULL: none is named. Borrowed.
const char *document_place (const char *name);
