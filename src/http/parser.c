#include "http/parser.h"

#include "http/head.h"

/* What one may spend on chunk sizes, extensions and trailers: this much, and 8 bytes for each of the
 * body. Without a limit a client could keep us busy for ever without sending anything. */
#define MAX_FRAMING (32 * 1024)

static struct http_parser *of(llhttp_t *ll)
{
	return ll->data;
}

static int refuse(struct http_parser *p, int status, const char *words)
{
	p->status = status;
	p->words = words;
	return HPE_USER;
}

/* --- what llhttp finds, in the order of a message ----------------------------------------------- */

static int on_url(llhttp_t *ll, const char *at, size_t len)
{
	struct http_parser *p = of(ll);

	if (p->head->target_len + len > p->max_target)
		return refuse(p, 414, "the request target is too long");
	http_head_add_target(p->head, at, len);
	return 0;
}

static int on_field(llhttp_t *ll, const char *at, size_t len)
{
	struct http_parser *p = of(ll);

	if (!p->in_body && !http_head_add_name(p->head, at, len))
		return refuse(p, 431, "the request has too many headers");
	return 0;
}

static int on_value(llhttp_t *ll, const char *at, size_t len)
{
	struct http_parser *p = of(ll);

	if (!p->in_body)
		http_head_add_value(p->head, at, len);
	return 0;
}

static int on_value_complete(llhttp_t *ll)
{
	struct http_parser *p = of(ll);

	if (!p->in_body && !p->head->in_value)
		http_head_add_value(p->head, "", 0);
	return 0;
}

static int on_headers_complete(llhttp_t *ll)
{
	struct http_parser *p = of(ll);

	/* An offer to change the protocol is declined by going on with this one (RFC 9110 7.8). */
	ll->upgrade = 0;
	http_head_seal(p->head);
	p->in_body = true;
	p->step = HTTP_STEP_HEAD;
	return HPE_PAUSED;
}

static int on_body(llhttp_t *ll, const char *at, size_t len)
{
	struct http_parser *p = of(ll);

	if (!len) /* llhttp asks again where it stopped, though nothing came */
		return 0;
	p->piece = str_from(at, len);
	p->content += len;
	p->step = HTTP_STEP_BODY;
	return HPE_PAUSED;
}

static int on_message_complete(llhttp_t *ll)
{
	of(ll)->step = HTTP_STEP_END;
	return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
	.on_url = on_url,
	.on_header_field = on_field,
	.on_header_value = on_value,
	.on_header_value_complete = on_value_complete,
	.on_headers_complete = on_headers_complete,
	.on_body = on_body,
	.on_message_complete = on_message_complete,
};

/* --- errors -------------------------------------------------------------------------------------- */

static bool is_letter(int c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static const struct {
	int code, status;
	const char *words;
} known[] = {
	{HPE_INVALID_VERSION, 505,
		"the request line does not end in HTTP/1.1 or HTTP/1.0 and CRLF"},
	{HPE_PAUSED_H2_UPGRADE, 505, "HTTP/2 is not spoken here"},
	{HPE_INVALID_CONSTANT, 400, "the request line is malformed"},
	{HPE_INVALID_URL, 400, "the request target is malformed"},
	{HPE_UNEXPECTED_CONTENT_LENGTH, 400, "there is more than one Content-Length"},
	{HPE_INVALID_CONTENT_LENGTH, 400,
		"Content-Length is not one number, or comes with Transfer-Encoding"},
	{HPE_INVALID_TRANSFER_ENCODING, 400,
		"Transfer-Encoding is malformed, or comes with Content-Length"},
	{HPE_INVALID_HEADER_TOKEN, 400, "a header is malformed"},
	{HPE_CR_EXPECTED, 400, "a line does not end in CRLF"},
	{HPE_LF_EXPECTED, 400, "a line does not end in CRLF"},
	{HPE_INVALID_CHUNK_SIZE, 400, "a chunk's size is malformed"},
	{HPE_STRICT, 400, "a chunk does not end where its size says"},
	{HPE_CLOSED_CONNECTION, 400, "there is data after the last request"},
};

static void explain(struct http_parser *p, int code)
{
	if (code == HPE_USER && p->status)
		return;
	if (code == HPE_INVALID_METHOD) {
		if (is_letter(p->first))
			refuse(p, 501, "the method is not known");
		else if (p->first == 0x16)
			refuse(p, 400, "this port speaks plain HTTP, not TLS");
		else
			refuse(p, 400, "this is not an HTTP request");
		return;
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].code == code) {
			refuse(p, known[i].status, known[i].words);
			return;
		}
	refuse(p, 400, p->in_body ? "the body is malformed" : "the request is malformed");
}

static enum http_step is_bad(struct http_parser *p, int status, const char *words)
{
	refuse(p, status, words);
	return p->step = HTTP_STEP_BAD;
}

/* --- steps --------------------------------------------------------------------------------------- */

void http_parser_init(struct http_parser *p, size_t max_head, size_t max_target)
{
	*p = (struct http_parser){.max_head = max_head, .max_target = max_target};
	llhttp_init(&p->ll, HTTP_REQUEST, &settings);
	p->ll.data = p;
}

void http_parser_begin(struct http_parser *p, struct http_head *head)
{
	p->head = head;
	p->step = HTTP_STEP_MORE;
	p->in_body = false;
	p->first = -1;
	p->taken = p->content = 0;
}

/* Never more than one byte above the limit reaches the parser, so a head is never larger in memory. */
static size_t allowed(const struct http_parser *p, size_t len)
{
	size_t room = p->max_head + 1 - p->taken;

	return p->in_body || len < room ? len : room;
}

static void note_first(struct http_parser *p, struct str in)
{
	for (size_t i = 0; p->first < 0 && i < in.len; i++)
		if (in.p[i] != '\r' && in.p[i] != '\n')
			p->first = (unsigned char)in.p[i];
}

static bool is_too_long(const struct http_parser *p, bool was_in_body)
{
	if (!was_in_body)
		return p->taken > p->max_head;
	return p->taken > MAX_FRAMING + 9 * p->content;
}

enum http_step http_parser_next(struct http_parser *p, struct str *in)
{
	bool was_in_body = p->in_body;
	size_t len = allowed(p, in->len), taken = len;

	if (p->step == HTTP_STEP_BAD)
		return p->step;
	p->step = HTTP_STEP_MORE;
	if (!was_in_body && p->first < 0)
		note_first(p, str_sub(*in, 0, len));
	llhttp_errno_t code = llhttp_execute(&p->ll, in->p, len);
	if (code == HPE_PAUSED) {
		taken = (size_t)(llhttp_get_error_pos(&p->ll) - in->p);
		llhttp_resume(&p->ll);
	} else if (code != HPE_OK) {
		explain(p, code);
		return p->step = HTTP_STEP_BAD;
	}
	*in = str_sub(*in, taken, in->len);
	if (p->in_body && !was_in_body) {
		bool fits = p->taken + taken <= p->max_head;
		p->taken = 0;
		return fits ? p->step : is_bad(p, 431, "the request's head is too large");
	}
	p->taken += taken;
	if (!is_too_long(p, was_in_body))
		return p->step;
	return was_in_body ? is_bad(p, 400, "the body is mostly chunk framing")
			   : is_bad(p, 431, "the request's head is too large");
}

struct str http_parser_method(const struct http_parser *p)
{
	return str_of(llhttp_method_name((llhttp_method_t)p->ll.method));
}

int http_parser_version(const struct http_parser *p)
{
	return p->ll.http_major * 10 + p->ll.http_minor;
}

int64_t http_parser_body_len(const struct http_parser *p)
{
	if (p->ll.flags & F_CHUNKED)
		return -1;
	if (!(p->ll.flags & F_CONTENT_LENGTH))
		return 0;
	return p->ll.content_length < INT64_MAX ? (int64_t)p->ll.content_length : INT64_MAX;
}

bool http_parser_keeps_alive(const struct http_parser *p)
{
	return llhttp_should_keep_alive(&p->ll);
}
