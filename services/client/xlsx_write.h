// What the sheets of the workbook (xlsx_write.c) and its tables (xlsx_tables.c) share.
#pragma once

#include <xlsxwriter.h>

#include "template_subject.h"

// Looks: what the officer fills in is yellow and unlocked, all else is locked.
typedef enum {
    LOOK_HEADING,  // the sheet's first line
    LOOK_REMARK,   // small print below it
    LOOK_TITLE,    // of a column
    LOOK_LOCKED,   // given text
    LOOK_CODE,     // the same, in the middle
    LOOK_QUIET,    // the same, where it is repeated
    LOOK_RATE,
    LOOK_GROUP,  // a line over several rows
    LOOK_SUM,    // money in it
    LOOK_SUM_RATE,
    LOOK_STEP,  // of the guide: its number, its text, what is to be typed
    LOOK_GUIDE,
    LOOK_COMMAND,
    LOOK_TEXT,  // from here on to be filled in
    LOOK_CHOICE,
    LOOK_NUMBER,
    LOOK_DECIMAL,
    LOOK_MONEY,
    LOOK_DATE,
    LOOK_ALARM,  // conditional: something is missing here
    LOOKS,
} look_t;

typedef struct {
    const template_subject_t *subject;
    const char *remarks;
    lxw_workbook *workbook;
    lxw_format *looks[LOOKS];
} xlsx_writer_t;

// A column of a sheet's table.
typedef struct {
    const char *key;
    double width;
    const char *comment;  // on its title; NULL: none
    bool hidden;
} xlsx_column_t;

enum { XLSX_TITLE_ROW = 3, XLSX_KEY_ROW, XLSX_FIRST_ROW };  // below the heading and its remarks

// A sheet with its heading, the titles of its columns (ended by one without a key), and the hidden row of their keys.
lxw_worksheet *xlsx_sheet (xlsx_writer_t *self, const char *name, const char *heading, const char *remark,
                           const xlsx_column_t *columns);

// The height of a row whose text of that length is wrapped at so many characters a line.
double xlsx_height (const char *text, size_t line);

void xlsx_put (xlsx_writer_t *self, lxw_worksheet *sheet, uint32_t row, uint16_t column, const char *text, look_t look);

// Bounds what can be typed into a cell. message is shown beside the cell, error when something else is typed.
void xlsx_limit (lxw_worksheet *sheet, uint32_t first, uint32_t last, uint16_t column, lxw_data_validation *rule, const char *title,
                 const char *message, const char *error);

// Turns the cells of a column red where the formula, written for the first row, is true.
void xlsx_alarm (xlsx_writer_t *self, lxw_worksheet *sheet, uint32_t first, uint32_t last, uint16_t column, const char *formula);

void xlsx_write_tasks (xlsx_writer_t *self);
void xlsx_write_budget (xlsx_writer_t *self);
bool xlsx_has_indicators (const xlsx_writer_t *self);
void xlsx_write_indicators (xlsx_writer_t *self);
void xlsx_write_contributions (xlsx_writer_t *self);  // no sheet when there are none
