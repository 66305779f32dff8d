#include "mod/mls/gen_field.h"

#include <string.h>

#include "mod/mls/gen_listing.h"

#define FIELD(kind, scale, member, name, lookup)                           \
	{name, ",\"" name "\":", sizeof(name) + 3, lookup, kind, scale, 0, \
		offsetof(struct gen_listing, member)}
#define LIST(name, n)                                                    \
	{name, ",\"" name "\":", sizeof(name) + 3, name, GEN_LIST, 0, n, \
		offsetof(struct gen_listing, lists) + (n) * sizeof(uint64_t)}

/* Kind, decimals, member, name, list of values. */
const struct gen_field gen_fields[] = {
	FIELD(GEN_TEXT, 0, key, "ListingKey", NULL),
	FIELD(GEN_TEXT, 0, listing_id, "ListingId", NULL),
	FIELD(GEN_INT, 0, key_numeric, "ListingKeyNumeric", NULL),
	FIELD(GEN_TEXT, 0, status, "StandardStatus", "StandardStatus"),
	FIELD(GEN_TEXT, 0, mls_status, "MlsStatus", "MlsStatus"),
	FIELD(GEN_TEXT, 0, major_change, "MajorChangeType", "ChangeType"),
	FIELD(GEN_TEXT, 0, type, "PropertyType", "PropertyType"),
	FIELD(GEN_TEXT, 0, subtype, "PropertySubType", "PropertySubType"),
	FIELD(GEN_INT, 0, list_price, "ListPrice", NULL),
	FIELD(GEN_INT, 0, state.original_price, "OriginalListPrice", NULL),
	FIELD(GEN_INT, 0, state.previous_price, "PreviousListPrice", NULL),
	FIELD(GEN_INT, 0, state.close_price, "ClosePrice", NULL),
	FIELD(GEN_INT, 0, lease_amount, "LeaseAmount", NULL),
	FIELD(GEN_TEXT, 0, address, "UnparsedAddress", NULL),
	FIELD(GEN_TEXT, 0, street_number, "StreetNumber", NULL),
	FIELD(GEN_TEXT, 0, quadrant, "StreetDirPrefix", "StreetDirection"),
	FIELD(GEN_TEXT, 0, street_name, "StreetName", NULL),
	FIELD(GEN_TEXT, 0, street_suffix, "StreetSuffix", "StreetSuffix"),
	FIELD(GEN_TEXT, 0, unit, "UnitNumber", NULL),
	FIELD(GEN_TEXT, 0, city, "City", "City"),
	FIELD(GEN_TEXT, 0, state_name, "StateOrProvince", "StateOrProvince"),
	FIELD(GEN_TEXT, 0, zip, "PostalCode", NULL),
	FIELD(GEN_TEXT, 0, county, "CountyOrParish", "CountyOrParish"),
	FIELD(GEN_TEXT, 0, country, "Country", "Country"),
	FIELD(GEN_TEXT, 0, area_major, "MLSAreaMajor", "MLSAreaMajor"),
	FIELD(GEN_TEXT, 0, subdivision, "SubdivisionName", NULL),
	FIELD(GEN_TEXT, 0, building, "BuildingName", NULL),
	FIELD(GEN_DEC, 6, lat_e6, "Latitude", NULL),
	FIELD(GEN_DEC, 6, lon_e6, "Longitude", NULL),
	FIELD(GEN_TEXT, 0, directions, "Directions", NULL),
	FIELD(GEN_INT, 0, beds, "BedroomsTotal", NULL),
	FIELD(GEN_INT, 0, baths, "BathroomsTotalInteger", NULL),
	FIELD(GEN_INT, 0, baths_full, "BathroomsFull", NULL),
	FIELD(GEN_INT, 0, baths_half, "BathroomsHalf", NULL),
	FIELD(GEN_INT, 0, rooms, "RoomsTotal", NULL),
	FIELD(GEN_INT, 0, area_sqft, "LivingArea", NULL),
	FIELD(GEN_TEXT, 0, area_units, "LivingAreaUnits", "AreaUnits"),
	FIELD(GEN_TEXT, 0, area_source, "LivingAreaSource", "AreaSource"),
	FIELD(GEN_INT, 0, building_area, "BuildingAreaTotal", NULL),
	FIELD(GEN_DEC, 2, lot_sqft_e2, "LotSizeSquareFeet", NULL),
	FIELD(GEN_DEC, 4, lot_acres_e4, "LotSizeAcres", NULL),
	FIELD(GEN_DEC, 2, lot_sqft_e2, "LotSizeArea", NULL),
	FIELD(GEN_TEXT, 0, lot_units, "LotSizeUnits", "LotSizeUnits"),
	FIELD(GEN_TEXT, 0, lot_size, "LotSizeDimensions", NULL),
	FIELD(GEN_INT, 0, year, "YearBuilt", NULL),
	FIELD(GEN_INT, 0, stories, "Stories", NULL),
	FIELD(GEN_INT, 0, stories_total, "StoriesTotal", NULL),
	FIELD(GEN_INT, 0, entry_level, "EntryLevel", NULL),
	FIELD(GEN_INT, 0, units_total, "NumberOfUnitsTotal", NULL),
	FIELD(GEN_INT, 0, garage, "GarageSpaces", NULL),
	FIELD(GEN_INT, 0, carport, "CarportSpaces", NULL),
	FIELD(GEN_INT, 0, covered, "CoveredSpaces", NULL),
	FIELD(GEN_INT, 0, parking, "ParkingTotal", NULL),
	FIELD(GEN_INT, 0, fireplaces, "FireplacesTotal", NULL),
	FIELD(GEN_BOOL, 0, is_garage, "GarageYN", NULL),
	FIELD(GEN_BOOL, 0, is_attached_garage, "AttachedGarageYN", NULL),
	FIELD(GEN_BOOL, 0, is_pool, "PoolPrivateYN", NULL),
	FIELD(GEN_BOOL, 0, is_spa, "SpaYN", NULL),
	FIELD(GEN_BOOL, 0, is_waterfront, "WaterfrontYN", NULL),
	FIELD(GEN_BOOL, 0, is_view, "ViewYN", NULL),
	FIELD(GEN_BOOL, 0, is_fireplace, "FireplaceYN", NULL),
	FIELD(GEN_BOOL, 0, is_cooled, "CoolingYN", NULL),
	FIELD(GEN_BOOL, 0, is_heated, "HeatingYN", NULL),
	FIELD(GEN_BOOL, 0, is_new, "NewConstructionYN", NULL),
	FIELD(GEN_BOOL, 0, is_attached, "PropertyAttachedYN", NULL),
	FIELD(GEN_BOOL, 0, is_senior, "SeniorCommunityYN", NULL),
	FIELD(GEN_TEXT, 0, direction_faces, "DirectionFaces", "DirectionFaces"),
	FIELD(GEN_TEXT, 0, furnished, "Furnished", "Furnished"),
	LIST("AccessibilityFeatures", 0),
	LIST("Appliances", 1),
	LIST("ArchitecturalStyle", 2),
	LIST("AssociationAmenities", 3),
	LIST("AssociationFeeIncludes", 4),
	LIST("CommunityFeatures", 5),
	LIST("ConstructionMaterials", 6),
	LIST("Cooling", 7),
	LIST("ExteriorFeatures", 8),
	LIST("Flooring", 9),
	LIST("Heating", 10),
	LIST("InteriorFeatures", 11),
	LIST("LaundryFeatures", 12),
	LIST("Levels", 13),
	LIST("ListingTerms", 14),
	LIST("LotFeatures", 15),
	LIST("ParkingFeatures", 16),
	LIST("PatioAndPorchFeatures", 17),
	LIST("PetsAllowed", 18),
	LIST("PoolFeatures", 19),
	LIST("Possession", 20),
	LIST("PropertyCondition", 21),
	LIST("RentIncludes", 22),
	LIST("Roof", 23),
	LIST("SecurityFeatures", 24),
	LIST("Sewer", 25),
	LIST("SpecialListingConditions", 26),
	LIST("SyndicateTo", 27),
	LIST("TenantPays", 28),
	LIST("Utilities", 29),
	LIST("View", 30),
	LIST("WaterfrontFeatures", 31),
	LIST("WaterSource", 32),
	FIELD(GEN_BOOL, 0, is_association, "AssociationYN", NULL),
	FIELD(GEN_TEXT, 0, association, "AssociationName", NULL),
	FIELD(GEN_DEC, 2, fee_e2, "AssociationFee", NULL),
	FIELD(GEN_TEXT, 0, fee_frequency, "AssociationFeeFrequency", "FeeFrequency"),
	FIELD(GEN_DEC, 2, tax_e2, "TaxAnnualAmount", NULL),
	FIELD(GEN_INT, 0, tax_year, "TaxYear", NULL),
	FIELD(GEN_INT, 0, assessed, "TaxAssessedValue", NULL),
	FIELD(GEN_TEXT, 0, parcel, "ParcelNumber", NULL),
	FIELD(GEN_INT, 0, walk_score, "WalkScore", NULL),
	FIELD(GEN_TEXT, 0, elementary, "ElementarySchool", "ElementarySchool"),
	FIELD(GEN_TEXT, 0, middle, "MiddleOrJuniorSchool", "MiddleOrJuniorSchool"),
	FIELD(GEN_TEXT, 0, high, "HighSchool", "HighSchool"),
	FIELD(GEN_TEXT, 0, occupant, "OccupantType", "OccupantType"),
	FIELD(GEN_TEXT, 0, null_text, "Contingency", NULL),
	FIELD(GEN_TEXT, 0, agent_key, "ListAgentKey", NULL),
	FIELD(GEN_TEXT, 0, agent_id, "ListAgentMlsId", NULL),
	FIELD(GEN_TEXT, 0, agent_name, "ListAgentFullName", NULL),
	FIELD(GEN_TEXT, 0, agent_mail, "ListAgentEmail", NULL),
	FIELD(GEN_TEXT, 0, agent_phone, "ListAgentDirectPhone", NULL),
	FIELD(GEN_TEXT, 0, office_key, "ListOfficeKey", NULL),
	FIELD(GEN_TEXT, 0, office_id, "ListOfficeMlsId", NULL),
	FIELD(GEN_TEXT, 0, office_name, "ListOfficeName", NULL),
	FIELD(GEN_TEXT, 0, office_phone, "ListOfficePhone", NULL),
	FIELD(GEN_TEXT, 0, co_agent_key, "CoListAgentKey", NULL),
	FIELD(GEN_TEXT, 0, co_agent_name, "CoListAgentFullName", NULL),
	FIELD(GEN_TEXT, 0, buyer_key, "BuyerAgentKey", NULL),
	FIELD(GEN_TEXT, 0, buyer_name, "BuyerAgentFullName", NULL),
	FIELD(GEN_TEXT, 0, buyer_office_key, "BuyerOfficeKey", NULL),
	FIELD(GEN_TEXT, 0, buyer_office_name, "BuyerOfficeName", NULL),
	FIELD(GEN_TEXT, 0, contact, "AttributionContact", NULL),
	FIELD(GEN_TEXT, 0, copyright, "CopyrightNotice", NULL),
	FIELD(GEN_TEXT, 0, remarks, "PublicRemarks", NULL),
	FIELD(GEN_TEXT, 0, private_remarks, "PrivateRemarks", NULL),
	FIELD(GEN_TEXT, 0, tour, "VirtualTourURLUnbranded", NULL),
	FIELD(GEN_TEXT, 0, null_text, "VirtualTourURLBranded", NULL),
	FIELD(GEN_BOOL, 0, is_shown, "InternetEntireListingDisplayYN", NULL),
	FIELD(GEN_BOOL, 0, is_address_shown, "InternetAddressDisplayYN", NULL),
	FIELD(GEN_BOOL, 0, is_valued, "InternetAutomatedValuationDisplayYN", NULL),
	FIELD(GEN_BOOL, 0, is_commented, "InternetConsumerCommentYN", NULL),
	FIELD(GEN_BOOL, 0, is_idx, "IDXParticipationYN", NULL),
	FIELD(GEN_DATE, 0, listed_date, "ListingContractDate", NULL),
	FIELD(GEN_DATE, 0, activation_date, "OnMarketDate", NULL),
	FIELD(GEN_DATE, 0, off_date, "OffMarketDate", NULL),
	FIELD(GEN_DATE, 0, close_date, "CloseDate", NULL),
	FIELD(GEN_DATE, 0, purchase_date, "PurchaseContractDate", NULL),
	FIELD(GEN_DATE, 0, contingent_date, "ContingentDate", NULL),
	FIELD(GEN_DATE, 0, status_date, "ContractStatusChangeDate", NULL),
	FIELD(GEN_DATE, 0, expiration_date, "ExpirationDate", NULL),
	FIELD(GEN_DATE, 0, withdrawn_date, "WithdrawnDate", NULL),
	FIELD(GEN_DATE, 0, canceled_date, "CancellationDate", NULL),
	FIELD(GEN_DATE, 0, back_date, "BackOnMarketDate", NULL),
	FIELD(GEN_INT, 0, days_on_market, "DaysOnMarket", NULL),
	FIELD(GEN_INT, 0, days_total, "CumulativeDaysOnMarket", NULL),
	FIELD(GEN_TIME, 0, state.entered, "OriginalEntryTimestamp", NULL),
	FIELD(GEN_TIME, 0, state.listed, "OnMarketTimestamp", NULL),
	FIELD(GEN_TIME, 0, state.pending, "PendingTimestamp", NULL),
	FIELD(GEN_TIME, 0, state.status_changed, "StatusChangeTimestamp", NULL),
	FIELD(GEN_TIME, 0, state.price_changed, "PriceChangeTimestamp", NULL),
	FIELD(GEN_TIME, 0, state.major_changed, "MajorChangeTimestamp", NULL),
	FIELD(GEN_TIME, 0, state.photos_changed, "PhotosChangeTimestamp", NULL),
	FIELD(GEN_TIME, 0, state.modified, "ModificationTimestamp", NULL),
	FIELD(GEN_TIME, 0, state.bridge_modified, "BridgeModificationTimestamp", NULL),
	FIELD(GEN_INT, 0, photos, "PhotosCount", NULL),
	FIELD(GEN_TEXT, 0, system, "OriginatingSystemName", NULL),
	FIELD(GEN_TEXT, 0, dataset, "OriginatingSystemKey", NULL),
	FIELD(GEN_TEXT, 0, service, "ListingService", "ListingService"),
	FIELD(GEN_TEXT, 0, agreement, "ListingAgreement", "ListingAgreement"),
	FIELD(GEN_MEDIA, 0, null, "Media", NULL),
};

const unsigned gen_fields_n = sizeof(gen_fields) / sizeof(*gen_fields);

_Static_assert(sizeof(gen_fields) / sizeof(*gen_fields) <= GEN_FIELDS_MAX, "GEN_FIELDS_MAX");

int gen_field_find(struct str name)
{
	for (unsigned i = 0; i < gen_fields_n; i++)
		if (strlen(gen_fields[i].name) == name.len &&
			!memcmp(gen_fields[i].name, name.p, name.len))
			return (int)i;
	return -1;
}

int64_t gen_field_number(struct gen_listing *l, const struct gen_field *f)
{
	int64_t n;

	memcpy(&n, (const char *)l + f->at, sizeof(n));
	return n;
}

struct str gen_field_text(struct gen_listing *l, const struct gen_field *f)
{
	struct str s;

	if (!l->written && f->at >= offsetof(struct gen_listing, written))
		gen_listing_write(l);
	memcpy(&s, (const char *)l + f->at, sizeof(s));
	return s;
}

bool gen_field_says_none(const struct gen_listing *l, const struct gen_field *f)
{
	return (l->life.key >> f->list) % 3 == 2; /* as gen_write.c draws it */
}
