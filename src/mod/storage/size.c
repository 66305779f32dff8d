#include "mod/storage/size.h"

#define SIZE_MAX_BYTES 9e15

static const struct {
	struct str unit;
	double bytes;
} units[] = {
	{{STR_INIT("")}, 1},
	{{STR_INIT("b")}, 1},
	{{STR_INIT("kb")}, 1e3},
	{{STR_INIT("mb")}, 1e6},
	{{STR_INIT("gb")}, 1e9},
	{{STR_INIT("tb")}, 1e12},
	{{STR_INIT("kib")}, 1024.0},
	{{STR_INIT("mib")}, 1024.0 * 1024},
	{{STR_INIT("gib")}, 1024.0 * 1024 * 1024},
	{{STR_INIT("tib")}, 1024.0 * 1024 * 1024 * 1024},
};

static bool is_number(char c)
{
	return (c >= '0' && c <= '9') || c == '.';
}

bool storage_size_parse(struct str text, int64_t *ret_bytes)
{
	size_t digits = 0;
	double n;

	text = str_trim(text);
	while (digits < text.len && is_number(text.p[digits]))
		digits++;
	struct str unit = str_trim(str_sub(text, digits, text.len));
	if (!digits || !str_to_f64(str_sub(text, 0, digits), &n))
		return false;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (!str_eq_nocase(unit, units[i].unit))
			continue;
		n *= units[i].bytes;
		if (n < 1 || n > SIZE_MAX_BYTES)
			return false;
		*ret_bytes = (int64_t)n;
		return true;
	}
	return false;
}
