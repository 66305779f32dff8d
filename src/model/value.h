/* value: the C types that columns of PostgreSQL become, each with null, and values to compare with.
 *
 * Owner    values; a struct str among them borrows (rows that were read point into their result).
 * Failure  none. Threads: pure.
 * Units    time: microseconds since 1970-01-01T00:00:00Z; date: days since 1970-01-01 (base/clock.h).
 *
 * A zeroed member is null, so a zeroed row has nothing set. What is no number, truth or time in C is text
 * as PostgreSQL writes it, so that nothing is lost: numeric "1.10", uuid, enum, jsonb, vector, inet,
 * arrays (model/array.h takes them apart). bytea is the bytes themselves.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum model_kind {
	MODEL_TEXT,    /* struct str: text, varchar */
	MODEL_UUID,    /* struct str */
	MODEL_ENUM,    /* struct str */
	MODEL_NUMERIC, /* struct str */
	MODEL_JSON,    /* struct str: jsonb */
	MODEL_ARRAY,   /* struct str: text[], uuid[], ... */
	MODEL_VECTOR,  /* struct str: pgvector's [1,2,3]; no conditions but null */
	MODEL_OTHER,   /* struct str: inet, ... */
	MODEL_BYTES,   /* struct str: bytea */
	MODEL_INT,     /* struct model_int: smallint, integer, bigint */
	MODEL_FLOAT,   /* struct model_float: real, double precision */
	MODEL_BOOL,    /* struct model_bool */
	MODEL_TIME,    /* struct model_time: timestamptz */
	MODEL_DATE,    /* struct model_date */
	MODEL_KINDS
};

struct model_int {
	bool set;
	int64_t v;
};

struct model_float {
	bool set;
	double v; /* may be nan or infinite */
};

struct model_bool {
	bool set, v;
};

#define MODEL_TIME_END INT64_MAX   /* 'infinity' */
#define MODEL_TIME_BEGIN INT64_MIN /* '-infinity' */

struct model_time {
	bool set;
	int64_t us;
};

#define MODEL_DATE_END INT32_MAX
#define MODEL_DATE_BEGIN INT32_MIN

struct model_date {
	bool set;
	int32_t days;
};

/* Members that are set: row.beds = model_int(3). */
static inline struct model_int model_int(int64_t v)
{
	return (struct model_int){true, v};
}

static inline struct model_float model_float(double v)
{
	return (struct model_float){true, v};
}

static inline struct model_bool model_bool(bool v)
{
	return (struct model_bool){true, v};
}

static inline struct model_time model_time(int64_t us)
{
	return (struct model_time){true, us};
}

static inline struct model_date model_date(int32_t days)
{
	return (struct model_date){true, days};
}

/* What a condition compares a column with. Text is right for every kind: PostgreSQL reads it. */
struct model_value {
	enum model_value_type {
		MODEL_V_NULL,
		MODEL_V_STR,
		MODEL_V_STRS,
		MODEL_V_INT,
		MODEL_V_FLOAT,
		MODEL_V_BOOL,
		MODEL_V_TIME,
		MODEL_V_DATE
	} type;
	union {
		struct str s;
		struct {
			const struct str *list;
			size_t n;
		} strs;
		int64_t i; /* also days, and us */
		double f;
		bool b;
	};
};

struct model_value model_value_null(void);
struct model_value model_value_str(struct str s); /* absent: null */
struct model_value model_value_text(const char *s);
struct model_value model_value_i64(int64_t i);
struct model_value model_value_f64(double f);
struct model_value model_value_truth(bool b);
struct model_value model_value_int(struct model_int v);
struct model_value model_value_float(struct model_float v);
struct model_value model_value_bool(struct model_bool v);
struct model_value model_value_time(struct model_time v);
struct model_value model_value_date(struct model_date v);

/* For MODEL_IN. The list is borrowed. */
struct model_value model_strs(size_t n, const struct str *list);

/* A value of any of these types: MODEL_V("Miami"), MODEL_V(row->price), MODEL_V(3). */
#define MODEL_V(x)                                     \
	_Generic((x),                                  \
		struct str: model_value_str,           \
		char *: model_value_text,              \
		const char *: model_value_text,        \
		int: model_value_i64,                  \
		long: model_value_i64,                 \
		long long: model_value_i64,            \
		double: model_value_f64,               \
		bool: model_value_truth,               \
		struct model_int: model_value_int,     \
		struct model_float: model_value_float, \
		struct model_bool: model_value_bool,   \
		struct model_time: model_value_time,   \
		struct model_date: model_value_date)(x)
