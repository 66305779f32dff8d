/* normal: types one value of a feed, with the patience that feeds need.
 *
 * Each function answers NULL when the value is fine: typed, or missing (absent, null, an empty text),
 * which leaves *ret_ at null. Otherwise it answers the reason why the value cannot be used, in a few
 * words that complete "the value ..."; *ret_ is null then as well. So a caller may always store *ret_.
 *
 * Accepted beside the right JSON type: numbers and truth values written as text, whole numbers written
 * as 12.0, dates with a time behind them, times without a zone (UTC), a list with a single element.
 *
 * Owner    texts borrow from the value or live in the arena.
 * Failure  as above; none else.
 * Threads  pure apart from the arena.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct json;

#define NORMAL_NULL INT64_MIN

/* Without U+0000 and spaces around; numbers and truth values as they are written; a list as its
 * elements joined with ", ". More than max bytes cannot be used. */
const char *normal_text(struct arena *a, const struct json *v, size_t max, struct str *ret_s);

/* StandardStatus in RESO's spelling, whatever case and separators: "ActiveUnderContract",
 * "Active_Under_Contract" ... Also the spellings "Cancelled", "Deleted" and "Sold". The result is a
 * constant. Of a list the first element counts. */
const char *normal_status(struct arena *a, const struct json *v, struct str *ret_s);

/* For reports: a word that is known in another spelling. */
#define NORMAL_SPELLING "is spelled otherwise than RESO does"

/* RESO's spelling of a PropertyType, or of a PropertySubType, whatever case and separators, and of what MLSs commonly write instead;
 * absent: unknown. The result is a constant. */
struct str normal_property_type(struct str s);

/* The two letters of a state of the United States or a province of Canada, by its letters or name in any case; absent: none of them. */
struct str normal_state(struct str s);

/* Five digits, or a Canadian code: "33131-1234" is 33131 (RESO has the other four in a field of their own), 2139 in MA is 02139. What is
 * neither stays. Answers what was put right, NULL: nothing. */
const char *normal_postal_code(struct arena *a, struct str s, struct str state,
	struct str *ret_s) MUST_CHECK;

/* A number within [lo, hi]. "$1,250,000" is one too. Null is not a number (NaN). */
const char *normal_float(const struct json *v, double lo, double hi, double *ret_x);

/* A whole number: 3, 3.0, "3"; or any number, rounded half away from zero. Null is NORMAL_NULL. */
const char *normal_int(const struct json *v, int64_t lo, int64_t hi, int64_t *ret_n);
const char *normal_round(const struct json *v, int64_t lo, int64_t hi, int64_t *ret_n);

const char *normal_date(const struct json *v, int64_t *ret_days); /* the date as written */
const char *normal_time(const struct json *v, int64_t *ret_us);

/* true, false, Y, N, yes, no, T, F, 1, 0, in any case: 1 or 0. */
const char *normal_bool(const struct json *v, int64_t *ret_truth);

/* Coordinates that lie outside the state, and in it with a sign turned or the two exchanged in just one way, are put right.
 * Answers what was done, NULL: nothing. Before normal_place(). */
const char *normal_place_fix(struct str state, double *lat, double *lon);

/* Two numbers that are a place on earth; both are null unless both hold. (0, 0) is no place. */
const char *normal_place(double *lat, double *lon);

/* Parts of an address written in one line, when it can be cut without guessing: "1307 Southport Dr
 * # B, Austin, TX". unit is absent without one; city, state and postal code are there all three ("Austin, TX 78704") or
 * none. Borrows from the line. */
struct normal_address {
	struct str number, street, unit, city, state, postal_code;
};
bool normal_address_cut(struct str line, struct normal_address *ret_parts);
