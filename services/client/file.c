#include "file.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "report/json.h"
#include "report/text.h"
#include "charset.h"
#include "client.h"
#include "sheet.h"
#include "xlsx_read.h"

// A copy without the remarks and with every text in normalisation form C.
static json_t *clean (const json_t *json)
{
    const char *key;
    json_t *member, *copy;
    size_t index;
    if (json_is_object (json)) {
        copy = json_object ();
        json_object_foreach ((json_t *)json, key, member) {
            if (key[0] != '_')
                json_object_set_new (copy, key, clean (member));
        }
    } else if (json_is_array (json)) {
        copy = json_array ();
        json_array_foreach (json, index, member) {
            json_array_append_new (copy, clean (member));
        }
    } else if (json_is_string (json) && strlen (json_string_value (json)) == json_string_length (json)) {
        char *text = text_to_nfc (json_string_value (json));  // jansson has checked that it is UTF-8
        copy = json_string (text);
        free (text);
    } else
        copy = json_incref ((json_t *)json);
    return copy;
}

static json_t *read_json (const char *text, char **error_p)
{
    json_error_t error;
    json_t *raw = json_loads (text, JSON_REJECT_DUPLICATES, &error);
    if (!raw) {
        const char *reason = json_error_code (&error) == json_error_duplicate_key ? _ ("the same key is there twice in one object")
                                                                                  : _ ("from here on it is not valid JSON");
        *error_p = xasprintf (_ ("line %d, column %d: %s"), error.line, error.column, reason);
        return NULL;
    }
    json_t *json = clean (raw);
    json_decref (raw);
    return json;
}

static const char *translated (const char *reason)
{
    return _ (reason);
}

// NULL: the file is neither a workbook nor CSV. The caller clears the book.
static json_t *read_tables (file_t *self, book_t *book, const char *text, const Baocao__V1__Duties *duties, char **error_p)
{
    if (text) {
        grid_t *grid = grid_new (text);
        if (!grid) {
            *error_p = xstrdup (
                _ ("this is neither JSON nor CSV: a quotation mark is not closed, or stands within a cell that is not quoted"));
            return NULL;
        }
        book_add (book, "", grid);
    }
    return sheet_read (book, duties, self->places, &self->complaints);
}

static json_t *read_text (file_t *self, const char *data, size_t size, const Baocao__V1__Duties *duties, char **error_p)
{
    book_t book = {0};
    json_t *json = NULL;
    char *text = charset_text (data, size), first = text ? text[strspn (text, " \t\r\n")] : 0;
    if (size >= 5 && !memcmp (data, "%PDF-", 5))
        *error_p = xstrdup (
            _ ("this is a PDF file, whatever its name is; open the workbook itself and save it as 'Excel Workbook (.xlsx)'"));
    else if (!text)
        *error_p = xstrdup (_ ("this is neither a workbook nor UTF-8 text, whatever its name is; open it and save it as 'Excel "
                               "Workbook (.xlsx)' or 'CSV UTF-8'"));
    else if (!first)
        *error_p = xstrdup (_ ("the file is empty"));
    else
        json = first == '{' ? read_json (text, error_p) : read_tables (self, &book, text, duties, error_p);
    book_clear (&book);
    free (text);
    return json;
}

static json_t *read_workbook (file_t *self, const char *data, size_t size, const Baocao__V1__Duties *duties, char **error_p)
{
    book_t book;
    if (xlsx_read (data, size, &book, error_p))
        return NULL;
    json_t *json = read_tables (self, &book, NULL, duties, error_p);
    book_clear (&book);
    return json;
}

file_t *file_new (const char *data, size_t size, const Baocao__V1__Duties *duties, char **error_p)
{
    json_t *json = NULL;
    file_t *self = xcalloc (1, sizeof *self);
    self->places = places_new ();
    findings_init (&self->complaints);
    *error_p = NULL;
    if (xlsx_is_compound (data, size))
        *error_p =
            xstrdup (_ ("this is a workbook of the older kind (.xls) or one with a password; save it as 'Excel Workbook (.xlsx)' "
                        "without a password"));
    else
        json = xlsx_is_archive (data, size) ? read_workbook (self, data, size, duties, error_p)
                                            : read_text (self, data, size, duties, error_p);
    if (json)
        self->report = (Baocao__V1__Report *)report_from_json (json, &baocao__v1__report__descriptor, translated, error_p);
    json_decref (json);
    if (!self->report)
        file_destroy (&self);
    return self;
}

void file_destroy (file_t **self_p)
{
    file_t *self = *self_p;
    if (!self)
        return;
    if (self->report)
        baocao__v1__report__free_unpacked (self->report, NULL);
    places_destroy (&self->places);
    findings_clear (&self->complaints);
    free (self);
    *self_p = NULL;
}
