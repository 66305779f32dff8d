/* metadata: what a source says that it has: its $metadata as {resource: {field: what}}, for settings, mappings and people.
 *
 *     {"Property": {"ListPrice": {"type": "Edm.Decimal", "is_list": false},
 *                   "City": {"type": "Edm.String", "is_list": false, "lookup": "City", "max_length": 50},
 *                   "Media": {"type": "Media", "is_list": true, "expand": true}}}
 *
 * A field of an enumeration (OData's EnumType) is Edm.String with the enumeration as its lookup; one of a complex type has that type's
 * name; expand: only with $expand. standard: the Data Dictionary's name, where it is another one.
 *
 * Owner    the arena: memory grows with the names, not with the text.
 * Failure  E_INPUT no XML (line and column), or no $metadata; E_LIMIT.
 * Threads  none.
 * Source   OData CSDL XML 4.01; RESO Data Dictionary 2.0, annotations RESO.OData.Metadata.*.
 */
#pragma once
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct buf;
struct metadata;

#define METADATA_NAMES_MAX 100000 /* resources, fields, enumerations */

struct metadata *metadata_new(struct arena *a);
int metadata_feed(struct metadata *m, struct str piece, struct err *e) MUST_CHECK;

/* After the last piece: appends the JSON. */
int metadata_end(struct metadata *m, struct buf *json, struct err *e) MUST_CHECK;

/* After that. */
size_t metadata_resources(const struct metadata *m);
size_t metadata_fields(const struct metadata *m);
