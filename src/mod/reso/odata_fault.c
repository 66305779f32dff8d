#include "mod/reso/odata_fault.h"

#include <stdarg.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/jsonw.h"

const char *odata_fault_code(int status)
{
	static const struct {
		int status;
		const char *code;
	} codes[] = {
		{400, "BadRequest"},
		{401, "Unauthorized"},
		{403, "Forbidden"},
		{404, "NotFound"},
		{405, "MethodNotAllowed"},
		{406, "NotAcceptable"},
		{409, "Conflict"},
		{413, "RequestTooLarge"},
		{429, "TooManyRequests"},
		{501, "NotImplemented"},
		{502, "BadGateway"},
		{503, "ServiceUnavailable"},
		{504, "Timeout"},
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (codes[i].status == status)
			return codes[i].code;
	return "InternalServerError";
}

int odata_fault_set(struct odata_fault *f, int status, const char *target, size_t at,
	const char *fmt, ...)
{
	va_list ap;

	if (f->status)
		return -1;
	f->status = status;
	f->code = odata_fault_code(status);
	f->target = target;
	f->at = at;
	va_start(ap, fmt);
	f->message = arena_vprintf(f->arena, fmt, ap);
	va_end(ap);
	return -1;
}

int odata_fault_from(struct odata_fault *f, const struct err *e)
{
	if (!e->code)
		return 0;
	return odata_fault_set(f, err_http_status(e->code), NULL, 0, "%s", e->msg);
}

struct str odata_fault_body(const struct odata_fault *f)
{
	struct buf b;
	struct jsonw w = jsonw_to(&b);

	buf_init(&b, 0);
	jsonw_obj(&w);
	jsonw_key(&w, "error");
	jsonw_obj(&w);
	jsonw_key(&w, "code");
	jsonw_cstr(&w, f->code);
	jsonw_key(&w, "message");
	jsonw_cstr(&w, f->message);
	if (f->target)
		jsonw_key(&w, "target"), jsonw_cstr(&w, f->target);
	jsonw_key(&w, "details");
	jsonw_arr(&w);
	jsonw_arr_end(&w);
	jsonw_obj_end(&w);
	jsonw_obj_end(&w);
	struct str body = str_copy(f->arena, buf_view(&b));
	buf_done(&b);
	return body;
}
