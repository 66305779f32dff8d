#include "mod/mail/letter.h"

#include "app/settings.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "db/batch.h"
#include "db/result.h"
#include "mod/mail/builtin.h"
#include "mod/mail/template.h"

#define PART_MAX (4 << 20)

int mail_template_find(struct db *db, struct arena *a, struct str name, struct str workspace_id,
	struct mail_template *ret_template, struct err *e)
{
	struct batch *b = batch_new(a);
	const struct builtin_template *builtin = builtin_template(name);

	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	batch_read_only(b);
	batch_add(b,
		"select subject, text_body, html_body from plat.mail_templates"
		" where name = $1 and (workspace_id is null or workspace_id = $2::uuid) order by workspace_id nulls last limit 1",
		2, (struct db_param[]){db_str(name), db_str(workspace_id)});
	if (db_run(db, b, e))
		return e->code;
	const struct result *r = batch_result(b, 0);
	if (result_rows(r))
		*ret_template = (struct mail_template){.subject = result_text(r, 0, 0),
			.text = result_text(r, 0, 1),
			.html = result_text(r, 0, 2),
			.replaced = true};
	else if (builtin)
		*ret_template = (struct mail_template){.subject = str_of(builtin->subject),
			.text = str_of(builtin->text),
			.html = str_of(builtin->html)};
	else
		return err_set(e, E_ABSENT, "there is no mail template " STR_FMT, STR_ARG(name));
	return 0;
}

int mail_template_check(const struct mail_template *t, struct err *e)
{
	if (template_check(t->subject, e))
		return err_prefix(e, "subject");
	if (template_check(t->text, e))
		return err_prefix(e, "text");
	if (t->html.p && template_check(t->html, e))
		return err_prefix(e, "html");
	return 0;
}

static struct str site_url(struct arena *a)
{
	const char *site = setting(SET_SITE_URL), *public = setting(SET_PUBLIC_URL);

	if (!site)
		site = public;
	return site ? str_of(site) : str_printf(a, "http://%s", setting(SET_LISTEN));
}

/* The mail's own values come last, so they win. */
static const struct json *values_of(struct arena *a, struct str address, struct str data,
	struct err *e)
{
	const struct json *own = json_parse(a, data, e);
	struct buf b;

	if (!own)
		return NULL;
	buf_init(&b, 0);
	struct jsonw w = jsonw_to(&b);
	jsonw_obj(&w);
	jsonw_key(&w, "Email"), jsonw_str(&w, address);
	jsonw_key(&w, "SiteURL"), jsonw_str(&w, site_url(a));
	for (struct json_iter it = json_each(own); json_next(&it);)
		jsonw_key_str(&w, it.key), jsonw_json(&w, it.value);
	jsonw_end(&w);
	const struct json *all = json_parse(a, str_copy(a, buf_view(&b)), e);
	buf_done(&b);
	return all;
}

static int part(struct arena *a, struct str text, enum template_form form,
	const struct template_values *values, struct str *ret_text, struct err *e)
{
	struct buf b;

	buf_init(&b, PART_MAX);
	int code = template_render(&b, text, form, values, e);
	if (!code && b.failed)
		code = err_set(e, E_LIMIT, "is larger than 4 MiB");
	if (!code)
		*ret_text = str_copy(a, buf_view(&b));
	buf_done(&b);
	return code;
}

int letter_write(struct arena *a, const struct mail_template *t, struct str address,
	struct str data, struct letter *ret_letter, struct err *e)
{
	struct template_values values = {.values = values_of(a, address, data, e)};
	struct template_values masked = {values.values, true};
	struct letter l = {0};

	if (!values.values)
		return err_prefix(e, "data");
	if (part(a, t->subject, TEMPLATE_LINE, &values, &l.subject, e) ||
		part(a, t->subject, TEMPLATE_LINE, &masked, &l.shown_subject, e))
		return err_prefix(e, "subject");
	if (part(a, t->text, TEMPLATE_TEXT, &values, &l.text, e))
		return err_prefix(e, "text");
	if (t->html.p && part(a, t->html, TEMPLATE_HTML, &values, &l.html, e))
		return err_prefix(e, "html");
	l.unsubscribe_url = json_scalar(json_get(values.values, "UnsubscribeURL"));
	*ret_letter = l;
	return 0;
}
