/* plat compliance: what of a workspace's listings the public may see, and what stands beside them. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/jsonw.h"
#include "cmd/args.h"
#include "cmd/errand.h"
#include "cmd/file.h"
#include "cmd/login.h"
#include "cmd/table.h"
#include "db/batch.h"
#include "db/result.h"

#define TEXT_MAX (1 << 20)

static const char *workspace;

/* --- show ------------------------------------------------------------------------------------------- */

static int show(struct task *t, struct login *l, struct str workspace_id, char **operands,
	struct err *e)
{
	struct db_param id = db_str(workspace_id);
	struct result *r;

	(void)operands;
	if (login_ask(l->db, t->arena,
		    "select mls_name, brokerage_name, array_to_string(own_office_mls_ids, ',') as own_office_mls_ids, contact_email,"
		    " contact_phone, correction_contact, copyright_notice, attribution_html, disclaimer_html, display_on_search::text,"
		    " display_on_detail::text, array_to_string(shown_statuses, ',') as shown_statuses, closed_days, shows_unstated::text, requires_idx::text,"
		    " array_to_string(hidden_fields, ',') as hidden_fields, max_results, freshness_hours"
		    " from mls.compliance_profiles where workspace_id = $1",
		    1, &id, &r, e))
		return e->code;
	if (!result_rows(r)) {
		printf("there is no profile, so nothing is displayed: plat compliance set makes one\n");
		return 0;
	}
	table_print_one(stdout, r, 0);
	if (login_ask(l->db, t->arena,
		    "select n ->> 'attribution_html' as attribution, n ->> 'disclaimer_html' as disclaimer, n ->> 'brokerage' as brokerage,"
		    " n ->> 'contact' as contact, n ->> 'copyright' as copyright, n ->> 'as_of' as as_of from mls.display_notice($1) n",
		    1, &id, &r, e))
		return e->code;
	printf("\nWhat stands beside the listings:\n");
	table_print_one(stdout, r, 0);
	return 0;
}

/* --- set -------------------------------------------------------------------------------------------- */

enum kind { TEXT, HTML, LIST, BOOL, INT };

/* constraint: what the database refuses it by, beside the key's own name. */
static const struct key {
	const char *name;
	enum kind kind;
	const char *takes, *constraint;
	int min, max;
} keys[] = {
	{"mls_name", TEXT, "a name of up to 200 characters", NULL, 0, 0},
	{"brokerage_name", TEXT, "a name of up to 200 characters", NULL, 0, 0},
	{"own_office_mls_ids", LIST, "ids with commas", "own_offices", 0, 0},
	{"contact_email", TEXT, "an address of mail", NULL, 0, 0},
	{"contact_phone", TEXT, "a number of 3 to 40 characters", NULL, 0, 0},
	{"correction_contact", TEXT, "up to 400 characters", NULL, 0, 0},
	{"copyright_notice", TEXT, "up to 2000 characters", NULL, 0, 0},
	{"attribution_html", HTML, "HTML", NULL, 0, 0},
	{"disclaimer_html", HTML, "HTML", NULL, 0, 0},
	{"display_on_search", BOOL, NULL, NULL, 0, 0},
	{"display_on_detail", BOOL, NULL, NULL, 0, 0},
	{"shown_statuses", LIST, "Active, Active Under Contract, Pending, Coming Soon and Closed",
		"statuses_may_be_shown", 0, 0},
	{"closed_days", INT, NULL, NULL, 1, 36500},
	{"shows_unstated", BOOL, NULL, NULL, 0, 0},
	{"requires_idx", BOOL, NULL, NULL, 0, 0},
	{"hidden_fields", LIST,
		"fields of a search, but neither id, list_office_name nor what only agents see",
		"fields_may_be_hidden", 0, 0},
	{"max_results", INT, NULL, NULL, 1, 1000000},
	{"freshness_hours", INT, NULL, NULL, 1, 168},
};

static const struct key *key_of(struct str name)
{
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (str_eq(name, str_of(keys[i].name)))
			return &keys[i];
	return NULL;
}

static void write_list(struct jsonw *w, struct str text)
{
	jsonw_arr(w);
	for (ptrdiff_t comma = 0; comma >= 0;) {
		comma = str_find_char(text, ',');
		struct str one = str_trim(comma < 0 ? text : str_sub(text, 0, (size_t)comma));
		if (one.len)
			jsonw_str(w, one);
		text = str_sub(text, (size_t)comma + 1, text.len);
	}
	jsonw_end(w);
}

/* @FILE instead of a text that is long. */
static int text_of(struct arena *a, struct str said, struct str *ret_text, struct err *e)
{
	struct buf b;

	*ret_text = said;
	if (!said.len || said.p[0] != '@')
		return 0;
	buf_init(&b, TEXT_MAX);
	if (!file_read(str_cstr(a, str_sub(said, 1, said.len)), &b, e))
		*ret_text = str_trim(str_copy(a, buf_view(&b)));
	buf_done(&b);
	return e->code;
}

static int write_value(struct arena *a, struct jsonw *w, const struct key *k, struct str said,
	struct err *e)
{
	struct str text;
	char *end;

	if (text_of(a, said, &text, e))
		return e->code;
	switch (k->kind) {
	case LIST: write_list(w, text); return 0;
	case BOOL:
		if (!str_eq(text, STR("true")) && !str_eq(text, STR("false")))
			return err_set(e, E_INPUT, "%s is true or false", k->name);
		jsonw_bool(w, str_eq(text, STR("true")));
		return 0;
	case INT: {
		long n = strtol(str_cstr(a, text), &end, 10);
		if (!text.len || *end || n < k->min || n > k->max)
			return err_set(e, E_INPUT, "%s is a number of %d to %d", k->name, k->min,
				k->max);
		jsonw_i64(w, n);
		return 0;
	}
	case TEXT:
	case HTML: break;
	}
	if (text.len || k->kind == HTML)
		jsonw_str(w, text);
	else
		jsonw_null(w);
	return 0;
}

static int read_pairs(struct arena *a, char **pairs, struct str *ret_json, struct err *e)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, 0);
	w = jsonw_to(&b);
	jsonw_obj(&w);
	for (; *pairs && !e->code; pairs++) {
		struct str pair = str_of(*pairs);
		ptrdiff_t equals = str_find_char(pair, '=');
		const struct key *k = equals < 0 ? NULL : key_of(str_sub(pair, 0, (size_t)equals));
		if (!k) {
			err_set(e, E_INPUT,
				"'%s' is no KEY=VALUE of a profile; plat compliance show has the keys",
				*pairs);
			break;
		}
		jsonw_key(&w, k->name);
		write_value(a, &w, k, str_sub(pair, (size_t)equals + 1, pair.len), e);
	}
	if (!e->code) {
		jsonw_end(&w);
		*ret_json = str_copy(a, buf_view(&b));
	}
	buf_done(&b);
	return e->code;
}

#define COLUMNS(p)                                                                            \
	p "mls_name, " p "brokerage_name, " p "own_office_mls_ids, " p "contact_email, " p    \
	  "contact_phone, " p "correction_contact, " p "copyright_notice, " p                 \
	  "attribution_html, " p "disclaimer_html, " p "display_on_search, " p                \
	  "display_on_detail, " p "shown_statuses, " p "closed_days, " p "shows_unstated, " p \
	  "requires_idx, " p "hidden_fields, " p "max_results, " p "freshness_hours"

static int refused(const struct batch *b, struct err *e)
{
	const struct db_error *why = batch_db_error(b);

	for (size_t i = 0; why && i < sizeof keys / sizeof *keys; i++)
		if (keys[i].takes && why->constraint &&
			(strstr(why->constraint, keys[i].name) ||
				(keys[i].constraint &&
					strstr(why->constraint, keys[i].constraint))))
			fprintf(stderr, "plat compliance: %s takes %s\n", keys[i].name,
				keys[i].takes);
	return e->code;
}

static int set(struct task *t, struct login *l, struct str workspace_id, char **operands,
	struct err *e)
{
	struct batch *b = batch_new(t->arena);
	struct str json;

	if (read_pairs(t->arena, operands, &json, e))
		return e->code;
	batch_as(b, &(struct db_caller){.role = STR("plat_worker")});
	batch_add(b,
		"insert into mls.compliance_profiles (workspace_id) values ($1) on conflict do nothing",
		1, (struct db_param[]){db_str(workspace_id)});
	batch_add(b,
		"update mls.compliance_profiles p set (" COLUMNS("") ") = (select " COLUMNS(
			"x.") " from jsonb_populate_record(p, $2::jsonb) x) where p.workspace_id = $1",
		2, (struct db_param[]){db_str(workspace_id), db_str(json)});
	if (db_run(l->db, b, e))
		return refused(b, e);
	return show(t, l, workspace_id, operands, e);
}

/* --- check ------------------------------------------------------------------------------------------ */

static int check(struct task *t, struct login *l, struct str workspace_id, char **operands,
	struct err *e)
{
	struct result *r;

	(void)operands;
	if (login_ask(l->db, t->arena,
		    "with r as materialized (select mls.display_report($1) as r)"
		    " select x.what, x.n from r, lateral (select 1 as part, 0 as n0, 'active listings' as what, r.r ->> 'listings' as n"
		    " union all select 1, 1, 'displayed', r.r ->> 'displayed'"
		    " union all select 1, 2, '  with their address kept back', r.r ->> 'without_address'"
		    " union all select 1, 3, '  without the name of a listing office', r.r ->> 'without_office'"
		    " union all select 1, 4, '  stale', r.r ->> 'stale'"
		    " union all select 2, 0, 'hidden: ' || coalesce(w.why, h.rule), h.n from jsonb_each_text(r.r -> 'hidden') h (rule, n)"
		    " left join (values ('opted_out', 'the seller keeps it off the internet'),"
		    " ('unstated', 'the payload does not say whether it may be displayed (shows_unstated)'),"
		    " ('off_market', 'its status is never displayed'), ('status', 'its status is not among shown_statuses'),"
		    " ('closed_long_ago', 'closed longer ago than closed_days'), ('not_in_idx', 'it is not in the IDX feed'),"
		    " ('idx_unstated', 'the payload does not say that it is in the IDX feed (requires_idx)'),"
		    " ('no_profile', 'the workspace has no profile')) w (rule, why) using (rule)"
		    " union all select 3, 0, 'data is as of', coalesce(r.r ->> 'as_of', 'unknown')"
		    " union all select 4, 0, 'the profile does not say', m.m from jsonb_array_elements_text(r.r -> 'missing') m (m)) x"
		    " order by x.part, x.n0, x.what, x.n",
		    1, (struct db_param[]){db_str(workspace_id)}, &r, e))
		return e->code;
	table_print(stdout, r);
	return 0;
}

static int run(int n, char **operands)
{
	static const struct errand errands[] = {
		{"show", 0, 0, show},
		{"check", 0, 0, check},
		{"set", 1, ERRAND_ANY, set},
		{0},
	};

	return errand_run("compliance", "show, check or set KEY=VALUE...", errands, workspace, n,
		operands);
}

static const struct arg args[] = {
	{"workspace", ARG_TEXT, &workspace, "SLUG",
		"which workspace; may be left out when there is one", 0, 0},
	{0},
};

const struct command compliance_command = {
	.name = "compliance",
	.summary = "what of a workspace's listings the public may see, and what stands beside them",
	.operands = "show | check | set KEY=VALUE...",
	.details =
		"show prints the profile and the notices as they are filled in; check counts what is displayed, and by which rule the rest is\n"
		"hidden. set takes true and false, numbers, texts, lists with commas, and @FILE for a text in a file; nothing behind the = takes\n"
		"it away. What each key means: docs/display.md.",
	.examples =
		"plat compliance check --workspace north\n"
		"plat compliance set mls_name='Miami MLS' brokerage_name='North Realty' own_office_mls_ids=NRTH01,NRTH02\n"
		"plat compliance set shown_statuses='Active,Active Under Contract,Pending,Closed' closed_days=180 disclaimer_html=@disclaimer.html\n",
	.args = args,
	.run = run,
};
