/* dictionary_local: how the dictionary's tables are written. Not for others.
 *
 *   dictionary.c           puts the model together
 *   dictionary_property.c  Property's fields
 *   dictionary_more.c      those of Media, Member, Office and Lookup
 *   dictionary_lookup.c    lists of values
 */
#pragma once
#include <stddef.h>

#include "mod/reso/dictionary.h"

struct dictionary_field {
	const char *name; /* NULL ends a table */
	const char *lookup;
	enum odata_type type;
	bool is_list, is_key;
	uint16_t max_length;
	uint8_t precision, scale;
};

#define TEXT(field, length) {.name = #field, .type = ODATA_STRING, .max_length = (length)}
#define KEY(field) {.name = #field, .type = ODATA_STRING, .max_length = 255, .is_key = true}
#define ONE(field, list) {.name = #field, .type = ODATA_STRING, .lookup = #list}
#define MANY(field, list) {.name = #field, .type = ODATA_STRING, .lookup = #list, .is_list = true}
#define WHOLE(field) {.name = #field, .type = ODATA_INT64}
#define DECIMAL(field, digits, behind) \
	{.name = #field, .type = ODATA_DECIMAL, .precision = (digits), .scale = (behind)}
#define TRUTH(field) {.name = #field, .type = ODATA_BOOLEAN}
#define DAY(field) {.name = #field, .type = ODATA_DATE}
#define MOMENT(field) {.name = #field, .type = ODATA_TIMESTAMP, .precision = 3}

struct dictionary_lookup {
	const char *name; /* NULL ends the table */
	const char *
		values; /* one after another, with '|' between; NULL: open, what rows hold counts */
};

extern const struct dictionary_field dictionary_property[], dictionary_media[], dictionary_member[],
	dictionary_office[], dictionary_lookup_fields[];
extern const struct dictionary_lookup dictionary_lookups[];
