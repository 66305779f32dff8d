/* odata_path: what the part of the path below the service's root asks for.
 *
 *   ""                          the service document
 *   $metadata
 *   Property                    ODATA_PATH_SET
 *   Property/$count             ODATA_PATH_COUNT
 *   Property/replication        ODATA_PATH_REPLICATION
 *   Property('k')               ODATA_PATH_ENTITY; also Property(ListingKey='k')
 *   Property('k')/Media         ODATA_PATH_NAVIGATION
 *
 * Owner    the arena. Failure -1: 404 for what is not there, 400 for a key that cannot be read. Threads pure.
 */
#pragma once
#include "base/err.h"
#include "mod/reso/odata_fault.h"
#include "mod/reso/odata_model.h"

enum odata_path_kind {
	ODATA_PATH_SERVICE,
	ODATA_PATH_METADATA,
	ODATA_PATH_SET,
	ODATA_PATH_COUNT,
	ODATA_PATH_REPLICATION,
	ODATA_PATH_ENTITY,
	ODATA_PATH_NAVIGATION,
};

struct odata_path {
	enum odata_path_kind kind;
	const struct odata_resource *resource;     /* NULL for the first two */
	struct str key;                            /* ENTITY, NAVIGATION */
	const struct odata_navigation *navigation; /* NAVIGATION */
};

/* path is decoded and has no '/' in front. */
int odata_path_parse(struct arena *a, const struct odata_model *m, struct str path,
	struct odata_path *ret_path, struct odata_fault *f) MUST_CHECK;
