/* sealed: columns of plat's own tables that are stored only sealed (base/secret.h). A client gives the plain value; what reaches
 * PostgreSQL is the envelope, made for that very row, so the row's id has to be known: it is taken from the body, from the filter, or
 * made here.
 *
 * Owner    envelopes live in the request's arena.
 * Failure  -1 with PLAT006 (400), in words that never hold the value.
 * Threads  pure apart from the arena; microseconds for each value.
 */
#pragma once

struct rest_request;

/* Seals what the cells of r->body hold for such columns; may add the id to the columns. Only in plat's own house (r->keyring), a
 * write of rows whose cells are there. */
int rest_sealed_apply(struct rest_request *r);
