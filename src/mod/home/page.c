#include "mod/home/page.h"

#include <string.h>

#include "asset_files.h"
#include "base/arena.h"
#include "base/buf.h"
#include "db/result.h"

#define PAGE_MAX (1u << 20)

static void add_text(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		switch (s.p[i]) {
		case '&': buf_cstr(b, "&amp;"); break;
		case '<': buf_cstr(b, "&lt;"); break;
		case '>': buf_cstr(b, "&gt;"); break;
		case '"': buf_cstr(b, "&quot;"); break;
		default: buf_char(b, s.p[i]);
		}
	}
}

static void add_head(struct buf *b)
{
	for (const struct sql_file *f = asset_files; f->name; f++)
		if (!strcmp(f->name, "src/mod/home/page.html") ||
			!strcmp(f->name, "mod/home/page.html"))
			buf_add(b, f->text, f->len);
}

/* A table of the first n columns; numbers lists the columns that are set to the right. */
static void add_table(struct buf *b, const struct result *r, const char *const *titles, int n,
	unsigned numbers)
{
	buf_cstr(b, "<table><tr>");
	for (int col = 0; col < n; col++)
		buf_printf(b, "<th%s>%s", numbers >> col & 1 ? " class=n" : "", titles[col]);
	for (int row = 0; row < result_rows(r); row++) {
		buf_cstr(b, "<tr>");
		for (int col = 0; col < n; col++) {
			buf_printf(b, "<td%s>", numbers >> col & 1 ? " class=n" : "");
			add_text(b, result_text(r, row, col));
		}
	}
	buf_cstr(b, "</table>\n");
}

static void add_listings(struct buf *b, const char *title, const struct result *r,
	const char *empty)
{
	static const char *const titles[] = {"MLS number", "Address", "City", "State", "Status",
		"List price", "Beds", "Baths", "Sq ft", "Dataset"};

	buf_printf(b, "<h2>%s</h2>\n", title);
	if (result_rows(r))
		add_table(b, r, titles, 10, 1 << 5 | 1 << 6 | 1 << 7 | 1 << 8);
	else
		buf_printf(b, "<p class=muted>%s\n", empty);
}

static void add_runs(struct buf *b, const struct result *r)
{
	static const char *const titles[] = {"Started (UTC)", "Status", "Dataset", "Fetched",
		"Upserted", "Indexed", "Errors", "ms", "Reason"};

	buf_cstr(b, "<h2>Last sync runs</h2>\n");
	if (result_rows(r))
		add_table(b, r, titles, 9, 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7);
	else
		buf_cstr(b, "<p class=muted>None yet: <code>plat sync</code> starts one.\n");
}

static void add_logins(struct buf *b)
{
	buf_cstr(b,
		"<h2>Logins</h2>\n<p class=muted>Passwords were printed once, when the workspace was made; "
		"<code>plat demo --new-passwords</code> makes new ones.</p>\n<table><tr><th>Login<th>Name<th>Roles");
	for (const struct demo_login *l = demo_logins(); l->email; l++)
		buf_printf(b, "<tr><td>%s<td>%s<td>%s", l->email, l->name, l->roles);
	buf_cstr(b, "</table>\n");
}

static void add_demo(struct buf *b, struct result *const parts[HOME_PARTS])
{
	static const char *const counts[] = {"Table", "Rows"};
	const struct result *w = parts[HOME_WORKSPACE];

	buf_cstr(b, "<p>Workspace <b>");
	add_text(b, result_text(w, 0, result_col(w, "name")));
	buf_cstr(b, "</b> (");
	add_text(b, result_text(w, 0, result_col(w, "status")));
	buf_cstr(b, ")</p>\n<h2>What is in it</h2>\n");
	add_table(b, parts[HOME_COUNTS], counts, 2, 1 << 1);
	add_runs(b, parts[HOME_RUNS]);
	add_listings(b, "Newest listings from saved payloads of real feeds", parts[HOME_PAYLOADS],
		"None: there were no payloads to import. <code>plat import FILE</code> loads one.");
	add_listings(b, "Newest listings from the demo feed", parts[HOME_FEED], "None yet.");
	add_logins(b);
}

static void add_links(struct buf *b, const struct result *schemas)
{
	static const char *const titles[] = {"Schema", "Tables", "With row level security"};

	buf_cstr(b, "<h2>Schemas</h2>\n");
	add_table(b, schemas, titles, 3, 1 << 1 | 1 << 2);
	buf_cstr(b,
		"<h2>Links</h2>\n<p><a href=/live>/live</a> · <a href=/ready>/ready</a> · "
		"<a href=/metrics>/metrics</a></p>\n");
}

struct str page_write(struct arena *a, struct result *const parts[HOME_PARTS])
{
	struct buf b;

	buf_init(&b, PAGE_MAX);
	add_head(&b);
	buf_cstr(&b,
		"<h1>plat</h1>\n<p class=muted>A real-estate back office beside one PostgreSQL, version " PLAT_VERSION
		".</p>\n");
	if (result_rows(parts[HOME_WORKSPACE]))
		add_demo(&b, parts);
	else
		buf_cstr(&b,
			"<p>There is no demo workspace here. <code>plat up --demo</code> makes one.</p>\n");
	add_links(&b, parts[HOME_SCHEMAS]);
	struct str page = str_copy(a, buf_view(&b));
	buf_done(&b);
	return page;
}
