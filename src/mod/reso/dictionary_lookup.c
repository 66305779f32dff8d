/* Lists of values: whole where they are closed or short, otherwise those that plat's own generator uses. What rows
 * hold beyond them is added by whoever serves the rows. */
#include "mod/reso/dictionary_local.h"

const struct dictionary_lookup dictionary_lookups[] = {
	{"AOR", NULL},
	{"AccessibilityFeatures",
		"Accessible Elevator Installed|Accessible Entrance|Accessible Hallway(s)"
		"|Accessible Doors|Accessible Full Bath|Accessible Common Area"},
	{"Appliances",
		"Dishwasher|Disposal|Dryer|Washer|Microwave|Refrigerator|Electric Range"
		"|Electric Water Heater|Gas Range|Built-In Gas Oven|Wine Refrigerator"
		"|Ice Maker|Self Cleaning Oven|Stainless Steel Appliance(s)|Range Hood"
		"|Electric Cooktop|Washer/Dryer Stacked|Tankless Water Heater"},
	{"ArchitecturalStyle",
		"Mediterranean|Ranch|Contemporary|Mid-Century Modern|Modern|Spanish"
		"|Bungalow|Art Deco|Traditional"},
	{"AreaSource", NULL},
	{"AreaUnits", "Square Feet|Square Meters"},
	{"AssociationAmenities",
		"Pool|Fitness Center|Clubhouse|Elevator(s)|Concierge|Barbecue"
		"|Tennis Court(s)|Spa/Hot Tub|Sauna|Playground|Storage|Trash|Marina"
		"|Boat Dock|Beach Access|Cabana|Dog Park|Roof Deck|Game Room|Meeting Room"
		"|Gated|Trail(s)|Billiard Room"},
	{"AssociationFeeIncludes",
		"Maintenance Grounds|Insurance|Water|Sewer|Trash|Cable TV|Internet|Security"
		"|Maintenance Structure|Hot Water|Pool(s)|Parking|Roof"},
	{"ChangeType",
		"Active|Active Under Contract|Back On Market|Canceled|Closed|Coming Soon"
		"|Deleted|Expired|Hold|New Listing|Pending|Price Change|Withdrawn"},
	{"City", NULL},
	{"CommunityFeatures",
		"Clubhouse|Fitness Center|Gated|Golf|Park|Playground|Pool|Sidewalks"
		"|Street Lights|Tennis Court(s)|Lake|Pickleball|Curbs|Suburban|Restaurant"},
	{"ConstructionMaterials", "Block|Stucco|Concrete|Frame|Brick|Glass|Steel Frame"},
	{"Cooling", "Central Air|Ceiling Fan(s)|Electric|Zoned|Ductless|Humidity Control"},
	{"Country", "CA|MX|US"},
	{"CountyOrParish", NULL},
	{"DirectionFaces", "North|Northeast|East|Southeast|South|Southwest|West|Northwest"},
	{"Disclosures", NULL},
	{"ElementarySchool", NULL},
	{"ExteriorFeatures",
		"Balcony|Barbecue|Courtyard|Garden|Lighting|Outdoor Grill|Outdoor Shower"
		"|Private Yard|Rain Gutters|Outdoor Kitchen|Dock|Boat Slip"
		"|Built-in Barbecue|Tennis Court(s)|Private Entrance"},
	{"FeeFrequency",
		"Annually|Bi-Monthly|Bi-Weekly|Daily|Monthly|One Time|Quarterly|Seasonal"
		"|Semi-Annually|Semi-Monthly|Weekly"},
	{"Flooring",
		"Tile|Ceramic Tile|Marble|Wood|Engineered Hardwood|Luxury Vinyl|Terrazzo"
		"|Carpet|Concrete|Laminate"},
	{"FoundationDetails", NULL},
	{"Furnished", "Furnished|Negotiable|Partially|Unfurnished"},
	{"Heating", "Central|Electric|Heat Pump|Forced Air|Zoned"},
	{"HighSchool", NULL},
	{"ImageOf", NULL},
	{"ImageSizeDescription", NULL},
	{"InteriorOrRoomFeatures",
		"Breakfast Bar|Built-in Features|Ceiling Fan(s)|Closet Cabinetry"
		"|Crown Molding|Eat-in Kitchen|Entrance Foyer|High Ceilings|Kitchen Island"
		"|Open Floorplan|Pantry|Recessed Lighting|Smart Home|Soaking Tub"
		"|Stone Counters|Vaulted Ceiling(s)|Walk-In Closet(s)|Wet Bar"
		"|Primary Downstairs|Elevator"},
	{"LaundryFeatures",
		"In Unit|Laundry Closet|Laundry Room|Washer Hookup|In Garage|Common Area"
		"|Electric Dryer Hookup"},
	{"Levels", "One|Two|Multi/Split|Three Or More"},
	{"ListingAgreement", NULL},
	{"ListingService", NULL},
	{"ListingTerms", "Cash|Conventional|FHA|VA Loan|Owner May Carry|1031 Exchange|Assumable"},
	{"LotFeatures",
		"Back Yard|Corner Lot|Cul-De-Sac|Few Trees|Front Yard|Interior Lot"
		"|Landscaped|Level|Native Plants|Rectangular Lot|Sprinklers In Front"
		"|Waterfront|Zero Lot Line|Near Golf Course"},
	{"LotSizeUnits", "Acres|Square Feet|Square Meters"},
	{"MLSAreaMajor", NULL},
	{"MediaCategory",
		"Agent Photo|Branded Virtual Tour|Document|Floor Plan|Office Logo"
		"|Office Photo|Photo|Unbranded Virtual Tour|Video"},
	{"MediaStatus", NULL},
	{"MediaType", "jpeg|png|gif|tiff|pdf|doc|docx|xls|xlsx|rtf|txt|mov|mp4|mpeg|quicktime|wmv"},
	{"MemberStatus", NULL},
	{"MemberType", NULL},
	{"MiddleOrJuniorSchool", NULL},
	{"MlsStatus", NULL},
	{"OccupantType", "Owner|Tenant|Vacant"},
	{"OfficeStatus", NULL},
	{"OfficeType", NULL},
	{"ParkingFeatures",
		"Assigned|Covered|Garage|Attached|Garage Door Opener|Driveway"
		"|Circular Driveway|Guest|Valet|Electric Vehicle Charging Station(s)"
		"|On Street|Open|Paver Block|Deeded|Unassigned|Electric Gate"},
	{"PatioAndPorchFeatures",
		"Patio|Covered|Deck|Screened|Terrace|Front Porch|Wrap Around|Awning(s)"
		"|Enclosed"},
	{"Permission", "Agent Only|Firm Only|IDX|Office Only|Private|Public|VOW"},
	{"PetsAllowed", "Yes|Number Limit|Size Limit|Breed Restrictions|Call|Cats OK|Dogs OK"},
	{"PoolFeatures",
		"In Ground|Private|Heated|Salt Water|Gunite|Tile|Screen Enclosure|Fenced"
		"|Community|Association"},
	{"Possession", "Close Of Escrow|Negotiable|Rental Agreement"},
	{"PropertyCondition", "New Construction|Updated/Remodeled|Resale"},
	{"PropertySubType",
		"Agriculture|Apartment|Boat Slip|Business|Cabin|Condominium|Co-Ownership"
		"|Deeded Parking|Duplex|Farm|Hotel/Motel|Industrial|Manufactured Home"
		"|Manufactured On Land|Mixed Use|Mobile Home|Mobile Home Park|Multi Family"
		"|Office|Own Your Own|Quadruplex|Ranch|Retail|Single Family Residence"
		"|Stock Cooperative|Tenancy in Common|Timeshare|Townhouse|Triplex"
		"|Unimproved Land|Warehouse"},
	{"PropertyType",
		"Business Opportunity|Commercial Lease|Commercial Sale|Farm|Land"
		"|Manufactured In Park|Residential|Residential Income|Residential Lease"},
	{"RentIncludes", "Association Dues|Cable TV|Internet|Sewer|Water|Trash Collection|Parking"},
	{"ResourceName", "Property|Member|Office|Media|Lookup"},
	{"Roof", "Barrel|Concrete|Flat|Metal|Shingle|Spanish Tile|Tile|Built-Up|Flat Tile"},
	{"SecurityFeatures",
		"Carbon Monoxide Detector(s)|Smoke Detector(s)|Security System"
		"|Gated Community|Key Card Entry|Closed Circuit Camera(s)"
		"|Fire Sprinkler System|Secured Garage/Parking|Doorman|Security Lights"},
	{"Sewer", "Public Sewer|Septic Tank|Septic Needed"},
	{"SpecialListingConditions", "Standard|Trust|Short Sale|Real Estate Owned|Probate Listing"},
	{"StandardStatus",
		"Active|Active Under Contract|Canceled|Closed|Coming Soon|Delete|Expired"
		"|Hold|Incomplete|Pending|Withdrawn"},
	{"StateOrProvince",
		"AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS"
		"|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV"
		"|WI|WY|PR|VI|GU|AB|BC|MB|NB|NF|NS|NT|NU|ON|PE|QC|SK|YT"},
	{"StreetDirection", "N|NE|E|SE|S|SW|W|NW"},
	{"StreetSuffix", NULL},
	{"StructureType", NULL},
	{"SyndicateTo", "Homes.com|Realtor.com|ListHub|Zillow/Trulia"},
	{"TenantPays", "Cable TV|Electricity|Gas|HVAC Maintenance|Insurance|Internet|Water"},
	{"Utilities",
		"Cable Available|Electricity Connected|Natural Gas Available"
		"|Phone Available|Sewer Connected|Water Connected|Underground Utilities"
		"|Electricity Available|Water Available"},
	{"View",
		"Bay|Ocean|Beach|Canal|Lake|River|Water|City|City Lights|Skyline|Garden"
		"|Pool|Golf Course|Neighborhood|Panoramic|Park/Greenbelt|Downtown"},
	{"WaterSource", "Public|Well"},
	{"WaterfrontFeatures",
		"Bay Access|Bayfront|Beach Access|Beach Front|Ocean Front|Canal Access"
		"|Canal Front|Lake Front|Lake Privileges|Navigable Water|Ocean Access"
		"|River Front|River Access|Seawall|Waterfront"},
	{0},
};
