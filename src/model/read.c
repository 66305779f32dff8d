#include "model/read.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "db/result.h"
#include "model/member.h"

#define RESULT_COLUMNS_MAX MODEL_COLUMNS_MAX

/* Which column of the table each column of the result is. Mostly they come in the table's order. */
static int match(const struct result *r, const struct model_table *t, int ret_map[], struct err *e)
{
	int guess = 0;

	if (result_cols(r) > RESULT_COLUMNS_MAX)
		return err_set(e, E_BUG, "a result has %d columns", result_cols(r));
	for (int i = 0; i < result_cols(r); i++) {
		struct str name = str_of(result_name(r, i));
		bool hit = guess < t->n && str_eq(str_of(t->columns[guess].name), name);
		ret_map[i] = hit ? guess : model_column_find_str(t, name);
		if (ret_map[i] < 0)
			return err_set(e, E_BUG, "a %s has no column " STR_FMT, t->label,
				STR_ARG(name));
		guess = ret_map[i] + 1;
	}
	return 0;
}

static int fill(const struct result *r, int i, const int map[], struct arena *a,
	const struct model_table *t, void *row, struct err *e)
{
	int code = 0;

	for (int c = 0; !code && c < result_cols(r); c++)
		code = model_member_read(t, map[c], result_text(r, i, c), a, row, e);
	return code;
}

int model_read(const struct result *r, struct arena *a, const struct model_table *t, void *ret_list,
	struct err *e)
{
	int map[RESULT_COLUMNS_MAX];
	size_t n = (size_t)result_rows(r);
	char *rows = arena_array(a, n, t->size);
	int code = match(r, t, map, e);

	for (size_t i = 0; !code && i < n; i++)
		code = fill(r, (int)i, map, a, t, rows + i * t->size, e);
	if (code)
		return code;
	memcpy(ret_list, &(struct model_rows){rows, n}, sizeof(struct model_rows));
	return 0;
}

int model_read_row(const struct result *r, int i, struct arena *a, const struct model_table *t,
	void *row, struct err *e)
{
	int map[RESULT_COLUMNS_MAX];
	int code = match(r, t, map, e);

	return code ? code : fill(r, i, map, a, t, row, e);
}

int model_absent(const struct model_table *t, const void *key, struct err *e)
{
	char words[200] = "";
	size_t len = 0;

	for (int i = 0; i < t->primary_n; i++) {
		int c = t->primary[i];
		struct model_value v = model_member_value(t, c, key);
		int left = (int)(sizeof(words) - len);
		int n = 0;
		if (t->primary_n > 1 && c == model_workspace_column(t))
			continue;
		if (v.type == MODEL_V_STR)
			n = snprintf(words + len, (size_t)left, " " STR_FMT,
				STR_ARG(str_sub(v.s, 0, 60)));
		else if (v.type == MODEL_V_INT)
			n = snprintf(words + len, (size_t)left, " %lld", (long long)v.i);
		len += n > 0 && n < left ? (size_t)n : 0;
	}
	return err_set(e, E_ABSENT, "there is no %s%s", t->label, words);
}
