#include "mod/auth/qr.h"

#include <stdbool.h>

#include <qrencode.h>

#include "base/arena.h"
#include "base/buf.h"

#define QUIET 4 /* modules of margin that readers want */
#define SVG_MAX (256 * 1024)

static bool is_dark(const QRcode *code, int x, int y)
{
	return code->data[y * code->width + x] & 1;
}

/* One subpath for each run of dark modules in a row. */
static void write_row(struct buf *b, const QRcode *code, int y)
{
	for (int x = 0; x < code->width; x++) {
		int from = x;
		while (x < code->width && is_dark(code, x, y))
			x++;
		if (x > from)
			buf_printf(b, "M%d %dh%dv1h-%dz", from + QUIET, y + QUIET, x - from,
				x - from);
	}
}

struct str qr_svg(struct arena *a, struct str text)
{
	QRcode *code = QRcode_encodeString8bit(str_cstr(a, text), 0, QR_ECLEVEL_M);
	struct buf b;

	if (!code)
		return STR_NULL;
	int size = code->width + 2 * QUIET;
	buf_init(&b, SVG_MAX);
	buf_printf(&b,
		"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' shape-rendering='crispEdges'>"
		"<path fill='white' d='M0 0h%dv%dH0z'/><path d='",
		size, size, size, size);
	for (int y = 0; y < code->width; y++)
		write_row(&b, code, y);
	buf_cstr(&b, "'/></svg>");
	QRcode_free(code);
	struct str svg = b.failed ? STR_NULL : str_copy(a, buf_view(&b));
	buf_done(&b);
	return svg;
}
