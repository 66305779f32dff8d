/* rest_print: a parsed query as text again, in the grammar of docs/rest-grammar.md; for tests and fuzzing.
 *
 * What is printed reads back as the same tree, so printing that once more gives the same text.
 */
#pragma once
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "http/url.h"
#include "mod/rest/parse.h"

static inline void rest_print_quoted(struct buf *b, struct str s)
{
	buf_char(b, '"');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_char(b, '\\');
		buf_char(b, s.p[i]);
	}
	buf_char(b, '"');
}

/* Words that mean something else in some place when they stand there without quotes. */
static inline bool rest_print_is_word(struct str s)
{
	static const char words[] =
		" select columns on_conflict order limit offset and or not distinct having after openapi true false"
		" left inner count eq neq gt gte lt lte like ilike match imatch in is isdistinct fts plfts phfts wfts"
		" cs cd ov sl sr nxr nxl adj ";
	char word[16];

	if (s.len > sizeof(word) - 3)
		return false;
	word[0] = ' ';
	memcpy(word + 1, s.p, s.len);
	word[s.len + 1] = ' ';
	return memmem(words, sizeof(words) - 1, word, s.len + 2);
}

static inline void rest_print_name(struct buf *b, struct str s)
{
	bool plain = s.len;

	for (size_t i = 0; i < s.len; i++)
		plain &= (s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
			s.p[i] == '_';
	if (plain && !rest_print_is_word(s))
		buf_str(b, s);
	else
		rest_print_quoted(b, s);
}

static inline void rest_print_field(struct buf *b, const struct rest_field *f)
{
	rest_print_name(b, f->name);
	for (size_t i = 0; i < f->n_steps; i++) {
		const struct rest_step *step = &f->steps[i];
		buf_cstr(b, step->as_text ? "->>" : "->");
		if (step->is_index)
			buf_str(b, step->key);
		else
			rest_print_quoted(b, step->key);
	}
}

static inline const char *rest_print_agg(enum rest_agg agg)
{
	static const char *const words[] = {[REST_AGG_NONE] = "",
		[REST_AGG_SUM] = "sum()",
		[REST_AGG_AVG] = "avg()",
		[REST_AGG_MIN] = "min()",
		[REST_AGG_MAX] = "max()",
		[REST_AGG_COUNT] = "count()"};
	return words[agg];
}

/* --- select ------------------------------------------------------------------------------------ */

static inline void rest_print_cast(struct buf *b, struct str cast)
{
	if (!cast.p)
		return;
	buf_cstr(b, "::");
	rest_print_quoted(b, cast);
}

static inline void rest_print_column(struct buf *b, const struct rest_item *item)
{
	if (item->field.name.len)
		rest_print_field(b, &item->field);
	rest_print_cast(b, item->cast);
	if (item->agg && item->field.name.len)
		buf_char(b, '.');
	buf_cstr(b, rest_print_agg(item->agg));
	rest_print_cast(b, item->agg_cast);
}

static inline void rest_print_items(struct buf *b, const struct rest_item *item);

static inline void rest_print_embed(struct buf *b, const struct rest_item *item)
{
	if (item->kind == REST_ITEM_SPREAD)
		buf_cstr(b, "...");
	rest_print_name(b, item->field.name);
	if (item->hint.p) {
		buf_char(b, '!');
		rest_print_name(b, item->hint);
	}
	if (item->join)
		buf_cstr(b, item->join == REST_JOIN_LEFT ? "!left" : "!inner");
	buf_char(b, '(');
	rest_print_items(b, item->node->items);
	buf_char(b, ')');
}

static inline void rest_print_items(struct buf *b, const struct rest_item *item)
{
	for (; item; item = item->next) {
		if (item->alias.p) {
			rest_print_name(b, item->alias);
			buf_char(b, ':');
		}
		if (item->kind == REST_ITEM_STAR)
			buf_char(b, '*');
		else if (item->kind == REST_ITEM_FIELD)
			rest_print_column(b, item);
		else
			rest_print_embed(b, item);
		if (item->next)
			buf_char(b, ',');
	}
}

/* --- conditions --------------------------------------------------------------------------------- */

static inline void rest_print_modifier(struct buf *b, const struct rest_cond *c)
{
	if (c->quant)
		buf_cstr(b, c->quant == REST_QUANT_ANY ? "(any)" : "(all)");
	if (c->is_column)
		buf_cstr(b, "(col)");
	if (c->config.p) {
		buf_char(b, '(');
		buf_str(b, c->config);
		buf_char(b, ')');
	}
}

/* [not.]op.value; within a list the value has quotes. */
static inline void rest_print_test(struct buf *b, const struct rest_cond *c, bool in_list)
{
	static const char *const ops[REST_OPS] = {"eq", "neq", "gt", "gte", "lt", "lte", "like",
		"ilike", "match", "imatch", "in", "is", "isdistinct", "fts", "plfts", "phfts",
		"wfts", "cs", "cd", "ov", "sl", "sr", "nxr", "nxl", "adj"};
	static const char *const is[] = {"null", "not_null", "true", "false", "unknown"};

	buf_cstr(b, c->negated ? "not." : "");
	buf_cstr(b, ops[c->op]);
	rest_print_modifier(b, c);
	buf_char(b, '.');
	if (c->is_column) {
		rest_print_field(b, &c->other);
	} else if (c->op == REST_IS) {
		buf_cstr(b, is[c->is]);
	} else if (c->op == REST_IN) { /* the escapes of array literals are those of lists */
		buf_char(b, '(');
		buf_str(b, str_sub(c->value, 1, c->value.len - 1));
		buf_char(b, ')');
	} else if (in_list) {
		rest_print_quoted(b, c->value);
	} else {
		buf_str(b, c->value);
	}
}

static inline void rest_print_conditions(struct buf *b, const struct rest_cond *c)
{
	for (; c; c = c->next) {
		if (c->kind == REST_COND_TEST) {
			if (c->field.name.len)
				rest_print_field(b, &c->field);
			if (c->field.name.len && c->agg)
				buf_char(b, '.');
			buf_cstr(b, rest_print_agg(c->agg));
			buf_char(b, '.');
			rest_print_test(b, c, true);
		} else {
			buf_cstr(b, c->negated ? "not." : "");
			buf_cstr(b, c->kind == REST_COND_OR ? "or(" : "and(");
			rest_print_conditions(b, c->first);
			buf_char(b, ')');
		}
		if (c->next)
			buf_char(b, ',');
	}
}

static inline void rest_print_orders(struct buf *b, const struct rest_order *o)
{
	static const char *const dirs[] = {"", ".asc", ".desc"};
	static const char *const nulls[] = {"", ".nullsfirst", ".nullslast"};

	for (; o; o = o->next) {
		if (o->relation.p) {
			rest_print_name(b, o->relation);
			buf_char(b, '(');
		}
		rest_print_field(b, &o->field);
		buf_cstr(b, o->relation.p ? ")" : "");
		buf_cstr(b, dirs[o->dir]);
		buf_cstr(b, nulls[o->nulls]);
		buf_cstr(b, o->next ? "," : "");
	}
}

/* --- whole queries ------------------------------------------------------------------------------ */

struct rest_printer {
	struct buf out;
	bool escaped; /* as it goes over the wire; otherwise to be read by people */
	struct buf path;
};

/* name within the embeds of p->path; both texts are emptied. */
static inline void rest_print_pair(struct rest_printer *p, struct buf *name, struct buf *value)
{
	struct buf whole = {.p = NULL};

	buf_str(&whole, buf_view(&p->path));
	buf_str(&whole, buf_view(name));
	if (p->escaped) {
		http_url_add_query(&p->out, buf_view(&whole), buf_view(value));
	} else {
		buf_cstr(&p->out, p->out.len ? "&" : "");
		buf_str(&p->out, buf_view(&whole));
		buf_char(&p->out, '=');
		buf_str(&p->out, buf_view(value));
	}
	buf_done(&whole);
	buf_done(name);
	buf_done(value);
}

static inline void rest_print_where(struct rest_printer *p, const struct rest_cond *c)
{
	for (; c; c = c->next) {
		struct buf name = {.p = NULL}, value = {.p = NULL};
		if (c->kind == REST_COND_TEST) {
			rest_print_field(&name, &c->field);
			rest_print_test(&value, c, false);
		} else {
			buf_cstr(&name, c->negated ? "not." : "");
			buf_cstr(&name, c->kind == REST_COND_OR ? "or" : "and");
			buf_char(&value, '(');
			rest_print_conditions(&value, c->first);
			buf_char(&value, ')');
		}
		rest_print_pair(p, &name, &value);
	}
}

static inline void rest_print_number(struct rest_printer *p, const char *word, int64_t n)
{
	struct buf name = {.p = NULL}, value = {.p = NULL};

	buf_cstr(&name, word);
	buf_i64(&value, n);
	rest_print_pair(p, &name, &value);
}

static inline void rest_print_node(struct rest_printer *p, const struct rest_node *node)
{
	struct buf name = {.p = NULL}, value = {.p = NULL};

	rest_print_where(p, node->where);
	if (node->order) {
		buf_cstr(&name, "order");
		rest_print_orders(&value, node->order);
		rest_print_pair(p, &name, &value);
	}
	if (node->has_limit)
		rest_print_number(p, "limit", node->limit);
	if (node->has_offset)
		rest_print_number(p, "offset", node->offset);
	for (const struct rest_item *item = node->items; item; item = item->next) {
		if (!item->node)
			continue;
		size_t before = p->path.len;
		rest_print_name(&p->path, item->alias.p ? item->alias : item->field.name);
		buf_char(&p->path, '.');
		rest_print_node(p, item->node);
		buf_truncate(&p->path, before);
	}
}

static inline void rest_print_names(struct rest_printer *p, const char *word,
	const struct rest_name *names)
{
	struct buf name = {.p = NULL}, value = {.p = NULL};

	if (!names)
		return;
	buf_cstr(&name, word);
	for (; names; names = names->next) {
		rest_print_name(&value, names->name);
		buf_cstr(&value, names->next ? "," : "");
	}
	rest_print_pair(p, &name, &value);
}

static inline void rest_print_text(struct rest_printer *p, struct str word, struct str text)
{
	struct buf name = {.p = NULL}, value = {.p = NULL};

	buf_str(&name, word);
	buf_str(&value, text);
	rest_print_pair(p, &name, &value);
}

static inline struct str rest_print_query(struct arena *a, const struct rest_query *q, bool escaped)
{
	struct rest_printer p = {.escaped = escaped};
	struct buf name = {.p = NULL}, value = {.p = NULL};

	if (q->has_select) {
		buf_cstr(&name, "select");
		rest_print_items(&value, q->root.items);
		rest_print_pair(&p, &name, &value);
	}
	rest_print_node(&p, &q->root);
	for (const struct rest_pair *arg = q->args; arg; arg = arg->next)
		rest_print_text(&p, arg->name, arg->value);
	rest_print_names(&p, "columns", q->columns);
	rest_print_names(&p, "on_conflict", q->on_conflict);
	rest_print_names(&p, "distinct", q->distinct_on);
	if (q->distinct)
		rest_print_text(&p, STR("distinct"), STR("true"));
	if (q->having) {
		buf_cstr(&name, "having");
		rest_print_conditions(&value, q->having);
		rest_print_pair(&p, &name, &value);
	}
	if (q->has_after)
		rest_print_text(&p, STR("after"), q->after);
	if (q->openapi)
		rest_print_text(&p, STR("openapi"), STR("3.1"));
	struct str text = str_copy(a, buf_view(&p.out));
	buf_done(&p.out);
	buf_done(&p.path);
	return escaped && text.len ? str_sub(text, 1, text.len) : text; /* without the '?' */
}
