/* domain: whether a workspace's domain is theirs (docs/site.md, "Domains").
 *
 * Proof is a TXT record _plat.<domain> that says plat-verify=<token>, or a file with the token at <domain>/.well-known/plat-verify.txt, over
 * https or http. One workspace has a domain: whose proof is gone loses it to who has one. A file proves neither names of this server nor
 * what another workspace has, or had within 90 days: plat itself may be answering it.
 *
 * Owner    the arena given.
 * Failure  E_ABSENT no such domain; E_CANCEL; the database's. A proof that is not there is an answer, not a failure.
 * Threads  (waits): in a fiber.
 */
#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct db;
struct http_client;

struct site_domain_proof {
	struct str domain;
	const char *by;     /* "dns", "file"; NULL: not found */
	struct str problem; /* when it was not found, or another workspace has the domain */
	bool is_verified;   /* now: for three days without a proof, too */
};

/* Looks for the proof of the domain with this id, and writes down what came of it. */
int site_domain_verify(struct db *db, struct http_client *http, struct arena *a, struct str id,
	struct site_domain_proof *ret, struct err *e) MUST_CHECK;

/* A row of mls.workspace_domains d as its admins see it. */
#define SITE_DOMAIN_JSON                                                                                                               \
	"jsonb_build_object('id', d.id, 'domain', d.domain, 'is_primary', d.is_primary, 'verified_at', d.verified_at, 'verified_by', " \
	"d.verified_by, 'checked_at', d.checked_at, 'failing_since', d.failing_since, 'failure', d.failure, 'proof', "                 \
	"jsonb_build_object('dns', jsonb_build_object('name', '_plat.' || d.domain, 'type', 'TXT', 'value', 'plat-verify=' || "        \
	"d.verification_token), 'file', jsonb_build_object('url', 'https://' || d.domain || '/.well-known/plat-verify.txt', "          \
	"'content', d.verification_token)))"
