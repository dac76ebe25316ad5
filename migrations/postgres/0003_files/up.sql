-- Files: what is attached to conventions and organisations. Their bytes lie once, in pieces, under the hash of the whole.
UPDATE passerelle_schema SET minor = 2;

CREATE TABLE blobs (
  sha256 text COLLATE "C" NOT NULL PRIMARY KEY CHECK (length(sha256) = 64),
  size bigint NOT NULL CHECK (size > 0),
  -- When a file last took it: what nobody uses is dropped some time after.
  used_at bigint NOT NULL
);

CREATE TABLE blob_chunks (
  sha256 text COLLATE "C" NOT NULL REFERENCES blobs (sha256) ON DELETE CASCADE,
  number bigint NOT NULL,
  bytes bytea NOT NULL,
  PRIMARY KEY (sha256, number)
);
-- PDF, images and office documents are compressed already.
ALTER TABLE blob_chunks ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TABLE files (
  id uuid NOT NULL PRIMARY KEY,
  version bigint NOT NULL CHECK (version > 0),
  name text NOT NULL,
  name_key text COLLATE "C" NOT NULL,
  media_type text NOT NULL,
  size bigint NOT NULL,
  sha256 text NOT NULL CHECK (length(sha256) = 64),
  -- Null once the bytes were erased: the hash stays.
  blob text COLLATE "C" REFERENCES blobs (sha256),
  purpose text NOT NULL CHECK (purpose IN ('original', 'signed_scan', 'proof', 'minutes', 'other')),
  -- `article:` and its id, and what that belongs to; all null for a file that waits to be attached.
  attached_to text COLLATE "C",
  convention_id uuid REFERENCES conventions (id),
  organisation_id uuid REFERENCES organisations (id),
  owner_id uuid,
  uploaded_by uuid NOT NULL,
  external_id text,
  erased_at bigint,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  CHECK ((attached_to IS NULL) = (convention_id IS NULL AND organisation_id IS NULL)),
  CHECK (convention_id IS NULL OR organisation_id IS NULL),
  CHECK ((blob IS NULL) = (erased_at IS NOT NULL))
);
CREATE INDEX files_by_convention ON files (convention_id, created_at, id);
CREATE INDEX files_by_organisation ON files (organisation_id, created_at, id);
CREATE INDEX files_by_attachment ON files (attached_to);
CREATE INDEX files_by_creation ON files (created_at, id);
CREATE INDEX files_by_name ON files (name_key, id);
CREATE INDEX files_by_blob ON files (blob);
CREATE INDEX files_by_hash ON files (sha256);
CREATE UNIQUE INDEX files_by_external_id ON files (owner_id, external_id);
CREATE UNIQUE INDEX files_by_external_id_of_nobody ON files (external_id) WHERE owner_id IS NULL;
