/* body: what a client sent to be written, or as arguments: JSON, CSV, a form, or bytes.
 *
 *     rest_body_parse()   rows and columns, as sent             body.c, body_json.c, csv.c
 *     rest_body_shape()   how each column travels to SQL        body_shape.c, body_cell.c, call_shape.c
 *
 * One row travels as one text parameter for each column, whose type PostgreSQL infers. Many rows travel as one array for each
 * column. What neither can do as PostgreSQL itself reads JSON (composites, arrays in arrays) travels as JSON and is read there.
 *
 * Owner    the request's arena; json values, cells and texts point into the body's text, which lives as long.
 * Failure  -1 with PGRST102 (400) that says what is wrong and, in details, where; PGRST204 for a column that is not there; 22P05
 *          for U+0000, which no text of PostgreSQL can hold.
 * Threads  pure apart from the arena: a long body may be parsed and shaped off the loop.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct buf;
struct json;
struct rest_arg;
struct rest_column;
struct rest_request;
struct rest_type;

enum rest_body_kind {
	REST_BODY_NONE,   /* no body was sent */
	REST_BODY_OBJECT, /* one JSON object or a form: one row, or named arguments */
	REST_BODY_ROWS,   /* a JSON array of objects, or CSV */
	REST_BODY_RAW,    /* anything else: the single unnamed argument of a function */
};

/* How a column or argument travels. The letters are part of the shape. */
enum rest_way {
	REST_WAY_TEXT = 't',  /* as the type's own text */
	REST_WAY_JSON = 'j',  /* {"v": value}, read by json_to_record */
	REST_WAY_FUNC = 'f',  /* as JSON, through the domain's cast from json */
	REST_WAY_UNSET = 'd', /* no row has it, and its default is wanted; no parameter */
	/* Many rows, all of which fit: an array of the type itself, binary. */
	REST_WAY_INT2 = '2',
	REST_WAY_INT4 = '4',
	REST_WAY_INT8 = '8',
	REST_WAY_FLOAT8 = 'e',
	REST_WAY_NUMERIC = 'n',
	REST_WAY_BOOL = 'b',
	REST_WAY_UUID = 'u',
	REST_WAY_DATE = 'y',
	REST_WAY_TIMESTAMPTZ = 'z',
};

/* A column that is written, or an argument that is given. Made by rest_body_shape(). */
struct rest_body_field {
	const struct rest_column *column; /* of a table; NULL for an argument */
	const struct rest_arg *arg;       /* of a function; NULL for a column */
	const struct rest_type *type;
	enum rest_way way;
	int param; /* index in r->values; -1: none */
	int given; /* bool[], in which rows the column is not its default; -1: in all */
};

struct rest_body {
	enum rest_body_kind kind;
	struct str text;         /* as sent */
	struct str type;         /* Content-Type without parameters, lower case */
	const struct json *json; /* of JSON bodies */
	struct str *
		columns; /* keys, of the first object or the header row, or `columns=`; n_columns */
	size_t n_columns;
	size_t n_rows;
	/* JSON: values[row * n_columns + column]; NULL: the row has no such key. NULL for other bodies. */
	const struct json **values;
	/* The same as texts, of CSV and forms; of JSON bodies made by rest_body_shape(). Absent: null */
	struct str *cells;
	bool *missing; /* CSV, forms: columns named by `columns=` that the body has not; NULL: none */

	struct rest_body_field *fields; /* by rest_body_shape(): n_fields, those of columns first */
	size_t n_fields;
	bool is_bulk;    /* fields are arrays, n_rows of them in a row */
	int rows_value;  /* many rows without columns: how many; -1 */
	int raw_value;   /* REST_BODY_RAW, or JSON for an unnamed argument: the body; -1 */
	int guard_value; /* most rows that may be written (sql_guard.h); -1: any number */
};

/* Reads the text by its Content-Type (absent: JSON). Which types a target takes is told by r->target. Methods without a body
 * ignore it. */
int rest_body_parse(struct rest_request *r, struct str content_type, struct str text);

/* What of body, arguments and preferences makes another plan of a write or call goes to shape, what it holds to r->values. After
 * the target is resolved (r->table, or r->func by rest_call_choose()), for every request. */
int rest_body_shape(struct rest_request *r, struct buf *shape);
