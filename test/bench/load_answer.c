#include "load_answer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

void load_answer_begin(struct load_answer *a)
{
	memset(a, 0, offsetof(struct load_answer, head));
}

/* The value of a header, up to the end of its line; NULL when there is none. */
static const char *header(const struct load_answer *a, const char *name)
{
	size_t n = strlen(name);

	for (const char *line = strstr(a->head, "\r\n"); line; line = strstr(line, "\r\n")) {
		line += 2;
		if (strncasecmp(line, name, n) == 0 && line[n] == ':')
			return line + n + 1 + strspn(line + n + 1, " ");
	}
	return NULL;
}

static bool has_no_body(int status)
{
	return status == 204 || status == 304 || status < 200;
}

static enum load_state read_head(struct load_answer *a)
{
	const char *coding = header(a, "transfer-encoding"), *length = header(a, "content-length"),
		   *connection = header(a, "connection");

	if (strncmp(a->head, "HTTP/1.", 7) != 0)
		return LOAD_BROKEN;
	a->status = atoi(a->head + 9);
	a->closes = connection && strncasecmp(connection, "close", 5) == 0;
	if (has_no_body(a->status))
		return LOAD_DONE;
	if (coding && strncasecmp(coding, "chunked", 7) == 0) {
		a->part = LOAD_CHUNK_SIZE;
		return LOAD_MORE;
	}
	if (!length)
		return LOAD_BROKEN;
	a->part = LOAD_SIZED;
	a->left = strtoull(length, NULL, 10);
	return a->left ? LOAD_MORE : LOAD_DONE;
}

static enum load_state take_head(struct load_answer *a, char c)
{
	if (a->head_len == sizeof(a->head) - 1)
		return LOAD_BROKEN;
	a->head[a->head_len++] = c;
	a->head[a->head_len] = '\0';
	if (c != '\n' || a->head_len < 4 || strcmp(a->head + a->head_len - 4, "\r\n\r\n") != 0)
		return LOAD_MORE;
	return read_head(a);
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static enum load_state take_chunk_size(struct load_answer *a, char c)
{
	if (c == '\n') {
		a->part = a->left ? LOAD_CHUNK : LOAD_TRAILER;
		a->line = 0;
		return LOAD_MORE;
	}
	if (c == '\r')
		return LOAD_MORE;
	if (hex(c) < 0)
		return LOAD_BROKEN;
	a->left = a->left << 4 | (uint64_t)hex(c);
	return LOAD_MORE;
}

static enum load_state take_trailer(struct load_answer *a, char c)
{
	if (c == '\n') {
		bool empty = a->line == 0;
		a->line = 0;
		return empty ? LOAD_DONE : LOAD_MORE;
	}
	a->line += c != '\r';
	return LOAD_MORE;
}

static enum load_state take_byte(struct load_answer *a, char c)
{
	switch (a->part) {
	case LOAD_HEAD: return take_head(a, c);
	case LOAD_CHUNK_SIZE: return take_chunk_size(a, c);
	case LOAD_TRAILER: return take_trailer(a, c);
	case LOAD_CHUNK_END:
		if (c == '\n')
			a->part = LOAD_CHUNK_SIZE;
		return c == '\n' || c == '\r' ? LOAD_MORE : LOAD_BROKEN;
	case LOAD_SIZED:
	case LOAD_CHUNK: break;
	}
	return LOAD_BROKEN;
}

/* Of a body or chunk all that is there at once. */
static enum load_state take_body(struct load_answer *a, const char *bytes, size_t n,
	size_t *ret_took)
{
	size_t room = sizeof(a->said) - a->n_said;

	*ret_took = n < a->left ? n : (size_t)a->left;
	if (room > *ret_took)
		room = *ret_took;
	memcpy(a->said + a->n_said, bytes, room);
	a->n_said += room;
	a->left -= *ret_took;
	a->body += *ret_took;
	if (a->left)
		return LOAD_MORE;
	if (a->part == LOAD_SIZED)
		return LOAD_DONE;
	a->part = LOAD_CHUNK_END;
	return LOAD_MORE;
}

enum load_state load_answer_take(struct load_answer *a, const char *bytes, size_t n,
	size_t *ret_used)
{
	enum load_state state = LOAD_MORE;
	size_t used = 0;

	while (used < n && state == LOAD_MORE) {
		size_t took = 1;
		if (a->part == LOAD_SIZED || a->part == LOAD_CHUNK)
			state = take_body(a, bytes + used, n - used, &took);
		else
			state = take_byte(a, bytes[used]);
		used += took;
	}
	*ret_used = used;
	return state;
}
