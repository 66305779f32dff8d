/* json_local: how a struct json and a yyjson_val are the same thing. Private to json.c and
 * json_text.c.
 *
 * A struct json is never defined: it is a yyjson_val under another name, so that no other file
 * needs to know yyjson. The casts away from const are for yyjson's functions, which only read.
 */
#pragma once
#include <stdint.h>

#include <yyjson.h>

#include "base/json.h"

static inline yyjson_val *val_of(const struct json *v)
{
	return (yyjson_val *)(uintptr_t)v;
}

static inline const struct json *json_of(const yyjson_val *v)
{
	return (const struct json *)v;
}

/* Of a string or a number. */
static inline struct str str_val(yyjson_val *v)
{
	return str_from(v->uni.str, unsafe_yyjson_get_len(v));
}
