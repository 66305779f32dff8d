"""Rows of other tables inside a row: every form of embedding (rest-dialect 1.4). Spreads are in test_read_spread.py."""
import pytest

from restkit import ANY, error

ADA, BO, CY, DEE, EVE = ({'name': n} for n in ('Ada', 'Bo', 'Cy', 'Dee', 'Eve'))

FORMS = [
    # to one
    ('/agents?select=name,agencies(name)&order=id',
     [ADA | {'agencies': {'name': 'North & Sons'}}, BO | {'agencies': {'name': 'North & Sons'}},
      CY | {'agencies': {'name': 'Harbour Homes'}}, DEE | {'agencies': {'name': 'Harbour Homes'}}, EVE | {'agencies': None}]),
    ('/agents?select=name,agencies(*)&id=eq.1', [ADA | {'agencies': {'id': 1, 'name': 'North & Sons', 'city': 'Oslo', 'founded': 1990}}]),
    ('/agents?select=name,firm:agencies(nr:id,name)&id=eq.1', [ADA | {'firm': {'nr': 1, 'name': 'North & Sons'}}]),
    ('/agents?select=name, agencies( name , id )&id=eq.1', [ADA | {'agencies': {'name': 'North & Sons', 'id': 1}}]),
    ('/agents?select=name,agencies(founded::text,c:city)&id=eq.3', [CY | {'agencies': {'founded': '2005', 'c': 'Bergen'}}]),
    # to many
    ('/agencies?select=id,agents(name)&order=id&agents.order=id',
     [{'id': 1, 'agents': [ADA, BO]}, {'id': 2, 'agents': [CY, DEE]}, {'id': 3, 'agents': []}]),
    ('/homes?select=id,visits(id)&order=id&visits.order=id.desc',
     [{'id': 1, 'visits': [{'id': 2}, {'id': 1}]}, {'id': 2, 'visits': [{'id': 3}]}, {'id': 3, 'visits': [{'id': 4}]},
      {'id': 4, 'visits': []}, {'id': 5, 'visits': []}]),
    ('/homes?select=id,visits(visitor,visit_notes(note))&id=eq.1&visits.order=id&visits.visit_notes.order=id',
     [{'id': 1,
       'visits': [{'visitor': 'Kim', 'visit_notes': [{'note': 'loved it'}, {'note': 'asked about pets'}]},
                  {'visitor': 'Lee', 'visit_notes': []}]}]),
    # one to one, from both sides, by primary key and by unique key
    ('/homes?select=id,home_details(notes)&order=id&id=in.(1,3)',
     [{'id': 1, 'home_details': {'notes': 'old'}}, {'id': 3, 'home_details': None}]),
    ('/home_details?select=notes,homes(title)&home_id=eq.1', [{'notes': 'old', 'homes': {'title': 'Red cottage'}}]),
    ('/homes?select=id,keys(label)&order=id&id=lte.3',
     [{'id': 1, 'keys': {'label': 'brass'}}, {'id': 2, 'keys': None}, {'id': 3, 'keys': {'label': 'steel'}}]),
    ('/keys?select=label,homes(id)&order=id',
     [{'label': 'brass', 'homes': {'id': 1}}, {'label': 'steel', 'homes': {'id': 3}}, {'label': 'lost', 'homes': None}]),
    # many to many
    ('/homes?select=id,features(name)&order=id&features.order=id',
     [{'id': 1, 'features': [{'name': 'sauna'}, {'name': 'garage'}]}, {'id': 2, 'features': [{'name': 'sauna'}]}, {'id': 3, 'features': []},
      {'id': 4, 'features': [{'name': 'sauna'}, {'name': 'pool'}, {'name': 'garage'}]}, {'id': 5, 'features': []}]),
    ('/features?select=name,homes(id)&order=id&homes.order=id.desc',
     [{'name': 'sauna', 'homes': [{'id': 4}, {'id': 2}, {'id': 1}]}, {'name': 'pool', 'homes': [{'id': 4}]},
      {'name': 'garage', 'homes': [{'id': 4}, {'id': 1}]}, {'name': 'attic', 'homes': []}]),
    ('/homes?select=id,home_features(weight,features(name))&id=eq.1&home_features.order=weight',
     [{'id': 1, 'home_features': [{'weight': 1, 'features': {'name': 'garage'}}, {'weight': 5, 'features': {'name': 'sauna'}}]}]),
    ('/boats?select=name,owners!shares(name)&order=id&owners.order=id',
     [{'name': 'Gull', 'owners': [{'name': 'Ann'}, {'name': 'Ben'}]}, {'name': 'Tern', 'owners': [{'name': 'Cat'}]}]),
    ('/boats?select=name,owners!loans(name)&order=id',
     [{'name': 'Gull', 'owners': [{'name': 'Cat'}]}, {'name': 'Tern', 'owners': [{'name': 'Cat'}]}]),
    ('/owners?select=name,boats!loans(name)&id=eq.3&boats.order=id', [{'name': 'Cat', 'boats': [{'name': 'Gull'}, {'name': 'Tern'}]}]),
    # keys of two columns
    ('/plots?select=id,blocks(name)&order=id',
     [{'id': 1, 'blocks': {'name': 'First'}}, {'id': 2, 'blocks': {'name': 'First'}}, {'id': 3, 'blocks': {'name': 'Third'}},
      {'id': 4, 'blocks': None}]),
    ('/blocks?select=name,plots(id)&order=name&plots.order=id',
     [{'name': 'First', 'plots': [{'id': 1}, {'id': 2}]}, {'name': 'Second', 'plots': []}, {'name': 'Third', 'plots': [{'id': 3}]}]),
    # by the name of the key, by its column, by a hint
    ('/homes?select=id,homes_agent_id_fkey(name),co:homes_co_agent_id_fkey(name)&id=eq.1',
     [{'id': 1, 'homes_agent_id_fkey': ADA, 'co': BO}]),
    ('/homes?select=id,agent_id(name),co_agent_id(name)&id=eq.3', [{'id': 3, 'agent_id': BO, 'co_agent_id': ADA}]),
    ('/homes?select=id,agents!agent_id(name)&id=eq.3', [{'id': 3, 'agents': BO}]),
    ('/homes?select=id,agents!homes_co_agent_id_fkey(name)&id=eq.3', [{'id': 3, 'agents': ADA}]),
    ('/homes?select=id,seller:agents!agent_id(name),helper:agents!co_agent_id(name)&id=eq.1', [{'id': 1, 'seller': ADA, 'helper': BO}]),
    ('/agents?select=name,homes!agent_id(id)&id=eq.1&homes.order=id', [ADA | {'homes': [{'id': 1}, {'id': 2}]}]),
    ('/agents?select=name,helps:homes!homes_co_agent_id_fkey(id)&id=eq.1', [ADA | {'helps': [{'id': 3}]}]),
    ('/agents?select=name,agencies!agents_agency_id_fkey(id)&id=eq.1', [ADA | {'agencies': {'id': 1}}]),
    ('/agents?select=name,agencies!agency_id(id)&id=eq.1', [ADA | {'agencies': {'id': 1}}]),
    ('/homes?select=id,agent_id,seller:agent_id(name)&id=eq.1', [{'id': 1, 'agent_id': 1, 'seller': ADA}]),
    ('/boats?select=name,boats_captain(name)&order=id',
     [{'name': 'Gull', 'boats_captain': {'name': 'Ann'}}, {'name': 'Tern', 'boats_captain': None}]),
    ('/boats?select=name,captain_id(name)&id=eq.1', [{'name': 'Gull', 'captain_id': {'name': 'Ann'}}]),
    ('/plots?select=id,plots_town_block_fkey(name)&id=eq.3', [{'id': 3, 'plots_town_block_fkey': {'name': 'Third'}}]),
    ('/same_child?select=id,same(*)&id=eq.1', [{'id': 1, 'same': {'same': 1}}]),
    ('/same?select=same,same_child(id)&order=same&same_child.order=id',
     [{'same': 1, 'same_child': [{'id': 1}, {'id': 2}]}, {'same': 2, 'same_child': []}]),
    # a table with itself
    ('/agents?select=name,boss_id(name)&order=id',
     [ADA | {'boss_id': None}, BO | {'boss_id': ADA}, CY | {'boss_id': ADA}, DEE | {'boss_id': CY}, EVE | {'boss_id': None}]),
    ('/agents?select=name,boss:boss_id(name,boss:boss_id(name))&id=eq.4', [DEE | {'boss': CY | {'boss': ADA}}]),
    ('/agents?select=name,under:agents!boss_id(name)&id=lte.3&order=id&under.order=id',
     [ADA | {'under': [BO, CY]}, BO | {'under': []}, CY | {'under': [DEE]}]),
    ('/agents?select=name,boss:boss_id(name,under:agents!boss_id(name))&id=eq.4', [DEE | {'boss': CY | {'under': [DEE]}}]),
    ('/people?select=name,follows!follower(...people!followed(name))&order=id&follows.order=followed',
     [{'name': 'Pia', 'follows': [{'name': 'Quo'}, {'name': 'Ras'}]}, {'name': 'Quo', 'follows': [{'name': 'Pia'}]},
      {'name': 'Ras', 'follows': []}]),
    # views, views of views, materialized, over tables of a schema that is not exposed
    ('/novels?select=title,writers(name)&order=id',
     [{'title': '1984', 'writers': {'name': 'Orwell'}}, {'title': 'Animal Farm', 'writers': {'name': 'Orwell'}},
      {'title': 'The Catcher', 'writers': {'name': 'Salinger'}}]),
    ('/writers?select=name,novels(title)&order=id&novels.order=id',
     [{'name': 'Orwell', 'novels': [{'title': '1984'}, {'title': 'Animal Farm'}]},
      {'name': 'Salinger', 'novels': [{'title': 'The Catcher'}]}, {'name': 'Nobody', 'novels': []}]),
    ('/old_novels?select=novel,writers(name)&order=novel_id',
     [{'novel': '1984', 'writers': {'name': 'Orwell'}}, {'novel': 'Animal Farm', 'writers': {'name': 'Orwell'}}]),
    ('/older_novels?select=novel,writers(name)&order=novel_id&limit=1', [{'novel': '1984', 'writers': {'name': 'Orwell'}}]),
    ('/writers?select=name,older_novels(novel)&id=eq.1&older_novels.order=novel_id',
     [{'name': 'Orwell', 'older_novels': [{'novel': '1984'}, {'novel': 'Animal Farm'}]}]),
    ('/older_novels?select=novel,by:writers!author_id(name)&novel_id=eq.2', [{'novel': 'Animal Farm', 'by': {'name': 'Orwell'}}]),
    ('/novels_cte?select=title,writers(name)&id=eq.3', [{'title': 'The Catcher', 'writers': {'name': 'Salinger'}}]),
    ('/writer_counts?select=name,novels_in_all,novels(title)&id=eq.2',
     [{'name': 'Salinger', 'novels_in_all': 1, 'novels': [{'title': 'The Catcher'}]}]),
    ('/novel_cards?select=title,writers(name)&id=eq.3', [{'title': 'The Catcher', 'writers': {'name': 'Salinger'}}]),
    ('/writers?select=name,novel_cards(title)&id=eq.2', [{'name': 'Salinger', 'novel_cards': [{'title': 'The Catcher'}]}]),
    ('/homes_view?select=id,agents(name)&id=eq.1', [{'id': 1, 'agents': ADA}]),
    ('/cheap_homes?select=home,agents(name)&home=eq.1', [{'home': 1, 'agents': ADA}]),
    ('/cheap_homes?select=home,seller(name)&home=eq.1', [{'home': 1, 'seller': ADA}]),
    ('/agents?select=name,cheap_homes(what)&id=eq.1&cheap_homes.order=home',
     [ADA | {'cheap_homes': [{'what': 'Red cottage'}, {'what': 'Blue loft'}]}]),
    ('/homes_view?select=id,visits(id)&id=eq.1&visits.order=id', [{'id': 1, 'visits': [{'id': 1}, {'id': 2}]}]),
    ('/homes_view?select=id,home_details(notes),features(name)&id=eq.2',
     [{'id': 2, 'home_details': {'notes': 'new'}, 'features': [{'name': 'sauna'}]}]),
    # partitioned tables, both ways
    ('/deals?select=id,agencies(name)&order=id',
     [{'id': 1, 'agencies': {'name': 'North & Sons'}}, {'id': 2, 'agencies': {'name': 'Harbour Homes'}},
      {'id': 3, 'agencies': {'name': 'North & Sons'}}]),
    ('/agencies?select=id,deals(id)&order=id&deals.order=id',
     [{'id': 1, 'deals': [{'id': 1}, {'id': 3}]}, {'id': 2, 'deals': [{'id': 2}]}, {'id': 3, 'deals': []}]),
    ('/deal_papers?select=name,deals(amount)&order=id',
     [{'name': 'contract', 'deals': {'amount': 100}}, {'name': 'receipt', 'deals': {'amount': 300}}, {'name': 'stray', 'deals': None}]),
    ('/deals?select=id,deal_papers(name)&id=lte.2&order=id',
     [{'id': 1, 'deal_papers': [{'name': 'contract'}]}, {'id': 2, 'deal_papers': []}]),
    # computed: to one by ROWS 1 and by no SETOF, to many, in place of a detected one, of a table with itself
    ('/homes?select=id,best_visit(visitor,rating)&order=id&id=in.(1,3,4)',
     [{'id': 1, 'best_visit': {'visitor': 'Kim', 'rating': 5}}, {'id': 3, 'best_visit': None}, {'id': 4, 'best_visit': None}]),
    ('/homes?select=id,main_agency(name)&order=id&id=in.(1,4)',
     [{'id': 1, 'main_agency': {'name': 'North & Sons'}}, {'id': 4, 'main_agency': {'name': 'Harbour Homes'}}]),
    ('/agencies?select=id,agency_homes(id)&order=id&agency_homes.order=id',
     [{'id': 1, 'agency_homes': [{'id': 1}, {'id': 2}, {'id': 3}]}, {'id': 2, 'agency_homes': [{'id': 4}]}, {'id': 3, 'agency_homes': []}]),
    ('/agencies?select=id,agency_homes(id,visits(id))&id=eq.1&agency_homes.id=eq.2',
     [{'id': 1, 'agency_homes': [{'id': 2, 'visits': [{'id': 3}]}]}]),
    ('/towns?select=name,mayors(name)&order=id', [{'name': 'Moss', 'mayors': [{'name': 'Bea'}]}, {'name': 'Voss', 'mayors': []}]),
    ('/mayors?select=name,towns(name)&id=eq.2', [{'name': 'Alf', 'towns': {'name': 'Moss'}}]),
    ('/agents?select=name,staff(name)&id=eq.1&staff.order=id', [ADA | {'staff': [BO, CY]}]),
    ('/agents?select=name,chief(name,chief(name))&id=eq.4', [DEE | {'chief': CY | {'chief': ADA}}]),
    ('/agencies?select=id,best:agency_homes(title)&id=eq.2', [{'id': 2, 'best': [{'title': 'White villa, by the sea'}]}]),
    # functions that return rows of a table
    ('/rpc/homes_above?lowest=300000&select=id,agents!agent_id(name)&order=id', [{'id': 3, 'agents': BO}, {'id': 4, 'agents': CY}]),
    ('/rpc/homes_above?lowest=300000&select=id,visits(id)&id=eq.3', [{'id': 3, 'visits': [{'id': 4}]}]),
    ('/rpc/homes_above?lowest=300000&select=id,price_per_bed&order=id',
     [{'id': 3, 'price_per_bed': 80000.00}, {'id': 4, 'price_per_bed': 200000.00}]),
    # nothing of it is put out
    ('/agents?select=name,agencies()&id=eq.1', [ADA]), ('/agencies?select=id,agents()&order=id', [{'id': 1}, {'id': 2}, {'id': 3}]),
    ('/agencies?select=id,agents(name,homes!agent_id())&id=eq.1&agents.order=id', [{'id': 1, 'agents': [ADA, BO]}]),
    ('/homes?select=id,features()&id=eq.1', [{'id': 1}]),
    # the same twice under other names
    ('/homes?select=id,good:visits(id),bad:visits(id)&good.rating=gte.4&bad.rating=lt.4&id=eq.1',
     [{'id': 1, 'good': [{'id': 1}], 'bad': [{'id': 2}]}]),
    ('/homes?select=id,s:features(name),g:features(name)&s.name=like.s*&g.name=like.g*&id=eq.4',
     [{'id': 4, 's': [{'name': 'sauna'}], 'g': [{'name': 'garage'}]}]),
    # many together
    ('/homes?select=id,agents!agent_id(name,agencies(city)),home_details(notes),visits(id),features(id)&id=eq.1&visits.order=id&features.order=id',
     [{'id': 1, 'agents': ADA | {'agencies': {'city': 'Oslo'}}, 'home_details': {'notes': 'old'}, 'visits': [{'id': 1}, {'id': 2}],
       'features': [{'id': 1}, {'id': 3}]}]),
    ('/agencies?select=id,agents(id,homes!agent_id(id,visits(id,visit_notes(id))))&id=eq.2',
     [{'id': 2, 'agents': [{'id': 3, 'homes': [{'id': 4, 'visits': []}]}, {'id': 4, 'homes': []}]}]),
]

INSIDE = [
    ('/homes?select=id,visits(id)&id=lte.2&order=id&visits.rating=gt.3',
     [{'id': 1, 'visits': [{'id': 1}]}, {'id': 2, 'visits': [{'id': 3}]}]),
    ('/homes?select=id,visits(id)&id=eq.1&visits.visitor=eq.Lee', [{'id': 1, 'visits': [{'id': 2}]}]),
    ('/homes?select=id,visits(id)&id=eq.1&visits.rating=eq.5&visits.visitor=eq.Kim', [{'id': 1, 'visits': [{'id': 1}]}]),
    ('/homes?select=id,v:visits(id)&id=eq.1&v.visitor=eq.Lee', [{'id': 1, 'v': [{'id': 2}]}]),
    ('/homes?select=id,visits(id)&id=eq.1&visits.or=(rating.eq.3,visitor.eq.Nobody)', [{'id': 1, 'visits': [{'id': 2}]}]),
    ('/homes?select=id,visits(id)&id=eq.1&visits.and=(rating.gt.2,rating.lt.4)', [{'id': 1, 'visits': [{'id': 2}]}]),
    ('/homes?select=id,visits(id)&id=eq.1&visits.not.or=(rating.eq.3,visitor.eq.Nobody)', [{'id': 1, 'visits': [{'id': 1}]}]),
    ('/homes?select=id,visits(id)&id=eq.1&visits.rating=not.in.(5)', [{'id': 1, 'visits': [{'id': 2}]}]),
    ('/homes?select=id,visits(id)&id=eq.1&visits.order=id.desc&visits.limit=1', [{'id': 1, 'visits': [{'id': 2}]}]),
    ('/homes?select=id,visits(id)&id=eq.1&visits.order=id&visits.offset=1', [{'id': 1, 'visits': [{'id': 2}]}]),
    ('/homes?select=id,visits(id)&id=eq.1&visits.order=id&visits.limit=1&visits.offset=1', [{'id': 1, 'visits': [{'id': 2}]}]),
    ('/homes?select=id,visits(id)&id=eq.1&visits.limit=0', [{'id': 1, 'visits': []}]),
    ('/homes?select=id,visits(id)&id=eq.1&visits.offset=9', [{'id': 1, 'visits': []}]),
    ('/homes?select=id,features(name)&id=eq.4&features.order=name.desc&features.limit=2',
     [{'id': 4, 'features': [{'name': 'sauna'}, {'name': 'pool'}]}]),
    ('/agencies?select=id,agents(name,homes!agent_id(id))&id=eq.1&agents.homes.price=gt.300000&agents.order=id',
     [{'id': 1, 'agents': [ADA | {'homes': []}, BO | {'homes': [{'id': 3}]}]}]),
    ('/agencies?select=id,agents(name,h:homes!agent_id(id))&id=eq.1&agents.name=eq.Ada&agents.h.order=id.desc&agents.h.limit=1',
     [{'id': 1, 'agents': [ADA | {'h': [{'id': 2}]}]}]),
    ('/agents?select=name,agencies(name)&agencies.city=eq.Oslo&order=id&id=in.(1,3)',
     [ADA | {'agencies': {'name': 'North & Sons'}}, CY | {'agencies': None}]),
    ('/homes?select=id,home_details(notes)&home_details.extra->>key=eq.10&id=lte.2&order=id',
     [{'id': 1, 'home_details': {'notes': 'old'}}, {'id': 2, 'home_details': None}]),
    ('/agents?select=name,homes!agent_id(id)&homes.price_per_bed=gt.100000&id=eq.1', [ADA | {'homes': [{'id': 2}]}]),
    ('/towns?select=name,mayors(name)&mayors.name=eq.Alf&id=eq.1', [{'name': 'Moss', 'mayors': []}]),
    ('/agencies?select=id,agents(name,boss_id(name))&id=eq.2&agents.order=boss_id(name).desc',
     [{'id': 2, 'agents': [DEE | {'boss_id': CY}, CY | {'boss_id': ADA}]}]),
    ('/homes?select=id,features(name)&id=eq.1&features.order=name&features.name=neq.sauna', [{'id': 1, 'features': [{'name': 'garage'}]}]),
]

INNER = [
    ('/agents?select=name,agencies!inner(name)&agencies.city=eq.Bergen&order=id',
     [CY | {'agencies': {'name': 'Harbour Homes'}}, DEE | {'agencies': {'name': 'Harbour Homes'}}]),
    ('/agents?select=name,agencies!inner()&order=id', [ADA, BO, CY, DEE]),
    ('/agents?select=name,agencies!left(name)&id=eq.5', [EVE | {'agencies': None}]),
    ('/homes?select=id,visits!inner(id)&order=id&visits.order=id',
     [{'id': 1, 'visits': [{'id': 1}, {'id': 2}]}, {'id': 2, 'visits': [{'id': 3}]}, {'id': 3, 'visits': [{'id': 4}]}]),
    ('/homes?select=id,visits!inner(id)&visits.rating=gte.4&order=id',
     [{'id': 1, 'visits': [{'id': 1}]}, {'id': 2, 'visits': [{'id': 3}]}]),
    ('/homes?select=id,features!inner(name)&features.name=eq.pool', [{'id': 4, 'features': [{'name': 'pool'}]}]),
    ('/homes?select=id,home_details!inner(notes)&order=id',
     [{'id': 1, 'home_details': {'notes': 'old'}}, {'id': 2, 'home_details': {'notes': 'new'}},
      {'id': 4, 'home_details': {'notes': 'big'}}]),
    ('/homes?select=id,agents!agent_id!inner(name)&agents.name=eq.Bo', [{'id': 3, 'agents': BO}]),
    ('/homes?select=id,agents!inner!agent_id(name)&agents.name=eq.Bo', [{'id': 3, 'agents': BO}]),
    ('/homes?select=id,agents!agent_id!left(name)&id=eq.5', [{'id': 5, 'agents': None}]),
    ('/homes?select=id,who:agents!agent_id!inner(name)&who.name=eq.Bo', [{'id': 3, 'who': BO}]),
    ('/agencies?select=id,agents!inner(name,homes!agent_id!inner(id))&order=id&agents.homes.price=gt.300000',
     [{'id': 1, 'agents': [BO | {'homes': [{'id': 3}]}]}, {'id': 2, 'agents': [CY | {'homes': [{'id': 4}]}]}]),
    ('/agencies?select=id,agents(name,homes!agent_id!inner(id))&id=eq.1&agents.homes.price=gt.300000',
     [{'id': 1, 'agents': [BO | {'homes': [{'id': 3}]}]}]),
    ('/homes?select=id,best_visit!inner(id)&order=id', [{'id': 1, 'best_visit': {'id': 1}}, {'id': 2, 'best_visit': {'id': 3}}]),
    ('/novels?select=title,writers!inner(name)&writers.name=eq.Salinger', [{'title': 'The Catcher', 'writers': {'name': 'Salinger'}}]),
    ('/blocks?select=name,plots!inner(id)&plots.id=eq.3', [{'name': 'Third', 'plots': [{'id': 3}]}]),
    ('/homes?select=id,visits!inner(id,visit_notes!inner(note))&visits.visit_notes.note=eq.too high',
     [{'id': 2, 'visits': [{'id': 3, 'visit_notes': [{'note': 'too high'}]}]}]),
]

NULLNESS = [
    ('/agents?select=name,agencies()&agencies=is.null', [EVE]),
    ('/agents?select=name,agencies(name)&agencies=not.is.null&order=id&limit=1', [ADA | {'agencies': {'name': 'North & Sons'}}]),
    ('/agencies?select=id,agents()&agents=is.null', [{'id': 3}]),
    ('/agencies?select=id,agents()&agents=not.is.null&order=id', [{'id': 1}, {'id': 2}]),
    ('/homes?select=id,features()&features=is.null&order=id', [{'id': 3}, {'id': 5}]),
    ('/homes?select=id,features()&features.name=eq.pool&features=not.is.null', [{'id': 4}]),
    ('/homes?select=id,features()&features.name=eq.pool&features=is.null&order=id', [{'id': 1}, {'id': 2}, {'id': 3}, {'id': 5}]),
    ('/homes?select=id,home_details()&home_details=is.null&order=id', [{'id': 3}, {'id': 5}]),
    ('/homes?select=id,v:visits()&v=is.null&order=id', [{'id': 4}, {'id': 5}]),
    ('/homes?select=id,best_visit()&best_visit=is.null&order=id', [{'id': 3}, {'id': 4}, {'id': 5}]),
    ('/homes?select=id,visits(id,visit_notes())&visits.visit_notes=not.is.null&visits=not.is.null&order=id',
     [{'id': 1, 'visits': [{'id': 1}]}, {'id': 2, 'visits': [{'id': 3}]}]),
    ('/agencies?select=id,agents(name)&agents.name=eq.Dee&agents=not.is.null', [{'id': 2, 'agents': [DEE]}]),
    ('/homes?select=id,visits(),features()&or=(visits.not.is.null,features.not.is.null)&order=id',
     [{'id': 1}, {'id': 2}, {'id': 3}, {'id': 4}]),
    ('/homes?select=id,visits(),features()&visits.visitor=eq.Mo&features.name=eq.pool&or=(visits.not.is.null,features.not.is.null)&order=id',
     [{'id': 3}, {'id': 4}]),
    ('/homes?select=id,visits(),features()&and=(visits.is.null,features.is.null)', [{'id': 5}]),
    ('/homes?select=id,visits()&or=(visits.is.null,id.eq.1)&order=id', [{'id': 1}, {'id': 4}, {'id': 5}]),
    ('/homes?select=id,visits()&not.or=(visits.is.null,id.eq.1)&order=id', [{'id': 2}, {'id': 3}]),
    ('/homes?select=id,visits()&visits=is.not_null&order=id', [{'id': 1}, {'id': 2}, {'id': 3}]),
    ('/homes?select=id,agent:agent_id(name)&agent_id=eq.1&order=id', [{'id': 1, 'agent': ADA}, {'id': 2, 'agent': ADA}]),
    ('/same_child?select=id,same(*)&same=eq.1&order=id&limit=1', [{'id': 1, 'same': {'same': 1}}]),
]

ORDERS = [
    ('/agents?select=name,agencies(name)&order=agencies(name).nullsfirst,name',
     [EVE | {'agencies': None}, CY | {'agencies': {'name': 'Harbour Homes'}}, DEE | {'agencies': {'name': 'Harbour Homes'}},
      ADA | {'agencies': {'name': 'North & Sons'}}, BO | {'agencies': {'name': 'North & Sons'}}]),
    ('/agents?select=name,firm:agencies(id)&order=firm(name).desc.nullslast,name.desc&limit=2',
     [BO | {'firm': {'id': 1}}, ADA | {'firm': {'id': 1}}]),
    ('/agents?select=name,agencies()&order=agencies(founded).desc.nullslast,id', [CY, DEE, ADA, BO, EVE]),
    ('/homes?select=id,home_details()&order=home_details(extra->key).nullslast,id.desc',
     [{'id': 2}, {'id': 4}, {'id': 1}, {'id': 5}, {'id': 3}]),
    ('/homes?select=id,best_visit()&order=best_visit(rating).desc.nullslast,id', [{'id': 1}, {'id': 2}, {'id': 3}, {'id': 4}, {'id': 5}]),
    ('/agents?select=name,boss:boss_id(name)&order=boss(name).desc.nullslast,id&limit=1', [DEE | {'boss': CY}]),
    ('/homes?select=id,...agents!agent_id(name)&order=agents(name).desc.nullslast,id&limit=2',
     [{'id': 4, 'name': 'Cy'}, {'id': 3, 'name': 'Bo'}]),
]

REFUSED = [
    ('/homes?select=id,nothing_here(*)', 400, 'PGRST200',
     "Could not find a relationship between 'homes' and 'nothing_here' in the schema cache",
     "Searched for a foreign key relationship between 'homes' and 'nothing_here' in the schema 'test', but no matches were found.", None),
    ('/homes?select=id,visit(*)', 400, 'PGRST200', "Could not find a relationship between 'homes' and 'visit' in the schema cache",
     "Searched for a foreign key relationship between 'homes' and 'visit' in the schema 'test', but no matches were found.",
     "Perhaps you meant 'visits' instead of 'visit'."),
    ('/homes?select=id,agents!nosuch(*)', 400, 'PGRST200', "Could not find a relationship between 'homes' and 'agents' in the schema cache",
     "Searched for a foreign key relationship between 'homes' and 'agents' using the hint 'nosuch' in the schema 'test', but no matches were found.",
     None),
    ('/left_ends?select=right_ends(*)', 400, 'PGRST200',
     "Could not find a relationship between 'left_ends' and 'right_ends' in the schema cache",
     "Searched for a foreign key relationship between 'left_ends' and 'right_ends' in the schema 'test', but no matches were found.", None),
    ('/novels_without_key?select=title,writers(*)', 400, 'PGRST200',
     "Could not find a relationship between 'novels_without_key' and 'writers' in the schema cache",
     "Searched for a foreign key relationship between 'novels_without_key' and 'writers' in the schema 'test', but no matches were found.",
     None),
    ('/features?select=id,boats(name)', 400, 'PGRST200', "Could not find a relationship between 'features' and 'boats' in the schema cache",
     "Searched for a foreign key relationship between 'features' and 'boats' in the schema 'test', but no matches were found.", None),
    ('/homes?select=id&visits.rating=gt.3', 400, 'PGRST108', "'visits' is not an embedded resource in this request", None,
     "Verify that 'visits' is included in the 'select' query parameter."),
    ('/homes?select=id,visits(id)&vists.rating=gt.3', 400, 'PGRST108', "'vists' is not an embedded resource in this request", None,
     "Verify that 'vists' is included in the 'select' query parameter."),
    ('/homes?select=id,visits(id)&visits.notes.id=gt.3', 400, 'PGRST108', "'notes' is not an embedded resource in this request", None,
     "Verify that 'notes' is included in the 'select' query parameter."),
    ('/homes?select=id,visits(id)&nope.order=id', 400, 'PGRST108', "'nope' is not an embedded resource in this request", None,
     "Verify that 'nope' is included in the 'select' query parameter."),
    ('/homes?select=id&visits.limit=1', 400, 'PGRST108', "'visits' is not an embedded resource in this request", None,
     "Verify that 'visits' is included in the 'select' query parameter."),
    ('/homes?select=id&visits.or=(id.eq.1)', 400, 'PGRST108', "'visits' is not an embedded resource in this request", None,
     "Verify that 'visits' is included in the 'select' query parameter."),
    ('/homes?select=id,visits(id)&order=vists(id)', 400, 'PGRST108', "'vists' is not an embedded resource in this request", None,
     "Verify that 'vists' is included in the 'select' query parameter."),
    ('/homes?select=id,visits(id)&order=visits(id)', 400, 'PGRST118', "A related order on 'visits' is not possible",
     "'homes' and 'visits' do not form a many-to-one or one-to-one relationship", None),
    ('/homes?select=id,v:visits(id)&order=v(id)', 400, 'PGRST118', "A related order on 'v' is not possible",
     "'homes' and 'v' do not form a many-to-one or one-to-one relationship", None),
    ('/homes?select=id,features(id)&order=features(id)', 400, 'PGRST118', "A related order on 'features' is not possible",
     "'homes' and 'features' do not form a many-to-one or one-to-one relationship", None),
    ('/agencies?select=id,agency_homes(id)&order=agency_homes(id)', 400, 'PGRST118', "A related order on 'agency_homes' is not possible",
     "'agencies' and 'agency_homes' do not form a many-to-one or one-to-one relationship", None),
    ('/homes?select=id,visits(id)&visits=eq.1', 400, 'PGRST120', "Bad operator on the 'visits' embedded resource",
     'Only is null or not is null filters are allowed on embedded resources', None),
    ('/homes?select=id,visits(id)&visits=is.true', 400, 'PGRST120', "Bad operator on the 'visits' embedded resource",
     'Only is null or not is null filters are allowed on embedded resources', None),
    ('/homes?select=id,v:visits(id)&v=gt.1', 400, 'PGRST120', "Bad operator on the 'v' embedded resource",
     'Only is null or not is null filters are allowed on embedded resources', None),
    ('/homes?select=id,visits(id)&or=(visits.eq.1,id.eq.1)', 400, 'PGRST120', "Bad operator on the 'visits' embedded resource",
     'Only is null or not is null filters are allowed on embedded resources', None),
    ('/homes?select=id,visits(nosuch)', 400, '42703', ANY, ANY, ANY),
    ('/homes?select=id,visits(id)&visits.nosuch=eq.1', 400, '42703', ANY, ANY, ANY),
]


def named(cases):
    return pytest.mark.parametrize('path, wanted', cases, ids=[c[0] for c in cases])


@named(FORMS)
def test_forms(api, path, wanted):
    assert api.rows(path) == wanted


@named(INSIDE)
def test_filters_and_order_and_limits_inside(api, path, wanted):
    assert api.rows(path) == wanted


@named(INNER)
def test_inner_and_left(api, path, wanted):
    assert api.rows(path) == wanted


@named(NULLNESS)
def test_semi_and_anti_joins(api, path, wanted):
    assert api.rows(path) == wanted


@named(ORDERS)
def test_order_by_the_embedded(api, path, wanted):
    assert api.rows(path) == wanted


@pytest.mark.parametrize('path, status, code, message, details, hint', REFUSED, ids=[c[0] for c in REFUSED])
def test_refused(api, path, status, code, message, details, hint):
    error(api.get(path), status, code, message, details, hint)


def test_two_keys_to_the_same_table_are_ambiguous(api):
    found = error(api.get('/homes?select=id,agents(name)'), 300, 'PGRST201',
                  "Could not embed because more than one relationship was found for 'homes' and 'agents'")
    assert sorted(found['details'], key=lambda d: d['relationship']) == [
        {'cardinality': 'many-to-one', 'embedding': 'homes with agents',
         'relationship': 'homes_agent_id_fkey using homes(agent_id) and agents(id)'},
        {'cardinality': 'many-to-one', 'embedding': 'homes with agents',
         'relationship': 'homes_co_agent_id_fkey using homes(co_agent_id) and agents(id)'}]
    assert found['hint'] in [f"Try changing 'agents' to one of the following: {way}. Find the desired relationship in the 'details' key."
                             for way in ("'agents!homes_agent_id_fkey', 'agents!homes_co_agent_id_fkey'",
                                         "'agents!homes_co_agent_id_fkey', 'agents!homes_agent_id_fkey'")]


def test_a_key_and_two_junctions_are_ambiguous(api):
    found = error(api.get('/boats?select=name,owners(name)'), 300, 'PGRST201',
                  "Could not embed because more than one relationship was found for 'boats' and 'owners'")
    assert sorted((d['cardinality'], d['relationship']) for d in found['details']) == [
        ('many-to-many', 'loans using loans_boat_id_fkey(boat_id) and loans_owner_id_fkey(owner_id)'),
        ('many-to-many', 'shares using shares_boat_id_fkey(boat_id) and shares_owner_id_fkey(owner_id)'),
        ('many-to-one', 'boats_captain using boats(captain_id) and owners(id)')]
    for way in ("'owners!boats_captain'", "'owners!shares'", "'owners!loans'"):
        assert way in found['hint']


def test_the_ways_back_are_ambiguous_too(api):
    found = error(api.get('/agents?select=name,homes(id)'), 300, 'PGRST201')
    assert {d['cardinality'] for d in found['details']} == {'one-to-many'}
    assert sorted(d['relationship'] for d in found['details']) == [
        'homes_agent_id_fkey using agents(id) and homes(agent_id)', 'homes_co_agent_id_fkey using agents(id) and homes(co_agent_id)']


def test_a_row_of_nulls_is_a_row(api):
    """Whether a row was found is not whether it has values."""
    assert api.rows('/homes?select=id,home_details(nothing:extra->nothing)&id=in.(1,3)&order=id') == [
        {'id': 1, 'home_details': {'nothing': None}}, {'id': 3, 'home_details': None}]


def test_filters_by_the_target_of_an_alias_still_work_with_a_warning(api):
    answer = api.get('/homes?select=id,v:visits(id)&visits.visitor=eq.Lee&id=eq.1')
    assert answer.status == 200 and answer.json() == [{'id': 1, 'v': [{'id': 2}]}]
    assert answer['Warning'].startswith('299 ')
    assert answer['Warning'].endswith('"Embedded resource was referenced by relation name even though it has an alias. '
                                      'This is deprecated and will stop working in a future release. '
                                      'Update `visits` to `v` in query string filters, orders or limits."')
    assert api.get('/homes?select=id,v:visits(id)&v.visitor=eq.Lee&id=eq.1')['Warning'] is None


def test_or_not_at_all(profiles):
    answer = profiles.get('/homes?select=id,v:visits(id)&visits.visitor=eq.Lee&id=eq.1', {'Accept-Profile': 'test'})
    error(answer, 400, 'PGRST108', "'visits' is not an embedded resource in this request",
          'Target names are not allowed in filters if they have an alias', "Change 'visits' to 'v' in filters, orders or limits.")


def test_counts_are_of_the_top_rows(api):
    answer = api.get('/homes?select=id,visits!inner(id)', prefer='count=exact')
    assert answer['Content-Range'] == '0-2/3'
    answer = api.get('/homes?select=id,visits(),features()&or=(visits.not.is.null,features.not.is.null)&limit=1', prefer='count=exact')
    assert (answer.status, answer['Content-Range']) == (206, '0-0/4')
