#include "mod/storage/range.h"

#include <stdbool.h>

/* Digits only; what is beyond any file is the end of it. False for anything else. */
static bool read_number(struct str s, int64_t *ret_n)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	if (!s.len)
		return false;
	if (!str_to_i64(s, ret_n))
		*ret_n = INT64_MAX;
	return true;
}

/* "5-", "5-9", "-3": 0 when it is one; from, to absent where nothing stands. */
static int cut_range(struct str header, struct str *ret_from, struct str *ret_to)
{
	struct str rest = str_trim(header), unit = str_cut(&rest, '=');

	if (!rest.p || !str_eq_nocase(str_trim(unit), STR("bytes")) ||
		str_find_char(rest, ',') >= 0 || str_find_char(rest, '-') < 0)
		return -1;
	struct str to = str_trim(rest);
	*ret_from = str_trim(str_cut(&to, '-'));
	*ret_to = str_trim(to);
	return 0;
}

/* The last n bytes. */
static enum range_answer suffix(int64_t n, int64_t size, int64_t *ret_from, int64_t *ret_len)
{
	if (!n || !size)
		return RANGE_BEYOND;
	*ret_len = n < size ? n : size;
	*ret_from = size - *ret_len;
	return RANGE_PART;
}

enum range_answer range_parse(struct str header, int64_t size, int64_t *ret_from, int64_t *ret_len)
{
	struct str from, to;
	int64_t first, last = INT64_MAX;

	if (cut_range(header, &from, &to) || (to.len && !read_number(to, &last)))
		return RANGE_WHOLE;
	if (!from.len)
		return to.len ? suffix(last, size, ret_from, ret_len) : RANGE_WHOLE;
	if (!read_number(from, &first) || last < first)
		return RANGE_WHOLE;
	if (first >= size)
		return RANGE_BEYOND;
	if (last >= size)
		last = size - 1;
	*ret_from = first;
	*ret_len = last - first + 1;
	return RANGE_PART;
}
