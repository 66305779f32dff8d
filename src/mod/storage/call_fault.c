/* The refusals of the dialect, and what of our own failures becomes which. */
#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "db/batch.h"
#include "db/sqlstate.h"
#include "http/request.h"
#include "mod/storage/call.h"

static const struct fault {
	const char *code;
	int status;
	const char *error, *message; /* message: when nobody says better */
} faults[] = {
	{"NoSuchKey", 404, "not_found", "Object not found"},
	{"NoSuchBucket", 404, "Bucket not found", "Bucket not found"},
	{"NoSuchUpload", 404, "not_found", "Upload not found"},
	{"InvalidKey", 400, "InvalidKey", "Invalid key"},
	{"InvalidBucketName", 400, "Invalid Input", "Bucket name invalid"},
	{"InvalidRequest", 400, "InvalidRequest", "The request is invalid"},
	{"InvalidJWT", 400, "InvalidJWT", "Invalid Compact JWS"},
	{"InvalidSignature", 400, "InvalidSignature", "Invalid signature"},
	{"AccessDenied", 403, "Unauthorized", "new row violates row-level security policy"},
	{"ResourceAlreadyExists", 409, "Duplicate", "The resource already exists"},
	{"BucketNotEmpty", 409, "InvalidRequest", "The bucket you tried to delete is not empty"},
	{"Conflict", 409, "Conflict", "somebody else changed this at the same time"},
	{"Gone", 410, "Gone", "The upload has expired"},
	{"TusVersion", 412, "Precondition Failed", "this version of TUS is not spoken here"},
	{"EntityTooLarge", 413, "Payload too large",
		"The object exceeded the maximum allowed size"},
	{"InvalidMimeType", 415, "invalid_mime_type", "mime type is not supported"},
	{"InvalidRange", 416, "InvalidRange", "The requested range is not satisfiable"},
	{"ResourceLocked", 423, "ResourceLocked", "The resource is locked"},
	{"ChecksumMismatch", 460, "Checksum Mismatch", "the bytes are not those of the checksum"},
	{"ClientGone", 499, "ClientGone", "the client went away"},
	{"InternalError", 500, "InternalError", "Internal Server Error"},
	{"NotImplemented", 501, "NotImplemented", "This is not offered here"},
	{"UpstreamError", 502, "UpstreamError", "The service that keeps the bytes failed"},
	{"SlowDown", 503, "SlowDown", "Busy at the moment; try again"},
	{"Timeout", 504, "Timeout", "It took too long"},
	{"InsufficientStorage", 507, "InsufficientStorage", "There is no room for this"},
};

static const struct fault *find(const char *code)
{
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
		if (!strcmp(faults[i].code, code))
			return &faults[i];
	return NULL;
}

static int set(struct storage_call *c, const struct fault *f, struct str message)
{
	c->status = f->status;
	c->code = f->code;
	c->error = f->error;
	c->message = message.len ? message : str_of(f->message);
	return -1;
}

int storage_fault(struct storage_call *c, const char *code, const char *fmt, ...)
{
	const struct fault *f = find(code);
	va_list ap;

	assert(f);
	va_start(ap, fmt);
	struct str message = str_of(arena_vprintf(c->arena, fmt, ap));
	va_end(ap);
	return set(c, f, message);
}

int storage_fault_absent(struct storage_call *c)
{
	return set(c, find("NoSuchKey"), STR_NULL);
}

int storage_fault_bucket(struct storage_call *c)
{
	return set(c, find("NoSuchBucket"), STR_NULL);
}

int storage_fault_key(struct storage_call *c, struct str name)
{
	return storage_fault(c, "InvalidKey", "Invalid key: " STR_FMT,
		STR_ARG(str_sub(name, 0, 200)));
}

static const char *code_of(int code)
{
	switch (code) {
	case E_INPUT: return "InvalidRequest";
	case E_LOGIN: return "InvalidJWT";
	case E_RIGHT: return "AccessDenied";
	case E_ABSENT: return "NoSuchKey";
	case E_CONFLICT: return "Conflict";
	case E_BUSY:
	case E_RATE: return "SlowDown";
	case E_LIMIT: return "EntityTooLarge";
	case E_UPSTREAM: return "UpstreamError";
	case E_TIMEOUT: return "Timeout";
	case E_CANCEL: return "ClientGone";
	case E_FULL: return "InsufficientStorage";
	default: return "InternalError";
	}
}

int storage_fail(struct storage_call *c, const struct err *e)
{
	const struct fault *f = find(code_of(e->code));

	if (f->status >= 500)
		log_error("storage.failed", LOG_REQUEST(c->http->id), LOG_ERR(e));
	return set(c, f, e->code == E_INPUT ? str_of(e->msg) : STR_NULL);
}

/* Of what our own SQL raises: the hint is the code of the table above. */
static int raised(struct storage_call *c, const struct db_error *why)
{
	const struct fault *f = find(why->hint);

	if (!f)
		f = find(sqlstate_status(why->sqlstate) == 404 ? "NoSuchKey" : "Conflict");
	return set(c, f, str_copy(c->arena, str_of(why->message)));
}

static const struct fault *of_sqlstate(const struct db_error *why)
{
	static const struct {
		const char *sqlstate, *constraint, *code;
	} rows[] = {
		{"23514", "objects_name_is_a_path", "InvalidKey"},
		{"23514", "buckets_id_is_a_name", "InvalidBucketName"},
		{"23514", NULL, "InvalidRequest"},
		{"23505", NULL, "ResourceAlreadyExists"},
		{"42501", NULL, "AccessDenied"},
		{"25006", NULL, "AccessDenied"},
		{"22023", NULL, "AccessDenied"}, /* a role that is none */
		{"23503", NULL, "NoSuchBucket"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (!strcmp(rows[i].sqlstate, why->sqlstate) &&
			(!rows[i].constraint || !strcmp(rows[i].constraint, why->constraint)))
			return find(rows[i].code);
	return NULL;
}

int storage_fail_batch(struct storage_call *c, const struct batch *b)
{
	const struct db_error *why = batch_db_error(b);
	const struct fault *f = why ? of_sqlstate(why) : NULL;

	if (f)
		return set(c, f, STR_NULL);
	if (why && sqlstate_status(why->sqlstate))
		return raised(c, why);
	if (why)
		log_warn("db.refused", LOG_REQUEST(c->http->id),
			LOG_CSTR("sqlstate", why->sqlstate), LOG_CSTR("message", why->message),
			LOG_INT("statement", why->statement));
	return storage_fail(c, batch_err(b));
}
