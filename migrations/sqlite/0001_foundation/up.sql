-- Passerelle, foundation. Identifiers are UUIDv7 and instants microseconds UTC, both made by the application.
-- Civil dates are dates of law (Europe/Paris). Text columns named *_key are folded by the application.

-- What this schema is: read before anything else, so that another program's database is refused.
CREATE TABLE passerelle_schema (
  application TEXT NOT NULL PRIMARY KEY CHECK (application = 'passerelle'),
  major INTEGER NOT NULL,
  minor INTEGER NOT NULL
) STRICT;
INSERT INTO passerelle_schema (application, major, minor) VALUES ('passerelle', 1, 0);

CREATE TABLE organisations (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  version INTEGER NOT NULL CHECK (version > 0),
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  short_name TEXT,
  legal_form TEXT,
  siret TEXT UNIQUE CHECK (length(siret) = 14),
  rna TEXT UNIQUE CHECK (length(rna) = 10),
  address TEXT,
  public_utility INTEGER NOT NULL CHECK (public_utility IN (0, 1)),
  accreditation_level TEXT CHECK (accreditation_level IN ('national', 'academic')),
  accredited_from TEXT CHECK (accredited_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  accredited_until TEXT CHECK (accredited_until GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  verified INTEGER NOT NULL CHECK (verified IN (0, 1)),
  external_id TEXT,
  owner_id BLOB CHECK (length(owner_id) = 16),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK (accredited_until IS NULL OR accredited_from IS NULL OR accredited_until >= accredited_from),
  CHECK (accreditation_level IS NOT NULL OR (accredited_from IS NULL AND accredited_until IS NULL))
) STRICT;
CREATE INDEX organisations_by_name ON organisations (name_key, id);
CREATE INDEX organisations_by_creation ON organisations (created_at, id);
CREATE UNIQUE INDEX organisations_by_external_id ON organisations (owner_id, external_id);
CREATE UNIQUE INDEX organisations_by_external_id_of_nobody ON organisations (external_id) WHERE owner_id IS NULL;

CREATE TABLE representatives (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  organisation_id BLOB NOT NULL REFERENCES organisations (id) ON DELETE CASCADE CHECK (length(organisation_id) = 16),
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  function TEXT NOT NULL,
  email TEXT,
  mandate_from TEXT CHECK (mandate_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  mandate_until TEXT CHECK (mandate_until GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  created_at INTEGER NOT NULL,
  CHECK (mandate_until IS NULL OR mandate_from IS NULL OR mandate_until >= mandate_from)
) STRICT;
CREATE INDEX representatives_by_organisation ON representatives (organisation_id, position, id);

CREATE TABLE conventions (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  version INTEGER NOT NULL CHECK (version > 0),
  reference TEXT,
  title TEXT NOT NULL,
  search_key TEXT NOT NULL,
  title_key TEXT NOT NULL,
  document_type TEXT NOT NULL,
  level TEXT NOT NULL CHECK (level IN ('national', 'regional', 'academic')),
  territory TEXT NOT NULL,
  parent_id BLOB REFERENCES conventions (id) CHECK (length(parent_id) = 16),
  last_day_rule TEXT NOT NULL CHECK (last_day_rule IN ('anniversary', 'eve')),
  preamble TEXT,
  preamble_commitments TEXT NOT NULL,
  networks TEXT NOT NULL,
  external_id TEXT,
  owner_id BLOB CHECK (length(owner_id) = 16),
  brought_in INTEGER NOT NULL CHECK (brought_in IN (0, 1)),
  content_hash TEXT NOT NULL,
  first_signed_on TEXT CHECK (first_signed_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  complete_on TEXT CHECK (complete_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  in_force_from TEXT CHECK (in_force_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  last_day TEXT CHECK (last_day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  renews_tacitly INTEGER NOT NULL CHECK (renews_tacitly IN (0, 1)),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK (parent_id IS NULL OR parent_id <> id),
  CHECK (in_force_from IS NULL OR complete_on IS NOT NULL)
) STRICT;
CREATE INDEX conventions_by_creation ON conventions (created_at, id);
CREATE INDEX conventions_by_update ON conventions (updated_at, id);
CREATE INDEX conventions_by_title ON conventions (title_key, id);
CREATE INDEX conventions_by_parent ON conventions (parent_id);
CREATE UNIQUE INDEX conventions_by_external_id ON conventions (owner_id, external_id);
CREATE UNIQUE INDEX conventions_by_external_id_of_nobody ON conventions (external_id) WHERE owner_id IS NULL;

-- The text a convention was imported from, kept whole.
CREATE TABLE sources (
  convention_id BLOB NOT NULL PRIMARY KEY REFERENCES conventions (id) ON DELETE CASCADE CHECK (length(convention_id) = 16),
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  media_type TEXT NOT NULL,
  body TEXT NOT NULL,
  parsed TEXT NOT NULL,
  imported_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sources_by_hash ON sources (sha256);

CREATE TABLE parties (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  convention_id BLOB NOT NULL REFERENCES conventions (id) ON DELETE CASCADE CHECK (length(convention_id) = 16),
  position INTEGER NOT NULL,
  organisation_id BLOB NOT NULL REFERENCES organisations (id) CHECK (length(organisation_id) = 16),
  side TEXT NOT NULL CHECK (side IN ('state', 'association', 'other')),
  name_as_signed TEXT NOT NULL,
  alias TEXT,
  address TEXT,
  representative TEXT,
  representative_function TEXT,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX parties_by_convention ON parties (convention_id, position, id);
CREATE UNIQUE INDEX parties_once ON parties (convention_id, organisation_id);
CREATE INDEX parties_by_organisation ON parties (organisation_id);

CREATE TABLE parts (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  convention_id BLOB NOT NULL REFERENCES conventions (id) ON DELETE CASCADE CHECK (length(convention_id) = 16),
  position INTEGER NOT NULL,
  number TEXT NOT NULL,
  label TEXT,
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX parts_once ON parts (convention_id, number);
CREATE INDEX parts_by_convention ON parts (convention_id, position, id);

CREATE TABLE articles (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  convention_id BLOB NOT NULL REFERENCES conventions (id) ON DELETE CASCADE CHECK (length(convention_id) = 16),
  position INTEGER NOT NULL,
  part_id BLOB REFERENCES parts (id) CHECK (length(part_id) = 16),
  number TEXT NOT NULL,
  heading TEXT,
  body TEXT NOT NULL,
  source_line INTEGER,
  source_last_line INTEGER,
  created_at INTEGER NOT NULL
) STRICT;
-- Numbers may restart in each part, and real texts repeat one: nothing is renumbered, so none is unique.
CREATE INDEX articles_by_convention ON articles (convention_id, position, id);

CREATE TABLE clauses (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  convention_id BLOB NOT NULL REFERENCES conventions (id) ON DELETE CASCADE CHECK (length(convention_id) = 16),
  position INTEGER NOT NULL,
  kind TEXT NOT NULL,
  article_id BLOB REFERENCES articles (id) CHECK (length(article_id) = 16),
  absent INTEGER NOT NULL CHECK (absent IN (0, 1)),
  confirmed INTEGER NOT NULL CHECK (confirmed IN (0, 1)),
  parameters TEXT NOT NULL,
  quote TEXT,
  source_line INTEGER,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX clauses_by_convention ON clauses (convention_id, position, id);

CREATE TABLE axes (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  convention_id BLOB NOT NULL REFERENCES conventions (id) ON DELETE CASCADE CHECK (length(convention_id) = 16),
  position INTEGER NOT NULL,
  article_id BLOB NOT NULL REFERENCES articles (id) CHECK (length(article_id) = 16),
  label TEXT NOT NULL,
  transversal INTEGER NOT NULL CHECK (transversal IN (0, 1)),
  audiences TEXT NOT NULL,
  commitments TEXT NOT NULL,
  -- The kinds of action that its article lists, each with its id.
  catalogue TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX axes_once ON axes (convention_id, article_id);
CREATE INDEX axes_by_convention ON axes (convention_id, position, id);

CREATE TABLE objectives (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  convention_id BLOB NOT NULL REFERENCES conventions (id) ON DELETE CASCADE CHECK (length(convention_id) = 16),
  position INTEGER NOT NULL,
  text TEXT NOT NULL,
  article_id BLOB REFERENCES articles (id) CHECK (length(article_id) = 16),
  served_by_axes TEXT NOT NULL,
  served_by_items TEXT NOT NULL,
  source_line INTEGER,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX objectives_by_convention ON objectives (convention_id, position, id);

CREATE TABLE network_contacts (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  convention_id BLOB NOT NULL REFERENCES conventions (id) ON DELETE CASCADE CHECK (length(convention_id) = 16),
  version INTEGER NOT NULL CHECK (version > 0),
  network TEXT NOT NULL,
  territory TEXT NOT NULL,
  name TEXT NOT NULL,
  function TEXT,
  email TEXT,
  phone TEXT,
  valid_from TEXT CHECK (valid_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  valid_until TEXT CHECK (valid_until GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK (valid_until IS NULL OR valid_from IS NULL OR valid_until >= valid_from)
) STRICT;
CREATE INDEX network_contacts_by_convention ON network_contacts (convention_id, created_at, id);

-- A signature record states a signature made on paper; it binds the hash of the text that was signed.
CREATE TABLE signatures (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  convention_id BLOB NOT NULL REFERENCES conventions (id) CHECK (length(convention_id) = 16),
  position INTEGER NOT NULL,
  party_id BLOB NOT NULL REFERENCES parties (id) CHECK (length(party_id) = 16),
  signatory TEXT NOT NULL,
  signatory_key TEXT NOT NULL,
  function TEXT NOT NULL,
  signed_on TEXT NOT NULL CHECK (signed_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  place TEXT,
  content_hash TEXT NOT NULL,
  proof TEXT,
  replaces BLOB REFERENCES signatures (id) CHECK (length(replaces) = 16),
  recorded_by BLOB NOT NULL CHECK (length(recorded_by) = 16),
  recorded_at INTEGER NOT NULL,
  voided_at INTEGER
) STRICT;
CREATE INDEX signatures_by_convention ON signatures (convention_id, position, id);
CREATE UNIQUE INDEX signatures_once ON signatures (convention_id, party_id) WHERE voided_at IS NULL;

CREATE TABLE clients (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  version INTEGER NOT NULL CHECK (version > 0),
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  role TEXT NOT NULL,
  organisation_id BLOB REFERENCES organisations (id) CHECK (length(organisation_id) = 16),
  territories TEXT NOT NULL,
  uais TEXT NOT NULL,
  scopes TEXT NOT NULL,
  secret_hash TEXT NOT NULL CHECK (length(secret_hash) = 64),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;
CREATE INDEX clients_by_creation ON clients (created_at, id);
CREATE INDEX clients_by_name ON clients (name_key, id);

-- Keys of the service's own issuer: the private half is sealed by the master key.
CREATE TABLE signing_keys (
  kid TEXT NOT NULL PRIMARY KEY,
  public_key TEXT NOT NULL,
  sealed_private_key TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  signs_from INTEGER NOT NULL,
  retired_at INTEGER
) STRICT;

CREATE TABLE idempotency_keys (
  client_id BLOB NOT NULL CHECK (length(client_id) = 16),
  method TEXT NOT NULL,
  path TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  status INTEGER NOT NULL,
  headers TEXT NOT NULL,
  body TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (client_id, method, path, key)
) STRICT;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (recorded_at);

-- What changed. Written without position in the transaction of the change; the stamper numbers what is visible.
CREATE TABLE changes (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  position INTEGER UNIQUE,
  kind TEXT NOT NULL,
  resource_id BLOB NOT NULL CHECK (length(resource_id) = 16),
  version INTEGER NOT NULL,
  operation TEXT NOT NULL CHECK (operation IN ('created', 'updated', 'deleted')),
  convention_id BLOB CHECK (length(convention_id) = 16),
  organisation_id BLOB CHECK (length(organisation_id) = 16),
  recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX changes_unstamped ON changes (seq) WHERE position IS NULL;

-- Who did it. The digest covers the salted details, which can be erased without breaking the chain.
CREATE TABLE audit_entries (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  change_seq INTEGER NOT NULL UNIQUE REFERENCES changes (seq),
  position INTEGER UNIQUE,
  client_id BLOB NOT NULL CHECK (length(client_id) = 16),
  request_id TEXT NOT NULL,
  act TEXT NOT NULL,
  details_digest TEXT NOT NULL CHECK (length(details_digest) = 64),
  previous_hash TEXT,
  hash TEXT,
  recorded_at INTEGER NOT NULL
) STRICT;

CREATE TABLE audit_details (
  entry_id BLOB NOT NULL PRIMARY KEY REFERENCES audit_entries (id) CHECK (length(entry_id) = 16),
  salt TEXT NOT NULL,
  before TEXT,
  after TEXT
) STRICT;
