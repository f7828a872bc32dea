// openapi.json: what the JSON and CSV answers are, as OpenAPI 3.1, made from the same tables as the answers.
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "files.h"
#include "report/json.h"

static json_t *reference (const char *kind, const char *name)
{
    return json_pack ("{s:s++++}", "$ref", "#/components/", kind, "/", name, "");
}

static json_t *array_of (const char *schema)
{
    return json_pack ("{s:s, s:o}", "type", "array", "items", reference ("schemas", schema));
}

// --- Columns ---------------------------------------------------------------------------------------------------------------------

static json_t *words_schema (const column_t *column)
{
    json_t *words = json_array ();
    for (unsigned i = 0; i < column->words->n_values; i++)
        if (column->words->values[i].value != 0)  // UNSPECIFIED is never written
            json_array_append_new (words, json_string (report_enum_name (column->words, column->words->values[i].value)));
    if (column->nothing)
        json_array_append_new (words, json_null ());
    return json_pack ("{s:o}", "enum", words);
}

static json_t *column_schema (const column_t *column)
{
    static const struct {
        const char *types[2], *key, *value;  // and one thing more
    } KINDS[] = {
        [CELL_TEXT] = {{"string"}, NULL, NULL},
        [CELL_COUNT] = {{"integer"}, NULL, NULL},
        [CELL_PERCENT] = {{"integer"}, NULL, NULL},
        [CELL_MONEY] = {{"integer", "string"}, "pattern", "^[0-9]+$"},  // text past 15 digits
        [CELL_DECIMAL] = {{"string"}, "pattern", "^-?[0-9]+(\\.[0-9]+)?$"},
        [CELL_TIME] = {{"string"}, "format", "date-time"},
        [CELL_ID] = {{"string"}, "pattern", "^[0-9a-f-]+$"},
    };
    if (column->kind == CELL_WORD)
        return words_schema (column);
    json_t *types = json_array (), *schema = json_pack ("{s:o}", "type", types);
    for (size_t i = 0; i < 2 && KINDS[column->kind].types[i]; i++)
        json_array_append_new (types, json_string (KINDS[column->kind].types[i]));
    if (column->nothing)
        json_array_append_new (types, json_string ("null"));
    if (KINDS[column->kind].key)
        json_object_set_new (schema, KINDS[column->kind].key, json_string (KINDS[column->kind].value));
    if (column->kind != CELL_TEXT && strcmp (KINDS[column->kind].types[0], "integer") == 0)
        json_object_set_new (schema, "minimum", json_integer (0));
    if (column->kind == CELL_PERCENT)
        json_object_set_new (schema, "maximum", json_integer (100));
    return schema;
}

// All of them are there always, in this order in CSV.
static json_t *row_schema (const table_t *table)
{
    json_t *properties = json_object (), *required = json_array ();
    for (size_t i = 0; i < table->n_columns; i++) {
        json_t *schema = column_schema (&table->columns[i]);
        json_object_set_new (schema, "title", json_string (table->columns[i].title));
        json_object_set_new (properties, table->columns[i].key, schema);
        json_array_append_new (required, json_string (table->columns[i].key));
    }
    return json_pack ("{s:s, s:s, s:o, s:o, s:b}", "type", "object", "description", table->about, "properties", properties,
                      "required", required, "additionalProperties", 0);
}

// --- Answers ---------------------------------------------------------------------------------------------------------------------

static json_t *head_properties (void)
{
    static const char *const TEXTS[] = {"plan", "title_vi", "title_en", "period"};
    static const char *const TIMES[] = {"due_before", "as_of"};
    json_t *properties = json_object ();
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        json_object_set_new (properties, TEXTS[i], json_pack ("{s:s}", "type", "string"));
    for (size_t i = 0; i < sizeof TIMES / sizeof *TIMES; i++)
        json_object_set_new (properties, TIMES[i], json_pack ("{s:s, s:s}", "type", "string", "format", "date-time"));
    json_object_set_new (properties, "feed_number",
                         json_pack ("{s:s, s:i, s:s}", "type", "integer", "minimum", 0, "description",
                                    "the feed's last event that the figures hold: answers of the same number agree"));
    return properties;
}

static json_t *answer_schema (const table_t *const *tables, size_t n)
{
    json_t *properties = head_properties (), *required = json_array ();
    for (size_t i = 0; i < n; i++)
        json_object_set_new (properties, tables[i]->name,
                             tables[i] == &TABLE_FIGURES ? reference ("schemas", "figures") : array_of (tables[i]->name));
    const char *key;
    json_t *value;
    json_object_foreach (properties, key, value)
        json_array_append_new (required, json_string (key));
    return json_pack ("{s:s, s:o, s:o, s:b}", "type", "object", "properties", properties, "required", required,
                      "additionalProperties", 0);
}

static json_t *schemas (void)
{
    static const table_t *const TABLES[] = {&TABLE_FIGURES,   &TABLE_TASKS, &TABLE_UNITS,   &TABLE_SOURCES, &TABLE_INDICATOR_TOTALS,
                                            &TABLE_OBSTACLES, &TABLE_CHAIN, &TABLE_ENTRIES, &TABLE_BUDGET,  &TABLE_INDICATORS};
    enum { OVERVIEW = 7 };  // the first of them
    json_t *all = json_object ();
    for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++)
        json_object_set_new (all, TABLES[i]->name, row_schema (TABLES[i]));
    const table_t *const entries = &TABLE_ENTRIES;
    json_object_set_new (all, "Overview", answer_schema (TABLES, OVERVIEW));
    json_object_set_new (all, "Entries", answer_schema (&entries, 1));
    return all;
}

// Where one reads: a table of CSV, or a whole answer of JSON.
static json_t *operation (const product_kind_t *kind)
{
    const table_t *table = kind->make == product_csv ? table_of_file (kind->name) : NULL;
    json_t *schema = table                            ? array_of (table->name)
                     : kind->make == product_overview ? reference ("schemas", "Overview")
                                                      : reference ("schemas", "Entries");
    if (table)
        json_object_set_new (
            schema, "description",
            json_string ("RFC 4180; a line is such an object, its columns in the order of `required`; null is an empty "
                         "field, a number or a text is written as it is."));
    json_t *found = json_pack ("{s:s, s:{s:{s:o}}}", "description", "As of the moment it was made.", "content", kind->content_type,
                               "schema", schema);
    return json_pack ("{s:{s:s, s:s, s:[o,o], s:{s:o, s:{s:s}}}}", "get", "operationId", kind->name, "summary",
                      table ? table->about : "The period's figures, each of them followable to the reports it is made of.",
                      "parameters", reference ("parameters", "plan"), reference ("parameters", "period"), "responses", "200", found,
                      "404", "description", "There is no such plan or period.");
}

static json_t *paths (void)
{
    json_t *all = json_object ();
    for (const product_kind_t *kind = PRODUCTS; kind->name; kind++) {
        if (kind->make != product_csv && kind->make != product_overview && kind->make != product_entries)
            continue;
        char *path = xasprintf ("/data/{plan}/{period}/%s", kind->name);
        json_object_set_new (all, path, operation (kind));
        free (path);
    }
    return all;
}

static json_t *parameter (const char *name, const char *about, const char *example)
{
    return json_pack ("{s:s, s:s, s:b, s:s, s:{s:s}, s:s}", "name", name, "in", "path", "required", 1, "description", about,
                      "schema", "type", "string", "example", example);
}

int product_openapi (product_t *self)
{
    json_t *document = json_pack ("{s:s, s:{s:s, s:s, s:s}, s:[{s:s}], s:o, s:{s:o, s:{s:o, s:o}}}", "openapi", "3.1.0", "info",
                                  "title", "baocao", "version", BAOCAO_VERSION, "description", self->title_en, "servers", "url",
                                  self->url, "paths", paths (), "components", "schemas", schemas (), "parameters", "plan",
                                  parameter ("plan", "the plan's code, with - for /", self->slug), "period",
                                  parameter ("period", "the period's code", self->period));
    int rc = json_dumpf (document, self->out, JSON_INDENT (1));
    fputc ('\n', self->out);
    json_decref (document);
    return rc == 0 ? 0 : product_fail ("openapi.json could not be written");
}
