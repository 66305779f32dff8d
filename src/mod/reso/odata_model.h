/* odata_model: what a service has: resources, their fields and types, lists of values.
 *
 * A model is made once (dictionary_model(), or from nothing with odata_model_new()), added to (local fields
 * of a source), and then only read: requests are parsed against it, $metadata is written from it.
 *
 * Owner    the arena given to odata_model_new(); names and values given to it are borrowed and must live as long.
 * Failure  none: a name that is there already is returned as it is.
 * Threads  none while it is added to; reading is safe.
 *
 * Source: OData 4.01 CSDL (OASIS), part 6 and 7; RESO RCP-32 (lists as strings with a Lookup resource).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct arena;
struct map;

#define ODATA_NAVIGATIONS 16 /* of one resource */

enum odata_type {
	ODATA_NULL, /* the literal null; no field has it */
	ODATA_STRING,
	ODATA_BOOLEAN,
	ODATA_INT16,
	ODATA_INT32,
	ODATA_INT64,
	ODATA_DECIMAL,
	ODATA_DOUBLE,
	ODATA_DATE,
	ODATA_TIMESTAMP, /* Edm.DateTimeOffset */
	ODATA_TIME,      /* Edm.TimeOfDay */
	ODATA_DURATION,  /* of literals only */
	ODATA_POINT,     /* Edm.GeographyPoint */
	ODATA_COMPLEX,   /* a structure of its own: odata_field.target */
};

/* "Edm.Int64"; for ODATA_COMPLEX, which has no such name, "". */
const char *odata_type_name(enum odata_type type);
bool odata_type_is_number(enum odata_type type);

struct odata_lookup_value {
	struct str value; /* "Active Under Contract": what rows hold */
	struct str
		legacy; /* "ActiveUnderContract": as a name of an enumeration; absent: value without what
	                      is no letter or digit */
};

struct odata_lookup {
	struct str name;
	const struct odata_lookup_value *values;
	size_t n; /* 0: any value; the list is local and open */
};

struct odata_field {
	struct str name; /* case-sensitive */
	enum odata_type type;
	bool is_list;  /* Collection(type) */
	bool is_key;   /* the resource's; exactly one, a String */
	bool is_local; /* not of RESO's dictionary */
	bool is_hidden; /* can be filtered and ordered by, but is not in rows: Bridge's Coordinates */
	uint16_t max_length;                 /* of texts; 0: not said */
	uint8_t precision, scale;            /* of decimals; 0: not said */
	struct str lookup;                   /* absent: free text */
	const struct odata_resource *target; /* ODATA_COMPLEX */
	size_t index;                        /* resource->fields[index] is this one */
	const void *of;                      /* whatever the model's maker wants to find again */
};

/* From one row to those of another resource. */
struct odata_navigation {
	struct str name; /* "Media", "ListOffice" */
	const struct odata_resource *target;
	bool is_collection;
	struct str own_key;    /* field here ... "ListingKey" */
	struct str target_key; /* ... that this field there is equal to: "ResourceRecordKey" */
	bool is_closed;        /* can be expanded, but not asked with any and all */
	size_t index;          /* resource->navigations[index] is this one */
	const void *of;
};

struct odata_resource {
	struct str name;
	bool is_complex; /* a structure inside rows: no key and no entity set */
	struct odata_field **fields;
	size_t fields_n;
	struct odata_navigation **navigations;
	size_t navigations_n;
	const struct odata_field *key; /* NULL until a field with is_key was added */
	struct odata_model *model;
	struct map *names; /* private */
};

struct odata_model {
	struct arena *arena;
	struct str name_space; /* "org.reso.metadata" */
	struct odata_resource **resources;
	size_t resources_n;
	struct odata_lookup **lookups;
	size_t lookups_n;
	struct map *names; /* private */
};

struct odata_model *odata_model_new(struct arena *a, struct str name_space)
	__attribute__((returns_nonnull));

/* The new one, or the one that is there. */
struct odata_resource *odata_model_add(struct odata_model *m, struct str name)
	__attribute__((returns_nonnull));

/* A copy of *field (its index is set here). One of that name that is there stays as it is and is returned. */
struct odata_field *odata_model_add_field(struct odata_resource *r, const struct odata_field *field)
	__attribute__((returns_nonnull));
struct odata_navigation *odata_model_add_navigation(struct odata_resource *r,
	const struct odata_navigation *navigation) __attribute__((returns_nonnull));
void odata_model_add_lookup(struct odata_model *m,
	const struct odata_lookup *lookup); /* replaces */

/* By name, case-sensitive; NULL when there is none. */
const struct odata_resource *odata_model_resource(const struct odata_model *m, struct str name);
const struct odata_field *odata_model_field(const struct odata_resource *r, struct str name);
const struct odata_navigation *odata_model_navigation(const struct odata_resource *r,
	struct str name);
const struct odata_lookup *odata_model_lookup(const struct odata_model *m, struct str name);

/* The field of r that name was probably meant to be; NULL when none is near. For messages. */
const char *odata_model_near(struct arena *a, const struct odata_resource *r, struct str name);
