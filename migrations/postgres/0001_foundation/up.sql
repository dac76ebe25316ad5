-- Passerelle, foundation. Identifiers are UUIDv7 and instants microseconds UTC, both made by the application.
-- Civil dates are dates of law (Europe/Paris). Text columns named *_key are folded by the application.

-- What this schema is: read before anything else, so that another program's database is refused.
CREATE TABLE passerelle_schema (
  application text NOT NULL PRIMARY KEY CHECK (application = 'passerelle'),
  major integer NOT NULL,
  minor integer NOT NULL
);
INSERT INTO passerelle_schema (application, major, minor) VALUES ('passerelle', 1, 0);

CREATE TABLE organisations (
  id uuid NOT NULL PRIMARY KEY,
  version bigint NOT NULL CHECK (version > 0),
  kind text NOT NULL,
  name text NOT NULL,
  name_key text COLLATE "C" NOT NULL,
  short_name text,
  legal_form text,
  siret text UNIQUE CHECK (length(siret) = 14),
  rna text UNIQUE CHECK (length(rna) = 10),
  address text,
  public_utility boolean NOT NULL,
  accreditation_level text CHECK (accreditation_level IN ('national', 'academic')),
  accredited_from date,
  accredited_until date,
  verified boolean NOT NULL,
  external_id text,
  owner_id uuid,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  CHECK (accredited_until IS NULL OR accredited_from IS NULL OR accredited_until >= accredited_from),
  CHECK (accreditation_level IS NOT NULL OR (accredited_from IS NULL AND accredited_until IS NULL))
);
CREATE INDEX organisations_by_name ON organisations (name_key, id);
CREATE INDEX organisations_by_creation ON organisations (created_at, id);
CREATE UNIQUE INDEX organisations_by_external_id ON organisations (owner_id, external_id);
CREATE UNIQUE INDEX organisations_by_external_id_of_nobody ON organisations (external_id) WHERE owner_id IS NULL;

CREATE TABLE representatives (
  id uuid NOT NULL PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
  position bigint NOT NULL,
  name text NOT NULL,
  function text NOT NULL,
  email text,
  mandate_from date,
  mandate_until date,
  created_at bigint NOT NULL,
  CHECK (mandate_until IS NULL OR mandate_from IS NULL OR mandate_until >= mandate_from)
);
CREATE INDEX representatives_by_organisation ON representatives (organisation_id, position, id);

CREATE TABLE conventions (
  id uuid NOT NULL PRIMARY KEY,
  version bigint NOT NULL CHECK (version > 0),
  reference text,
  title text NOT NULL,
  search_key text COLLATE "C" NOT NULL,
  title_key text COLLATE "C" NOT NULL,
  document_type text NOT NULL,
  level text NOT NULL CHECK (level IN ('national', 'regional', 'academic')),
  territory text NOT NULL,
  parent_id uuid REFERENCES conventions (id),
  last_day_rule text NOT NULL CHECK (last_day_rule IN ('anniversary', 'eve')),
  preamble text,
  preamble_commitments text NOT NULL,
  networks text NOT NULL,
  external_id text,
  owner_id uuid,
  brought_in boolean NOT NULL,
  content_hash text NOT NULL,
  first_signed_on date,
  complete_on date,
  in_force_from date,
  last_day date,
  renews_tacitly boolean NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  CHECK (parent_id IS NULL OR parent_id <> id),
  CHECK (in_force_from IS NULL OR complete_on IS NOT NULL)
);
CREATE INDEX conventions_by_creation ON conventions (created_at, id);
CREATE INDEX conventions_by_update ON conventions (updated_at, id);
CREATE INDEX conventions_by_title ON conventions (title_key, id);
CREATE INDEX conventions_by_parent ON conventions (parent_id);
CREATE UNIQUE INDEX conventions_by_external_id ON conventions (owner_id, external_id);
CREATE UNIQUE INDEX conventions_by_external_id_of_nobody ON conventions (external_id) WHERE owner_id IS NULL;

-- The text a convention was imported from, kept whole.
CREATE TABLE sources (
  convention_id uuid NOT NULL PRIMARY KEY REFERENCES conventions (id) ON DELETE CASCADE,
  sha256 text NOT NULL CHECK (length(sha256) = 64),
  media_type text NOT NULL,
  body text NOT NULL,
  parsed text NOT NULL,
  imported_at bigint NOT NULL
);
CREATE INDEX sources_by_hash ON sources (sha256);

CREATE TABLE parties (
  id uuid NOT NULL PRIMARY KEY,
  convention_id uuid NOT NULL REFERENCES conventions (id) ON DELETE CASCADE,
  position bigint NOT NULL,
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  side text NOT NULL CHECK (side IN ('state', 'association', 'other')),
  name_as_signed text NOT NULL,
  alias text,
  address text,
  representative text,
  representative_function text,
  created_at bigint NOT NULL
);
CREATE INDEX parties_by_convention ON parties (convention_id, position, id);
CREATE UNIQUE INDEX parties_once ON parties (convention_id, organisation_id);
CREATE INDEX parties_by_organisation ON parties (organisation_id);

CREATE TABLE parts (
  id uuid NOT NULL PRIMARY KEY,
  convention_id uuid NOT NULL REFERENCES conventions (id) ON DELETE CASCADE,
  position bigint NOT NULL,
  number text NOT NULL,
  label text,
  created_at bigint NOT NULL
);
CREATE UNIQUE INDEX parts_once ON parts (convention_id, number);
CREATE INDEX parts_by_convention ON parts (convention_id, position, id);

CREATE TABLE articles (
  id uuid NOT NULL PRIMARY KEY,
  convention_id uuid NOT NULL REFERENCES conventions (id) ON DELETE CASCADE,
  position bigint NOT NULL,
  part_id uuid REFERENCES parts (id),
  number text NOT NULL,
  heading text,
  body text NOT NULL,
  source_line integer,
  source_last_line integer,
  created_at bigint NOT NULL
);
-- Numbers may restart in each part, and real texts repeat one: nothing is renumbered, so none is unique.
CREATE INDEX articles_by_convention ON articles (convention_id, position, id);

CREATE TABLE clauses (
  id uuid NOT NULL PRIMARY KEY,
  convention_id uuid NOT NULL REFERENCES conventions (id) ON DELETE CASCADE,
  position bigint NOT NULL,
  kind text NOT NULL,
  article_id uuid REFERENCES articles (id),
  absent boolean NOT NULL,
  confirmed boolean NOT NULL,
  parameters text NOT NULL,
  quote text,
  source_line integer,
  created_at bigint NOT NULL
);
CREATE INDEX clauses_by_convention ON clauses (convention_id, position, id);

CREATE TABLE axes (
  id uuid NOT NULL PRIMARY KEY,
  convention_id uuid NOT NULL REFERENCES conventions (id) ON DELETE CASCADE,
  position bigint NOT NULL,
  article_id uuid NOT NULL REFERENCES articles (id),
  label text NOT NULL,
  transversal boolean NOT NULL,
  audiences text NOT NULL,
  commitments text NOT NULL,
  -- The kinds of action that its article lists, each with its id.
  catalogue text NOT NULL,
  created_at bigint NOT NULL
);
CREATE UNIQUE INDEX axes_once ON axes (convention_id, article_id);
CREATE INDEX axes_by_convention ON axes (convention_id, position, id);

CREATE TABLE objectives (
  id uuid NOT NULL PRIMARY KEY,
  convention_id uuid NOT NULL REFERENCES conventions (id) ON DELETE CASCADE,
  position bigint NOT NULL,
  text text NOT NULL,
  article_id uuid REFERENCES articles (id),
  served_by_axes text NOT NULL,
  served_by_items text NOT NULL,
  source_line integer,
  created_at bigint NOT NULL
);
CREATE INDEX objectives_by_convention ON objectives (convention_id, position, id);

CREATE TABLE network_contacts (
  id uuid NOT NULL PRIMARY KEY,
  convention_id uuid NOT NULL REFERENCES conventions (id) ON DELETE CASCADE,
  version bigint NOT NULL CHECK (version > 0),
  network text NOT NULL,
  territory text NOT NULL,
  name text NOT NULL,
  function text,
  email text,
  phone text,
  valid_from date,
  valid_until date,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  CHECK (valid_until IS NULL OR valid_from IS NULL OR valid_until >= valid_from)
);
CREATE INDEX network_contacts_by_convention ON network_contacts (convention_id, created_at, id);

-- A signature record states a signature made on paper; it binds the hash of the text that was signed.
CREATE TABLE signatures (
  id uuid NOT NULL PRIMARY KEY,
  convention_id uuid NOT NULL REFERENCES conventions (id),
  position bigint NOT NULL,
  party_id uuid NOT NULL REFERENCES parties (id),
  signatory text NOT NULL,
  signatory_key text COLLATE "C" NOT NULL,
  function text NOT NULL,
  signed_on date NOT NULL,
  place text,
  content_hash text NOT NULL,
  proof text,
  replaces uuid REFERENCES signatures (id),
  recorded_by uuid NOT NULL,
  recorded_at bigint NOT NULL,
  voided_at bigint
);
CREATE INDEX signatures_by_convention ON signatures (convention_id, position, id);
CREATE UNIQUE INDEX signatures_once ON signatures (convention_id, party_id) WHERE voided_at IS NULL;

CREATE TABLE clients (
  id uuid NOT NULL PRIMARY KEY,
  version bigint NOT NULL CHECK (version > 0),
  name text NOT NULL,
  name_key text COLLATE "C" NOT NULL,
  role text NOT NULL,
  organisation_id uuid REFERENCES organisations (id),
  territories text NOT NULL,
  uais text NOT NULL,
  scopes text NOT NULL,
  secret_hash text NOT NULL CHECK (length(secret_hash) = 64),
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  revoked_at bigint
);
CREATE INDEX clients_by_creation ON clients (created_at, id);
CREATE INDEX clients_by_name ON clients (name_key, id);

-- Keys of the service's own issuer: the private half is sealed by the master key.
CREATE TABLE signing_keys (
  kid text NOT NULL PRIMARY KEY,
  public_key text NOT NULL,
  sealed_private_key text NOT NULL,
  created_at bigint NOT NULL,
  signs_from bigint NOT NULL,
  retired_at bigint
);

CREATE TABLE idempotency_keys (
  client_id uuid NOT NULL,
  method text NOT NULL,
  path text NOT NULL,
  key text NOT NULL,
  fingerprint text NOT NULL,
  status integer NOT NULL,
  headers text NOT NULL,
  body text NOT NULL,
  recorded_at bigint NOT NULL,
  PRIMARY KEY (client_id, method, path, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (recorded_at);

-- What changed. Written without position in the transaction of the change; the stamper numbers what is visible.
CREATE TABLE changes (
  seq bigserial PRIMARY KEY,
  position bigint UNIQUE,
  kind text NOT NULL,
  resource_id uuid NOT NULL,
  version bigint NOT NULL,
  operation text NOT NULL CHECK (operation IN ('created', 'updated', 'deleted')),
  convention_id uuid,
  organisation_id uuid,
  recorded_at bigint NOT NULL
);
CREATE INDEX changes_unstamped ON changes (seq) WHERE position IS NULL;

-- Who did it. The digest covers the salted details, which can be erased without breaking the chain.
CREATE TABLE audit_entries (
  seq bigserial PRIMARY KEY,
  id uuid NOT NULL UNIQUE,
  change_seq bigint NOT NULL UNIQUE REFERENCES changes (seq),
  position bigint UNIQUE,
  client_id uuid NOT NULL,
  request_id text NOT NULL,
  act text NOT NULL,
  details_digest text NOT NULL CHECK (length(details_digest) = 64),
  previous_hash text,
  hash text,
  recorded_at bigint NOT NULL
);

CREATE TABLE audit_details (
  entry_id uuid NOT NULL PRIMARY KEY REFERENCES audit_entries (id),
  salt text NOT NULL,
  before text,
  after text
);
