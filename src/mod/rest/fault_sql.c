/* What PostgreSQL said, as an answer: the table of SQLSTATEs, PTxyz and the fully custom SQLSTATE PGRST. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "db/db.h"
#include "mod/rest/answer.h"
#include "mod/rest/fault.h"

/* The first prefix that fits decides. */
static const struct {
	const char *prefix;
	int status;
} statuses[] = {
	{"08", 503},
	{"09", 500},
	{"0L", 403},
	{"0P", 403},
	{"23503", 409},
	{"23505", 409},
	{"25006", 405},
	{"25", 500},
	{"28", 403},
	{"2D", 500},
	{"38", 500},
	{"39", 500},
	{"3B", 500},
	{"40", 500},
	{"53400", 500},
	{"53", 503},
	{"54", 500},
	{"55", 500},
	{"57P01", 503},
	{"57", 500},
	{"58", 500},
	{"F0", 500},
	{"HV", 500},
	{"P0001", 400},
	{"P0", 500},
	{"XX", 500},
	{"42883", 404},
	{"42P01", 404},
	{"42P17", 500},
};

static bool begins(const char *state, const char *prefix)
{
	return strncmp(state, prefix, strlen(prefix)) == 0;
}

/* States whose status depends on more. 0: none of them. */
static int special_status(const struct db_error *e, bool anonymous)
{
	if (strcmp(e->sqlstate, "42501") == 0)
		return anonymous ? 401 : 403;
	if (strcmp(e->sqlstate, "42883") == 0 && begins(e->message, "function xmlagg("))
		return 406;
	if (strcmp(e->sqlstate, "21000") == 0)
		return strstr(e->message, "requires a WHERE clause") ? 400 : 500;
	if (strcmp(e->sqlstate, "22023") == 0 && begins(e->message, "role \"") &&
		strstr(e->message, "\" does not exist"))
		return 401;
	return 0;
}

static int status_of(const struct db_error *e, bool anonymous)
{
	int status = special_status(e, anonymous);

	for (size_t i = 0; !status && i < sizeof statuses / sizeof *statuses; i++)
		if (begins(e->sqlstate, statuses[i].prefix))
			status = statuses[i].status;
	return status ? status : 400;
}

/* A copy: the error may go with its session. */
static const char *text_or_null(struct arena *a, const char *s)
{
	return *s ? str_cstr(a, str_of(s)) : NULL;
}

/* "PT402": the status is in the code, the reason phrase is the message. What is no status is 500. */
static bool is_pt(const char *state, int *ret_status)
{
	int64_t status;

	if (!begins(state, "PT"))
		return false;
	*ret_status = str_to_i64(str_of(state + 2), &status) && status >= 200 && status <= 599
		? (int)status
		: 500;
	return true;
}

static const char *scalar(struct arena *a, const struct json *v)
{
	struct str s = json_scalar(v);

	return s.p ? str_cstr(a, s) : NULL;
}

static int unparsable(struct rest_fault *f, const char *what, const char *text)
{
	rest_fault(f, 500, "PGRST121",
		"Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error");
	rest_fault_details(f, "Invalid JSON value for %s: '%s'", what, text);
	return rest_fault_hint(f,
		what[0] == 'M'
			? "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional keys: 'details', 'hint'."
			: "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: 'status_text'.");
}

static bool are_headers(const struct json *headers)
{
	struct str value;

	for (struct json_iter it = json_each(headers); json_next(&it);)
		if (!rest_answer_is_name(it.key) || !json_to_str(it.value, &value))
			return false;
	return json_type(headers) == JSON_OBJECT;
}

/* RAISE SQLSTATE 'PGRST' USING MESSAGE = '{"code",…}', DETAIL = '{"status","headers"}'. */
static int custom(struct rest_fault *f, const struct db_error *e)
{
	struct err why = {.arena = f->arena};
	const struct json *message = json_parse(f->arena, str_of(e->message), &why);
	const struct json *detail = json_parse(f->arena, str_of(e->detail), &why);
	const char *code = scalar(f->arena, json_get(message, "code")),
		   *words = scalar(f->arena, json_get(message, "message"));
	const struct json *headers = json_get(detail, "headers");
	int64_t status;

	if (!code || !words)
		return unparsable(f, "MESSAGE", e->message);
	if (!json_to_i64(json_get(detail, "status"), &status) || status < 200 || status > 599 ||
		!are_headers(headers)) {
		if (!*e->detail) {
			rest_fault(f, 500, "PGRST121",
				"Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error");
			rest_fault_details(f, "DETAIL is missing in the RAISE statement");
			return rest_fault_hint(f,
				"DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: 'status_text'.");
		}
		return unparsable(f, "DETAIL", e->detail);
	}
	rest_fault(f, (int)status, code, "%s", words);
	f->details = scalar(f->arena, json_get(message, "details"));
	f->hint = scalar(f->arena, json_get(message, "hint"));
	f->status_text = scalar(f->arena, json_get(detail, "status_text"));
	f->headers_json = str_cstr(f->arena, json_text_dup(f->arena, headers));
	return -1;
}

int rest_fault_sql(struct rest_fault *f, const struct db_error *e, bool anonymous)
{
	int status;

	if (f->status)
		return -1;
	if (strcmp(e->sqlstate, "PGRST") == 0)
		return custom(f, e);
	if (is_pt(e->sqlstate, &status))
		f->status_text = text_or_null(f->arena, e->message);
	else
		status = status_of(e, anonymous);
	rest_fault(f, status, arena_dup(f->arena, e->sqlstate, strlen(e->sqlstate)), "%s",
		e->message);
	f->details = text_or_null(f->arena, e->detail);
	f->hint = text_or_null(f->arena, e->hint);
	if (status == 401 && anonymous)
		f->authenticate = "Bearer";
	return -1;
}
