#include "app/refusal.h"

#include "base/log.h"
#include "db/batch.h"
#include "http/reply.h"
#include "http/request.h"

void refusal_reply(struct http_request *http, const struct batch *b)
{
	const struct db_error *why = batch_db_error(b);

	if (why)
		log_warn("db.refused", LOG_REQUEST(http->id), LOG_CSTR("sqlstate", why->sqlstate),
			LOG_CSTR("message", why->message), LOG_CSTR("detail", why->detail),
			LOG_INT("statement", why->statement));
	http_reply_err(http, batch_err(b));
}
