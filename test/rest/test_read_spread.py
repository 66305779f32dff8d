"""...rel(cols): columns of another table among the own ones (rest-dialect 1.4). With aggregates: test_read_select.py."""
import pytest

SPREADS = [
    # to one
    ('/agents?select=name,...agencies(agency:name)&order=id', [{'name': 'Ada', 'agency': 'North & Sons'}, {'name': 'Bo', 'agency': 'North & Sons'}, {'name': 'Cy', 'agency': 'Harbour Homes'}, {'name': 'Dee', 'agency': 'Harbour Homes'}, {'name': 'Eve', 'agency': None}]),
    ('/agents?select=name,...agencies(city,founded)&id=eq.1', [{'name': 'Ada', 'city': 'Oslo', 'founded': 1990}]), ('/home_details?select=notes,...homes(*)&home_id=eq.99', []), ('/keys?select=label,...homes(title)&order=id', [{'label': 'brass', 'title': 'Red cottage'}, {'label': 'steel', 'title': 'Green farm'}, {'label': 'lost', 'title': None}]),
    ('/walls?select=wall:id,...paints(*)&id=eq.2', [{'wall': 2, 'id': 2, 'name': 'sky', 'tint': '#0000FF', 'mixed': 1704153600, 'tints': None}]), ('/homes?select=id,...agents!agent_id(name),...home_details(notes)&id=eq.1', [{'id': 1, 'name': 'Ada', 'notes': 'old'}]),
    ('/homes?select=id,...agents!homes_co_agent_id_fkey(helper:name)&id=eq.1', [{'id': 1, 'helper': 'Bo'}]), ('/homes?select=id,...agent_id(seller:name)&id=eq.1', [{'id': 1, 'seller': 'Ada'}]), ('/homes?select=id,...best_visit(rating)&id=in.(1,4)&order=id', [{'id': 1, 'rating': 5}, {'id': 4, 'rating': None}]),
    ('/home_details?select=notes,...homes(details->>year,p:price::int)&home_id=eq.1', [{'notes': 'old', 'year': '1950', 'p': 100001}]), ('/homes?select=id,...home_details(extra->key)&id=eq.2', [{'id': 2, 'key': 6}]),
    # in each other, and in and around embeds
    ('/visits?select=id,...homes(title,...agents!agent_id(agent:name,...agencies(agency:name)))&id=in.(1,5)&order=id', [{'id': 1, 'title': 'Red cottage', 'agent': 'Ada', 'agency': 'North & Sons'}, {'id': 5, 'title': None, 'agent': None, 'agency': None}]),
    ('/visits?select=id,homes(title,...agents!agent_id(agent:name))&id=eq.1', [{'id': 1, 'homes': {'title': 'Red cottage', 'agent': 'Ada'}}]), ('/visits?select=id,...homes(title,agents!agent_id(name))&id=eq.1', [{'id': 1, 'title': 'Red cottage', 'agents': {'name': 'Ada'}}]),
    ('/visits?select=id,...homes(features(name))&id=eq.1&homes.features.order=id', [{'id': 1, 'features': [{'name': 'sauna'}, {'name': 'garage'}]}]), ('/homes?select=id,fs:home_features(weight,...features(name))&id=eq.1&fs.order=weight', [{'id': 1, 'fs': [{'weight': 1, 'name': 'garage'}, {'weight': 5, 'name': 'sauna'}]}]),
    ('/homes?select=id,fs:home_features(...features(*))&id=eq.2', [{'id': 2, 'fs': [{'id': 1, 'name': 'sauna'}]}]),
    # filters, joins
    ('/agents?select=name,...agencies(city)&agencies.city=eq.Oslo&order=id&id=in.(1,3)', [{'name': 'Ada', 'city': 'Oslo'}, {'name': 'Cy', 'city': None}]), ('/agents?select=name,...agencies!inner(city)&agencies.city=eq.Oslo&order=id', [{'name': 'Ada', 'city': 'Oslo'}, {'name': 'Bo', 'city': 'Oslo'}]),
    ('/agents?select=name,...agencies()&agencies=is.null', [{'name': 'Eve'}]), ('/agents?select=name,...agencies!agency_id!inner(city)&order=id.desc&limit=1', [{'name': 'Dee', 'city': 'Bergen'}]),
    # to many: arrays that belong together
    ('/agencies?select=id,...agents(name)&order=id&agents.order=id', [{'id': 1, 'name': ['Ada', 'Bo']}, {'id': 2, 'name': ['Cy', 'Dee']}, {'id': 3, 'name': []}]), ('/agencies?select=id,...agents(who:name,bosses:boss_id)&order=id&agents.order=id', [{'id': 1, 'who': ['Ada', 'Bo'], 'bosses': [None, 1]}, {'id': 2, 'who': ['Cy', 'Dee'], 'bosses': [1, 3]}, {'id': 3, 'who': [], 'bosses': []}]),
    ('/homes?select=id,...visits(visitor)&order=id&visits.order=rating.desc.nullslast&id=lte.3', [{'id': 1, 'visitor': ['Kim', 'Lee']}, {'id': 2, 'visitor': ['Kim']}, {'id': 3, 'visitor': ['Mo']}]), ('/homes?select=id,...visits(rating)&id=in.(3,4)&order=id', [{'id': 3, 'rating': [None]}, {'id': 4, 'rating': []}]),
    ('/blocks?select=code,...plots(plots:id)&order=name&plots.order=id.desc', [{'code': 'A', 'plots': [2, 1]}, {'code': 'B', 'plots': []}, {'code': 'A', 'plots': [3]}]), ('/agencies?select=name,...agency_homes(homes:id)&id=eq.1&agency_homes.order=id', [{'name': 'North & Sons', 'homes': [1, 2, 3]}]),
    ('/blocks?select=code,...plots(*)&name=eq.First&plots.order=id', [{'code': 'A', 'id': [1, 2], 'town': ['Oslo', 'Oslo'], 'block': ['A', 'A']}]), ('/homes?select=id,...features(feature:name)&id=in.(4,5)&order=id&features.order=id', [{'id': 4, 'feature': ['sauna', 'pool', 'garage']}, {'id': 5, 'feature': []}]),
    ('/features?select=name,...homes(homes:id,prices:price)&id=in.(2,3,4)&order=id&homes.order=id', [{'name': 'pool', 'homes': [4], 'prices': [1200000.00]}, {'name': 'garage', 'homes': [1, 4], 'prices': [100000.50, 1200000.00]}, {'name': 'attic', 'homes': [], 'prices': []}]),
    ('/agencies?select=id,...agents(name)&agents.name=neq.Ada&order=id&agents.order=id', [{'id': 1, 'name': ['Bo']}, {'id': 2, 'name': ['Cy', 'Dee']}, {'id': 3, 'name': []}]), ('/agencies?select=id,...agents!inner(name)&order=id&agents.order=name.desc', [{'id': 1, 'name': ['Bo', 'Ada']}, {'id': 2, 'name': ['Dee', 'Cy']}]),
    ('/agencies?select=id,...agents(name)&agents=is.null', [{'id': 3, 'name': []}]), ('/agencies?select=id,...agents(name)&agents=not.is.null&order=id&agents.order=id', [{'id': 1, 'name': ['Ada', 'Bo']}, {'id': 2, 'name': ['Cy', 'Dee']}]), ('/agencies?select=id,...agents(name)&agents.order=boss_id.desc.nullslast&id=eq.1', [{'id': 1, 'name': ['Bo', 'Ada']}]),
    # to many, and more inside
    ('/agencies?select=id,...agents(name,...homes!agent_id(homes:id))&id=eq.1&agents.order=id&agents.homes.order=id', [{'id': 1, 'name': ['Ada', 'Bo'], 'homes': [[1, 2], [3]]}]), ('/agencies?select=id,...agents(name,homes!agent_id(id))&id=eq.1&agents.order=id&agents.homes.order=id', [{'id': 1, 'name': ['Ada', 'Bo'], 'homes': [[{'id': 1}, {'id': 2}], [{'id': 3}]]}]),
    ('/agencies?select=id,...agents(name,...boss_id(boss:name))&id=eq.2&agents.order=id', [{'id': 2, 'name': ['Cy', 'Dee'], 'boss': ['Ada', 'Cy']}]), ('/agencies?select=id,...agents(name,boss_id(name))&id=eq.1&agents.order=id', [{'id': 1, 'name': ['Ada', 'Bo'], 'boss_id': [None, {'name': 'Ada'}]}]),
    ('/homes?select=id,...features(name,...homes(others:id))&id=eq.2&features.homes.order=id', [{'id': 2, 'name': ['sauna'], 'others': [[1, 2, 4]]}]), ('/agencies?select=id,agents(name,...homes!agent_id(homes:id))&id=eq.1&agents.order=id&agents.homes.order=id', [{'id': 1, 'agents': [{'name': 'Ada', 'homes': [1, 2]}, {'name': 'Bo', 'homes': [3]}]}]),
    ('/visits?select=id,...homes(title,...features(features:name))&id=eq.1&homes.features.order=id', [{'id': 1, 'title': 'Red cottage', 'features': ['sauna', 'garage']}]), ('/agencies?select=id,...agents(name,...boss_id(boss:name))&id=eq.2&agents.order=boss_id(name).desc', [{'id': 2, 'name': ['Dee', 'Cy'], 'boss': ['Cy', 'Ada']}]),
]


@pytest.mark.parametrize('path, wanted', SPREADS, ids=[c[0] for c in SPREADS])
def test_spreads(api, path, wanted):
    assert api.rows(path) == wanted
