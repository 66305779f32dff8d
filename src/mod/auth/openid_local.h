/* openid_local: the keys of a provider, for the check of its tokens. Private to openid*.c; promises as openid.h. */
#pragma once
#include <stdbool.h>

struct auth_call;
struct auth_provider;
struct jwk_set;

/* again: a token has a key that is not among them. Valid until the next wait. */
int openid_keys(struct auth_call *c, const struct auth_provider *p, bool again,
	const struct jwk_set **ret_keys);
