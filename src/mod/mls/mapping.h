/* mapping: turns payload rows of a feed into rows of mls.listings and mls.listing_media.
 *
 * A mapping is the JSON document of mls.field_mappings ("canonical name": "RESO field") compiled once.
 * A page's rows then go through three steps, so that rows that have not changed cost only the first:
 *
 *   mapping_head()   the payload as text, its key, its timestamp and its hash
 *   mapping_apply()  every typed column, and the media
 *   mapping_copy_listing(), mapping_copy_media()   the lines for COPY ... FROM STDIN (text format)
 *
 * What is typed how, and what happens to values that cannot be: normal.h and docs/mapping.md.
 *
 * Owner    a struct mapping and all texts of a row live in the arena they were made with, or borrow
 *          from the payload: both must outlive the row.
 * Failure  a document or a row that cannot be used is E_INPUT with one sentence naming the field. A
 *          value that cannot be typed is no failure: it becomes null, is counted and remembered.
 * Threads  a finished mapping is read-only.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"
#include "mod/mls/normal.h"

struct arena;
struct buf;
struct json;
struct mapping;

/* The typed columns of mls.listings that a feed fills, in the order of mapping_columns[]. */
enum listing_column {
	LISTING_SOURCE_LISTING_KEY,
	LISTING_MLS_NUMBER,
	LISTING_STANDARD_STATUS,
	LISTING_MODIFICATION_TS,
	LISTING_SOURCE_MODIFIED_AT,
	LISTING_LIST_DATE,
	LISTING_CLOSE_DATE,
	LISTING_ADDRESS_FULL,
	LISTING_STREET_NUMBER,
	LISTING_STREET_NAME,
	LISTING_UNIT_NUMBER,
	LISTING_CITY,
	LISTING_STATE,
	LISTING_POSTAL_CODE,
	LISTING_SUBDIVISION,
	LISTING_BUILDING_NAME,
	LISTING_COMMUNITY,
	LISTING_COUNTY,
	LISTING_LATITUDE,
	LISTING_LONGITUDE,
	LISTING_PROPERTY_TYPE,
	LISTING_BEDROOMS,
	LISTING_BATHROOMS,
	LISTING_LIVING_AREA_SQFT,
	LISTING_LOT_SIZE_SQFT,
	LISTING_YEAR_BUILT,
	LISTING_LIST_PRICE,
	LISTING_CLOSE_PRICE,
	LISTING_PRICE_PER_SQFT,
	LISTING_PUBLIC_REMARKS,
	LISTING_PHOTO_COUNT,
	LISTING_LIST_AGENT_KEY,
	LISTING_LIST_AGENT_MLS_ID,
	LISTING_LIST_AGENT_NAME,
	LISTING_LIST_OFFICE_KEY,
	LISTING_LIST_OFFICE_MLS_ID,
	LISTING_LIST_OFFICE_NAME,
	LISTING_COLUMNS
};

/* Numbers are whole numbers, dates (days since 1970) or times (microseconds since 1970); which of the
 * members holds follows from the column. */
#define LISTING_NULL NORMAL_NULL /* in n */
union listing_value {
	struct str s; /* absent: null */
	int64_t n;
	double x; /* not a number: null */
};

struct listing_media {
	struct str url; /* http or https, 1 .. 2048 bytes, once per listing */
	struct str caption, key, category;
	int32_t order;
	bool is_public; /* its Permission keeps it neither to agents nor to the office */
};

/* A value that was emptied, or put right. */
struct listing_problem {
	struct str field; /* of the payload */
	struct str value; /* as JSON, shortened */
	const char *reason;
};

#define LISTING_PROBLEMS_MAX 32

struct listing_row {
	union listing_value values[LISTING_COLUMNS];
	struct hash_128 mapping_hash;
	struct str extra; /* JSON, an object; absent: the mapping names none */
	/* has_media false: the payload says nothing about media, so what is known stays. */
	bool has_media;
	struct hash_128 media_hash;
	struct listing_media *media;
	size_t media_n;
	unsigned problems_n; /* all of them; the first LISTING_PROBLEMS_MAX are kept */
	unsigned fixes_n;    /* values that were put right; as many are kept */
	struct listing_problem problems[LISTING_PROBLEMS_MAX], fixes[LISTING_PROBLEMS_MAX];
};

/* The mapping of document 000, installed where a workspace has none. */
extern const char mapping_default[];

/* Compiles a document (docs/mapping.md). Refused, naming what is wrong: what mls.refuse_bad_mapping() refuses too. */
struct mapping *mapping_new(struct arena *a, const struct json *document, struct err *e) MUST_CHECK;

/* Fields that only the MLS's own participants may see, as mls.is_hidden_field() has them: never mapped. */
bool mapping_is_hidden(struct str field);

/* Of all that decides how a payload is typed: what the document says, and our rules. mls.listings.mapping_hash. */
struct hash_128 mapping_hash(const struct mapping *m);

/* What identifies a payload row, and tells whether it has changed. */
struct listing_head {
	struct str key;             /* source_listing_key, 1 .. 255 bytes */
	int64_t source_modified_at; /* the vendor's own stamp; LISTING_NULL without one */
	struct hash_128 hash;       /* of the payload's text alone: content_hash */
	size_t raw_at, raw_len;     /* the payload in *raw */
};

/* Appends the payload, as jsonb takes it, to *raw. @odata.* annotations in front of the first field do
 * not count for the hash. E_INPUT: not an object, or no listing key (nothing is appended then): the row
 * is to be counted and left out. */
int mapping_head(const struct mapping *m, struct arena *a, const struct json *payload,
	struct buf *raw, struct listing_head *ret_head, struct err *e) MUST_CHECK;

/* Where a head comes from: the fields of the key and, in this order, of the timestamp; absent: none. */
void mapping_head_fields(const struct mapping *m, struct str *ret_key, struct str ret_stamps[2]);

/* Every other column and the media. The payload must be the one of a head that was found. */
void mapping_apply(const struct mapping *m, struct arena *a, const struct json *payload,
	struct listing_row *ret_row);

/* The columns of a line of mapping_copy_listing(): the typed ones, then raw, content_hash, media_hash
 * (null without media), mapping_hash, extra. Ends with NULL. */
extern const char *const mapping_copy_columns[];

/* Appends one line with its newline. raw: the head's part of the buffer that mapping_head() filled. */
void mapping_copy_listing(struct buf *b, const struct listing_head *head, struct str raw,
	const struct listing_row *row);

/* The same without raw and content_hash. */
extern const char *const mapping_copy_typed_columns[];
void mapping_copy_typed(struct buf *b, const struct listing_row *row);

/* The columns of a line of mapping_copy_media(): source_listing_key, url, sort_order, caption,
 * media_key, category, is_public. Ends with NULL. */
extern const char *const mapping_copy_media_columns[];

/* Appends a line for each of the row's media. */
void mapping_copy_media(struct buf *b, const struct listing_head *head,
	const struct listing_row *row);

/* The same lines with other columns in front than source_listing_key: lead is in COPY's form and ends
 * with a tab. */
void mapping_copy_media_under(struct buf *b, struct str lead, const struct listing_row *row);

/* Appends one value in COPY's text form; absent is null. For such leads. */
void mapping_copy_text(struct buf *b, struct str s);

/* "ListingContractDate: \"TBD\" is no date", for reports. */
struct str mapping_problem_text(struct arena *a, const struct listing_problem *p);
