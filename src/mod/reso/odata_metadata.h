/* odata_metadata: a model as others read it: $metadata (CSDL XML) and the service document (JSON).
 *
 * Lists are Edm.String or Collection(Edm.String) with the annotation RESO.OData.Metadata.LookupName (RCP-32).
 *
 * Owner    results live in the arena. Failure none. Threads pure.
 * Source: OData 4.01 CSDL XML; JSON Format 5.
 */
#pragma once
#include "base/str.h"

struct arena;
struct odata_model;

struct str odata_metadata_xml(struct arena *a, const struct odata_model *m);

/* base: the service's root without a '/' at its end. */
struct str odata_metadata_service(struct arena *a, const struct odata_model *m, struct str base);
