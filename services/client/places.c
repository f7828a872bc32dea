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
    return xcalloc (1, sizeof (places_t));
}

void places_destroy (places_t **self_p)
{
    if (*self_p)
        bc_system_tree_free ((*self_p)->tree, free_node);
    free (*self_p);
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
    if (*found != node)
        free_node (node);
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
