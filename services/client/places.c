#include "places.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/system.h"
#include "common/xmem.h"
#include "client.h"
#include "grid.h"

typedef struct {
    char *path;
    char *sheet;
    place_t place;
} node_t;

struct places {
    void *tree;  // of node_t, by path (tsearch)
    FILE *list;  // the same as text: PATH, CELL and SHEET, with tabs between, a line each
    char *text;
    size_t size;
};

static int by_path (const void *a, const void *b)
{
    return strcmp (((const node_t *)a)->path, ((const node_t *)b)->path);
}

static void free_node (void *item)
{
    node_t *node = item;
    free (node->path);
    free (node->sheet);
    free (node);
}

places_t *places_new (void)
{
    places_t *self = xcalloc (1, sizeof *self);
    self->list = open_memstream (&self->text, &self->size);
    if (!self->list)
        abort ();
    return self;
}

void places_destroy (places_t **self_p)
{
    places_t *self = *self_p;
    if (!self)
        return;
    bc_system_tree_free (self->tree, free_node);
    fclose (self->list);
    free (self->text);
    free (self);
    *self_p = NULL;
}

static void add (places_t *self, const char *path, const char *sheet, const char *cell)
{
    node_t *node = xcalloc (1, sizeof *node);
    node->path = xstrdup (path);
    node->sheet = xstrdup (sheet);
    node->place.sheet = node->sheet;
    snprintf (node->place.cell, sizeof node->place.cell, "%s", cell);
    node_t **found = tsearch (node, &self->tree, by_path);
    if (!found)
        abort ();
    if (*found == node)
        fprintf (self->list, "%s\t%s\t%s\n", path, cell, sheet);
    else
        free_node (node);
}

const char *places_list (places_t *self)
{
    fflush (self->list);
    return self->text;
}

// What is no such line is passed over: some findings have no cell then.
places_t *places_from_list (char *list)
{
    places_t *self = places_new ();
    for (char *rest = list, *line; (line = strsep (&rest, "\n"));) {
        char *path = strsep (&line, "\t"), *cell = strsep (&line, "\t");
        if (cell && line)
            add (self, path, line, cell);
    }
    return self;
}

void places_add (places_t *self, const char *path, const char *sheet, size_t row, size_t column)
{
    char cell[32];
    grid_name (row, column, cell);
    add (self, path, sheet, cell);
}

void places_share (places_t *self, const char *path, const char *other)
{
    const place_t *place = places_find (self, path);
    if (place)
        add (self, other, place->sheet, place->cell);
}

const place_t *places_find (const places_t *self, const char *path)
{
    char *part = xstrdup (path);
    const place_t *place = NULL;
    while (*part && !place) {
        node_t key = {.path = part};
        node_t **found = tfind (&key, &self->tree, by_path);
        place = found ? &(*found)->place : NULL;
        char *dot = strrchr (part, '.'), *bracket = strrchr (part, '[');
        char *end = dot > bracket ? dot : bracket;  // NULL is before everything
        *(end ? end : part) = 0;
    }
    free (part);
    return place;
}

char *places_text (const place_t *place)
{
    return *place->sheet ? xasprintf (_ ("Sheet \"%s\", cell %s"), place->sheet, place->cell)
                         : xasprintf (_ ("Cell %s"), place->cell);
}
