/* dictionary: the part of RESO's Data Dictionary that plat speaks, as a model.
 *
 * Resources Property, Media, Member, Office and Lookup; fields with their types; lists with their values where
 * the list is short and closed or plat's own generator uses it. Property.Media, Property.ListAgent and
 * Property.ListOffice lead to the others. Names and types are RESO's; the table is our own.
 *
 * Owner    the arena. Failure none. Threads pure.
 * Source: RESO Data Dictionary 2.0.
 */
#pragma once
#include "mod/reso/odata_model.h"

#define DICTIONARY_NAMESPACE "org.reso.metadata"
#define DICTIONARY_VERSION "2.0"

/* A new model that may be added to. About 300 fields: make it once and keep it. */
struct odata_model *dictionary_model(struct arena *a) __attribute__((returns_nonnull));
