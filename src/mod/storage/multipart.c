#include "mod/storage/multipart.h"

#include <string.h>

#include "base/arena.h"

#define BOUNDARY_MAX 200
#define HEAD_MAX 8192

/* --- headers -------------------------------------------------------------------------------------- */

/* A parameter's value at the beginning of *rest, quoted or not; cuts it off. Browsers write " as %22. */
static struct str cut_value(struct str *rest)
{
	struct str value;

	if (!str_starts(*rest, STR("\""))) {
		size_t n = 0;
		while (n < rest->len && !memchr("; \t\r\n", rest->p[n], 5))
			n++;
		value = str_sub(*rest, 0, n);
		*rest = str_sub(*rest, n, rest->len);
		return value;
	}
	*rest = str_sub(*rest, 1, rest->len);
	ptrdiff_t end = str_find_char(*rest, '"');
	size_t n = end < 0 ? rest->len : (size_t)end;
	value = str_sub(*rest, 0, n);
	*rest = str_sub(*rest, n + 1, rest->len);
	return value;
}

/* The parameter `name` of a header's value ("form-data; name=\"x\""); absent without one. */
static struct str parameter(struct str header, const char *name)
{
	struct str rest = header;

	str_cut(&rest, ';');
	while (rest.p && rest.len) {
		rest = str_trim(rest);
		struct str tail = rest, key = str_trim(str_cut(&tail, '='));
		if (!tail.p)
			break;
		struct str value = cut_value(&tail);
		if (str_eq_nocase(key, str_of(name)))
			return value;
		rest = tail;
		str_cut(&rest, ';');
	}
	return STR_NULL;
}

struct str multipart_boundary(struct arena *a, struct str content_type)
{
	struct str rest = content_type, type = str_trim(str_cut(&rest, ';'));
	struct str boundary = parameter(content_type, "boundary");

	if (!str_eq_nocase(type, STR("multipart/form-data")) || !boundary.len ||
		boundary.len > BOUNDARY_MAX)
		return STR_NULL;
	for (size_t i = 0; i < boundary.len; i++)
		if (boundary.p[i] < ' ' || boundary.p[i] == 0x7f)
			return STR_NULL;
	return str_copy(a, boundary);
}

/* --- states --------------------------------------------------------------------------------------- */

void multipart_init(struct multipart *m, struct arena *a, struct str boundary,
	const struct multipart_to *to)
{
	*m = (struct multipart){.to = *to, .arena = a};
	m->delimiter = STR_JOIN(a, STR("\r\n--"), boundary);
	buf_init(&m->held, 0);
	buf_init(&m->value, MULTIPART_FIELD_MAX);
	/* So that the first delimiter, which has no line before it, looks like the others. */
	buf_str(&m->held, STR("\r\n"));
}

void multipart_done(struct multipart *m)
{
	buf_done(&m->held);
	buf_done(&m->value);
}

static void read_header(struct multipart *m, struct str line)
{
	struct str value = line, name = str_cut(&value, ':');

	if (!value.p)
		return;
	value = str_trim(value);
	if (str_eq_nocase(name, STR("Content-Disposition"))) {
		m->part.name = str_copy(m->arena, parameter(value, "name"));
		m->part.filename = str_copy(m->arena, parameter(value, "filename"));
	} else if (str_eq_nocase(name, STR("Content-Type"))) {
		m->part.type = str_copy(m->arena, value);
	}
}

static int begin_part(struct multipart *m, struct str head, struct err *e)
{
	m->part = (struct multipart_part){0};
	while (head.len) {
		ptrdiff_t end = str_find(head, STR("\r\n"));
		size_t n = end < 0 ? head.len : (size_t)end;
		read_header(m, str_sub(head, 0, n));
		head = str_sub(head, n + 2, head.len);
	}
	if (m->part.filename.p && !m->had_file) {
		m->had_file = true;
		m->state = MULTIPART_FILE;
		return m->to.on_file(&m->part, m->to.arg, e);
	}
	m->state = m->part.filename.p ? MULTIPART_DROP : MULTIPART_FIELD;
	if (m->state == MULTIPART_FIELD && ++m->fields > MULTIPART_FIELDS)
		return err_set(e, E_INPUT, "the form has more than %d fields", MULTIPART_FIELDS);
	buf_clear(&m->value);
	return 0;
}

/* Content of the part under way. */
static int take(struct multipart *m, struct str bytes, struct err *e)
{
	if (!bytes.len)
		return 0;
	if (m->state == MULTIPART_FILE)
		return m->to.on_bytes(bytes, m->to.arg, e);
	if (m->state != MULTIPART_FIELD)
		return 0;
	buf_str(&m->value, bytes);
	return m->value.failed ? err_set(e, E_INPUT, "a field of the form is longer than %d bytes",
					 MULTIPART_FIELD_MAX)
			       : 0;
}

static int end_part(struct multipart *m, struct err *e)
{
	if (m->state != MULTIPART_FIELD)
		return 0;
	return m->to.on_field(m->part.name.p ? m->part.name : STR(""), buf_view(&m->value),
		m->to.arg, e);
}

/* One step on the bytes that are held: 1 when there may be another, 0 when more bytes are needed. */
static int step_head(struct multipart *m, struct err *e)
{
	struct str held = buf_view(&m->held);

	if (held.len < 2)
		return 0;
	if (str_starts(held, STR("--"))) {
		m->state = MULTIPART_OVER;
		return 0;
	}
	ptrdiff_t end = str_find(held, STR("\r\n\r\n"));
	if (end < 0)
		return held.len > HEAD_MAX
			? err_set(e, E_INPUT, "the head of a part of the form is too long")
			: 0;
	/* The rest of the delimiter's line, then the headers. */
	ptrdiff_t line = str_find(held, STR("\r\n"));
	struct str head = str_copy(m->arena,
		line == end ? STR("") : str_sub(held, (size_t)line + 2, (size_t)end));
	buf_consume(&m->held, (size_t)end + 4);
	int code = begin_part(m, head, e);
	return code ? code : 1;
}

static int step_content(struct multipart *m, struct err *e)
{
	struct str held = buf_view(&m->held);
	ptrdiff_t end = str_find(held, m->delimiter);
	size_t n = end >= 0                    ? (size_t)end
		: held.len >= m->delimiter.len ? held.len - m->delimiter.len + 1
					       : 0;
	int code = take(m, str_sub(held, 0, n), e);

	if (!code && end >= 0)
		code = end_part(m, e);
	if (code)
		return code;
	if (end >= 0) {
		m->state = MULTIPART_HEAD;
		n += m->delimiter.len;
	}
	buf_consume(&m->held, n);
	return end >= 0;
}

int multipart_feed(struct multipart *m, struct str piece, struct err *e)
{
	int more = 1;

	buf_str(&m->held, piece);
	while (more > 0 && m->state != MULTIPART_OVER)
		more = m->state == MULTIPART_HEAD ? step_head(m, e) : step_content(m, e);
	if (m->state == MULTIPART_OVER)
		buf_clear(&m->held);
	return more < 0 ? more : 0;
}

int multipart_end(struct multipart *m, struct err *e)
{
	if (m->state != MULTIPART_OVER)
		return err_set(e, E_INPUT, "the form is cut off");
	if (!m->had_file)
		return err_set(e, E_INPUT, "the form has no file");
	return 0;
}
