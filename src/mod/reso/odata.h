/* odata: RESO's protocol without a store behind it: the model, requests, filters, faults, links, metadata.
 *
 * reso answers from PostgreSQL, `plat feed` from generated rows; both speak through this.
 */
#pragma once
#include "mod/reso/dictionary.h"
#include "mod/reso/odata_ast.h"
#include "mod/reso/odata_eval.h"
#include "mod/reso/odata_fault.h"
#include "mod/reso/odata_filter.h"
#include "mod/reso/odata_link.h"
#include "mod/reso/odata_metadata.h"
#include "mod/reso/odata_model.h"
#include "mod/reso/odata_path.h"
#include "mod/reso/odata_query.h"
