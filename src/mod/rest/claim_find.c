/* Looking a path up. Only the first place matters, so nothing is collected. */
#include "mod/rest/claim_local.h"

#include "base/json.h"

#define MAX_STEPS 20000

struct search {
	const struct json *root;
	unsigned steps;
};

static const struct json *find_from(struct search *s, const struct claim_segment *segment,
	const struct json *node);
static bool holds(struct search *s, const struct claim_test *t, const struct json *node);

static const struct json *find_index(struct search *s, const struct claim_segment *segment,
	int64_t index, const struct json *node)
{
	int64_t n = (int64_t)json_len(node);

	if (index < 0)
		index += n;
	if (json_type(node) != JSON_ARRAY || index < 0 || index >= n)
		return NULL;
	return find_from(s, segment->next, json_at(node, (size_t)index));
}

static int64_t clamp(int64_t x, int64_t min, int64_t max)
{
	return x < min ? min : x > max ? max : x;
}

/* RFC 9535 section 2.3.4.2.2 */
static const struct json *find_slice(struct search *s, const struct claim_segment *segment,
	const struct claim_selector *sel, const struct json *node)
{
	int64_t n = (int64_t)json_len(node), step = sel->step;
	int64_t from = sel->has_from ? sel->from : step > 0 ? 0 : n - 1;
	int64_t to = sel->has_to ? sel->to : step > 0 ? n : -n - 1;
	const struct json *found = NULL;

	if (json_type(node) != JSON_ARRAY || step == 0)
		return NULL;
	from = from < 0 ? from + n : from;
	to = to < 0 ? to + n : to;
	if (step > 0)
		for (int64_t i = clamp(from, 0, n); i < clamp(to, 0, n) && !found; i += step)
			found = find_index(s, segment, i, node);
	else
		for (int64_t i = clamp(from, -1, n - 1); i > clamp(to, -1, n - 1) && !found;
			i += step)
			found = find_index(s, segment, i, node);
	return found;
}

/* Old filters look into arrays only. */
static bool is_searched(const struct claim_selector *sel, const struct json *node)
{
	return json_type(node) == JSON_ARRAY ||
		(json_type(node) == JSON_OBJECT && !(sel->test && sel->test->op >= OP_TEXT_EQ));
}

static const struct json *find_selected(struct search *s, const struct claim_segment *segment,
	const struct claim_selector *sel, const struct json *node)
{
	const struct json *found = NULL;

	switch (sel->pick) {
	case PICK_NAME: return find_from(s, segment->next, json_get_str(node, sel->name));
	case PICK_INDEX: return find_index(s, segment, sel->index, node);
	case PICK_SLICE: return find_slice(s, segment, sel, node);
	case PICK_ANY:
	case PICK_FILTER: break;
	}
	if (!is_searched(sel, node))
		return NULL;
	for (struct json_iter it = json_each(node); !found && json_next(&it);)
		if (!sel->test || holds(s, sel->test, it.value))
			found = find_from(s, segment->next, it.value);
	return found;
}

static const struct json *find_below(struct search *s, const struct claim_segment *segment,
	const struct json *node)
{
	const struct json *found = NULL;

	if (++s->steps > MAX_STEPS)
		return NULL;
	for (const struct claim_selector *sel = segment->selectors; sel && !found; sel = sel->next)
		found = find_selected(s, segment, sel, node);
	if (segment->deep)
		for (struct json_iter it = json_each(node); !found && json_next(&it);)
			found = find_below(s, segment, it.value);
	return found;
}

static const struct json *find_from(struct search *s, const struct claim_segment *segment,
	const struct json *node)
{
	return node && segment ? find_below(s, segment, node) : node;
}

static const struct json *query_of(struct search *s, const struct claim_operand *o,
	const struct json *node)
{
	return find_from(s, o->query, o->from_root ? s->root : node);
}

static size_t characters(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += ((unsigned char)text.p[i] & 0xc0) != 0x80;
	return n;
}

/* What there is to compare: a scalar, or nothing. Arrays and objects stay what they are and equal nothing. */
struct scalar {
	enum json_type type;
	struct str text;
	double number;
	bool truth;
};

static struct scalar scalar_of_json(const struct json *v)
{
	struct scalar x = {.type = json_type(v)};

	json_to_str(v, &x.text);
	json_to_f64(v, &x.number);
	json_to_bool(v, &x.truth);
	return x;
}

static struct scalar length_of(const struct json *v)
{
	struct str text;

	if (json_to_str(v, &text))
		return (struct scalar){.type = JSON_NUMBER, .number = (double)characters(text)};
	if (json_type(v) == JSON_ARRAY || json_type(v) == JSON_OBJECT)
		return (struct scalar){.type = JSON_NUMBER, .number = (double)json_len(v)};
	return (struct scalar){.type = JSON_ABSENT};
}

static struct scalar scalar_of(struct search *s, const struct claim_operand *o,
	const struct json *node)
{
	switch (o->kind) {
	case VALUE_TEXT: return (struct scalar){.type = JSON_STRING, .text = o->text};
	case VALUE_NUMBER: return (struct scalar){.type = JSON_NUMBER, .number = o->number};
	case VALUE_TRUE: return (struct scalar){.type = JSON_BOOL, .truth = true};
	case VALUE_FALSE: return (struct scalar){.type = JSON_BOOL};
	case VALUE_NULL: return (struct scalar){.type = JSON_NULL};
	case VALUE_LENGTH: return length_of(query_of(s, o, node));
	case VALUE_QUERY: break;
	}
	return scalar_of_json(query_of(s, o, node));
}

static bool is_equal(struct scalar a, struct scalar b)
{
	if (a.type != b.type || a.type == JSON_ARRAY || a.type == JSON_OBJECT)
		return false;
	return a.type == JSON_STRING    ? str_eq(a.text, b.text)
		: a.type == JSON_NUMBER ? a.number == b.number
		: a.type == JSON_BOOL   ? a.truth == b.truth
					: true;
}

static bool is_less(struct scalar a, struct scalar b)
{
	if (a.type != b.type)
		return false;
	return a.type == JSON_STRING    ? str_cmp(a.text, b.text) < 0
		: a.type == JSON_NUMBER ? a.number < b.number
					: false;
}

static bool compares(enum claim_op op, struct scalar a, struct scalar b)
{
	switch ((int)op) {
	case OP_EQ: return is_equal(a, b);
	case OP_NE: return !is_equal(a, b);
	case OP_LT: return is_less(a, b);
	case OP_LE: return is_less(a, b) || is_equal(a, b);
	case OP_GT: return is_less(b, a);
	default: return is_less(b, a) || is_equal(a, b);
	}
}

static bool matches(const regex_t *regex, struct scalar x)
{
	regmatch_t range = {.rm_so = 0, .rm_eo = (regoff_t)x.text.len};

	return x.type == JSON_STRING && regexec(regex, x.text.p, 1, &range, REG_STARTEND) == 0;
}

/* The old notation: the element itself is compared, and has to be a text. */
static bool text_holds(const struct claim_test *t, const struct json *node)
{
	struct str text, wanted = t->right.text;

	if (!json_to_str(node, &text))
		return false;
	switch ((int)t->op) {
	case OP_TEXT_EQ: return str_eq(text, wanted);
	case OP_TEXT_NE: return !str_eq(text, wanted);
	case OP_TEXT_BEGINS: return str_starts(text, wanted);
	case OP_TEXT_ENDS: return str_ends(text, wanted);
	default: return str_find(text, wanted) >= 0;
	}
}

static bool holds(struct search *s, const struct claim_test *t, const struct json *node)
{
	if (++s->steps > MAX_STEPS)
		return false;
	switch ((int)t->op) {
	case OP_OR: return holds(s, t->a, node) || holds(s, t->b, node);
	case OP_AND: return holds(s, t->a, node) && holds(s, t->b, node);
	case OP_NOT: return !holds(s, t->a, node);
	case OP_EXISTS: return query_of(s, &t->left, node) != NULL;
	case OP_REGEX: return matches(t->regex, scalar_of(s, &t->left, node));
	default: break;
	}
	if (t->op >= OP_TEXT_EQ)
		return text_holds(t, node);
	return compares(t->op, scalar_of(s, &t->left, node), scalar_of(s, &t->right, node));
}

const struct json *rest_claim_find(const struct rest_claim *path, const struct json *claims)
{
	struct search s = {.root = claims};
	const struct json *found = find_from(&s, path->segments, claims);

	/* A search that was cut short has answered "no" somewhere: what it found may not be the first place. */
	return s.steps > MAX_STEPS ? NULL : found;
}
