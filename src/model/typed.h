/* typed: what every table's header (model/<schema>/<row>.h, generated) declares: its operations with its own types.
 *
 *     struct mls_listing *l;
 *     if (mls_listing_find(s, a, workspace_id, id, &l, e)) return e->code;
 *     l->list_price = STR("495000");
 *     if (mls_listing_update(s, a, l, MODEL_COLUMNS(MLS_LISTING_LIST_PRICE), e)) return e->code;
 *
 * For struct X with the primary key KEY (a tenant's begins with workspace_id):
 *
 *   X_find(s, a, KEY, &row, e)              one row; X_find_columns(s, a, KEY, columns, &row, e) to name columns
 *   X_list(s, a, &query, &list, e)          rows; list.row[0 .. list.n - 1]
 *   X_each(s, &query, on_row, arg, e)       any number of rows in flat memory, each gone after on_row(row, arg, e); a code
 *                                           other than 0 ends it and is returned. Not while on_row uses s
 *   X_count(s, a, &query, &n, e)            without limit and offset
 *   X_insert(s, a, row, e)                  the members that are set; X_insert_columns(s, a, row, columns, e) also nulls
 *   X_update(s, a, row, columns, e)         usual: the members that are set, the key apart. Name columns to set nulls
 *   X_update_from(s, a, was, row, e)        the members in which they differ, unless somebody changed one meanwhile
 *   X_upsert(s, a, row, key, columns, e)    insert, or when that key is taken update: usual: all that is set but the key
 *   X_delete(s, a, KEY, e)
 *   X_find_R(s, a, row, &parent, e)         for each foreign key R (agent_id is "agent"): the row it points to
 *   X_list_of_R(s, a, parent, query, &list, e)   and the rows that point to a parent; query NULL: all
 *   X_read(result, a, &list, e)             rows of a query of one's own, whose columns are named like the table's
 *
 * Reading takes all columns but hidden ones; secrets are read only when named (MODEL_COLUMNS, MODEL_EVERY).
 * Writing leaves in *row what is stored now, defaults and triggers' work included; hidden members stay as given.
 *
 * The same on a batch, for requests. These cannot fail and return the statement's index i:
 *
 *   X_add_find(b, a, KEY)  X_add_list(b, a, &query)  X_add_count(b, a, &query)  X_add_insert(b, a, row)
 *   X_add_update(b, a, row, columns)  X_add_upsert(b, a, row, key, columns)  X_add_delete(b, a, KEY)
 *   X_add_find_R(b, a, row)  X_add_list_of_R(b, a, parent, query)
 *
 * and in on_done X_one(b, i, a, &row, e), X_many(b, i, a, &list, e), X_done(b, i, e) and model_number() read the answer.
 *
 * Rights   those of the session or batch: session_open(db, &caller) and batch_as(b, &caller), whose role is held by row
 *          level security; background work says so with worker_session() (app/worker.h).
 * Owner    rows and texts live in the arena a, for batches the batch's.
 * Failure  E_ABSENT nothing there, or not for this caller; E_CONFLICT unique or foreign key, or changed meanwhile;
 *          E_RIGHT refused by row level security; E_INPUT a value PostgreSQL does not take; else as db/session.h.
 *          Out parameters and *row are untouched on failure.
 * Threads  functions with a session wait: only inside a fiber.
 */
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "model/add.h"
#include "model/query.h"
#include "model/read.h"
#include "model/run.h"
#include "model/table.h"
#include "model/value.h"

#define MODEL_TYPED(X)       \
	MODEL_TYPED_READ(X)  \
	MODEL_TYPED_WRITE(X) \
	MODEL_TYPED_ADD(X)   \
	MODEL_TYPED_TAKE(X)  \
	struct X

#define MODEL_TYPED_READ(X)                                                                       \
	struct X##_list {                                                                         \
		struct X *row;                                                                    \
		size_t n;                                                                         \
	};                                                                                        \
	_Static_assert(sizeof(struct X##_list) == sizeof(struct model_rows), "see model/read.h"); \
	struct X##_each {                                                                         \
		int (*on_row)(const struct X *row, void *arg, struct err *e);                     \
		void *arg;                                                                        \
	};                                                                                        \
	static inline MUST_CHECK int X##_list(struct session *s, struct arena *a,                 \
		const struct model_query *q, struct X##_list *ret_list, struct err *e)            \
	{                                                                                         \
		return model_list(s, a, &X##_table, q, ret_list, e);                              \
	}                                                                                         \
	static inline int X##_on_row(const void *row, void *arg, struct err *e)                   \
	{                                                                                         \
		struct X##_each *each = arg;                                                      \
		return each->on_row(row, each->arg, e);                                           \
	}                                                                                         \
	static inline MUST_CHECK int X##_each(struct session *s, const struct model_query *q,     \
		int (*on_row)(const struct X *row, void *arg, struct err *e), void *arg,          \
		struct err *e)                                                                    \
	{                                                                                         \
		struct X##_each each = {on_row, arg};                                             \
		return model_each(s, &X##_table, q, X##_on_row, &each, e);                        \
	}                                                                                         \
	static inline MUST_CHECK int X##_count(struct session *s, struct arena *a,                \
		const struct model_query *q, int64_t *ret_n, struct err *e)                       \
	{                                                                                         \
		return model_count(s, a, &X##_table, q, ret_n, e);                                \
	}                                                                                         \
	static inline MUST_CHECK int X##_read(const struct result *r, struct arena *a,            \
		struct X##_list *ret_list, struct err *e)                                         \
	{                                                                                         \
		return model_read(r, a, &X##_table, ret_list, e);                                 \
	}

#define MODEL_TYPED_WRITE(X)                                                                       \
	static inline MUST_CHECK int X##_insert_columns(struct session *s, struct arena *a,        \
		struct X *row, struct model_columns columns, struct err *e)                        \
	{                                                                                          \
		return model_insert(s, a, &X##_table, row, columns, e);                            \
	}                                                                                          \
	static inline MUST_CHECK int X##_insert(struct session *s, struct arena *a, struct X *row, \
		struct err *e)                                                                     \
	{                                                                                          \
		return model_insert(s, a, &X##_table, row, MODEL_USUAL, e);                        \
	}                                                                                          \
	static inline MUST_CHECK int X##_update(struct session *s, struct arena *a, struct X *row, \
		struct model_columns columns, struct err *e)                                       \
	{                                                                                          \
		return model_update(s, a, &X##_table, row, columns, e);                            \
	}                                                                                          \
	static inline MUST_CHECK int X##_update_from(struct session *s, struct arena *a,           \
		const struct X *was, struct X *row, struct err *e)                                 \
	{                                                                                          \
		return model_update_from(s, a, &X##_table, was, row, e);                           \
	}                                                                                          \
	static inline MUST_CHECK int X##_upsert(struct session *s, struct arena *a, struct X *row, \
		enum X##_key key, struct model_columns columns, struct err *e)                     \
	{                                                                                          \
		return model_upsert(s, a, &X##_table, row, (int)key, columns, e);                  \
	}

#define MODEL_TYPED_ADD(X)                                                                      \
	static inline int X##_add_list(struct batch *b, struct arena *a,                        \
		const struct model_query *q)                                                    \
	{                                                                                       \
		return model_add_list(b, a, &X##_table, q);                                     \
	}                                                                                       \
	static inline int X##_add_count(struct batch *b, struct arena *a,                       \
		const struct model_query *q)                                                    \
	{                                                                                       \
		return model_add_count(b, a, &X##_table, q);                                    \
	}                                                                                       \
	static inline int X##_add_insert(struct batch *b, struct arena *a, const struct X *row) \
	{                                                                                       \
		return model_add_insert(b, a, &X##_table, row, MODEL_USUAL);                    \
	}                                                                                       \
	static inline int X##_add_update(struct batch *b, struct arena *a, const struct X *row, \
		struct model_columns columns)                                                   \
	{                                                                                       \
		return model_add_update(b, a, &X##_table, row, columns);                        \
	}                                                                                       \
	static inline int X##_add_upsert(struct batch *b, struct arena *a, const struct X *row, \
		enum X##_key key, struct model_columns columns)                                 \
	{                                                                                       \
		return model_add_upsert(b, a, &X##_table, row, (int)key, columns);              \
	}

#define MODEL_TYPED_TAKE(X)                                                            \
	static inline MUST_CHECK int X##_one(struct batch *b, int i, struct arena *a,  \
		struct X **ret_row, struct err *e)                                     \
	{                                                                              \
		return model_one(b, i, a, &X##_table, ret_row, e);                     \
	}                                                                              \
	static inline MUST_CHECK int X##_many(struct batch *b, int i, struct arena *a, \
		struct X##_list *ret_list, struct err *e)                              \
	{                                                                              \
		return model_many(b, i, a, &X##_table, ret_list, e);                   \
	}                                                                              \
	static inline MUST_CHECK int X##_done(struct batch *b, int i, struct err *e)   \
	{                                                                              \
		return model_done(b, i, &X##_table, e);                                \
	}

/* The functions that take a primary key, of one to three columns: type and name of each. */
#define MODEL_KEY_1(X, T1, c1) MODEL_KEYED(X, (struct X){.c1 = (c1)}, T1 c1)
#define MODEL_KEY_2(X, T1, c1, T2, c2) \
	MODEL_KEYED(X, ((struct X){.c1 = (c1), .c2 = (c2)}), T1 c1, T2 c2)
#define MODEL_KEY_3(X, T1, c1, T2, c2, T3, c3) \
	MODEL_KEYED(X, ((struct X){.c1 = (c1), .c2 = (c2), .c3 = (c3)}), T1 c1, T2 c2, T3 c3)

#define MODEL_KEYED(X, row_of_key, ...)                                                          \
	static inline MUST_CHECK int X##_find_columns(struct session *s, struct arena *a,        \
		__VA_ARGS__, struct model_columns columns, struct X **ret_row, struct err *e)    \
	{                                                                                        \
		struct X key_row = row_of_key;                                                   \
		return model_find(s, a, &X##_table, &key_row, columns, ret_row, e);              \
	}                                                                                        \
	static inline MUST_CHECK int X##_find(struct session *s, struct arena *a, __VA_ARGS__,   \
		struct X **ret_row, struct err *e)                                               \
	{                                                                                        \
		struct X key_row = row_of_key;                                                   \
		return model_find(s, a, &X##_table, &key_row, MODEL_USUAL, ret_row, e);          \
	}                                                                                        \
	static inline MUST_CHECK int X##_delete(struct session *s, struct arena *a, __VA_ARGS__, \
		struct err *e)                                                                   \
	{                                                                                        \
		struct X key_row = row_of_key;                                                   \
		return model_delete(s, a, &X##_table, &key_row, e);                              \
	}                                                                                        \
	static inline int X##_add_find(struct batch *b, struct arena *a, __VA_ARGS__)            \
	{                                                                                        \
		struct X key_row = row_of_key;                                                   \
		return model_add_find(b, a, &X##_table, &key_row, MODEL_USUAL);                  \
	}                                                                                        \
	static inline int X##_add_delete(struct batch *b, struct arena *a, __VA_ARGS__)          \
	{                                                                                        \
		struct X key_row = row_of_key;                                                   \
		return model_add_delete(b, a, &X##_table, &key_row);                             \
	}                                                                                        \
	struct X

/* The foreign key with this number in X_table.relations, from X to P. */
#define MODEL_RELATION(X, name, number, P)                                                         \
	static inline MUST_CHECK int X##_find_##name(struct session *s, struct arena *a,           \
		const struct X *row, struct P **ret_parent, struct err *e)                         \
	{                                                                                          \
		return model_parent(s, a, &X##_table.relations[number], row, ret_parent, e);       \
	}                                                                                          \
	static inline MUST_CHECK int X##_list_of_##name(struct session *s, struct arena *a,        \
		const struct P *parent, const struct model_query *q, struct X##_list *ret_list,    \
		struct err *e)                                                                     \
	{                                                                                          \
		return model_children(s, a, &X##_table.relations[number], parent, q, ret_list, e); \
	}                                                                                          \
	static inline int X##_add_find_##name(struct batch *b, struct arena *a,                    \
		const struct X *row)                                                               \
	{                                                                                          \
		return model_add_parent(b, a, &X##_table.relations[number], row);                  \
	}                                                                                          \
	static inline int X##_add_list_of_##name(struct batch *b, struct arena *a,                 \
		const struct P *parent, const struct model_query *q)                               \
	{                                                                                          \
		return model_add_children(b, a, &X##_table.relations[number], parent, q);          \
	}                                                                                          \
	struct P
