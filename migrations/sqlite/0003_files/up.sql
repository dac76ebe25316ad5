-- Files: what is attached to conventions and organisations. Their bytes lie once, in pieces, under the hash of the whole.
UPDATE passerelle_schema SET minor = 2;

CREATE TABLE blobs (
  sha256 TEXT NOT NULL PRIMARY KEY CHECK (length(sha256) = 64),
  size INTEGER NOT NULL CHECK (size > 0),
  -- When a file last took it: what nobody uses is dropped some time after.
  used_at INTEGER NOT NULL
) STRICT;

CREATE TABLE blob_chunks (
  sha256 TEXT NOT NULL REFERENCES blobs (sha256) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (sha256, number)
) STRICT;

CREATE TABLE files (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  version INTEGER NOT NULL CHECK (version > 0),
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  -- Null once the bytes were erased: the hash stays.
  blob TEXT REFERENCES blobs (sha256),
  purpose TEXT NOT NULL CHECK (purpose IN ('original', 'signed_scan', 'proof', 'minutes', 'other')),
  -- `article:` and its id, and what that belongs to; all null for a file that waits to be attached.
  attached_to TEXT,
  convention_id BLOB REFERENCES conventions (id) CHECK (length(convention_id) = 16),
  organisation_id BLOB REFERENCES organisations (id) CHECK (length(organisation_id) = 16),
  owner_id BLOB CHECK (length(owner_id) = 16),
  uploaded_by BLOB NOT NULL CHECK (length(uploaded_by) = 16),
  external_id TEXT,
  erased_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK ((attached_to IS NULL) = (convention_id IS NULL AND organisation_id IS NULL)),
  CHECK (convention_id IS NULL OR organisation_id IS NULL),
  CHECK ((blob IS NULL) = (erased_at IS NOT NULL))
) STRICT;
CREATE INDEX files_by_convention ON files (convention_id, created_at, id);
CREATE INDEX files_by_organisation ON files (organisation_id, created_at, id);
CREATE INDEX files_by_attachment ON files (attached_to);
CREATE INDEX files_by_creation ON files (created_at, id);
CREATE INDEX files_by_name ON files (name_key, id);
CREATE INDEX files_by_blob ON files (blob);
CREATE INDEX files_by_hash ON files (sha256);
CREATE UNIQUE INDEX files_by_external_id ON files (owner_id, external_id);
CREATE UNIQUE INDEX files_by_external_id_of_nobody ON files (external_id) WHERE owner_id IS NULL;
