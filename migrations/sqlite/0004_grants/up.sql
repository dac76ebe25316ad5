-- What a subject of an external issuer may do here. Its version of the schema is that of 0003: both come together.
CREATE TABLE grants (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  version INTEGER NOT NULL CHECK (version > 0),
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  role TEXT NOT NULL,
  organisation_id BLOB REFERENCES organisations (id) CHECK (length(organisation_id) = 16),
  territories TEXT NOT NULL,
  uais TEXT NOT NULL,
  scopes TEXT NOT NULL,
  valid_from TEXT CHECK (valid_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  valid_until TEXT CHECK (valid_until GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  revoked_at INTEGER,
  CHECK (valid_until IS NULL OR valid_from IS NULL OR valid_from <= valid_until)
) STRICT;
CREATE UNIQUE INDEX grants_live_once ON grants (issuer, subject) WHERE revoked_at IS NULL;
CREATE INDEX grants_by_name ON grants (name_key, id);
CREATE INDEX grants_by_creation ON grants (created_at, id);
CREATE INDEX grants_by_organisation ON grants (organisation_id);
