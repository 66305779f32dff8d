/* url_local: the inside of struct url. Private to src/db. */
#pragma once
#include "db/url.h"

struct arena;

struct url {
	struct arena *arena;
	const char **keywords, **values; /* end with NULL */
	int n, cap;
	const char *name;
};

struct url *url_new(int cap) __attribute__((returns_nonnull));

/* Copies both strings; there must be room. */
void url_set(struct url *u, const char *keyword, const char *value);
