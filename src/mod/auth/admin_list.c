/* GET /admin/users: logins in pages, the newest first. */
#include "app/module.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/jsonw.h"
#include "http/reply.h"
#include "mod/auth/auth_local.h"
#include "mod/auth/more.h"
#include "mod/auth/user.h"

#define PER_PAGE 50
#define PER_PAGE_MAX 1000
#define PAGE_MAX 1000000

struct page {
	int64_t number, size, total;
};

/* Absent and empty (what auth-js sends when nobody asked for one) are the fallback. */
static int read_number(struct auth_call *c, const char *name, int64_t fallback, int64_t max,
	int64_t *ret_n)
{
	struct str text = auth_query(c, name);

	*ret_n = fallback;
	if (text.len && (!str_to_i64(text, ret_n) || *ret_n < 1))
		return auth_fault(c, 400, "validation_failed",
			"Bad Pagination Parameters: %s is a number from 1 on", name);
	if (*ret_n > max)
		*ret_n = max;
	return 0;
}

static struct str link_to(struct auth_call *c, const struct page *p, int64_t number,
	const char *rel)
{
	return str_printf(c->arena,
		"<" STR_FMT "/auth/v1/admin/users?page=%lld&per_page=%lld>; rel=\"%s\"",
		STR_ARG(c->auth->site->public_url), (long long)number, (long long)p->size, rel);
}

static void say_pages(struct auth_call *c, const struct page *p)
{
	int64_t last = p->total ? (p->total + p->size - 1) / p->size : 1;
	struct str links = link_to(c, p, last, "last");

	if (p->number < last)
		links = STR_JOIN(c->arena, link_to(c, p, p->number + 1, "next"), STR(", "), links);
	http_reply_header(c->req->http, "Link", links);
	http_reply_header(c->req->http, "X-Total-Count",
		str_printf(c->arena, "%lld", (long long)p->total));
}

int auth_admin_list(struct auth_call *c)
{
	struct auth_user_list found;
	struct page p;
	struct buf b;

	if (read_number(c, "page", 1, PAGE_MAX, &p.number) ||
		read_number(c, "per_page", PER_PAGE, PER_PAGE_MAX, &p.size) ||
		auth_user_page(c, p.size, (p.number - 1) * p.size, &found))
		return -1;
	p.total = found.total;
	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "users"), jsonw_arr(&w);
	for (int i = 0; i < found.n; i++)
		auth_user_write(&w, found.users[i]);
	jsonw_arr_end(&w);
	jsonw_key(&w, "aud"), jsonw_cstr(&w, "authenticated");
	jsonw_obj_end(&w);
	say_pages(c, &p);
	int code = auth_reply(c, 200, &b);
	buf_done(&b);
	return code;
}
