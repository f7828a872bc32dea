// The frame that Decree 30/2020/ND-CP gives every document, around its content: who issues it, number, place and date, what it is, to
// whom it goes, and who signs.
#pragma once

#include "document.h"
#include "product.h"

typedef struct {
    const char *superior;  // name of the issuing agency's superior; NULL: none is named
    const char *agency;    // name of the issuing agency
    const char *symbol;    // after the number, where that is left blank: "/BC-........."
    const char *place;     // NULL: blank
    const char *type;      // "BÁO CÁO"; NULL: an official letter, which has none
    const char *abstract;  // what it is about
    product_letter_t said;
} letter_t;

// Of the standing unit, with what the options say.
letter_t letter_of_standing_unit (const product_t *self, const char *kind);

void letter_begin (document_t *document, const product_t *self, const letter_t *letter);
void letter_address (document_t *document, const product_t *self, const char *const *names, size_t n_names);

// The recipients besides the addressee, up to NULL, and the signature; ends the document's main part.
void letter_sign (document_t *document, const product_t *self, const letter_t *letter, const char *const *recipients);

// Is this a kind of unit that the receiving unit, a people's committee, is the superior of?
bool letter_has_superior (const char *kind);

// Ends the document, and writes it in the product's format.
int letter_deliver (document_t **document_p, product_t *self);
