-- Schools, companies and actions: from the axis to the classroom.
UPDATE passerelle_schema SET minor = 5;

-- The last day on which a duty can still be done; those laid out before have none until `obligations verify --repair`.
ALTER TABLE duties ADD COLUMN open_until TEXT CHECK (open_until GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]');

-- Schools, as the ministry's directory names them (fr-en-annuaire-education), closed ones too; one that only its number is known of has
-- `source` null. Nothing of a pupil.
CREATE TABLE schools (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  uai TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  kind TEXT NOT NULL,
  nature TEXT,
  sector TEXT,
  address TEXT,
  postcode TEXT,
  commune TEXT,
  commune_code TEXT,
  commune_key TEXT NOT NULL,
  departement TEXT,
  academie TEXT,
  education_priority TEXT,
  open INTEGER NOT NULL CHECK (open IN (0, 1)),
  opened_on TEXT CHECK (opened_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  closed_on TEXT CHECK (closed_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  email TEXT,
  phone TEXT,
  website TEXT,
  vocational INTEGER NOT NULL CHECK (vocational IN (0, 1)),
  source TEXT,
  source_date TEXT CHECK (source_date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  digest TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX schools_by_name ON schools (name_key, id);
CREATE INDEX schools_by_commune ON schools (commune_key, id);
CREATE INDEX schools_by_academie ON schools (academie, name_key, id);
CREATE INDEX schools_by_change ON schools (updated_at, id);

-- Each file of the directory that was read: from where, of what day, and what it changed.
CREATE TABLE school_directories (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  source TEXT NOT NULL,
  source_date TEXT NOT NULL CHECK (source_date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  sha256 TEXT NOT NULL,
  read INTEGER NOT NULL,
  added INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  closed INTEGER NOT NULL,
  unchanged INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  imported_at INTEGER NOT NULL
) STRICT;

-- Companies asked to host pupils or to meet them; professional data only.
CREATE TABLE companies (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  version INTEGER NOT NULL CHECK (version > 0),
  siret TEXT,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  sector_code TEXT,
  sector TEXT,
  address TEXT,
  postcode TEXT,
  commune TEXT,
  departement TEXT,
  academie TEXT,
  contact TEXT,
  comment TEXT,
  external_id TEXT,
  owner_id BLOB REFERENCES organisations (id) CHECK (length(owner_id) = 16),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  audience_id BLOB CHECK (length(audience_id) = 16)
) STRICT;
CREATE INDEX companies_by_name ON companies (name_key, id);
CREATE UNIQUE INDEX companies_by_siret ON companies (owner_id, siret);
CREATE UNIQUE INDEX companies_by_key ON companies (owner_id, external_id);
CREATE INDEX companies_by_change ON companies (updated_at, id);
CREATE INDEX companies_by_academie ON companies (academie, name_key, id);

-- Each time a company was asked: by what means, for what, with what outcome and how many places.
CREATE TABLE company_contacts (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  version INTEGER NOT NULL CHECK (version > 0),
  company_id BLOB NOT NULL REFERENCES companies (id) CHECK (length(company_id) = 16),
  convention_id BLOB NOT NULL REFERENCES conventions (id) CHECK (length(convention_id) = 16),
  occurred_on TEXT NOT NULL CHECK (occurred_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  means TEXT NOT NULL,
  purpose TEXT NOT NULL,
  outcome TEXT NOT NULL,
  places TEXT NOT NULL,
  places_total INTEGER NOT NULL,
  places_rep INTEGER NOT NULL,
  places_rep_plus INTEGER NOT NULL,
  academie TEXT,
  comment TEXT,
  external_id TEXT,
  owner_id BLOB REFERENCES organisations (id) CHECK (length(owner_id) = 16),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  audience_id BLOB CHECK (length(audience_id) = 16)
) STRICT;
CREATE INDEX company_contacts_by_company ON company_contacts (company_id, occurred_on, id);
CREATE INDEX company_contacts_by_day ON company_contacts (occurred_on, id);
CREATE INDEX company_contacts_by_convention ON company_contacts (convention_id, occurred_on, id);
CREATE UNIQUE INDEX company_contacts_by_key ON company_contacts (owner_id, external_id);
CREATE INDEX company_contacts_by_change ON company_contacts (updated_at, id);

-- Actions (workshops, visits, forums, mentoring, modules). What is filtered or sorted by is a column; all the rest is `content`, JSON
-- that is read and written whole. `day` orders those without a date too. `academie`: its code, '*' for several, '' for none.
CREATE TABLE actions (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  version INTEGER NOT NULL CHECK (version > 0),
  convention_id BLOB NOT NULL REFERENCES conventions (id) CHECK (length(convention_id) = 16),
  axis_id BLOB NOT NULL REFERENCES axes (id) CHECK (length(axis_id) = 16),
  kind TEXT NOT NULL,
  programme TEXT,
  status TEXT NOT NULL,
  origin TEXT NOT NULL,
  title TEXT NOT NULL,
  search_key TEXT NOT NULL,
  day TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  starts_on TEXT CHECK (starts_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  ends_on TEXT CHECK (ends_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  territory TEXT,
  academie TEXT NOT NULL,
  levels TEXT NOT NULL,
  themes TEXT NOT NULL,
  external_id TEXT,
  owner_id BLOB REFERENCES organisations (id) CHECK (length(owner_id) = 16),
  content TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  audience_id BLOB CHECK (length(audience_id) = 16),
  host_company_id BLOB REFERENCES companies (id) CHECK (length(host_company_id) = 16)
) STRICT;
CREATE INDEX actions_by_convention ON actions (convention_id, day, id);
CREATE INDEX actions_by_academie ON actions (academie, day, id);
CREATE INDEX actions_by_day ON actions (day, id);
CREATE INDEX actions_by_change ON actions (updated_at, id);
CREATE INDEX actions_by_host ON actions (host_company_id) WHERE host_company_id IS NOT NULL;
CREATE UNIQUE INDEX actions_by_key ON actions (owner_id, external_id);

-- The schools of an action, with what filters and the hours of modules (R31) need.
CREATE TABLE action_schools (
  action_id BLOB NOT NULL REFERENCES actions (id) ON DELETE CASCADE CHECK (length(action_id) = 16),
  uai TEXT NOT NULL,
  academie TEXT NOT NULL,
  departement TEXT NOT NULL,
  class_key TEXT NOT NULL,
  module_year INTEGER NOT NULL,
  module_minutes INTEGER NOT NULL,
  PRIMARY KEY (action_id, uai)
) STRICT;
CREATE INDEX action_schools_by_uai ON action_schools (uai, action_id);
CREATE INDEX action_schools_by_academie ON action_schools (academie, action_id);

-- Keys of actions that were merged into another one: each still finds it.
CREATE TABLE action_aliases (
  owner_id BLOB NOT NULL REFERENCES organisations (id) CHECK (length(owner_id) = 16),
  external_id TEXT NOT NULL,
  action_id BLOB NOT NULL REFERENCES actions (id) ON DELETE CASCADE CHECK (length(action_id) = 16),
  PRIMARY KEY (owner_id, external_id)
) STRICT;
CREATE INDEX action_aliases_by_action ON action_aliases (action_id);

-- Tombstones: what an action was merged into.
CREATE TABLE merged_actions (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  action_id BLOB NOT NULL CHECK (length(action_id) = 16),
  merged_at INTEGER NOT NULL,
  audience_id BLOB CHECK (length(audience_id) = 16)
) STRICT;
CREATE INDEX merged_actions_by_target ON merged_actions (action_id);
