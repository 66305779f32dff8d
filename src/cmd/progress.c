#include "cmd/progress.h"

#include <unistd.h>

#include "base/clock.h"

#define REDRAW_US 100000
#define LINE_US 2000000
#define BAR 30

struct progress progress_begin(FILE *to, const char *what)
{
	return (struct progress){.to = to,
		.what = what,
		.terminal = isatty(fileno(to)),
		.began_us = mono_us()};
}

static void draw_bar(FILE *to, int64_t done, int64_t total)
{
	int filled = (int)(done * BAR / (total > 0 ? total : 1));

	if (filled > BAR)
		filled = BAR;
	fputc('[', to);
	for (int i = 0; i < BAR; i++)
		fputc(i < filled ? '#' : '.', to);
	fprintf(to, "] %3lld %% ",
		(long long)(total > 0 ? (done > total ? total : done) * 100 / total : 100));
}

void progress_show(struct progress *p, int64_t done, int64_t total, const char *note)
{
	int64_t now = mono_us(), elapsed = now - p->began_us;
	bool last = total >= 0 && done >= total;

	if (!last && p->shown_us && now - p->shown_us < (p->terminal ? REDRAW_US : LINE_US))
		return;
	if (last && p->shown_at == done)
		return;
	p->shown_us = now;
	p->shown_at = done;
	fputs(p->terminal ? "\r\033[K" : "", p->to);
	if (p->terminal && total >= 0)
		draw_bar(p->to, done, total);
	fprintf(p->to, "%lld", (long long)done);
	if (total >= 0)
		fprintf(p->to, " of %lld", (long long)total);
	fprintf(p->to, " %s, %.0f/s%s%s", p->what,
		elapsed > 0 ? (double)done * 1e6 / (double)elapsed : 0.0, *note ? ", " : "", note);
	fputs(p->terminal ? "" : "\n", p->to);
	fflush(p->to);
}

void progress_end(struct progress *p)
{
	if (p->terminal)
		fputs("\r\033[K", p->to);
	fflush(p->to);
}
