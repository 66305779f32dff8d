-- Links between modules: what was promoted to marketing, opened as an operations file or taken into the CRM knows its MLS
-- listing, a realtor the agent of marketing. A link goes when its target does; the row stays.
-- locks: marketing.listings, ops.listings, ops.realtors and crm.re_properties exclusively, mls.listings and marketing.agents
-- against writes, for as long as their rows are few (no table is rewritten)

alter table marketing.listings add column mls_listing_id uuid;
alter table marketing.listings add constraint listings_mls_listing_id_fkey
  foreign key (workspace_id, mls_listing_id) references mls.listings (workspace_id, id) on delete set null (mls_listing_id);
create unique index listings_mls_listing_id on marketing.listings (workspace_id, mls_listing_id);
comment on column marketing.listings.mls_listing_id is 'Promoted from this MLS listing; its price and status follow.';

alter table ops.listings add column mls_listing_id uuid;
alter table ops.listings add constraint listings_mls_listing_id_fkey
  foreign key (workspace_id, mls_listing_id) references mls.listings (workspace_id, id) on delete set null (mls_listing_id);
create index listings_mls_listing_id on ops.listings (workspace_id, mls_listing_id);
create unique index listings_one_open_file on ops.listings (workspace_id, mls_listing_id)
  where deleted_at is null and mls_listing_id is not null;
comment on column ops.listings.mls_listing_id is 'The file is on this MLS listing; its prices and status follow.';

alter table crm.re_properties add column mls_listing_id uuid;
alter table crm.re_properties add constraint re_properties_mls_listing_id_fkey
  foreign key (workspace_id, mls_listing_id) references mls.listings (workspace_id, id) on delete set null (mls_listing_id);
create index re_properties_mls_listing_id on crm.re_properties (workspace_id, mls_listing_id);
create unique index re_properties_taken_once on crm.re_properties (workspace_id, user_id, mls_listing_id)
  where mls_listing_id is not null;
comment on column crm.re_properties.mls_listing_id is
  'Taken from this MLS listing; purchase_price and status follow it until they are edited.';

alter table ops.realtors add column agent_id uuid;
alter table ops.realtors add constraint realtors_agent_id_fkey
  foreign key (workspace_id, agent_id) references marketing.agents (workspace_id, id) on delete set null (agent_id);
create index realtors_agent_id on ops.realtors (workspace_id, agent_id);
comment on column ops.realtors.agent_id is 'The same person as an agent of marketing.';
