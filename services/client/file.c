#include "file.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "report/json.h"
#include "report/text.h"
#include "client.h"
#include "sheet.h"

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

Baocao__V1__Report *file_parse (const char *data, size_t size, const Baocao__V1__Duties *duties, char **error_p)
{
    *error_p = NULL;
    if (size >= 3 && !memcmp (data, "\xEF\xBB\xBF", 3)) {
        data += 3;
        size -= 3;
    }
    char *raw = xmemdup (data, size);
    char *text = strlen (raw) == size ? text_to_nfc (raw) : NULL;
    free (raw);
    if (!text) {
        *error_p = xstrdup (_ ("this is not UTF-8 text; in a spreadsheet, save it as 'CSV UTF-8'"));
        return NULL;
    }
    char first = text[strspn (text, " \t\r\n")];
    if (!first) {
        *error_p = xstrdup (_ ("the file is empty"));
        free (text);
        return NULL;
    }
    json_t *json = first == '{' ? read_json (text, error_p) : sheet_read (text, duties, error_p);
    free (text);
    if (!json)
        return NULL;
    ProtobufCMessage *report = report_from_json (json, &baocao__v1__report__descriptor, translated, error_p);
    json_decref (json);
    return (Baocao__V1__Report *)report;
}
