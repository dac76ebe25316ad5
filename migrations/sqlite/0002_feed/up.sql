-- The change feed, the audit chain, jobs. Columns that are added may be null: a program of the schema before still writes.
UPDATE passerelle_schema SET minor = 1;

-- Who sees a resource: a set of readers, named by the hash of its members, so that equal ones are stored once.
CREATE TABLE audiences (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16)
) STRICT;
-- A reader is `ministry`, `operator`, `academie`, `school`, `everyone`, or an organisation (`party:…`, `parent:…`).
-- The territory narrows delegates; it is empty where none applies.
CREATE TABLE audience_readers (
  reader TEXT NOT NULL,
  territory TEXT NOT NULL,
  audience_id BLOB NOT NULL REFERENCES audiences (id) CHECK (length(audience_id) = 16),
  PRIMARY KEY (reader, territory, audience_id)
) STRICT, WITHOUT ROWID;

-- What the feed was last told of who sees it.
ALTER TABLE conventions ADD COLUMN audience_id BLOB CHECK (length(audience_id) = 16);
ALTER TABLE organisations ADD COLUMN audience_id BLOB CHECK (length(audience_id) = 16);

-- SQLite changes no constraint: the three tables are made again. The audit no longer refers to a change: entries of the
-- feed are dropped after a time, those of the audit are kept, and what they were about is copied when they are numbered.
CREATE TABLE changes_new (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  position INTEGER UNIQUE,
  kind TEXT NOT NULL,
  resource_id BLOB NOT NULL CHECK (length(resource_id) = 16),
  version INTEGER NOT NULL,
  -- `moved`: the resource is as it was, others see it now. `date_reached`: a date has passed.
  operation TEXT NOT NULL CHECK (operation IN ('created', 'updated', 'deleted', 'moved', 'date_reached')),
  convention_id BLOB CHECK (length(convention_id) = 16),
  organisation_id BLOB CHECK (length(organisation_id) = 16),
  recorded_at INTEGER NOT NULL,
  seen_by BLOB CHECK (length(seen_by) = 16),
  was_seen_by BLOB CHECK (length(was_seen_by) = 16)
) STRICT;
INSERT INTO changes_new (seq, position, kind, resource_id, version, operation, convention_id, organisation_id, recorded_at)
SELECT seq, position, kind, resource_id, version, operation, convention_id, organisation_id, recorded_at FROM changes;
CREATE TABLE audit_entries_new (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  change_seq INTEGER NOT NULL UNIQUE,
  position INTEGER UNIQUE,
  client_id BLOB NOT NULL CHECK (length(client_id) = 16),
  request_id TEXT NOT NULL,
  act TEXT NOT NULL,
  details_digest TEXT NOT NULL CHECK (length(details_digest) = 64),
  previous_hash TEXT,
  hash TEXT,
  recorded_at INTEGER NOT NULL,
  change_position INTEGER,
  kind TEXT,
  resource_id BLOB CHECK (length(resource_id) = 16),
  version INTEGER,
  convention_id BLOB CHECK (length(convention_id) = 16),
  organisation_id BLOB CHECK (length(organisation_id) = 16),
  audience_id BLOB CHECK (length(audience_id) = 16)
) STRICT;
INSERT INTO audit_entries_new (seq, id, change_seq, position, client_id, request_id, act, details_digest, previous_hash, hash, recorded_at)
SELECT seq, id, change_seq, position, client_id, request_id, act, details_digest, previous_hash, hash, recorded_at FROM audit_entries;
CREATE TABLE audit_details_new (
  entry_id BLOB NOT NULL PRIMARY KEY REFERENCES audit_entries_new (id) CHECK (length(entry_id) = 16),
  salt TEXT NOT NULL,
  before TEXT,
  after TEXT
) STRICT;
INSERT INTO audit_details_new (entry_id, salt, before, after) SELECT entry_id, salt, before, after FROM audit_details;
DROP TABLE audit_details;
DROP TABLE audit_entries;
DROP TABLE changes;
ALTER TABLE changes_new RENAME TO changes;
ALTER TABLE audit_entries_new RENAME TO audit_entries;
ALTER TABLE audit_details_new RENAME TO audit_details;
CREATE INDEX changes_unstamped ON changes (seq) WHERE position IS NULL;
CREATE INDEX audit_entries_by_resource ON audit_entries (resource_id, position);
CREATE INDEX audit_entries_by_convention ON audit_entries (convention_id, position);

-- One row: how far the feed and the chain have come. Another epoch makes every cursor start again.
CREATE TABLE feed_head (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  epoch TEXT NOT NULL,
  position INTEGER NOT NULL,
  dropped_until INTEGER NOT NULL,
  audit_position INTEGER NOT NULL,
  audit_hash TEXT NOT NULL,
  dates_until TEXT
) STRICT, WITHOUT ROWID;
INSERT INTO feed_head (id, epoch, position, dropped_until, audit_position, audit_hash)
VALUES (1, lower(hex(randomblob(6))), 0, 0, 0, '0000000000000000000000000000000000000000000000000000000000000000');

-- A job belongs to one replica until its lease ends; times are the database's own, in microseconds.
CREATE TABLE jobs (
  name TEXT NOT NULL PRIMARY KEY,
  owner TEXT NOT NULL,
  lease_until INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  started_at INTEGER,
  last_ok INTEGER,
  last_error TEXT,
  runs INTEGER NOT NULL,
  failures INTEGER NOT NULL
) STRICT;
