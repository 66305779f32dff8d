/* limit and offset, as parameters and as the header Range. */
#include "base/arena.h"
#include "mod/rest/parse_local.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits of any length; beyond int64 it is the largest. false: none, and *text is where it was. */
static bool cut_number(struct str *text, int64_t *ret)
{
	int64_t n = 0;
	size_t i = 0;

	for (; i < text->len && is_digit(text->p[i]); i++) {
		int digit = text->p[i] - '0';
		n = n > (INT64_MAX - digit) / 10 ? INT64_MAX : n * 10 + digit;
	}
	if (!i)
		return false;
	*text = str_sub(*text, i, text->len);
	*ret = n;
	return true;
}

static int unsatisfiable(struct rest_fault *f, const char *why)
{
	rest_fault(f, 416, "PGRST103", "Requested range not satisfiable");
	return rest_fault_details(f, "%s", why);
}

int rest_limit_read(struct rest_node *node, bool is_limit, struct str text, struct rest_fault *f)
{
	int64_t n;

	text = str_trim(text);
	bool is_negative = str_starts(text, STR("-"));
	text = str_sub(text, is_negative, text.len);
	if (!cut_number(&text, &n) || text.len)
		return 0;
	is_negative = is_negative && n;
	if (!is_limit) {
		node->offset = is_negative ? 0 : n;
		node->has_offset = true;
		return 0;
	}
	if (is_negative)
		return unsatisfiable(f, "Limit should be greater than or equal to zero.");
	node->limit = n;
	node->has_limit = true;
	return 0;
}

/* "a-b" or "a-"; last is INT64_MAX when it is open. */
static bool cut_range(struct str text, int64_t *ret_first, int64_t *ret_last)
{
	int64_t first, last = INT64_MAX;

	if (!cut_number(&text, &first) || !str_starts(text, STR("-")))
		return false;
	text = str_sub(text, 1, text.len);
	if (text.len && (!cut_number(&text, &last) || text.len))
		return false;
	*ret_first = first;
	*ret_last = last;
	return true;
}

int rest_parse_range(struct str header, struct rest_query *q, struct rest_fault *f)
{
	struct rest_node *root = &q->root;
	int64_t first, last, end;

	if (!cut_range(str_trim(header), &first, &last))
		return 0;
	if (root->has_limit && root->limit == 0) /* served empty, whatever the header says */
		return 0;
	if (last < first)
		return unsatisfiable(f,
			"The lower boundary must be lower than or equal to the upper boundary in the Range header.");
	if (root->has_limit) {
		if (__builtin_add_overflow(root->has_offset ? root->offset : 0, root->limit - 1,
			    &end))
			end = INT64_MAX;
		if (end < last)
			last = end;
	}
	if (root->has_offset && root->offset > first)
		first = root->offset;
	if (last < first)
		return unsatisfiable(f,
			"The Range header and the limit and offset of the query have no row in common.");
	root->offset = first;
	root->has_offset = true;
	if (last < INT64_MAX) {
		root->limit = last - first + 1;
		root->has_limit = true;
	}
	return 0;
}
