/* order: column or rel(column), .asc or .desc, .nullsfirst or .nullslast. */
#include <string.h>

#include "base/arena.h"
#include "mod/rest/parse_local.h"

#define WANT_DIR (WANT(ASC) | WANT(DESC))
#define WANT_NULLS (WANT(NULLSFIRST) | WANT(NULLSLAST))

/* Behind a dot. 0: *ret_n bytes are the word. */
static int scan_suffix(struct rest_scan *s, bool may_dir, struct rest_order *o)
{
	static const struct {
		const char *word;
		enum rest_dir dir;
		enum rest_nulls nulls;
	} words[] = {
		{"asc", REST_ASC, REST_NULLS_NONE},
		{"desc", REST_DESC, REST_NULLS_NONE},
		{"nullsfirst", REST_DIR_NONE, REST_NULLS_FIRST},
		{"nullslast", REST_DIR_NONE, REST_NULLS_LAST},
	};

	for (size_t i = may_dir ? 0 : 2; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!rest_scan_word(s, words[i].word))
			continue;
		s->p += strlen(words[i].word);
		if (words[i].dir)
			o->dir = words[i].dir;
		else
			o->nulls = words[i].nulls;
		return 0;
	}
	return rest_scan_miss(s, s->p, rest_scan_differs(s, may_dir ? "asc" : "nullsfirst"),
		may_dir ? WANT_DIR | WANT_NULLS : WANT_NULLS);
}

/* .dir.nulls and the end of the term. tail: how the name before could have gone on. */
static int scan_suffixes(struct rest_scan *s, uint64_t tail, struct rest_order *o)
{
	while (rest_scan_is(s, '.') && !o->nulls) {
		s->p++;
		if (scan_suffix(s, !o->dir, o))
			return -1;
		tail = 0;
	}
	const char *here = s->p;
	rest_scan_blank(s);
	if (s->p == s->end || *s->p == ',')
		return 0;
	return rest_scan_miss(s, here, here,
		tail | (o->nulls ? 0 : WANT(DELIMITER)) | WANT(COMMA) | WANT(END));
}

/* rel(column): what is wrong inside is not told, as with PostgREST; it was no relation then. */
static int scan_relation(struct rest_scan *s, struct rest_order *o)
{
	const char *paren = s->p;
	uint64_t tail = s->tail;

	o->relation = o->field.name;
	s->p++;
	if (!rest_scan_field(s, &o->field) && rest_scan_is(s, ')')) {
		s->p++;
		if (!scan_suffixes(s, 0, o))
			return 0;
	}
	return s->limit
		? -1
		: rest_scan_miss(s, paren, paren, tail | WANT(DELIMITER) | WANT(COMMA) | WANT(END));
}

static int scan_term(struct rest_scan *s, struct rest_order *o)
{
	rest_scan_blank(s);
	if (rest_scan_part(s) || rest_scan_name(s, &o->field.name))
		return -1;
	if (rest_scan_is(s, '('))
		return scan_relation(s, o);
	if (rest_scan_path(s, &o->field))
		return -1;
	rest_scan_gap(s);
	return scan_suffixes(s, s->tail, o);
}

int rest_scan_order(struct rest_scan *s, struct str text, struct rest_order **ret)
{
	rest_scan_start(s, "order", text);
	for (;;) {
		struct rest_order *o = ARENA_NEW(s->arena, struct rest_order);
		if (scan_term(s, o))
			return -1;
		*ret = o;
		ret = &o->next;
		if (s->p == s->end)
			return 0;
		s->p++;
	}
}

int rest_parse_order(struct arena *a, struct str text, struct rest_order **ret_order,
	struct rest_fault *f)
{
	struct rest_scan s = {.arena = a, .left = REST_MAX_NODES};

	return rest_scan_order(&s, text, ret_order) ? rest_scan_say(&s, f) : 0;
}
