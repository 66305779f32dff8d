/* catalog: what a workspace has to show: the model that its requests are read against and its $metadata is written from.
 *
 * RESO's dictionary, then what the sources' own metadata says (mls.source_metadata), then what payloads turned out to have
 * (mls.reso_fields; mls.scan_reso_fields() looks through what changed, before the first request, before each $metadata and every ten
 * minutes). For consumers without the scope full the hidden fields are not there at all, so they cannot be asked for, ordered or filtered by.
 *
 * Owner    catalogs are counted: reso_catalog_get() keeps one until the request's arena ends. They are made anew after a minute.
 * Failure  -1 after a fault. Threads one loop; _get() and _scan() (wait).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct db;
struct odata_model;
struct odata_resource;
struct reso_call;
struct reso_catalogs;

/* Columns of mls.listings that every mapping of the workspace fills from the field of RESO alone: what is known of one is known of the other. */
enum reso_plain {
	RESO_PLAIN_KEY = 1,
	RESO_PLAIN_NUMBER = 2,
	RESO_PLAIN_STATUS = 4,
	RESO_PLAIN_CITY = 8,
	RESO_PLAIN_SUBDIVISION = 16,
	RESO_PLAIN_BUILDING = 32,
};

struct reso_catalog {
	struct arena *arena;
	struct reso_catalog *next;
	int refs;
	struct str workspace_id;
	bool is_full;
	int64_t made_us;
	struct odata_model *model;
	const struct odata_resource *property;
	unsigned plain;        /* enum reso_plain */
	bool has_bridge_stamp; /* payloads have BridgeModificationTimestamp */
	struct str *hidden;    /* patterns of names, in lower case */
	size_t hidden_n;
};

struct reso_catalogs *reso_catalogs_new(void);
void reso_catalogs_free(struct reso_catalogs *s); /* NULL is fine */

/* fresh: what changed is looked through first. */
int reso_catalog_get(struct reso_call *c, bool fresh,
	const struct reso_catalog **ret_catalog) MUST_CHECK;

/* Fields that tell where a listing is: not shown where InternetAddressDisplayYN is false. Nothing is an address for the scope full. */
bool reso_catalog_is_address(const struct reso_catalog *cat, struct str field);

/* Whether a name may be shown, at any level of a payload: it is not one of mls.hidden_fields(), also behind the prefix of a source. */
bool reso_catalog_shows(const struct reso_catalog *cat, struct str field);

/* Looks through the payloads that changed. As plat_worker. */
int reso_catalog_scan(struct db *db, struct arena *a, struct str workspace_id,
	struct err *e) MUST_CHECK;
