#include "mod/rest/claim.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "mod/rest/claim_local.h"

#define MAX_LENGTH 1000

int claim_expected(struct claim_scan *s, const char *what)
{
	return err_set(s->e, E_INPUT, "expected %s at character %zu of " STR_FMT, what, s->at + 1,
		STR_ARG(s->text));
}

char claim_peek(const struct claim_scan *s)
{
	return s->at < s->text.len ? s->text.p[s->at] : 0;
}

bool claim_take(struct claim_scan *s, const char *word)
{
	if (!str_starts(str_sub(s->text, s->at, s->text.len), str_of(word)))
		return false;
	s->at += strlen(word);
	return true;
}

void claim_spaces(struct claim_scan *s)
{
	while (s->at < s->text.len && strchr(" \t\r\n", s->text.p[s->at]))
		s->at++;
}

bool rest_claim_is_old(const struct rest_claim *path)
{
	return path->is_old;
}

/* From here on the old notation. Names are letters, digits and _$@ of any script, or anything in quotes. */
static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		(unsigned char)c >= 0x80 || (c && strchr("_$@", c));
}

/* No escapes: what is between the quotes. */
static int old_quoted(struct claim_scan *s, struct str *ret_text)
{
	if (!claim_take(s, "\""))
		return claim_expected(s, "a text in double quotes");
	ptrdiff_t end = str_find_char(str_sub(s->text, s->at, s->text.len), '"');
	if (end < 0)
		return claim_expected(s, "a closing quote");
	*ret_text = str_sub(s->text, s->at, s->at + (size_t)end);
	s->at += (size_t)end + 1;
	return 0;
}

static int old_key(struct claim_scan *s, struct claim_selector *sel)
{
	size_t from = s->at;

	sel->pick = PICK_NAME;
	if (claim_peek(s) == '"')
		return old_quoted(s, &sel->name);
	while (is_name_char(claim_peek(s)))
		s->at++;
	sel->name = str_sub(s->text, from, s->at);
	return sel->name.len ? 0 : claim_expected(s, "the name of a claim");
}

static int old_filter(struct claim_scan *s, struct claim_selector *sel)
{
	static const struct {
		const char *word;
		enum claim_op op;
	} ops[] = {
		{"==^", OP_TEXT_ENDS},
		{"==", OP_TEXT_EQ},
		{"!=", OP_TEXT_NE},
		{"^==", OP_TEXT_BEGINS},
		{"*==", OP_TEXT_CONTAINS},
	};
	size_t i = 0;

	sel->pick = PICK_FILTER;
	sel->test = ARENA_NEW(s->arena, struct claim_test);
	if (!claim_take(s, "@"))
		return claim_expected(s, "@");
	claim_spaces(s);
	while (i < sizeof(ops) / sizeof(*ops) && !claim_take(s, ops[i].word))
		i++;
	if (i == sizeof(ops) / sizeof(*ops))
		return claim_expected(s, "==, !=, ^==, ==^ or *==");
	sel->test->op = ops[i].op;
	claim_spaces(s);
	if (old_quoted(s, &sel->test->right.text))
		return E_INPUT;
	if (!claim_take(s, ")]") || s->at != s->text.len)
		return claim_expected(s, ")] and the end");
	return 0;
}

static int old_index(struct claim_scan *s, struct claim_selector *sel)
{
	sel->pick = PICK_INDEX;
	if (claim_peek(s) < '0' || claim_peek(s) > '9')
		return claim_expected(s, "an index");
	if (claim_integer(s, &sel->index))
		return E_INPUT;
	return claim_take(s, "]") ? 0 : claim_expected(s, "]");
}

static int old_segments(struct claim_scan *s, struct claim_segment **ret_segments)
{
	struct claim_segment **tail = ret_segments;

	do {
		struct claim_segment *segment = ARENA_NEW(s->arena, struct claim_segment);
		struct claim_selector *sel = ARENA_NEW(s->arena, struct claim_selector);
		int rc = claim_take(s, ".")    ? old_key(s, sel)
			: claim_take(s, "[?(") ? old_filter(s, sel)
			: claim_take(s, "[")   ? old_index(s, sel)
					       : claim_expected(s, "a path like $.role or .role");
		if (rc)
			return rc;
		segment->selectors = sel;
		*tail = segment;
		tail = &segment->next;
	} while (s->at < s->text.len);
	return 0;
}

const struct rest_claim *rest_claim_parse(struct arena *a, struct str text, struct err *e)
{
	struct rest_claim *c = ARENA_NEW(a, struct rest_claim);
	struct claim_scan s = {.arena = a, .text = str_copy(a, text), .e = e};

	if (text.len > MAX_LENGTH || !str_is_utf8(text) || str_find_char(text, '\0') >= 0) {
		err_set(e, E_INPUT, "a path must be UTF-8 text of at most %d bytes", MAX_LENGTH);
		return NULL;
	}
	c->is_old = !claim_take(&s, "$");
	if (c->is_old ? old_segments(&s, &c->segments) : claim_segments(&s, &c->segments))
		return NULL;
	if (s.at != s.text.len) {
		claim_expected(&s, "the end, or . or [");
		return NULL;
	}
	return c;
}
