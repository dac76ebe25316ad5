-- What a subject of an external issuer may do here. Its version of the schema is that of 0003: both come together.
CREATE TABLE grants (
  id uuid NOT NULL PRIMARY KEY,
  version bigint NOT NULL CHECK (version > 0),
  issuer text NOT NULL,
  subject text NOT NULL,
  name text NOT NULL,
  name_key text COLLATE "C" NOT NULL,
  role text NOT NULL,
  organisation_id uuid REFERENCES organisations (id),
  territories text NOT NULL,
  uais text NOT NULL,
  scopes text NOT NULL,
  valid_from date,
  valid_until date,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  revoked_at bigint,
  CHECK (valid_until IS NULL OR valid_from IS NULL OR valid_from <= valid_until)
);
CREATE UNIQUE INDEX grants_live_once ON grants (issuer, subject) WHERE revoked_at IS NULL;
CREATE INDEX grants_by_name ON grants (name_key, id);
CREATE INDEX grants_by_creation ON grants (created_at, id);
CREATE INDEX grants_by_organisation ON grants (organisation_id);
