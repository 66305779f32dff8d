#include "mod/alerts/unsubscribe.h"

#include "app/module.h"
#include "app/req_fiber.h"
#include "app/service.h"
#include "base/arena.h"
#include "base/buf.h"
#include "db/batch.h"
#include "db/result.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/url.h"
#include "mod/alerts/token.h"

#define BODY_MAX 4096

struct call {
	struct req *req;
	struct arena *arena;
	struct err err;
	struct str token_text;
	struct alerts_token token;
	char workspace[UUID_SIZE], person[UUID_SIZE], search[UUID_SIZE];
	struct str name; /* of the search; absent: it is gone, or everything is meant */
};

static void add_text(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		switch (s.p[i]) {
		case '&': buf_cstr(b, "&amp;"); break;
		case '<': buf_cstr(b, "&lt;"); break;
		case '>': buf_cstr(b, "&gt;"); break;
		case '"': buf_cstr(b, "&quot;"); break;
		case '\'': buf_cstr(b, "&#39;"); break;
		default: buf_char(b, s.p[i]);
		}
	}
}

/* The link is in the address: nobody is told where one came from, and nobody keeps the page. */
static void answer(struct call *c, int status, const char *heading, struct str body)
{
	struct http_request *http = c->req->http;
	struct buf b;

	buf_init(&b, 0);
	buf_printf(&b,
		"<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">"
		"<meta name=\"viewport\" content=\"width=device-width\"><title>%s</title>\n"
		"<style>body{font:16px/1.5 Helvetica,Arial,sans-serif;color:#222;background:#f4f4f2;margin:0;padding:48px 16px}"
		"main{max-width:480px;margin:0 auto;background:#fff;border-radius:8px;padding:32px}h1{font-size:20px;margin:0 0 16px}"
		"button{font:inherit;padding:10px 20px;border:0;border-radius:6px;background:#1f5f4a;color:#fff;cursor:pointer}"
		"</style></head>\n<body><main><h1>%s</h1>\n",
		heading, heading);
	buf_str(&b, body);
	buf_cstr(&b, "</main></body>\n</html>\n");
	struct str page = str_copy(c->arena, buf_view(&b));
	buf_done(&b);
	http_reply_header(http, "Cache-Control", STR("no-store"));
	http_reply_header(http, "Referrer-Policy", STR("no-referrer"));
	http_reply_header(http, "X-Robots-Tag", STR("noindex"));
	http_reply_header(http, "Content-Security-Policy",
		STR("default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"));
	http_reply(http, status, "text/html; charset=utf-8", page);
}

static bool is_everything(const struct call *c)
{
	return uuid_is_nil(c->token.search);
}

static struct batch *batch_of(struct call *c)
{
	struct batch *b = batch_new(c->arena);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	return b;
}

/* false after the answer. */
static bool begin(struct req *r, struct call *c)
{
	const struct keyring *keyring = service_keyring(r->service);

	*c = (struct call){.req = r, .arena = r->http->arena, .err.arena = r->http->arena};
	c->token_text = http_query_get(c->arena, r->http->query, "token");
	if (!keyring || !c->token_text.p ||
		!alerts_token_read(c->arena, keyring, c->token_text, &c->token)) {
		answer(c, 400, "This link is not complete",
			STR("<p>Open it from the mail once more, or copy it to its end.</p>\n"));
		return false;
	}
	uuid_format(c->workspace, c->token.workspace);
	uuid_format(c->person, c->token.person);
	uuid_format(c->search, c->token.search);
	return true;
}

static int find_name(struct call *c)
{
	struct db_param p[] = {db_text(c->workspace), db_text(c->person), db_text(c->search)};
	struct batch *b = batch_of(c);

	batch_read_only(b);
	batch_add(b,
		"select s.name from mls.saved_searches s where s.workspace_id = $1::uuid and s.user_id = $2::uuid and s.id = $3::uuid",
		3, p);
	if (db_run(service_db(c->req->service), b, &c->err))
		return c->err.code;
	const struct result *r = batch_result(b, 0);
	c->name = result_rows(r) ? result_text(r, 0, 0) : STR_NULL;
	return 0;
}

static void add_button(struct buf *b, struct call *c)
{
	buf_cstr(b, "<form method=\"post\" action=\"/alerts/v1/unsubscribe?token=");
	add_text(b, c->token_text);
	buf_cstr(b, "\"><button>Stop these mails</button></form>\n");
}

static void show(struct req *r)
{
	struct call c;
	struct buf b;

	if (!begin(r, &c))
		return;
	if (find_name(&c)) {
		http_reply_err(r->http, &c.err);
		return;
	}
	if (!is_everything(&c) && !c.name.p) {
		answer(&c, 200, "There is nothing to stop",
			STR("<p>This search was deleted; no more mails come of it.</p>\n"));
		return;
	}
	buf_init(&b, 0);
	if (is_everything(&c)) {
		buf_cstr(&b, "<p>No more mails of your saved searches and favorites.");
	} else {
		buf_cstr(&b, "<p>No more mails of your search “");
		add_text(&b, c.name);
		buf_cstr(&b, "”.");
	}
	buf_cstr(&b, " What is new stays in the app.</p>\n");
	add_button(&b, &c);
	struct str body = str_copy(c.arena, buf_view(&b));
	buf_done(&b);
	answer(&c, 200, "Stop these mails?", body);
}

/* The body, List-Unsubscribe=One-Click or the form's, says nothing that the token does not. */
static void end(struct req *r)
{
	struct call c;
	struct str body;

	if (!begin(r, &c))
		return;
	struct batch *b = batch_of(&c);
	struct db_param p[] = {db_text(c.workspace), db_text(c.person),
		is_everything(&c) ? db_null() : db_text(c.search)};
	batch_add(b, "select mls.unsubscribe($1::uuid, $2::uuid, $3::uuid)", 3, p);
	if (req_fiber_body(r, BODY_MAX, &body, &c.err) ||
		db_run(service_db(r->service), b, &c.err)) {
		http_reply_err(r->http, &c.err);
		return;
	}
	answer(&c, 200, "Done",
		STR("<p>These mails have been stopped. You can choose them again with your searches.</p>\n"));
}

void alerts_unsubscribe_show(struct req *r)
{
	req_fiber_go(r, show);
}

void alerts_unsubscribe_do(struct req *r)
{
	req_fiber_go(r, end);
}
