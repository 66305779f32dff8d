/* plat mapping: what becomes of a feed's fields: versions of the mapping, trying one, and mapping the rows again. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "cmd/args.h"
#include "cmd/file.h"
#include "cmd/login.h"
#include "cmd/mapping_preview.h"
#include "cmd/progress.h"
#include "cmd/table.h"
#include "db/db.h"
#include "db/result.h"
#include "mod/mls/connection.h"
#include "mod/mls/mapping.h"
#include "mod/mls/remap.h"

static const char *workspace, *provider = "bridge";
static long long sample = 5;

struct words {
	const struct verb *verb;
	const char *operand; /* NULL: none */
	char **operands;     /* from it on */
};

struct verb {
	const char *name;
	const char *operand;  /* what it is called; NULL: takes none */
	bool may_be_left_out; /* the operand */
	bool may_be_several;
	int (*fn)(struct task *t, struct login *l, struct str workspace_id, const char *operand,
		struct err *e);
};

static int versions(struct task *t, struct login *l, struct str workspace_id, const char *operand,
	struct err *e)
{
	struct db_param params[] = {db_str(workspace_id), db_text(provider)};
	struct result *rows;

	(void)operand;
	if (login_ask(l->db, t->arena,
		    "select f.version, case when f.is_active then 'active' else '' end as active, to_char(f.created_at, 'YYYY-MM-DD HH24:MI:SS') as saved, "
		    "coalesce((select string_agg(i.name, ', ' order by i.name) from mls.import_tasks i "
		    "where i.workspace_id = f.workspace_id and i.field_mapping_id = f.id), '') as \"import tasks\" "
		    "from mls.field_mappings f where f.workspace_id = $1 and f.provider = $2 order by f.version desc",
		    2, params, &rows, e))
		return e->code;
	table_print(stdout, rows);
	return 0;
}

static int show(struct task *t, struct login *l, struct str workspace_id, const char *operand,
	struct err *e)
{
	struct db_param params[] = {db_str(workspace_id), db_text(provider), db_text(operand)};
	struct result *rows;

	if (login_ask(l->db, t->arena,
		    "select jsonb_pretty(f.mapping) from mls.field_mappings f where f.workspace_id = $1 and f.provider = $2 "
		    "and case when $3::text is null then f.is_active else f.version::text = $3 end",
		    3, params, &rows, e))
		return e->code;
	if (!result_rows(rows))
		return err_set(e, E_ABSENT, "there is no %s%s of the %s mapping",
			operand ? "version " : "active version", operand ? operand : "", provider);
	printf("%s\n", result_text(rows, 0, 0).p);
	return 0;
}

/* The document, once it is known to be one. */
static int read_document(struct task *t, const char *path, struct str *ret_text, struct err *e)
{
	struct buf text;

	buf_init(&text, FILE_MAX_BYTES);
	int code = file_read(path, &text, e);
	const struct json *document = code ? NULL : json_parse(t->arena, buf_view(&text), e);
	if (!code && (!document || !mapping_new(t->arena, document, e)))
		code = err_prefix(e, "%s", path);
	if (!code)
		*ret_text = json_text_dup(t->arena, document);
	buf_done(&text);
	return code;
}

static int check(struct task *t, struct login *l, struct str workspace_id, const char *operand,
	struct err *e)
{
	struct str text = STR_NULL;
	struct result *rows;

	if (read_document(t, operand, &text, e))
		return e->code;
	struct db_param params[] = {db_str(workspace_id), db_text(provider), db_str(text)};
	if (login_ask(l->db, t->arena,
		    "select \"column\", field, problem || coalesce('; did you mean ' || suggestion || '?', '') as problem "
		    "from mls.check_mapping($1, $2, $3)",
		    3, params, &rows, e))
		return e->code;
	if (result_rows(rows))
		table_print(stdout, rows);
	else
		printf("%s can be saved\n", operand);
	return 0;
}

static int preview(struct task *t, struct login *l, struct str workspace_id, const char *operand,
	struct err *e)
{
	struct str text = STR_NULL;

	if (read_document(t, operand, &text, e))
		return e->code;
	return mapping_preview_print(t, l,
		&(struct mapping_preview_wish){workspace_id, str_of(provider), text, (int)sample},
		e);
}

static int save(struct task *t, struct login *l, struct str workspace_id, const char *operand,
	struct err *e)
{
	struct str text = STR_NULL;
	struct result *rows;

	if (read_document(t, operand, &text, e))
		return e->code;
	struct db_param params[] = {db_text(provider), db_str(text), db_str(workspace_id)};
	if (login_ask(l->db, t->arena,
		    "select version from mls.save_field_mapping($1, $2::jsonb, $3::uuid)", 3,
		    params, &rows, e))
		return e->code;
	printf("version %s is the active %s mapping; plat work maps the rows again, or plat mapping remap does\n",
		result_text(rows, 0, 0).p, provider);
	return 0;
}

static int activate(struct task *t, struct login *l, struct str workspace_id, const char *operand,
	struct err *e)
{
	struct db_param params[] = {db_str(workspace_id), db_text(provider), db_text(operand)};
	struct result *rows;

	if (login_ask(l->db, t->arena,
		    "select (mls.activate_field_mapping(f.id, f.workspace_id)).version from mls.field_mappings f "
		    "where f.workspace_id = $1 and f.provider = $2 and f.version::text = $3",
		    3, params, &rows, e))
		return e->code;
	if (!result_rows(rows))
		return err_set(e, E_ABSENT, "there is no version %s of the %s mapping", operand,
			provider);
	printf("version %s is the active %s mapping; plat work maps the rows again, or plat mapping remap does\n",
		operand, provider);
	return 0;
}

static void on_batch(const struct remap_stats *s, void *arg)
{
	char note[80];

	snprintf(note, sizeof note, "%lld changed", (long long)s->changed);
	progress_show(arg, s->done, s->total > s->done ? s->total : s->done, note);
}

static int remap(struct task *t, struct login *l, struct str workspace_id, const char *operand,
	struct err *e)
{
	struct progress p = progress_begin(stderr, "rows");
	struct remap_options o = {l->db, workspace_id, str_of(provider), on_batch, &p};
	struct remap_stats s;

	(void)t, (void)operand;
	int code = remap_run(&o, &s, e);
	progress_end(&p);
	if (code)
		return code;
	printf("%lld rows mapped again, %lld changed, %lld values could not be typed, %lld media rows written, in %.1f s\n",
		(long long)s.done, (long long)s.changed, (long long)s.corrected, (long long)s.media,
		(double)s.duration_ms / 1000);
	if (s.left)
		printf("%lld rows are being written by somebody else; plat work does them later\n",
			(long long)s.left);
	return 0;
}

static const struct verb verbs[] = {
	{"show", "VERSION", true, false, show},
	{"versions", NULL, false, false, versions},
	{"check", "FILE", false, true, check},
	{"preview", "FILE", false, false, preview},
	{"save", "FILE", false, false, save},
	{"activate", "VERSION", false, false, activate},
	{"remap", NULL, false, false, remap},
	{0},
};

/* All of them, whatever is wrong with one; the first reason is the command's. */
static int each(struct task *t, struct login *l, struct str workspace_id, const struct words *w,
	struct err *e)
{
	for (char **operand = w->operands; *operand; operand++) {
		struct err wrong = {.arena = t->arena};
		if (!w->verb->fn(t, l, workspace_id, *operand, &wrong))
			continue;
		if (e->code)
			fprintf(stderr, "plat mapping: %s\n", wrong.msg);
		err_set(e, (enum err_code)wrong.code, "%s", wrong.msg);
	}
	return e->code;
}

static int mapping(struct task *t, struct err *e)
{
	const struct words *w = t->arg;
	struct str workspace_id;
	struct login l;

	if (login_open(t, &l, e))
		return e->code;
	int code = connection_find_workspace(l.db, t->arena, str_of(workspace), &workspace_id, e);
	if (!code)
		code = w->verb->may_be_several ? each(t, &l, workspace_id, w, e)
					       : w->verb->fn(t, &l, workspace_id, w->operand, e);
	login_close(&l);
	return code;
}

static int misused(const char *what, const char *which)
{
	fprintf(stderr, "plat mapping: %s%s; see plat mapping --help\n", what, which);
	return 2;
}

static int run(int n, char **operands)
{
	struct words w = {.operand = n > 1 ? operands[1] : NULL, .operands = operands + (n > 0)};

	for (const struct verb *v = verbs; n && v->name; v++)
		if (!strcmp(operands[0], v->name))
			w.verb = v;
	if (!w.verb)
		return n
			? misused("there is no ", operands[0])
			: misused("say what: show, versions, check, preview, save, activate or remap",
				  "");
	operands[n] = NULL; /* argv ends with NULL, so there is room */
	if (n > 1 + (w.verb->operand != NULL) && !w.verb->may_be_several)
		return misused("one too many: ", operands[n - 1]);
	if (w.verb->operand && !w.operand && !w.verb->may_be_left_out)
		return misused("say which ", w.verb->operand);
	return task_run("mapping", mapping, &w);
}

static const struct arg args[] = {
	{"workspace", ARG_TEXT, &workspace, "SLUG",
		"which workspace; may be left out when there is one", 0, 0},
	{"provider", ARG_TEXT, &provider, "NAME", "bridge (the default) or reso", 0, 0},
	{"sample", ARG_INT, &sample, "N",
		"with preview: how many listings to try it on; 5 unless said", 1, 50},
	{0},
};

const struct command mapping_command = {
	.name = "mapping",
	.summary = "show, try, save and apply the mapping of a feed's fields",
	.operands = "show|versions|check|preview|save|activate|remap [VERSION|FILE...]",
	.details =
		"A mapping says which field of the feed a column of mls.listings comes from, and how (docs/mapping.md). `preview` shows what would\n"
		"become of some listings and writes nothing; `save` makes the next version, `activate` goes back to an older one. The rows follow:\n"
		"`plat work` maps them again from the payloads that are kept, or `remap` does it at once. - is standard input.",
	.examples =
		"plat mapping show > mapping.json\nplat mapping check mapping.json\nplat mapping preview mapping.json --sample 10\n"
		"plat mapping save mapping.json\nplat mapping remap\nplat mapping activate 1\n",
	.args = args,
	.run = run,
};
