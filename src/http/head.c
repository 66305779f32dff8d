#include "http/head.h"

#include <string.h>

#include "base/arena.h"

#define FIRST_TEXT 1024
#define FIRST_FIELDS 16

void http_head_init(struct http_head *h, struct arena *arena)
{
	*h = (struct http_head){.arena = arena, .cap = FIRST_TEXT, .fields_cap = FIRST_FIELDS};
	h->text = arena_alloc(arena, FIRST_TEXT);
	h->fields = arena_alloc(arena, FIRST_FIELDS * sizeof(h->fields[0]));
}

static void add_text(struct http_head *h, const char *p, size_t len)
{
	if (h->cap - h->len < len) {
		uint32_t cap = h->cap;
		while (cap - h->len < len)
			cap *= 2;
		h->text = arena_resize(h->arena, h->text, h->cap, cap);
		h->cap = cap;
	}
	memcpy(h->text + h->len, p, len);
	h->len += (uint32_t)len;
}

static bool add_field(struct http_head *h)
{
	if (h->n == HTTP_MAX_FIELDS)
		return false;
	if (h->n == h->fields_cap) {
		size_t size = h->fields_cap * sizeof(h->fields[0]);
		h->fields = arena_resize(h->arena, h->fields, size, 2 * size);
		h->fields_cap = (uint16_t)(2 * h->fields_cap);
	}
	h->fields[h->n++] = (struct http_field){.name = h->len};
	h->in_value = false;
	return true;
}

void http_head_add_target(struct http_head *h, const char *p, size_t len)
{
	add_text(h, p, len);
	h->target_len += (uint32_t)len;
}

bool http_head_add_name(struct http_head *h, const char *p, size_t len)
{
	if ((h->n == 0 || h->in_value) && !add_field(h))
		return false;
	add_text(h, p, len);
	h->fields[h->n - 1].name_len += (uint32_t)len;
	return true;
}

/* Names of different lengths or first letters mostly have another bit: most names that are asked for are not there. */
static uint64_t kind_of(struct str name)
{
	unsigned first = name.len ? (unsigned char)name.p[0] | 0x20u : 0;

	return UINT64_C(1) << ((5 * name.len + first) & 63);
}

void http_head_add_value(struct http_head *h, const char *p, size_t len)
{
	struct http_field *f = &h->fields[h->n - 1];

	if (!h->in_value) {
		f->value = h->len;
		h->kinds |= kind_of(http_head_name(h, h->n - 1u));
	}
	h->in_value = true;
	add_text(h, p, len);
	f->value_len += (uint32_t)len;
}

void http_head_seal(struct http_head *h)
{
	for (size_t i = 0; i < h->n; i++) {
		struct http_field *f = &h->fields[i];
		h->kinds |= kind_of(http_head_name(h, i));
		struct str value = str_trim(http_head_value(h, i));
		f->value = (uint32_t)(value.p - h->text);
		f->value_len = (uint32_t)value.len;
	}
}

struct str http_head_target(const struct http_head *h)
{
	return str_from(h->text, h->target_len);
}

struct str http_head_name(const struct http_head *h, size_t i)
{
	return str_from(h->text + h->fields[i].name, h->fields[i].name_len);
}

struct str http_head_value(const struct http_head *h, size_t i)
{
	return str_from(h->text + h->fields[i].value, h->fields[i].value_len);
}

int http_head_find(const struct http_head *h, struct str name, size_t from)
{
	if (!(h->kinds & kind_of(name)))
		return -1;
	for (size_t i = from; i < h->n; i++)
		if (h->fields[i].name_len == name.len && str_eq_nocase(http_head_name(h, i), name))
			return (int)i;
	return -1;
}
