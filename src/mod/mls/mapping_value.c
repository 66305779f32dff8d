/* Compiles what a document says about one column; mapping_eval.c evaluates it. */
#include "mod/mls/mapping_value.h"

#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/map.h"
#include "base/nearest.h"
#include "mod/mls/mapping.h"
#include "mod/mls/mapping_local.h"

#define CONSTANT_MAX 1000
#define SEPARATOR_MAX 20

/* One value on its way; the same for all parts of it but depth. */
struct compiling {
	struct mapping_index *x;
	const char *place;
	bool is_number;
	struct err *e;
};

static struct mapping_value *compile(struct compiling *c, const struct json *v, int depth);

int mapping_check_field(const char *place, struct str field, struct err *e)
{
	if (field.len < 1 || field.len > 128)
		return err_set(e, E_INPUT, "the mapping of %s must be a name of 1 to 128 bytes",
			place);
	if (mapping_is_hidden(field))
		return err_set(e, E_INPUT,
			"the mapping of %s: " STR_FMT " is not for the public, and stays in raw",
			place, STR_ARG(field));
	return 0;
}

static int take_field(struct compiling *c, const struct json *v, int *ret_field)
{
	struct str field;

	if (!json_to_str(v, &field))
		return err_set(c->e, E_INPUT,
			"the mapping of %s must be the name of a RESO field or an object, not %s",
			c->place, mapping_type_name(v));
	field = str_trim(field);
	if (mapping_check_field(c->place, field, c->e))
		return c->e->code;
	*ret_field = mapping_index_add(c->x, field);
	return 0;
}

static bool is_scalar(const struct json *v)
{
	struct str s;

	if (json_to_str(v, &s))
		return s.len <= CONSTANT_MAX;
	return json_type(v) == JSON_NUMBER || json_type(v) == JSON_BOOL;
}

/* --- members ---------------------------------------------------------------------------------------- */

static const char *const sources[] = {"field", "first", "concat", "constant"};
static const char *const modifiers[] = {"separator", "unit", "lookup", "otherwise"};

static bool is_one_of(struct str name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(name, str_of(names[i])))
			return true;
	return false;
}

static int check_members(struct compiling *c, const struct json *v)
{
	int found = 0;

	for (struct json_iter it = json_each(v); json_next(&it);) {
		bool is_source = is_one_of(it.key, sources, 4);
		found += is_source;
		if (is_source || is_one_of(it.key, modifiers, 4))
			continue;
		struct nearest near = nearest_to(str_cstr(c->x->a, it.key));
		for (int i = 0; i < 8; i++)
			nearest_offer(&near, i < 4 ? sources[i] : modifiers[i - 4]);
		return near.best
			? err_set(c->e, E_INPUT,
				  "the mapping of %s has no '" STR_FMT "': did you mean %s?",
				  c->place, STR_ARG(it.key), near.best)
			: err_set(c->e, E_INPUT,
				  "the mapping of %s has no '" STR_FMT
				  "': there are field, first, concat, constant, separator, unit, lookup and otherwise",
				  c->place, STR_ARG(it.key));
	}
	if (found != 1)
		return err_set(c->e, E_INPUT,
			"the mapping of %s needs one of field, first, concat and constant",
			c->place);
	if (json_get(v, "separator") && !json_get(v, "concat"))
		return err_set(c->e, E_INPUT, "the mapping of %s: separator belongs to concat",
			c->place);
	if (json_get(v, "otherwise") && !json_get(v, "lookup"))
		return err_set(c->e, E_INPUT, "the mapping of %s: otherwise belongs to lookup",
			c->place);
	return 0;
}

static int take_parts(struct compiling *c, const char *name, const struct json *list, int depth,
	struct mapping_value *ret)
{
	size_t n = json_len(list);

	if (json_type(list) != JSON_ARRAY || n < 1 || n > MAPPING_PARTS_MAX)
		return err_set(c->e, E_INPUT, "the mapping of %s: %s is a list of 1 to %d values",
			c->place, name, MAPPING_PARTS_MAX);
	ret->parts = arena_array(c->x->a, n, sizeof *ret->parts);
	for (struct json_iter it = json_each(list); json_next(&it);) {
		ret->parts[ret->parts_n] = compile(c, it.value, depth + 1);
		if (!ret->parts[ret->parts_n++])
			return c->e ? c->e->code : E_INPUT;
	}
	return 0;
}

static int take_source(struct compiling *c, const struct json *v, int depth,
	struct mapping_value *ret)
{
	const struct json *member;

	if ((member = json_get(v, "field"))) {
		ret->source = VALUE_FIELD;
		return take_field(c, member, &ret->field);
	}
	if ((member = json_get(v, "first"))) {
		ret->source = VALUE_FIRST;
		return take_parts(c, "first", member, depth, ret);
	}
	if ((member = json_get(v, "constant"))) {
		ret->source = VALUE_CONSTANT;
		ret->constant = member;
		return is_scalar(member)
			? 0
			: err_set(c->e, E_INPUT,
				  "the mapping of %s: constant is a text of at most %d bytes, a number or a truth value",
				  c->place, CONSTANT_MAX);
	}
	ret->source = VALUE_CONCAT;
	ret->separator = STR(" ");
	member = json_get(v, "separator");
	if (member && (!json_to_str(member, &ret->separator) || ret->separator.len > SEPARATOR_MAX))
		return err_set(c->e, E_INPUT,
			"the mapping of %s: separator is a text of at most %d bytes", c->place,
			SEPARATOR_MAX);
	return take_parts(c, "concat", json_get(v, "concat"), depth, ret);
}

static int take_unit(struct compiling *c, const struct json *unit, struct mapping_value *ret)
{
	struct str word;

	if (!unit)
		return 0;
	if (!c->is_number)
		return err_set(c->e, E_INPUT, "the mapping of %s: unit is for numbers", c->place);
	if (json_to_str(unit, &word)) {
		ret->unit = str_eq(word, STR("sqft")) ? UNIT_SQFT
			: str_eq(word, STR("sqm"))    ? UNIT_SQM
			: str_eq(word, STR("acres"))  ? UNIT_ACRES
						      : UNIT_NONE;
	} else if (json_len(unit) == 1 && json_get(unit, "field")) {
		ret->unit = UNIT_FIELD;
		return take_field(c, json_get(unit, "field"), &ret->unit_field);
	}
	return ret->unit
		? 0
		: err_set(c->e, E_INPUT,
			  "the mapping of %s: unit is sqft, sqm, acres or {\"field\": ...}",
			  c->place);
}

static int take_lookup(struct compiling *c, const struct json *v, struct mapping_value *ret)
{
	const struct json *lookup = json_get(v, "lookup");
	struct str word;

	if (!lookup)
		return 0;
	if (json_type(lookup) != JSON_OBJECT || json_len(lookup) < 1 ||
		json_len(lookup) > MAPPING_LOOKUP_MAX)
		return err_set(c->e, E_INPUT,
			"the mapping of %s: lookup is an object of 1 to %d translations", c->place,
			MAPPING_LOOKUP_MAX);
	ret->lookup = map_new(c->x->a, json_len(lookup));
	for (struct json_iter it = json_each(lookup); json_next(&it);) {
		if (!is_scalar(it.value) && json_type(it.value) != JSON_NULL)
			return err_set(c->e, E_INPUT,
				"the mapping of %s: '" STR_FMT
				"' is translated to a text, number, truth value or null, not %s",
				c->place, STR_ARG(it.key), mapping_type_name(it.value));
		map_put(ret->lookup, it.key, (void *)(uintptr_t)it.value);
	}
	ret->otherwise = json_get(v, "otherwise");
	ret->keeps = !ret->otherwise ||
		(json_to_str(ret->otherwise, &word) && str_eq(word, STR("keep")));
	if (!ret->keeps && !is_scalar(ret->otherwise) && json_type(ret->otherwise) != JSON_NULL)
		return err_set(c->e, E_INPUT,
			"the mapping of %s: otherwise is null, \"keep\", a text, a number or a truth value",
			c->place);
	return 0;
}

static struct mapping_value *compile(struct compiling *c, const struct json *v, int depth)
{
	struct mapping_value *ret = ARENA_NEW(c->x->a, struct mapping_value);

	if (json_type(v) != JSON_OBJECT) {
		ret->source = VALUE_FIELD;
		return take_field(c, v, &ret->field) ? NULL : ret;
	}
	if (depth > MAPPING_DEPTH) {
		err_set(c->e, E_INPUT, "the mapping of %s is nested deeper than %d", c->place,
			MAPPING_DEPTH);
		return NULL;
	}
	if (check_members(c, v) || take_source(c, v, depth, ret) ||
		take_unit(c, json_get(v, "unit"), ret) || take_lookup(c, v, ret))
		return NULL;
	return ret;
}

struct mapping_value *mapping_value_new(struct mapping_index *x, const char *place,
	const struct json *document, bool is_number, struct err *e)
{
	struct err unheard = {.arena = x->a};
	struct compiling c = {x, place, is_number, e ? e : &unheard};

	return compile(&c, document, 1);
}
