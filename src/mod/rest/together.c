#include "mod/rest/together.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "db/session.h"
#include "http/request.h"
#include "loop/fiber.h"
#include "mod/rest/batch_refs.h"
#include "mod/rest/config.h"
#include "mod/rest/cors.h"
#include "mod/rest/flow.h"
#include "mod/rest/reply.h"
#include "mod/rest/reply_local.h"
#include "mod/rest/request.h"
#include "mod/rest/site.h"
#include "mod/rest/talk.h"

struct together {
	struct rest_request *r; /* the whole */
	struct rest_batch batch;
	struct rest_request **parts;
	const struct json **answers;
	struct fiber *fiber;
	bool is_gone;
};

static void on_part_answered(struct rest_request *part, void *arg)
{
	(void)part, (void)arg; /* it is in part->answer */
}

static void add_header(struct rest_request *part, const char *name, struct str value)
{
	struct rest_header *h = ARENA_NEW(part->arena, struct rest_header),
			   *last = (struct rest_header *)(uintptr_t)part->headers;

	*h = (struct rest_header){.name = name, .value = value};
	while (last && last->next)
		last = last->next;
	if (last)
		last->next = h;
	else
		part->headers = h;
}

static struct rest_request *part_new(struct together *t, size_t i)
{
	static const char *const inherited[] = {"Accept-Profile", "Content-Profile"};
	struct rest_request *whole = t->r, *p = ARENA_NEW(whole->arena, struct rest_request);

	*p = (struct rest_request){.arena = whole->arena,
		.site = whole->site,
		.cache = whole->cache,
		.login = whole->login,
		.role = whole->role,
		.began_us = whole->began_us,
		.keyring = whole->keyring,
		.refuse_unfiltered = whole->refuse_unfiltered,
		.on_answer = on_part_answered,
		.fault.arena = whole->arena};
	for (struct json_iter it = json_each(t->batch.parts[i].headers); json_next(&it);)
		add_header(p, str_cstr(p->arena, it.key), json_scalar(it.value));
	for (size_t k = 0; k < sizeof inherited / sizeof *inherited; k++) {
		struct str value = rest_request_header(whole, inherited[k]);
		if (value.p)
			add_header(p, inherited[k], value); /* the part's own comes first */
	}
	return p;
}

static int plan_part(struct together *t, size_t i, struct rest_request *p)
{
	struct str path, body, query;

	if (rest_batch_path(p->arena, &t->batch, i, t->answers, &path, &p->fault) ||
		rest_batch_body(p->arena, &t->batch, i, t->answers, &body, &p->fault))
		return -1;
	query = path;
	path = str_cut(&query, '?');
	p->path = path;
	if (rest_flow_target(p, path, t->batch.parts[i].method))
		return -1;
	if (p->method == REST_OPTIONS || p->target == REST_TARGET_ROOT)
		return rest_fault(&p->fault, 400, "PGRST102",
			"A $batch takes requests of tables and functions");
	if (rest_flow_head(p))
		return -1;
	return rest_flow_plan(p, query, STR_NULL, rest_request_header(p, "Content-Type"),
		rest_flow_has_body(p) && !body.p ? STR("") : body);
}

static bool is_json(struct str type)
{
	return str_find(type, STR("json")) >= 0;
}

static int run_part(struct together *t, struct session *s, size_t i)
{
	struct rest_request *p = part_new(t, i);
	struct err e = {.arena = p->arena};

	t->parts[i] = p;
	if (plan_part(t, i, p) == 0)
		rest_talk_run(p, s);
	if (p->fault.status || p->answer.status >= 400) {
		t->r->fault = p->fault;
		t->r->fault.request = str_cstr(p->arena, t->batch.parts[i].id);
		return -1;
	}
	if (p->answer.body.len && is_json(p->answer.content_type))
		t->answers[i] = json_parse(p->arena, p->answer.body, &e);
	return 0;
}

static int run_all(struct together *t, struct session *s)
{
	if (rest_talk_open(t->r, s, NULL))
		return -1;
	for (size_t i = 0; i < t->batch.n; i++)
		if (run_part(t, s, i))
			return -1;
	return rest_talk_close(t->r, s);
}

static void write_part(struct jsonw *w, const struct rest_batch_part *b,
	const struct rest_request *p)
{
	jsonw_obj(w);
	jsonw_key(w, "id"), jsonw_str(w, b->id);
	jsonw_key(w, "status"), jsonw_i64(w, p->answer.status);
	jsonw_key(w, "headers");
	jsonw_obj(w);
	if (p->answer.content_type.len)
		jsonw_key(w, "Content-Type"), jsonw_str(w, p->answer.content_type);
	for (const struct rest_header *h = p->answer.headers; h; h = h->next)
		jsonw_key(w, h->name), jsonw_str(w, h->value);
	jsonw_end(w);
	jsonw_key(w, "body");
	if (!p->answer.body.len)
		jsonw_null(w);
	else if (is_json(p->answer.content_type))
		jsonw_raw(w, p->answer.body);
	else
		jsonw_str(w, p->answer.body);
	jsonw_end(w);
}

static void answer(struct together *t)
{
	struct buf out;
	struct jsonw w;

	buf_init(&out, 0);
	w = jsonw_to(&out);
	jsonw_obj(&w);
	jsonw_key(&w, "responses");
	jsonw_arr(&w);
	for (size_t i = 0; i < t->batch.n; i++)
		write_part(&w, &t->batch.parts[i], t->parts[i]);
	jsonw_end(&w);
	jsonw_end(&w);
	reply_common(t->r);
	rest_answer_send_buf(t->r, 200, STR("application/json; charset=utf-8"), &out);
}

static void run(void *arg)
{
	struct together *t = arg;
	struct rest_request *r = t->r;
	struct session *s = rest_talk_session(r);
	int code = s ? run_all(t, s) : -1;

	session_close(s); /* rolls back what was not committed */
	http_on_gone(r->http, NULL, NULL);
	if (t->is_gone)
		http_drop(r->http);
	else if (code)
		rest_reply_fault(r);
	else
		answer(t);
}

static void on_gone(struct http_request *http, void *arg)
{
	struct together *t = arg;

	(void)http;
	t->is_gone = true;
	fiber_cancel(t->fiber);
}

static void begin(struct together *t)
{
	struct rest_request *r = t->r;

	t->parts = arena_array(r->arena, t->batch.n + 1, sizeof(*t->parts));
	t->answers = arena_array(r->arena, t->batch.n + 1, sizeof(*t->answers));
	t->fiber = rest_site_fiber(r->site, run, t);
	http_on_gone(r->http, on_gone, t);
}

static void on_body(struct http_request *http, struct str body, const struct err *e, void *arg)
{
	struct together *t = arg;
	struct rest_request *r = t->r;

	if (e && e->code == E_CANCEL) {
		http_drop(http);
		return;
	}
	if (e)
		rest_fault(&r->fault, e->code == E_LIMIT ? 413 : 400, "PGRST102", "%s", e->msg);
	else
		rest_batch_parse(r->arena, body, &t->batch, &r->fault);
	if (r->fault.status)
		rest_reply_fault(r);
	else
		begin(t);
}

void rest_together_serve(struct rest_request *r)
{
	struct together *t = ARENA_NEW(r->arena, struct together);

	t->r = r;
	r->schema = rest_site_config(r->site)->db_schemas.at[0];
	r->name = STR("$batch");
	if (rest_cors_preflight(r))
		return;
	if (r->method != REST_POST)
		rest_fault(&r->fault, 405, "PGRST117", "Only POST is possible on $batch");
	if (r->fault.status || rest_flow_login(r) ||
		rest_parse_prefer(r->arena, rest_request_header_list(r, "Prefer"), &r->prefer,
			&r->fault)) {
		rest_reply_fault(r);
		return;
	}
	http_read_body(r->http, (size_t)rest_site_config(r->site)->max_body_bytes, on_body, t);
}
