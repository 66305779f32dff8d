/* encode: rows to JSON and CSV.
 *
 * Owner    out is the caller's. Failure: out's own (buf.failed). Threads none.
 *
 * JSON is what PostgreSQL's row_to_json would write, compact: numbers as they are (NaN, Infinity quoted), timestamps with 'T', json as
 * stored. CSV is what a cast of the row to text and back would give: RFC 4180 quoting, booleans t and f, null empty.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct buf;
struct rest_plan;
struct str;
struct result;

struct rest_encoder {
	const struct rest_plan *plan;
	bool strip_nulls; /* members that are null are left out */
	unsigned char
		*kinds;  /* enum rest_kind by column, from the result's types; 0xff unknown yet */
	struct str *row; /* of the row being written: its values */
	struct arena *arena;
	struct buf *out;
	size_t rows; /* written so far */
};

/* kinds live in a. */
struct arena;
void rest_encode_init(struct rest_encoder *x, struct arena *a, const struct rest_plan *plan,
	bool strip_nulls, struct buf *out);
void rest_encode_types(struct rest_encoder *x, const struct result *r); /* before the first row */

void rest_encode_object(struct rest_encoder *x, const struct result *r, int row); /* {…} */
void rest_encode_value(struct rest_encoder *x, const struct result *r, int row, int col);
void rest_encode_array(struct rest_encoder *x,
	const struct result *r); /* [row,row,…] of all rows */

void rest_encode_csv_head(struct rest_encoder *x);
void rest_encode_csv_row(struct rest_encoder *x, const struct result *r, int row);
