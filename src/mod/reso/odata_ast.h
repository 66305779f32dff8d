/* odata_ast: a $filter as a tree in which every name and type has been checked against the model.
 *
 * Owner    the arena that it was parsed with; fields and navigations are the model's.
 * Failure  none: a tree that exists is well-typed, with at most ODATA_NODES nodes and ODATA_DEPTH levels.
 * Threads  read-only.
 *
 * Three values, as OData 4.01 (URL Conventions 5.1.1.1) has them:
 *   - a comparison is always true or false. null is equal to null only: `X eq 1` is false and `X ne 1` is TRUE
 *     for a null X; `X gt 1`, `ge`, `lt`, `le` are false (so `not (X le 1)` is true); `null ge null` is true.
 *   - `X in (...)` is `X eq a or X eq b ...`; `X has v` is null for a null X.
 *   - functions and arithmetic give null when an operand is null.
 *   - and, or and not take null as unknown; a row for which the whole is null does not match.
 *   - any() over nothing is false, all() over nothing is true; a list that is null is an empty one.
 * Types: numbers of all kinds mix (null: any type); texts are compared by bytes (PostgreSQL: collate "C");
 * a date that stands where a timestamp is wanted has been made midnight UTC by the parser. now() has been
 * replaced by the time of the request, durations have been added to it, negative numbers are literals.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "mod/reso/odata_model.h"

#define ODATA_TEXT_MAX 16384 /* bytes of a query, encoded */
#define ODATA_DEPTH 64
#define ODATA_NODES 1000 /* without the members of `in` */
#define ODATA_IN_MAX 1000
#define ODATA_SCOPES 4 /* any/all inside any/all, the row itself included */

enum odata_op {
	ODATA_LITERAL,  /* value */
	ODATA_FIELD,    /* field, of the row of `scope` */
	ODATA_VARIABLE, /* the element of a list that any/all of `scope` looks at */
	ODATA_AND,      /* two arguments, Booleans; long chains are balanced trees */
	ODATA_OR,
	ODATA_NOT, /* one */
	ODATA_EQ,  /* two, of types that can be compared */
	ODATA_NE,
	ODATA_GT,
	ODATA_GE,
	ODATA_LT,
	ODATA_LE,
	ODATA_IN, /* args[0], then the members, literals */
	ODATA_HAS, /* args[0] a text: is one of; a list: holds all of args[1..], which are text literals */
	ODATA_ANY, /* args[0] a FIELD that is a list, or no argument and `navigation`; predicate or NULL: not empty */
	ODATA_ALL, /* the same; predicate is there */
	ODATA_ADD, /* two numbers */
	ODATA_SUB,
	ODATA_MUL,
	ODATA_DIV,   /* of two whole numbers: whole, towards zero; by zero: null */
	ODATA_DIVBY, /* never whole */
	ODATA_MOD,
	ODATA_NEGATE, /* one */
	ODATA_CALL,   /* function */
};

enum odata_function {
	ODATA_CONTAINS, /* (text, text) */
	ODATA_STARTSWITH,
	ODATA_ENDSWITH,
	ODATA_TOLOWER, /* (text) */
	ODATA_TOUPPER,
	ODATA_TRIM,
	ODATA_LENGTH,    /* characters, not bytes */
	ODATA_CONCAT,    /* (text, text) */
	ODATA_INDEXOF,   /* (text, text): from 0, in characters; -1 */
	ODATA_SUBSTRING, /* (text, from 0) or (text, from, length), in characters */
	ODATA_DATE_OF,   /* date(timestamp), in UTC */
	ODATA_TIME_OF,   /* time(timestamp), in UTC */
	ODATA_YEAR,      /* (date or timestamp) */
	ODATA_MONTH,
	ODATA_DAY_OF,
	ODATA_HOUR, /* (timestamp or time) */
	ODATA_MINUTE,
	ODATA_SECOND,
	ODATA_ROUND, /* (number): halves away from zero */
	ODATA_FLOOR,
	ODATA_CEILING,
	ODATA_DISTANCE, /* geo.distance(point, point): miles, as Bridge has it; odata_eval_miles() */
};

struct odata_point {
	double lon, lat;
};

struct odata_value {
	enum odata_type type; /* ODATA_NULL: null */
	struct str text;      /* texts; numbers as they were written, when they are literals */
	int64_t n; /* whole numbers, Boolean 0 or 1, days since 1970 (Date), microseconds: since 1970 (Timestamp),
	              since midnight (Time), of a Duration */
	double x; /* every number */
	struct odata_point point;
};

struct odata_node {
	enum odata_op op;
	enum odata_type type; /* of what it gives: ODATA_BOOLEAN for all conditions */
	bool is_list;         /* a FIELD that is a list: only as args[0] of ANY, ALL, HAS */
	size_t at;            /* position in the filter's text, from 1 */
	const struct odata_node **args;
	size_t n;
	struct odata_value value;        /* LITERAL */
	bool is_enum;                    /* LITERAL: was written as Namespace.Type'Value' */
	const struct odata_field *field; /* FIELD */
	const struct odata_navigation
		*navigation;                /* ANY, ALL over other rows; of the row of `scope` */
	const struct odata_node *predicate; /* ANY, ALL */
	unsigned
		scope; /* FIELD, VARIABLE: whose; 0 is the row itself, 1 what the outermost any/all looks at ...
	                   ANY, ALL: the scope that they open is `inner` */
	unsigned inner;
	enum odata_function function;
	unsigned levels; /* of the tree from here on */
};
