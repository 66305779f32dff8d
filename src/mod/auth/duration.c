#include "mod/auth/duration.h"

#include <math.h>
#include <stddef.h>

static const struct unit {
	struct str name;
	double s;
} units[] = {{{STR_INIT("h")}, 3600}, {{STR_INIT("ms")}, 1e-3}, {{STR_INIT("m")}, 60},
	{{STR_INIT("s")}, 1}, {{STR_INIT("us")}, 1e-6}, {{STR_INIT("ns")}, 1e-9}};

#define UNITS (sizeof units / sizeof *units)

static const struct unit *unit_of(struct str text)
{
	for (size_t i = 0; i < UNITS; i++)
		if (str_starts(text, units[i].name))
			return &units[i];
	return NULL;
}

static size_t number_len(struct str text)
{
	size_t n = 0;

	while (n < text.len && ((text.p[n] >= '0' && text.p[n] <= '9') || text.p[n] == '.'))
		n++;
	return n;
}

bool duration_parse(struct str text, int64_t *ret_s)
{
	double sum = 0, number;

	if (!text.len)
		return false;
	while (text.len) {
		size_t n = number_len(text);
		const struct unit *u = unit_of(str_sub(text, n, text.len));
		if (!u || !str_to_f64(str_sub(text, 0, n), &number))
			return false;
		sum += number * u->s;
		text = str_sub(text, n + u->name.len, text.len);
	}
	if (!(sum <= (double)DURATION_MAX_S))
		return false;
	*ret_s = (int64_t)ceil(sum);
	return true;
}
