#include "base/err.h"

#include <stdarg.h>
#include <stddef.h>

#include "base/arena.h"

static const struct {
	const char *name;
	int status;
} codes[] = {
	[0] = {"ok", 200},
	[-E_INPUT] = {"input", 400},
	[-E_LOGIN] = {"login", 401},
	[-E_RIGHT] = {"right", 403},
	[-E_ABSENT] = {"absent", 404},
	[-E_CONFLICT] = {"conflict", 409},
	[-E_BUSY] = {"busy", 503},
	[-E_BUG] = {"bug", 500},
	[-E_LIMIT] = {"limit", 413},
	[-E_RATE] = {"rate", 429},
	[-E_UPSTREAM] = {"upstream", 502},
	[-E_TIMEOUT] = {"timeout", 504},
	[-E_CANCEL] = {"cancel", 499},
	[-E_FULL] = {"full", 507},
};

static _Bool is_known(int code)
{
	return code <= 0 && code > -(int)(sizeof(codes) / sizeof(*codes));
}

int err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return code;
	if (e->code)
		return e->code;
	e->code = code;
	e->msg = err_name(code);
	if (e->arena) {
		va_start(ap, fmt);
		e->msg = arena_vprintf(e->arena, fmt, ap);
		va_end(ap);
	}
	return code;
}

int err_prefix(struct err *e, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return 0;
	if (e->code && e->arena) {
		va_start(ap, fmt);
		const char *where = arena_vprintf(e->arena, fmt, ap);
		va_end(ap);
		e->msg = arena_printf(e->arena, "%s: %s", where, e->msg);
	}
	return e->code;
}

void err_clear(struct err *e)
{
	if (!e)
		return;
	e->code = 0;
	e->msg = NULL;
}

int err_http_status(int code)
{
	return is_known(code) ? codes[-code].status : 500;
}

const char *err_name(int code)
{
	return is_known(code) ? codes[-code].name : "unknown";
}
