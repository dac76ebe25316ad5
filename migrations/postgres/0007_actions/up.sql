-- Schools, companies and actions: from the axis to the classroom.
UPDATE passerelle_schema SET minor = 5;

-- The last day on which a duty can still be done; those laid out before have none until `obligations verify --repair`.
ALTER TABLE duties ADD COLUMN open_until date;

-- Schools, as the ministry's directory names them (fr-en-annuaire-education), closed ones too; one that only its number is known of has
-- `source` null. Nothing of a pupil.
CREATE TABLE schools (
  id uuid NOT NULL PRIMARY KEY,
  uai text NOT NULL UNIQUE,
  name text NOT NULL,
  name_key text COLLATE "C" NOT NULL,
  kind text NOT NULL,
  nature text,
  sector text,
  address text,
  postcode text,
  commune text,
  commune_code text,
  commune_key text COLLATE "C" NOT NULL,
  departement text,
  academie text,
  education_priority text,
  open boolean NOT NULL,
  opened_on date,
  closed_on date,
  email text,
  phone text,
  website text,
  vocational boolean NOT NULL,
  source text,
  source_date date,
  digest text,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL
);
CREATE INDEX schools_by_name ON schools (name_key, id);
CREATE INDEX schools_by_commune ON schools (commune_key, id);
CREATE INDEX schools_by_academie ON schools (academie, name_key, id);
CREATE INDEX schools_by_change ON schools (updated_at, id);

-- Each file of the directory that was read: from where, of what day, and what it changed.
CREATE TABLE school_directories (
  id uuid NOT NULL PRIMARY KEY,
  source text NOT NULL,
  source_date date NOT NULL,
  sha256 text NOT NULL,
  read bigint NOT NULL,
  added bigint NOT NULL,
  changed bigint NOT NULL,
  closed bigint NOT NULL,
  unchanged bigint NOT NULL,
  rejected bigint NOT NULL,
  imported_at bigint NOT NULL
);

-- Companies asked to host pupils or to meet them; professional data only.
CREATE TABLE companies (
  id uuid NOT NULL PRIMARY KEY,
  version bigint NOT NULL CHECK (version > 0),
  siret text,
  name text NOT NULL,
  name_key text COLLATE "C" NOT NULL,
  sector_code text,
  sector text,
  address text,
  postcode text,
  commune text,
  departement text,
  academie text,
  contact text,
  comment text,
  external_id text,
  owner_id uuid REFERENCES organisations (id),
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  audience_id uuid
);
CREATE INDEX companies_by_name ON companies (name_key, id);
CREATE UNIQUE INDEX companies_by_siret ON companies (owner_id, siret);
CREATE UNIQUE INDEX companies_by_key ON companies (owner_id, external_id);
CREATE INDEX companies_by_change ON companies (updated_at, id);
CREATE INDEX companies_by_academie ON companies (academie, name_key, id);

-- Each time a company was asked: by what means, for what, with what outcome and how many places.
CREATE TABLE company_contacts (
  id uuid NOT NULL PRIMARY KEY,
  version bigint NOT NULL CHECK (version > 0),
  company_id uuid NOT NULL REFERENCES companies (id),
  convention_id uuid NOT NULL REFERENCES conventions (id),
  occurred_on date NOT NULL,
  means text NOT NULL,
  purpose text NOT NULL,
  outcome text NOT NULL,
  places text NOT NULL,
  places_total bigint NOT NULL,
  places_rep bigint NOT NULL,
  places_rep_plus bigint NOT NULL,
  academie text,
  comment text,
  external_id text,
  owner_id uuid REFERENCES organisations (id),
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  audience_id uuid
);
CREATE INDEX company_contacts_by_company ON company_contacts (company_id, occurred_on, id);
CREATE INDEX company_contacts_by_day ON company_contacts (occurred_on, id);
CREATE INDEX company_contacts_by_convention ON company_contacts (convention_id, occurred_on, id);
CREATE UNIQUE INDEX company_contacts_by_key ON company_contacts (owner_id, external_id);
CREATE INDEX company_contacts_by_change ON company_contacts (updated_at, id);

-- Actions (workshops, visits, forums, mentoring, modules). What is filtered or sorted by is a column; all the rest is `content`, JSON
-- that is read and written whole. `day` orders those without a date too. `academie`: its code, '*' for several, '' for none.
CREATE TABLE actions (
  id uuid NOT NULL PRIMARY KEY,
  version bigint NOT NULL CHECK (version > 0),
  convention_id uuid NOT NULL REFERENCES conventions (id),
  axis_id uuid NOT NULL REFERENCES axes (id),
  kind text NOT NULL,
  programme text,
  status text NOT NULL,
  origin text NOT NULL,
  title text NOT NULL,
  search_key text COLLATE "C" NOT NULL,
  day date NOT NULL,
  starts_on date,
  ends_on date,
  territory text,
  academie text NOT NULL,
  levels text NOT NULL,
  themes text NOT NULL,
  external_id text,
  owner_id uuid REFERENCES organisations (id),
  content text NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  audience_id uuid,
  host_company_id uuid REFERENCES companies (id)
);
CREATE INDEX actions_by_convention ON actions (convention_id, day, id);
CREATE INDEX actions_by_academie ON actions (academie, day, id);
CREATE INDEX actions_by_day ON actions (day, id);
CREATE INDEX actions_by_change ON actions (updated_at, id);
CREATE INDEX actions_by_host ON actions (host_company_id) WHERE host_company_id IS NOT NULL;
CREATE UNIQUE INDEX actions_by_key ON actions (owner_id, external_id);

-- The schools of an action, with what filters and the hours of modules (R31) need.
CREATE TABLE action_schools (
  action_id uuid NOT NULL REFERENCES actions (id) ON DELETE CASCADE,
  uai text NOT NULL,
  academie text NOT NULL,
  departement text NOT NULL,
  class_key text NOT NULL,
  module_year bigint NOT NULL,
  module_minutes bigint NOT NULL,
  PRIMARY KEY (action_id, uai)
);
CREATE INDEX action_schools_by_uai ON action_schools (uai, action_id);
CREATE INDEX action_schools_by_academie ON action_schools (academie, action_id);

-- Keys of actions that were merged into another one: each still finds it.
CREATE TABLE action_aliases (
  owner_id uuid NOT NULL REFERENCES organisations (id),
  external_id text NOT NULL,
  action_id uuid NOT NULL REFERENCES actions (id) ON DELETE CASCADE,
  PRIMARY KEY (owner_id, external_id)
);
CREATE INDEX action_aliases_by_action ON action_aliases (action_id);

-- Tombstones: what an action was merged into.
CREATE TABLE merged_actions (
  id uuid NOT NULL PRIMARY KEY,
  action_id uuid NOT NULL,
  merged_at bigint NOT NULL,
  audience_id uuid
);
CREATE INDEX merged_actions_by_target ON merged_actions (action_id);
