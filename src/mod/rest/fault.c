#include "mod/rest/fault.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/arena.h"

static const char *words(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;

	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	char *text = arena_alloc(a, (size_t)n + 1);
	vsnprintf(text, (size_t)n + 1, fmt, ap);
	return text;
}

int rest_fault(struct rest_fault *f, int status, const char *code, const char *fmt, ...)
{
	va_list ap;

	if (f->status)
		return -1;
	f->status = status;
	f->code = code;
	va_start(ap, fmt);
	f->message = words(f->arena, fmt, ap);
	va_end(ap);
	return -1;
}

int rest_fault_details(struct rest_fault *f, const char *fmt, ...)
{
	va_list ap;

	if (f->details)
		return -1;
	va_start(ap, fmt);
	f->details = words(f->arena, fmt, ap);
	va_end(ap);
	return -1;
}

int rest_fault_hint(struct rest_fault *f, const char *fmt, ...)
{
	va_list ap;

	if (f->hint)
		return -1;
	va_start(ap, fmt);
	f->hint = words(f->arena, fmt, ap);
	va_end(ap);
	return -1;
}
