#include "mod/storage/sniff.h"

#include <string.h>

#include "base/arena.h"

/* Bytes at an offset that say what a file is. The first row that fits counts. */
static const struct magic {
	size_t at;
	struct str bytes;
	const char *type;
} magics[] = {
	{0, {STR_INIT("\xff\xd8\xff")}, "image/jpeg"},
	{0, {STR_INIT("\x89PNG\r\n\x1a\n")}, "image/png"},
	{0, {STR_INIT("GIF87a")}, "image/gif"},
	{0, {STR_INIT("GIF89a")}, "image/gif"},
	{8, {STR_INIT("WEBP")}, "image/webp"},
	{0, {STR_INIT("II*\0")}, "image/tiff"},
	{0, {STR_INIT("MM\0*")}, "image/tiff"},
	{0, {STR_INIT("BM")}, "image/bmp"},
	{0, {STR_INIT("\0\0\1\0")}, "image/x-icon"},
	{4, {STR_INIT("ftypavif")}, "image/avif"},
	{4, {STR_INIT("ftypavis")}, "image/avif"},
	{4, {STR_INIT("ftypheic")}, "image/heic"},
	{4, {STR_INIT("ftypheix")}, "image/heic"},
	{4, {STR_INIT("ftypmif1")}, "image/heif"},
	{4, {STR_INIT("ftyp")}, "video/mp4"},
	{0, {STR_INIT("\0\0\0\x0cJXL \r\n\x87\n")}, "image/jxl"},
	{0, {STR_INIT("\xff\x0a")}, "image/jxl"},
	{0, {STR_INIT("%PDF-")}, "application/pdf"},
	{0, {STR_INIT("PK\3\4")}, "application/zip"},
	{0, {STR_INIT("PK\5\6")}, "application/zip"},
	{0, {STR_INIT("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")}, "application/x-ole-storage"},
	{0,
		{STR_INIT("\x7f"
			  "ELF")},
		"application/x-executable"},
	{0, {STR_INIT("MZ")}, "application/x-dosexec"},
	{0, {STR_INIT("\x1f\x8b")}, "application/gzip"},
};

static bool fits_magic(const struct magic *m, struct str head)
{
	struct str there = str_sub(head, m->at, m->at + m->bytes.len);

	return there.len == m->bytes.len && !memcmp(there.p, m->bytes.p, there.len);
}

/* UTF-8, or one byte for each character, without controls but those of lines. */
static bool is_text(struct str head)
{
	for (size_t i = 0; i < head.len; i++) {
		unsigned char c = (unsigned char)head.p[i];
		if ((c < ' ' && !strchr("\t\n\r\f\v\x1b", c)) || c == 0x7f || !c)
			return false;
	}
	return true;
}

/* How a browser would read it, whatever its name: text that begins as markup. */
static const char *text_type(struct str head)
{
	static const struct {
		struct str begins;
		const char *type;
	} rows[] = {
		{{STR_INIT("<!doctype html")}, "text/html"},
		{{STR_INIT("<html")}, "text/html"},
		{{STR_INIT("<head")}, "text/html"},
		{{STR_INIT("<body")}, "text/html"},
		{{STR_INIT("<script")}, "text/html"},
		{{STR_INIT("<svg")}, "image/svg+xml"},
		{{STR_INIT("<?xml")}, "text/xml"},
	};
	struct str text = head;

	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_sub(text, 3, text.len);
	text = str_trim(text);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (str_eq_nocase(str_sub(text, 0, rows[i].begins.len), rows[i].begins))
			return rows[i].type;
	return "text/plain";
}

struct str sniff_type(struct str head)
{
	head = str_sub(head, 0, SNIFF_LEN);
	for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
		if (fits_magic(&magics[i], head))
			return str_of(magics[i].type);
	if (head.len && is_text(head))
		return str_of(text_type(head));
	return STR_NULL;
}

/* --- what is declared -------------------------------------------------------------------------------- */

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* RFC 9110 5.6.2. */
static bool is_token(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = lower(s.p[i]);
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
			    (c && strchr("!#$%&'*+-.^_`|~", c))))
			return false;
	}
	return s.len > 0;
}

struct str sniff_bare(struct arena *a, struct str mimetype)
{
	struct str rest = mimetype, bare = str_trim(str_cut(&rest, ';')), sub = bare;
	struct str type = str_cut(&sub, '/');

	if (!is_token(type) || !is_token(sub))
		return STR_NULL;
	return str_lower(a, bare);
}

static bool starts(struct str mimetype, const char *head)
{
	return str_eq_nocase(str_sub(mimetype, 0, strlen(head)), str_of(head));
}

/* Documents that are zip files or OLE containers inside. */
static bool is_office(struct str mimetype)
{
	static const char *const heads[] = {
		"application/vnd.openxmlformats-officedocument.",
		"application/vnd.oasis.opendocument.",
		"application/msword",
		"application/vnd.ms-",
		"application/zip",
	};

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		if (starts(mimetype, heads[i]))
			return true;
	return false;
}

static bool is_program(struct str found)
{
	return str_eq(found, STR("application/x-executable")) ||
		str_eq(found, STR("application/x-dosexec"));
}

bool sniff_fits(struct str mimetype, struct str head)
{
	struct str found = sniff_type(head);

	if (starts(mimetype, "image/svg"))
		return str_eq(found, STR("image/svg+xml")) || str_eq(found, STR("text/xml")) ||
			str_eq(found, STR("text/plain")); /* a comment may come first */
	if (starts(mimetype, "image/")) /* of whatever format: browsers look themselves */
		return str_starts(found, STR("image/")) && !str_eq(found, STR("image/svg+xml"));
	if (starts(mimetype, "application/pdf"))
		return str_eq(found, STR("application/pdf"));
	if (is_office(mimetype))
		return str_eq(found, STR("application/zip")) ||
			str_eq(found, STR("application/x-ole-storage"));
	if (starts(mimetype, "text/"))
		return !found.p ? !memchr(head.p ? head.p : "", 0, head.len)
				: !is_program(found) && !str_starts(found, STR("image/"));
	return true;
}
