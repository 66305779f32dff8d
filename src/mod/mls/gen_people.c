#include "mod/mls/gen_people.h"

#include "mod/mls/gen_listing.h"
#include "mod/mls/gen_rand.h"
#include "mod/mls/gen_text.h"

enum { TOPIC_PERSON = 300, TOPIC_OFFICE };

#define PER_OFFICE 9

static const char *const firsts[] = {"Adriana", "Alejandro", "Alicia", "Andre", "Ana", "Beatriz",
	"Benjamin", "Camila", "Carlos", "Carmen", "Catherine", "Claudia", "Daniel", "David",
	"Diego", "Elena", "Emily", "Esteban", "Fabiola", "Fernando", "Gabriela", "George", "Grace",
	"Hector", "Ines", "Isabel", "Jacqueline", "Javier", "Jean", "Jessica", "Jorge", "Karen",
	"Kevin", "Laura", "Leah", "Liliana", "Lucas", "Marcus", "Maria", "Marie", "Mateo",
	"Michael", "Michelle", "Monica", "Natalia", "Nicole", "Olga", "Oscar", "Patricia", "Paul",
	"Rafael", "Rebecca", "Ricardo", "Robert", "Sandra", "Sarah", "Sebastian", "Sofia",
	"Stephen", "Tatiana", "Teresa", "Thomas", "Valeria", "Vanessa", "Victor", "William",
	"Ximena", "Yolanda"};
static const char *const lasts[] = {"Acosta", "Alvarez", "Anderson", "Baptiste", "Bell", "Brooks",
	"Cabrera", "Campbell", "Castillo", "Charles", "Cohen", "Cruz", "Delgado", "Diaz",
	"Dominguez", "Edwards", "Espinosa", "Fernandez", "Fischer", "Flores", "Foster", "Garcia",
	"Gomez", "Gonzalez", "Gutierrez", "Hall", "Hernandez", "Herrera", "Hughes", "Jackson",
	"Jean-Louis", "Johnson", "Joseph", "Kim", "Lee", "Levin", "Lopez", "Martinez", "Medina",
	"Mendez", "Miller", "Morales", "Moreno", "Murphy", "Nguyen", "Nunez", "Ortiz", "Parker",
	"Pena", "Perez", "Pierre", "Quintero", "Ramirez", "Ramos", "Reed", "Reyes", "Rivera",
	"Rodriguez", "Romero", "Rossi", "Ruiz", "Sanchez", "Santos", "Silva", "Smith", "Soto",
	"Stein", "Suarez", "Torres", "Valdes", "Vargas", "Vega", "Walker", "White", "Williams",
	"Young"};
static const char *const brands[] = {"Bayfront", "Banyan", "Biscayne Shore", "Blue Heron", "Calle",
	"Coral Key", "Coastline", "Cypress", "Everglade", "Gulfstream", "Harbor Light", "Ibis",
	"Inlet", "Keystone Bay", "Las Palmas", "Magnolia", "Mangrove", "Meridian", "Ocean Drive",
	"Palmetto", "Pelican", "Poinciana", "Royal Palm", "Sabal", "Saltwater", "Sandbar",
	"Sawgrass", "Seagrape", "South Bay", "Southpoint", "Sunward", "Tidal", "Tradewind",
	"Tropic", "Vista"};
static const char *const trades[] = {"Realty", "Real Estate Group", "Properties", "Realty Partners",
	"Homes", "Brokerage", "International Realty", "Realty Advisors"};

static uint32_t offices_n(const struct gen_world *world)
{
	uint32_t n = world->rows / (12 * PER_OFFICE) + 6;

	return n > 2500 ? 2500 : n;
}

uint32_t gen_people_n(const struct gen_world *world)
{
	return offices_n(world) * PER_OFFICE;
}

struct gen_person gen_person_at(const struct gen_world *world, uint32_t i)
{
	uint64_t key = gen_mix(world->seed ^ gen_mix(((uint64_t)TOPIC_PERSON << 32) | i));
	struct gen_rand r = gen_rand_of(key, TOPIC_PERSON);

	return (struct gen_person){
		.key = key,
		.office = i / PER_OFFICE,
		.first = GEN_PICK(&r, firsts),
		.last = GEN_PICK(&r, lasts),
		.line = (int)gen_between(&r, 100, 199),
	};
}

struct gen_office gen_office_at(const struct gen_world *world, uint32_t i)
{
	uint64_t key = gen_mix(world->seed ^ gen_mix(((uint64_t)TOPIC_OFFICE << 32) | i));
	struct gen_rand r = gen_rand_of(key, TOPIC_OFFICE);
	struct gen_office o = {.key = key, .line = (int)gen_between(&r, 100, 199)};
	const char *brand = GEN_PICK(&r, brands), *trade = GEN_PICK(&r, trades);
	struct gen_out name = gen_out_of(o.name, sizeof(o.name));
	struct gen_out domain = gen_out_of(o.domain, sizeof(o.domain));

	gen_add(&name, brand);
	gen_add(&name, " ");
	gen_add(&name, trade);
	for (const char *p = brand; *p && domain.at < domain.end; p++)
		if (*p != ' ')
			*domain.at++ = *p | 0x20;
	*domain.at = 0;
	gen_add(&domain, ".example");
	return o;
}
